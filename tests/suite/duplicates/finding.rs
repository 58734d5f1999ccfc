//! What is shown before a content is created, and what is not.

use anyhow::{Context as _, ensure};
use entity::organization;
use entity::values::{Publication, Role};
use maillage::id::Kind;
use maillage::set_place;
use sea_orm::{ActiveModelTrait as _, Set};
use serde_json::{Value, json};
use tests::fixtures::{self, Fixtures, exact_place, global_id, put_initiative, put_space};
use tests::{Backend, Outcome, Server, cases};

use super::{answer, code, created, found, initiative, shown};

cases![
    organizations_of_one_number_or_one_name_in_one_place,
    initiatives_of_one_title_near_or_under_one_lead,
    spaces_of_one_name_near,
    what_is_asked_is_bounded_and_checked,
    what_one_may_not_see_is_no_duplicate,
    who_creates_is_shown_them_and_says_which_are_none,
    organizations_and_spaces_are_said_to_be_none_too,
    what_is_changed_is_compared_again,
];

const SIRET: &str = "73282932000074";
const SIREN: &str = "732829320";
const RNA: &str = "W921000001";
const ORGANIZATIONS: &str = "organizationDuplicates";
const INITIATIVES: &str = "initiativeDuplicates";
const SPACES: &str = "coworkingSpaceDuplicates";

/// The expected candidates.
fn they(ids: &[(&str, &str)]) -> Vec<(String, String)> {
    ids.iter()
        .map(|(id, reason)| ((*id).to_owned(), (*reason).to_owned()))
        .collect()
}

async fn organizations_of_one_number_or_one_name_in_one_place(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let token = server.account(Role::ProjectHolder, None).await?.token;
    let uuid = fixtures
        .organization(|row| {
            row.name = Set("Épicerie du Cœur".to_owned());
            row.siren = Set(Some(SIREN.to_owned()));
            row.rna = Set(Some(RNA.to_owned()));
        })
        .await?;
    let place = fixtures::place("99001", Some((48.01, 2.0)));
    fixtures::site(&fixtures.connection, uuid, place, |row| {
        row.siret = Set(Some(SIRET.to_owned()));
    })
    .await?;
    let id = global_id(Kind::Organization, uuid);
    for (input, reason) in [
        // Numbers are read as people write them.
        (
            r#"name: "Autre", sites: [{siret: "732 829 320 00074"}]"#,
            "SAME_SIRET",
        ),
        (r#"name: "Autre", rna: "w921000001""#, "SAME_RNA"),
        (r#"name: "Autre", siren: "732 829 320""#, "SAME_SIREN"),
        // Accents, the order of words and legal forms do not count.
        (
            r#"name: "ASSOCIATION LE COEUR (epicerie)", sites: [{place: {commune: "99001"}}]"#,
            "SIMILAR_NAME_AND_PLACE",
        ),
        (
            r#"name: "Epicerie du coeur",
               sites: [{place: {location: {latitude: 48.012, longitude: 2.0}}}]"#,
            "SIMILAR_NAME_AND_PLACE",
        ),
    ] {
        let told = found(&server, &token, ORGANIZATIONS, input).await?;
        ensure!(told == they(&[(&id, reason)]), "{input}: {told:?}");
    }
    for input in [
        r#"name: "Épicerie du Cœur""#,
        r#"name: "Épicerie du Cœur", sites: [{place: {commune: "99004"}}]"#,
        r#"name: "Épicerie du Cœur",
           sites: [{place: {location: {latitude: 48.2, longitude: 2.0}}}]"#,
        r#"name: "La Ressourcerie", sites: [{place: {commune: "99001"}}]"#,
        r#"name: "Épicerie du Cœur", siren: "356000000", sites: [{siret: ""}]"#,
    ] {
        let told = found(&server, &token, ORGANIZATIONS, input).await?;
        ensure!(told.is_empty(), "{input}: {told:?}");
    }
    // What is not public has no number either, except for who reviews.
    let staff = server.account(Role::Staff, None).await?.token;
    let input = format!(r#"name: "Autre", rna: "{RNA}", sites: [{{siret: "{SIRET}"}}]"#);
    for publication in Publication::ALL {
        let row = organization::ActiveModel {
            id: Set(uuid),
            publication: Set(*publication),
            ..Default::default()
        };
        row.update(&fixtures.connection).await?;
        let is_public = *publication == Publication::Published;
        let told = found(&server, &token, ORGANIZATIONS, &input).await?;
        ensure!(
            told.len() == usize::from(is_public),
            "{publication:?}: {told:?}"
        );
        let told = found(&server, &staff, ORGANIZATIONS, &input).await?;
        ensure!(
            told == they(&[(&id, "SAME_SIRET")]),
            "{publication:?}: {told:?}"
        );
    }
    server.stop().await
}

async fn initiatives_of_one_title_near_or_under_one_lead(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let token = server.account(Role::ProjectHolder, None).await?.token;
    let lead = fixtures.organization(|_| {}).await?;
    let titled = |title: &str| Set(title.to_owned());
    let here = fixtures
        .initiative(|row| {
            row.title = titled("Jardin partagé des Coudrais");
            put_initiative(row, 48.01, 2.0);
        })
        .await?;
    let concerned = fixtures
        .initiative(|row| row.title = titled("Repair café mobile"))
        .await?;
    fixtures.concerns(concerned, &["99002"]).await?;
    let led = fixtures
        .initiative(|row| {
            row.title = titled("Cantine solidaire");
            row.lead_organization_id = Set(Some(lead));
        })
        .await?;
    let [here, concerned, led] = [here, concerned, led].map(|id| global_id(Kind::Initiative, id));
    let lead = global_id(Kind::Organization, lead);
    let near = r#"title: "Coudrais : le jardin partage",
        place: {location: {latitude: 48.015, longitude: 2.0}}"#;
    let near = answer(&server, &token, INITIATIVES, near).await?;
    let candidate = &near["data"]["found"][0];
    let metres = candidate["distanceMetres"].as_f64().context("metres")?;
    ensure!((500.0..600.0).contains(&metres), "{near}");
    ensure!(candidate["score"].as_f64() == Some(1.0), "{near}");
    ensure!(
        shown(&near["data"]["found"])? == they(&[(&here, "SIMILAR_NAME_AND_PLACE")]),
        "{near}"
    );
    for (input, expected) in [
        (
            r#"title: "Mobile repair cafe", communes: ["99002"]"#.to_owned(),
            they(&[(&concerned, "SIMILAR_NAME_AND_PLACE")]),
        ),
        (
            format!(r#"title: "La cantine solidaire de quartier", leadOrganization: "{lead}""#),
            they(&[(&led, "SIMILAR_NAME_AND_LEAD")]),
        ),
        (
            r#"title: "Jardin partagé des Coudrais", communes: ["99003"]"#.to_owned(),
            they(&[]),
        ),
        (
            r#"title: "Jardin partagé des Coudrais",
               place: {location: {latitude: 48.03, longitude: 2.0}}"#
                .to_owned(),
            they(&[]),
        ),
    ] {
        let told = found(&server, &token, INITIATIVES, &input).await?;
        ensure!(told == expected, "{input}: {told:?}");
    }
    server.stop().await
}

async fn spaces_of_one_name_near(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let token = server.account(Role::ProjectHolder, None).await?.token;
    let door = fixtures
        .space(|row| {
            row.name = Set("La Ruche".to_owned());
            put_space(row, 48.01, 2.0);
        })
        .await?;
    let other = fixtures
        .space(|row| {
            row.name = Set("La Ruche".to_owned());
            set_place!(row, exact_place(48.016, 2.0));
        })
        .await?;
    let [door, other] = [door, other].map(|id| global_id(Kind::CoworkingSpace, id));
    let at = |name: &str, latitude: f64| {
        format!(r#"name: "{name}", place: {{location: {{latitude: {latitude}, longitude: 2.0}}}}"#)
    };
    let both = found(&server, &token, SPACES, &at("Ruche (la)", 48.0101)).await?;
    let reason = "SIMILAR_NAME_AND_PLACE";
    ensure!(
        both == they(&[(&door, reason), (&other, reason)]),
        "the nearest first: {both:?}"
    );
    // At one door, less of a name is enough.
    let longer = found(&server, &token, SPACES, &at("La Ruche verte", 48.0101)).await?;
    ensure!(longer == they(&[(&door, reason)]), "{longer:?}");
    let far = found(&server, &token, SPACES, &at("La Ruche", 48.05)).await?;
    ensure!(far.is_empty(), "{far:?}");
    server.stop().await
}

async fn what_is_asked_is_bounded_and_checked(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let token = server.account(Role::ProjectHolder, None).await?.token;
    for _ in 0..12 {
        let one = fixtures.initiative(|row| row.title = Set("La même".to_owned()));
        fixtures.concerns(one.await?, &["99001"]).await?;
    }
    let ask = async |arguments: String| {
        let query = format!("{{ found: {INITIATIVES}({arguments}) {{ content {{ id }} }} }}");
        anyhow::Ok(server.send_as(&token, &query, Value::Null).await?.body)
    };
    let there = r#"input: {title: "La même", communes: ["99001"]}"#;
    for (first, count) in [("", 5), (", first: 1", 1), (", first: 10", 10)] {
        let answer = ask(format!("{there}{first}")).await?;
        let list = answer["data"]["found"].as_array().context("a list")?;
        ensure!(list.len() == count, "{first}: {answer}");
    }
    let (many, long) = (vec!["\"99001\""; 101].join(","), "n".repeat(301));
    for wrong in [
        format!("{there}, first: 0"),
        format!("{there}, first: 11"),
        r#"input: {title: " ", communes: ["99001"]}"#.to_owned(),
        format!(r#"input: {{title: "{long}"}}"#),
        format!(r#"input: {{title: "La même", communes: [{many}]}}"#),
        r#"input: {title: "La même", id: "space_01h455vb4pex5vsknk084sn02q"}"#.to_owned(),
        r#"input: {title: "a", place: {location: {latitude: 91, longitude: 2}}}"#.to_owned(),
    ] {
        let answer = ask(wrong.clone()).await?;
        ensure!(code(&answer) == "BAD_INPUT", "{wrong}: {answer}");
    }
    let siret = r#"name: "a", sites: [{siret: "73282932000075"}]"#;
    let wrong = answer(&server, &token, ORGANIZATIONS, siret).await?;
    ensure!(code(&wrong) == "BAD_INPUT", "{wrong}");
    let message = wrong["errors"][0]["message"].as_str().unwrap_or_default();
    ensure!(message.contains("73282932000075"), "{wrong}");
    server.stop().await
}

async fn what_one_may_not_see_is_no_duplicate(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    Fixtures::of(&server).await?.territory(&server).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let other = server.account(Role::ProjectHolder, None).await?;
    let keeper = server.account(Role::Member, Some("99001")).await?;
    let staff = server.account(Role::Staff, None).await?;
    let draft = created(&server, &author.token, initiative("La ruche", "99001")).await?;
    let draft = draft["initiative"]["id"].as_str().context("an id")?;
    let input = r#"title: "La ruche", communes: ["99001"]"#;
    for (who, sees) in [
        (&author, true),
        (&keeper, true),
        (&staff, true),
        (&other, false),
    ] {
        let told = found(&server, &who.token, INITIATIVES, input).await?;
        ensure!(told.len() == usize::from(sees), "{}: {told:?}", who.email);
    }
    // Whoever creates the same is told nothing of it; staff is, of both.
    let mine = created(&server, &other.token, initiative("La ruche", "99001")).await?;
    let review = &mine["initiative"]["review"];
    ensure!(review["probableDuplicates"] == json!([]), "{mine}");
    let mine = mine["initiative"]["id"].as_str().context("an id")?;
    let asked = format!(
        "{{ initiative(id: \"{mine}\") {{ review {{ probableDuplicates
        {{ reason content {{ id }} }} }} }} }}"
    );
    for (who, count) in [(&staff, 1), (&keeper, 1), (&other, 0)] {
        let answer = server.send_as(&who.token, &asked, Value::Null).await?.body;
        let told = shown(&answer["data"]["initiative"]["review"]["probableDuplicates"])?;
        ensure!(told.len() == count, "{}: {answer}", who.email);
        ensure!(told.iter().all(|(id, _)| id == draft), "{answer}");
    }
    // Nor does the identifier of somebody else's draft tell anything.
    let with = format!(r#"{input}, id: "{draft}""#);
    let told = found(&server, &other.token, INITIATIVES, &with).await?;
    ensure!(
        told == they(&[(mine, "SIMILAR_NAME_AND_PLACE")]),
        "{told:?}"
    );
    // It may not be named either, and one that is not there is told in the same way.
    for hidden in [draft, "initiative_01h455vb4pex5vsknk084sn02q"] {
        let mut input = initiative("La ruche", "99001");
        input["notDuplicateOf"] = json!([hidden]);
        let refused = created(&server, &other.token, input).await?;
        let error = &refused["errors"][0];
        ensure!(error["code"] == "NOT_FOUND", "{refused}");
        ensure!(
            error["field"] == json!(["notDuplicateOf", "0"]),
            "{refused}"
        );
    }
    let visitor = format!("{{ {INITIATIVES}(input: {{ {input} }}) {{ score }} }}");
    ensure!(server.error_code(&visitor).await? == "UNAUTHENTICATED");
    let program = server.account(Role::ApiClient, None).await?;
    let refused = answer(&server, &program.token, INITIATIVES, input).await?;
    ensure!(code(&refused) == "FORBIDDEN", "{refused}");
    server.stop().await
}

async fn who_creates_is_shown_them_and_says_which_are_none(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let author = server.account(Role::ProjectHolder, None).await?.token;
    let mut public = Vec::new();
    for title in ["Le jardin partagé", "Jardin partagé", "Ressourcerie"] {
        let id = fixtures.initiative(|row| row.title = Set(title.to_owned()));
        let id = id.await?;
        fixtures.concerns(id, &["99001"]).await?;
        public.push(global_id(Kind::Initiative, id));
    }
    let [one, other, unlike] = &public[..] else {
        anyhow::bail!("{public:?}");
    };
    let reason = "SIMILAR_NAME_AND_PLACE";
    let input = initiative("Jardin partagé", "99001");
    let first = created(&server, &author, input.clone()).await?;
    let told = shown(&first["initiative"]["review"]["probableDuplicates"])?;
    ensure!(
        told.len() == 2
            && told
                .iter()
                .all(|(id, why)| [one, other].contains(&id) && why == reason),
        "{first}"
    );

    // What is said to be none is remembered with the creation, and once.
    let mut input = input;
    input["idempotencyKey"] = json!("once");
    input["notDuplicateOf"] = json!([one, unlike, first["initiative"]["id"]]);
    let second = created(&server, &author, input.clone()).await?;
    let told = shown(&second["initiative"]["review"]["probableDuplicates"])?;
    ensure!(told == they(&[(other, reason)]), "{second}");
    let again = created(&server, &author, input.clone()).await?;
    ensure!(again == second, "{again}");
    input["notDuplicateOf"] = json!([one]);
    let reused = created(&server, &author, input.clone()).await?;
    ensure!(reused["errors"][0]["code"] == "KEY_REUSED", "{reused}");
    input["notDuplicateOf"] = json!(vec![one; 11]);
    input["idempotencyKey"] = json!("another");
    let long = created(&server, &author, input).await?;
    ensure!(long["errors"][0]["code"] == "TOO_LONG", "{long}");

    // Its form is not shown it again.
    let id = second["initiative"]["id"].as_str().context("an id")?;
    let form = format!(r#"id: "{id}", title: "Jardin partagé", communes: ["99001"]"#);
    let told = found(&server, &author, INITIATIVES, &form).await?;
    ensure!(told == they(&[(other, reason)]), "{told:?}");
    server.stop().await
}

async fn organizations_and_spaces_are_said_to_be_none_too(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let author = server.account(Role::ProjectHolder, None).await?.token;
    let named = "La Ruche d’essai";
    let organization = fixtures.organization(|row| {
        row.name = Set(named.to_owned());
        row.siren = Set(Some(SIREN.to_owned()));
    });
    let organization = organization.await?;
    let place = fixtures::place("99001", None);
    fixtures::site(&fixtures.connection, organization, place.clone(), |_| {}).await?;
    let space = fixtures.space(|row| {
        row.name = Set(named.to_owned());
        set_place!(row, place);
    });
    let space = space.await?;
    let place = json!({ "commune": "99001" });
    let create = async |field: &str, of: &str, input: Value| {
        let query = format!(
            "mutation ($input: {of}CreateInput!) {{ done: {field}Create(input: $input) {{
                errors {{ code field }}
                {field} {{ review {{ probableDuplicates {{ reason content {{ id }} }} }} }} }} }}"
        );
        let answer = server.send_as(&author, &query, json!({ "input": input }));
        let answer = answer.await?.body;
        ensure!(answer.get("errors").is_none(), "{answer}");
        Ok(answer["data"]["done"].clone())
    };
    let organization_input = json!({
        "name": named, "legalForm": "ASSOCIATION", "sites": [{ "place": place }],
    });
    let space_input = json!({ "name": named, "place": place });
    for (field, of, kind, id, input) in [
        (
            "organization",
            "Organization",
            Kind::Organization,
            organization,
            &organization_input,
        ),
        (
            "coworkingSpace",
            "CoworkingSpace",
            Kind::CoworkingSpace,
            space,
            &space_input,
        ),
    ] {
        let id = global_id(kind, id);
        let shown_of = |done: &Value| shown(&done[field]["review"]["probableDuplicates"]);
        let done = create(field, of, input.clone()).await?;
        ensure!(
            shown_of(&done)? == they(&[(&id, "SIMILAR_NAME_AND_PLACE")]),
            "{done}"
        );
        let mut input = input.clone();
        input["name"] = json!("Ruche d’essai (la)");
        input["notDuplicateOf"] = json!([id]);
        let done = create(field, of, input).await?;
        ensure!(
            shown_of(&done)?.iter().all(|(other, _)| *other != id),
            "{done}"
        );
    }
    // A number that is public already is refused, whatever it is said not to be.
    let mut input = organization_input;
    input["siren"] = json!(SIREN);
    input["notDuplicateOf"] = json!([global_id(Kind::Organization, organization)]);
    let taken = create("organization", "Organization", input).await?;
    ensure!(
        taken["errors"][0] == json!({ "code": "TAKEN", "field": ["siren"] }),
        "{taken}"
    );
    server.stop().await
}

async fn what_is_changed_is_compared_again(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let author = server.account(Role::ProjectHolder, None).await?.token;
    let public = fixtures.initiative(|row| row.title = Set("Recyclerie".to_owned()));
    let public = public.await?;
    fixtures.concerns(public, &["99001"]).await?;
    let draft = created(&server, &author, initiative("Essai", "99001")).await?;
    let review = &draft["initiative"]["review"];
    ensure!(review["probableDuplicates"] == json!([]), "{draft}");
    let query = "mutation ($input: InitiativeUpdateInput!) { initiativeUpdate(input: $input) {
        initiative { review { probableDuplicates { reason content { id } } } } } }";
    let id = &draft["initiative"]["id"];
    let input = json!({ "id": id, "expectedRevision": 1, "title": "La recyclerie" });
    let answer = server.send_as(&author, query, json!({ "input": input }));
    let answer = answer.await?.body;
    let review = &answer["data"]["initiativeUpdate"]["initiative"]["review"];
    let public = global_id(Kind::Initiative, public);
    let expected = they(&[(&public, "SIMILAR_NAME_AND_PLACE")]);
    ensure!(
        shown(&review["probableDuplicates"])? == expected,
        "{answer}"
    );
    server.stop().await
}
