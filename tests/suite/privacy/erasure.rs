//! What is kept about a person is told to them, and erased from everywhere.

use anyhow::{Context as _, ensure};
use entity::values::{AccountLanguage, FileType, MemberKind, Publication, RevisionState, Role};
use entity::{account, change, file, member, organization, revision};
use maillage::id::Kind;
use sea_orm::{ActiveModelTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, Set};
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases, fixtures};

use super::{HOME, global, rows_with};
use crate::accounts::{From, OTHER_PASSWORD, PASSWORD, server, token_in};

cases![
    all_that_is_kept_of_a_person_is_told_and_erased,
    administrators_erase_who_asks_in_writing,
    the_last_administrator_stays,
];

/// Part of every value of the person that is planted.
const PLANT: &str = "zyxplant";
const EMAIL: &str = "zyxplant@example.org";
const NEW_EMAIL: &str = "zyxplant-new@example.org";

/// Opens an account of the person; answers its token.
async fn open(server: &Server, home: &From<'_>) -> anyhow::Result<(String, String)> {
    let input = json!({ "email": EMAIL, "displayName": "Camille Zyxplantname" });
    let asked = home.ask("accountSignUp", input, "requested").await?;
    asked.done("requested")?;
    let letters = server.letters_to(EMAIL, 1).await?;
    let token = token_in(&letters.first().context("no letter")?.text)?;
    let input = json!({ "token": token, "password": PASSWORD });
    home.ask("accountVerifyEmail", input, "verified")
        .await?
        .done("verified")?;
    let signed_in = home.sign_in(EMAIL, PASSWORD).await?;
    let id = home
        .bearing(&signed_in.token("accessToken")?)
        .send("{ viewer { account { id } } }", Value::Null)
        .await?;
    let id = id.body["data"]["viewer"]["account"]["id"].as_str();
    let id = id.context("an identifier")?.to_owned();
    Ok((signed_in.token("accessToken")?, id))
}

async fn all_that_is_kept_of_a_person_is_told_and_erased(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let database = &server.app.database;
    let home = From::address(&server, HOME).with("user-agent", "Zyxplantdevice/1.0");
    let staff = home.bearing(&server.account(Role::Staff, None).await?.token);
    let (token, account) = open(&server, &home).await?;
    let camille = home.bearing(&token);
    let uuid = maillage::id::GlobalId::parse_as(Kind::Account, &account)?;
    let now = server.app.clock.now();

    // Everything that can be kept of them.
    let entry = fixtures::member(database, "Zyxplantentry Élue", |row| {
        row.display_name = Set(Some("Zyxplantentry Élue".to_owned()));
    })
    .await?;
    maillage::search::reindex(database, now).await?;
    let link = json!({ "id": account, "member": global(Kind::Member, entry) });
    staff
        .ask("accountLinkMember", link, "account { id }")
        .await?
        .done("account")?;
    let version = camille
        .send("{ contactConsentWording { version } }", Value::Null)
        .await?;
    let version = &version.body["data"]["contactConsentWording"]["version"];
    let point = |value: &str, basis: Value| {
        json!({ "owner": global(Kind::Member, entry), "channel": "EMAIL", "value": value,
                "visibility": "PUBLIC", "basis": basis })
    };
    let consent = json!({ "consent": { "wording": version } });
    let input = point("zyxplant-consent@example.org", consent.clone());
    camille
        .ask("contactPointCreate", input, "contactPoint { id }")
        .await?
        .done("contactPoint")?;
    let source = json!({ "source": { "url": "https://example.org/", "seenOn": "2024-01-01" } });
    let input = point("zyxplant-source@example.org", source);
    staff
        .ask("contactPointCreate", input, "contactPoint { id }")
        .await?
        .done("contactPoint")?;
    let input = json!({ "name": "Zyxplantdraft", "legalForm": "ASSOCIATION",
                        "idempotencyKey": "zyxplant-key" });
    camille
        .ask("organizationCreate", input, "organization { id }")
        .await?
        .done("organization")?;
    let input = json!({ "email": NEW_EMAIL, "password": PASSWORD });
    camille
        .ask("emailChangeRequest", input, "requested")
        .await?
        .done("requested")?;
    let published = fixtures::organization(database, "Régie publiée", |row| {
        row.owner_account_id = Set(Some(uuid));
    })
    .await?;
    revision::ActiveModel {
        id: Set(server.app.clock.new_id()),
        entity_kind: Set("organization".to_owned()),
        entity_id: Set(published),
        number: Set(1),
        state: Set(RevisionState::Approved),
        content: Set(json!({ "name": "Régie publiée" })),
        author_id: Set(Some(uuid)),
        author: Set(Some("Zyxplantauthor".to_owned())),
        created_at: Set(now),
        ..Default::default()
    }
    .insert(database)
    .await?;
    revision::ActiveModel {
        id: Set(server.app.clock.new_id()),
        entity_kind: Set("member".to_owned()),
        entity_id: Set(entry),
        number: Set(1),
        state: Set(RevisionState::Rejected),
        content: Set(json!({ "kind": "ELECTED", "displayName": "Zyxplantentry Élue" })),
        created_at: Set(now),
        reason: Set(Some("Zyxplantreason".to_owned())),
        ..Default::default()
    }
    .insert(database)
    .await?;
    file::ActiveModel {
        id: Set(server.app.clock.new_id()),
        owner_account_id: Set(Some(uuid)),
        name: Set("zyxplantfile.pdf".to_owned()),
        media_type: Set(FileType::Pdf),
        byte_size: Set(1),
        sha256: Set("0".repeat(64)),
        variants: Set(json!([])),
        created_at: Set(now),
        stored_at: Set(Some(now)),
        ..Default::default()
    }
    .insert(database)
    .await?;

    entity::account_identity::ActiveModel {
        issuer: Set("https://issuer.example.org".to_owned()),
        subject: Set("zyxplant-subject".to_owned()),
        account_id: Set(uuid),
        created_at: Set(now),
    }
    .insert(database)
    .await?;

    // They are told all of it, and no secret.
    let answer = camille.send("{ myData }", Value::Null).await?;
    let data = &answer.body["data"]["myData"];
    let told = data.to_string();
    for value in [
        EMAIL,
        NEW_EMAIL,
        "Camille Zyxplantname",
        "Zyxplantdevice/1.0",
        "Zyxplantentry Élue",
        "zyxplant-consent@example.org",
        "zyxplant-source@example.org",
        "Zyxplantdraft",
        "Régie publiée",
        "Zyxplantauthor",
        "zyxplantfile.pdf",
        "zyxplant-key",
        "zyxplant-subject",
        "signed_in",
    ] {
        ensure!(told.contains(value), "{value} is not told: {data:#}");
    }
    ensure!(
        !told.contains("digest") && !told.contains("$argon2"),
        "{told}"
    );
    let sections = data.as_object().context("sections")?.iter();
    for (name, section) in sections {
        if !["exportedAt", "account", "directoryEntry"].contains(&name.as_str()) {
            let items = section["items"].as_array().map(Vec::len);
            ensure!(section["total"] == json!(items), "{name}: {section}");
        }
    }
    let of_visitor = home.send("{ myData }", Value::Null).await?;
    of_visitor.failed("UNAUTHENTICATED")?;

    // Their password proves that it is them.
    let wrong = json!({ "password": OTHER_PASSWORD });
    camille
        .ask("myDataErase", wrong, "erased")
        .await?
        .refused("WRONG_CREDENTIALS")?;
    ensure!(!rows_with(database, PLANT).await?.is_empty());
    let search = "{ search(text: \"zyxplantentry\") { totalCount } }";
    ensure!(server.data(search).await?["search"]["totalCount"] == 1);
    let right = json!({ "password": PASSWORD });
    camille
        .ask("myDataErase", right, "erased")
        .await?
        .done("erased")?;

    let left = rows_with(database, PLANT).await?;
    ensure!(left.is_empty(), "{left:#?}");
    if database.get_database_backend() == DbBackend::Sqlite {
        nothing_planted_is_in_the_file(&server).await?;
    }
    ensure!(server.data(search).await?["search"]["totalCount"] == 0);
    let refused = camille
        .send("{ viewer { account { id } } }", Value::Null)
        .await?;
    ensure!(refused.status == 401, "{}", refused.body);
    home.sign_in(EMAIL, PASSWORD)
        .await?
        .refused("WRONG_CREDENTIALS")?;

    // A pseudonym stays: of the account, in the log and in revisions.
    let row = account::Entity::find_by_id(uuid).one(database).await?;
    let row = row.context("the pseudonym is gone")?;
    ensure!(row.erased_at.is_some() && row.role == Role::ProjectHolder);
    ensure!(row.language == AccountLanguage::French);
    let log = change::Entity::find().all(database).await?;
    let done: Vec<&str> = log
        .iter()
        .filter(|change| change.actor == account)
        .map(|change| change.action.as_str())
        .collect();
    ensure!(
        done.contains(&"signed_in") && done.contains(&"erased"),
        "{done:?}"
    );
    let revisions = revision::Entity::find().all(database).await?;
    ensure!(revisions.iter().any(|row| row.author_id == Some(uuid)));

    // What was public stays, and is nobody's; who was elected is shown by office.
    let organization = organization::Entity::find_by_id(published)
        .one(database)
        .await?
        .context("the organization is gone")?;
    ensure!(organization.owner_account_id.is_none());
    ensure!(organization.publication == Publication::Published);
    let entry = member::Entity::find_by_id(entry)
        .one(database)
        .await?
        .context("the entry is gone")?;
    ensure!(entry.display_name.is_none() && entry.publication == Publication::Published);
    ensure!(!entry.slug.contains("zyx"), "{}", entry.slug);
    server.stop().await
}

/// Also not on pages of the file that are free.
async fn nothing_planted_is_in_the_file(server: &Server) -> Outcome {
    let database = &server.app.database;
    database
        .execute_unprepared("pragma wal_checkpoint(truncate)")
        .await?;
    let url = &server.app.settings.database_url;
    let path = url.trim_start_matches("sqlite:").split('?').next();
    let bytes = std::fs::read(path.context("no file")?)?;
    ensure!(bytes.starts_with(b"SQLite format 3"));
    let found = bytes
        .windows(PLANT.len())
        .filter(|window| window.eq_ignore_ascii_case(PLANT.as_bytes()))
        .count();
    ensure!(found == 0, "{found} times in the file");
    Ok(())
}

async fn administrators_erase_who_asks_in_writing(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let database = &server.app.database;
    let home = From::address(&server, HOME);
    let admin = home.bearing(&server.account(Role::Admin, None).await?.token);
    let staff = home.bearing(&server.account(Role::Staff, None).await?.token);
    let person = server.account(Role::Member, None).await?;
    let input = json!({ "id": global(Kind::Account, person.account) });
    let what = "account { email displayName deactivatedAt }";
    staff
        .ask("accountErase", input.clone(), what)
        .await?
        .failed("FORBIDDEN")?;
    for _ in 0..2 {
        let erased = admin.ask("accountErase", input.clone(), what).await?;
        let account = erased.done("account")?;
        ensure!(
            account["email"].is_null() && account["deactivatedAt"].is_string(),
            "{account}"
        );
    }
    admin
        .ask("accountReactivate", input, what)
        .await?
        .refused("NOT_FOUND")?;
    ensure!(rows_with(database, &person.email).await?.is_empty());

    // Entries of people who have no account.
    for (kind, stays) in [(MemberKind::Elected, true), (MemberKind::Staff, false)] {
        let name = format!("Zyxplant {}", kind.as_str());
        let entry = fixtures::member(database, &name, |row| {
            row.kind = Set(kind);
            row.display_name = Set(Some(name.clone()));
        })
        .await?;
        fixtures::contact(database, "zyxplant@example.org", |row| {
            row.member_id = Set(Some(entry));
        })
        .await?;
        maillage::search::reindex(database, server.app.clock.now()).await?;
        let input = json!({ "id": global(Kind::Member, entry) });
        staff
            .ask("directoryEntryErase", input.clone(), "id")
            .await?
            .failed("FORBIDDEN")?;
        admin
            .ask("directoryEntryErase", input, "id")
            .await?
            .done("id")?;
        let row = member::Entity::find_by_id(entry).one(database).await?;
        ensure!(row.is_some() == stays, "{kind:?}");
        let left = rows_with(database, PLANT).await?;
        ensure!(left.is_empty(), "{left:#?}");
    }
    let nobody = json!({ "id": global(Kind::Member, uuid::Uuid::nil()) });
    admin
        .ask("directoryEntryErase", nobody, "id")
        .await?
        .refused("NOT_FOUND")?;
    server.stop().await
}

async fn the_last_administrator_stays(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    let only = server.account(Role::Admin, None).await?;
    let input = json!({ "id": global(Kind::Account, only.account) });
    home.bearing(&only.token)
        .ask("accountErase", input, "account { id }")
        .await?
        .refused("CONFLICT")?;
    server.stop().await
}
