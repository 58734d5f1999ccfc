//! Themes as they are written.

use anyhow::ensure;
use entity::values::Role;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, Signed, cases};

use super::steps::Kind;

const INITIATIVE: Kind = Kind {
    field: "initiative",
    inputs: "Initiative",
    name: "title",
};

cases![
    a_theme_from_its_creation_to_its_archive,
    what_is_wrong_with_a_theme_is_told,
    a_tree_of_themes_has_no_ring_and_no_orphan,
    an_archived_theme_stays_on_what_has_it,
    initiatives_are_found_by_the_new_name_of_their_theme
];

const FIELDS: &str = "id slug name description position revision isArchived parent { slug }
    mappings { scheme code } viewerCanUpdate viewerCanArchive viewerCanRestore";

/// The answer of a mutation of themes.
async fn ask(server: &Server, who: &Signed, step: &str, input: Value) -> anyhow::Result<Value> {
    let input_type = match step {
        "Create" | "Update" => format!("Theme{step}Input"),
        _ => "RevisionInput".to_owned(),
    };
    let query = format!(
        "mutation ($input: {input_type}!) {{ done: theme{step}(input: $input) {{
            theme {{ {FIELDS} }} errors {{ code field message }} }} }}"
    );
    let variables = json!({ "input": input });
    let mut answer = server.send_as(&who.token, &query, variables).await?;
    ensure!(answer.body.get("errors").is_none(), "{}", answer.body);
    Ok(answer.body["data"]["done"].take())
}

/// The theme after a mutation that must succeed.
async fn done(server: &Server, who: &Signed, step: &str, input: Value) -> anyhow::Result<Value> {
    let mut answer = ask(server, who, step, input).await?;
    ensure!(answer["errors"] == json!([]), "{step}: {answer}");
    Ok(answer["theme"].take())
}

/// Fails unless a mutation is refused for this one reason.
async fn refused(
    server: &Server,
    who: &Signed,
    step: &str,
    input: Value,
    (code, field): (&str, &str),
) -> Outcome {
    let answer = ask(server, who, step, input.clone()).await?;
    let error = &answer["errors"][0];
    let path: Vec<&str> = error["field"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    ensure!(
        error["code"] == code && path.join(".") == field && answer["theme"].is_null(),
        "{step} of {input}: {answer}"
    );
    Ok(())
}

async fn a_theme_from_its_creation_to_its_archive(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let whole = json!({
        "name": " Économie circulaire ",
        "description": "Ce qui sert encore.",
        "mappings": [
            { "scheme": "essai", "code": "reemploi" },
            { "scheme": "essai", "code": "reemploi" },
        ],
        "idempotencyKey": "une-fois",
    });
    let theme = done(&server, &staff, "Create", whole.clone()).await?;
    let id = theme["id"].clone();
    ensure!(
        theme
            == json!({
                "id": id,
                "slug": "economie-circulaire",
                "name": "Économie circulaire",
                "description": "Ce qui sert encore.",
                "position": 0,
                "revision": 1,
                "isArchived": false,
                "parent": null,
                "mappings": [{ "scheme": "essai", "code": "reemploi" }],
                "viewerCanUpdate": true,
                "viewerCanArchive": true,
                "viewerCanRestore": false,
            }),
        "{theme}"
    );
    let again = done(&server, &staff, "Create", whole).await?;
    ensure!(again["id"] == id, "created twice: {again}");

    // It is offered at once, to everybody, and written by staff alone.
    let seen = "{ themes { name viewerCanUpdate } all: themes(archived: true) { name } }";
    let seen = server.data(seen).await?;
    ensure!(
        seen == json!({
            "themes": [{ "name": "Économie circulaire", "viewerCanUpdate": false }],
            "all": [{ "name": "Économie circulaire" }],
        }),
        "{seen}"
    );

    // Absent is not null; what was read before is out of date.
    let rename = json!({
        "id": id, "expectedRevision": 1, "name": "Réemploi", "description": null,
    });
    let renamed = done(&server, &staff, "Update", rename.clone()).await?;
    ensure!(
        renamed["name"] == "Réemploi"
            && renamed["slug"] == "economie-circulaire"
            && renamed["description"].is_null()
            && renamed["mappings"] == theme["mappings"]
            && renamed["revision"] == 2,
        "{renamed}"
    );
    let stale = ("CONFLICT", "expectedRevision");
    refused(&server, &staff, "Update", rename, stale).await?;

    let read = |revision: i32| json!({ "id": id, "expectedRevision": revision });
    let archived = done(&server, &staff, "Archive", read(2)).await?;
    ensure!(
        archived["isArchived"] == true && archived["viewerCanRestore"] == true,
        "{archived}"
    );
    let illegal = ("ILLEGAL_TRANSITION", "id");
    refused(&server, &staff, "Archive", read(3), illegal).await?;
    let seen = r#"{ themes { slug } all: themes(archived: true) { slug }
        theme(slug: "economie-circulaire") { isArchived } }"#;
    let seen = server.data(seen).await?;
    ensure!(
        seen == json!({
            "themes": [],
            "all": [{ "slug": "economie-circulaire" }],
            "theme": { "isArchived": true },
        }),
        "{seen}"
    );
    done(&server, &staff, "Restore", read(3)).await?;
    refused(&server, &staff, "Restore", read(4), illegal).await?;
    server.stop().await
}

async fn what_is_wrong_with_a_theme_is_told(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let unknown = "theme_01h455vb4pex5vsknk084sn02q";
    for (change, expected) in [
        (json!({ "name": " " }), ("REQUIRED", "name")),
        (json!({ "name": "n".repeat(101) }), ("TOO_LONG", "name")),
        (
            json!({ "description": "n".repeat(1001) }),
            ("TOO_LONG", "description"),
        ),
        (json!({ "position": -1 }), ("OUT_OF_RANGE", "position")),
        (
            json!({ "mappings": [{ "scheme": "", "code": "a" }] }),
            ("REQUIRED", "mappings.0.scheme"),
        ),
        (json!({ "parent": unknown }), ("NOT_FOUND", "parent")),
    ] {
        let mut input = json!({ "name": "Essai" });
        for (field, value) in change.as_object().into_iter().flatten() {
            input[field] = value.clone();
        }
        refused(&server, &staff, "Create", input, expected).await?;
    }
    let nothing = json!({ "id": unknown, "expectedRevision": 1 });
    refused(&server, &staff, "Archive", nothing, ("NOT_FOUND", "id")).await?;
    server.stop().await
}

async fn a_tree_of_themes_has_no_ring_and_no_orphan(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let above = done(&server, &staff, "Create", json!({ "name": "Dessus" })).await?;
    let input = json!({ "name": "Dessous", "parent": above["id"] });
    let below = done(&server, &staff, "Create", input).await?;
    ensure!(
        below["parent"]["slug"] == "dessus" && below["position"] == 1,
        "{below}"
    );
    let ring = json!({ "id": above["id"], "expectedRevision": 1, "parent": below["id"] });
    refused(&server, &staff, "Update", ring, ("INVALID", "parent")).await?;

    let read =
        |theme: &Value, revision: i32| json!({ "id": theme["id"], "expectedRevision": revision });
    let illegal = ("ILLEGAL_TRANSITION", "id");
    refused(&server, &staff, "Archive", read(&above, 1), illegal).await?;
    done(&server, &staff, "Archive", read(&below, 1)).await?;
    done(&server, &staff, "Archive", read(&above, 1)).await?;
    refused(&server, &staff, "Restore", read(&below, 2), illegal).await?;
    let orphan = json!({ "name": "Autre", "parent": above["id"] });
    refused(&server, &staff, "Create", orphan, ("NOT_FOUND", "parent")).await?;
    done(&server, &staff, "Restore", read(&above, 2)).await?;
    let children = r#"{ theme(slug: "dessus") { children { slug }
        all: children(archived: true) { slug } } }"#;
    let children = server.data(children).await?;
    ensure!(
        children["theme"] == json!({ "children": [], "all": [{ "slug": "dessous" }] }),
        "{children}"
    );
    server.stop().await
}

async fn an_archived_theme_stays_on_what_has_it(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let staff = server.account(Role::Staff, None).await?;
    let theme = done(&server, &staff, "Create", json!({ "name": "Ancien" })).await?;
    let initiative = |title: &str| {
        json!({
            "title": title, "summary": "Une initiative.", "scope": "LOCAL", "stage": "IDEA",
            "themes": ["ancien"],
        })
    };
    let id = INITIATIVE
        .published(&server, &author.token, &staff.token, initiative("Avant"))
        .await?;
    let read = json!({ "id": theme["id"], "expectedRevision": 1 });
    done(&server, &staff, "Archive", read).await?;

    // Nothing new is given it.
    let gone = [("NOT_FOUND", "themes")];
    INITIATIVE
        .expect_refused(&server, &author.token, "Create", initiative("Après"), &gone)
        .await?;
    // What has it keeps it, through an edit and its approval, and is found by it.
    let change = json!({ "id": id, "expectedRevision": 1, "stage": "RUNNING" });
    INITIATIVE
        .done(&server, &author.token, "Update", change)
        .await?;
    let read = json!({ "id": id, "expectedRevision": 2 });
    INITIATIVE
        .done(&server, &staff.token, "Approve", read)
        .await?;
    let found = r#"{ initiatives(filter: {theme: {eq: "ancien"}}) {
        nodes { stage themes { slug isArchived } } } }"#;
    let found = server.data(found).await?;
    ensure!(
        found["initiatives"]["nodes"]
            == json!([{
                "stage": "RUNNING",
                "themes": [{ "slug": "ancien", "isArchived": true }],
            }]),
        "{found}"
    );
    // Once it has been taken away, it is not given back.
    let without = json!({ "id": id, "expectedRevision": 2, "themes": [] });
    INITIATIVE
        .done(&server, &author.token, "Update", without)
        .await?;
    let read = json!({ "id": id, "expectedRevision": 3 });
    INITIATIVE
        .done(&server, &staff.token, "Approve", read)
        .await?;
    let with = json!({ "id": id, "expectedRevision": 3, "themes": ["ancien"] });
    INITIATIVE
        .expect_refused(&server, &author.token, "Update", with, &gone)
        .await?;
    server.stop().await
}

async fn initiatives_are_found_by_the_new_name_of_their_theme(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let theme = done(&server, &staff, "Create", json!({ "name": "Mobilité" })).await?;
    let input = json!({
        "title": "Vélos", "summary": "Des vélos.", "scope": "LOCAL", "stage": "IDEA",
        "themes": ["mobilite"],
    });
    INITIATIVE
        .published(&server, &staff.token, &staff.token, input)
        .await?;
    let rename = json!({ "id": theme["id"], "expectedRevision": 1, "name": "Déplacements" });
    done(&server, &staff, "Update", rename).await?;
    for (text, count) in [("déplacements", 1), ("mobilité", 0)] {
        let query = format!("{{ search(text: \"{text}\") {{ totalCount }} }}");
        let found = server.data(&query).await?;
        ensure!(found["search"]["totalCount"] == count, "{text}: {found}");
    }
    server.stop().await
}
