//! Each cell of the matrix of permissions, tried over HTTP: what is refused is told as such
//! or does not exist, and what is allowed comes as far as the check of what was read.

use anyhow::{Context as _, ensure};
use entity::values::Role;
use maillage::id::GlobalId;
use maillage::permission::{ALL, Operation, Reach, Relation};
use maillage::{accounts, files};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, Signed, cases};
use uuid::Uuid;

cases![
    what_is_public_is_kept_by_whom_the_matrix_says,
    drafts_are_kept_by_whom_the_matrix_says_and_exist_for_nobody_else,
    contents_are_created_by_whom_the_matrix_says,
    what_the_matrix_refuses_besides_contents_is_refused
];

/// A revision that no content here has: who may do something is told `CONFLICT`, and
/// nothing is written.
const NEVER_READ: i32 = 99;

/// The commune in which what has a place is.
const COMMUNE: &str = "92071";

/// A kind of content of the matrix.
#[derive(Clone, Copy)]
struct Sample {
    /// How the names of its mutations begin.
    prefix: &'static str,
    /// Its type in the schema.
    of: &'static str,
    table: &'static str,
    /// Whether it has a place, by which it is in a member's territory.
    is_located: bool,
    /// The input of a new one.
    input: fn() -> Value,
}

const SAMPLES: &[Sample] = &[
    Sample {
        prefix: "initiative",
        of: "Initiative",
        table: "initiative",
        is_located: true,
        input: || {
            json!({
                "title": "La leur", "summary": "Leur.", "scope": "LOCAL", "stage": "IDEA",
                "communes": [COMMUNE],
            })
        },
    },
    Sample {
        prefix: "coworkingSpace",
        of: "CoworkingSpace",
        table: "coworking_space",
        is_located: true,
        input: || json!({ "name": "Le leur", "place": { "commune": COMMUNE } }),
    },
    Sample {
        prefix: "organization",
        of: "Organization",
        table: "organization",
        is_located: true,
        input: || {
            json!({
                "name": "La leur", "legalForm": "ASSOCIATION",
                "sites": [{ "place": { "commune": COMMUNE } }],
            })
        },
    },
    Sample {
        prefix: "fundingSource",
        of: "FundingSource",
        table: "funding_source",
        is_located: false,
        input: || {
            json!({
                "name": "La leur", "funderKind": "STATE", "stateAidRegime": "NONE",
                "territory": { "kind": "FRANCE" },
            })
        },
    },
    Sample {
        prefix: "member",
        of: "Member",
        table: "member",
        is_located: true,
        input: || json!({ "kind": "STAFF", "displayName": "Camille Exemple", "commune": COMMUNE }),
    },
];

impl Sample {
    /// The operations of the matrix on this kind, creation left out.
    fn operations(self) -> Vec<&'static Operation> {
        let create = format!("{}Create", self.prefix);
        all()
            .filter(|one| self.has(one.name) && one.name != create)
            .collect()
    }

    /// Whether an operation of this name is one on this kind.
    fn has(self, name: &str) -> bool {
        let step = name.strip_prefix(self.prefix);
        step.is_some_and(|step| step.starts_with(char::is_uppercase))
            || name.split_once('.').is_some_and(|(of, _)| of == self.of)
    }

    fn rule(self, step: &str) -> anyhow::Result<&'static Operation> {
        let name = format!("{}{step}", self.prefix);
        let found = all().find(|one| one.name == name);
        found.with_context(|| format!("{name} is in no matrix"))
    }

    /// Sends the mutation of this name as somebody.
    async fn send(
        self,
        server: &Server,
        who: Option<&Signed>,
        name: &str,
        input: Value,
    ) -> anyhow::Result<Value> {
        let Self { prefix, of, .. } = self;
        let step = name.strip_prefix(prefix).context("a step")?;
        let input_type = match step {
            "Create" | "Update" => format!("{of}{step}Input"),
            "Approve" | "Reject" | "AskForChanges" => "DecisionInput".to_owned(),
            "RestoreRevision" => "RestoreRevisionInput".to_owned(),
            _ => "RevisionInput".to_owned(),
        };
        let query = format!(
            "mutation ($input: {input_type}!) {{ done: {name}(input: $input) {{
                done: {prefix} {{ id }} errors {{ code }} }} }}"
        );
        let variables = json!({ "input": input });
        let answer = match who {
            Some(who) => server.send_as(&who.token, &query, variables).await?,
            None => server.send(&query, variables).await?,
        };
        Ok(answer.body)
    }

    /// A draft of somebody who may review, public if it `is_public`.
    async fn written(self, server: &Server, is_public: bool) -> anyhow::Result<Value> {
        let staff = server.account(Role::Staff, None).await?;
        let name = |step: &str| format!("{}{step}", self.prefix);
        let create = name("Create");
        let created = self.send(server, Some(&staff), &create, (self.input)());
        let mut created = created.await?;
        let id = created["data"]["done"]["done"]["id"].take();
        ensure!(id.is_string(), "{}: {created}", self.prefix);
        if is_public {
            for step in ["Submit", "Approve"] {
                let read = json!({ "id": id, "expectedRevision": 1 });
                let answer = self.send(server, Some(&staff), &name(step), read).await?;
                ensure!(code(&answer).is_empty(), "{answer}");
            }
        }
        Ok(id)
    }

    /// Makes the content belong to an account, or to nobody.
    async fn own(self, server: &Server, id: &Value, owner: Option<Uuid>) -> Outcome {
        let id: GlobalId = id.as_str().context("an identifier")?.parse()?;
        let update = Query::update()
            .table(Alias::new(self.table))
            .value("owner_account_id", owner)
            .and_where(Expr::col("id").eq(id.uuid))
            .take();
        server.app.database.execute(&update).await?;
        Ok(())
    }

    /// What the content tells somebody of whether they can update it, if it is there for them.
    async fn can_update(
        self,
        server: &Server,
        who: &Signed,
        id: &Value,
    ) -> anyhow::Result<Option<bool>> {
        let query = format!("{{ {}(id: {id}) {{ viewerCanUpdate }} }}", self.prefix);
        let answer = server.send_as(&who.token, &query, Value::Null).await?;
        ensure!(answer.body.get("errors").is_none(), "{}", answer.body);
        Ok(answer.body["data"][self.prefix]["viewerCanUpdate"].as_bool())
    }

    /// The code with which an operation on the content is refused to somebody; none if it
    /// is not.
    async fn refusal(
        self,
        server: &Server,
        who: Option<&Signed>,
        operation: &Operation,
        id: &Value,
    ) -> anyhow::Result<Option<String>> {
        if operation.name.contains('.') {
            let query = format!(
                "{{ {}(id: {id}) {{ review {{ publication }} }} }}",
                self.prefix
            );
            let answer = match who {
                Some(who) => server.send_as(&who.token, &query, Value::Null).await?,
                None => server.send(&query, Value::Null).await?,
            };
            let found = &answer.body["data"][self.prefix];
            ensure!(answer.body.get("errors").is_none(), "{}", answer.body);
            return Ok(match (found, &found["review"]) {
                (Value::Null, _) => Some("NOT_FOUND".to_owned()),
                (_, Value::Null) => Some("FORBIDDEN".to_owned()),
                _ => None,
            });
        }
        let mut input = json!({ "id": id, "expectedRevision": NEVER_READ });
        if operation.name.ends_with("RestoreRevision") {
            input["revision"] = json!(1);
        }
        let answer = self.send(server, who, operation.name, input).await?;
        let code = code(&answer);
        ensure!(!code.is_empty(), "{}: {answer}", operation.name);
        Ok(Some(code).filter(|code| code != "CONFLICT"))
    }
}

/// Every operation of the matrix.
fn all() -> impl Iterator<Item = &'static Operation> {
    ALL.iter().copied().flatten()
}

/// The code with which something was refused, of a payload or of the whole answer.
fn code(body: &Value) -> String {
    let top = &body["errors"][0]["extensions"]["code"];
    let payload = body["data"]
        .as_object()
        .and_then(|data| data.values().next())
        .map(|payload| payload["errors"][0]["code"].clone());
    top.as_str()
        .or(payload.as_ref().and_then(Value::as_str))
        .unwrap_or_default()
        .to_owned()
}

async fn each_cell(backend: Backend, is_public: bool) -> Outcome {
    let server = Server::with_territory(backend).await?;
    for sample in SAMPLES {
        let id = sample.written(&server, is_public).await?;
        let operations = sample.operations();
        ensure!(operations.len() == 9, "{}: {operations:?}", sample.prefix);
        for role in Role::ALL {
            let outside = server.account(*role, None).await?;
            let inside = server.account(*role, Some(COMMUNE)).await?;
            let keeps = *role == Role::Member && sample.is_located;
            let near = if keeps {
                Relation::Territory
            } else {
                Relation::Other
            };
            for (who, owner, relation) in [
                (&outside, None, Relation::Other),
                (&inside, None, near),
                (&outside, Some(outside.account), Relation::Own),
            ] {
                sample.own(&server, &id, owner).await?;
                let reviews = matches!(role, Role::Staff | Role::Admin);
                let sees = is_public || reviews || relation != Relation::Other;
                let update = sample.rule("Update")?.rule.reach(*role);
                let can_update = sample.can_update(&server, who, &id).await?;
                ensure!(
                    can_update == sees.then(|| update.holds(relation)),
                    "{}.viewerCanUpdate of {role:?} ({relation:?}): {can_update:?}",
                    sample.of
                );
                for operation in &operations {
                    let allowed = operation.rule.reach(*role).holds(relation);
                    let expected = match (allowed, sees) {
                        (true, _) => None,
                        (false, true) => Some("FORBIDDEN"),
                        (false, false) => Some("NOT_FOUND"),
                    };
                    let told = sample.refusal(&server, Some(who), operation, &id).await?;
                    ensure!(
                        told.as_deref() == expected,
                        "{} by {role:?} ({relation:?}): {told:?}",
                        operation.name
                    );
                }
            }
        }
        for operation in &operations {
            ensure!(!operation.rule.visitor, "{}", operation.name);
            let expected = match (operation.name.contains('.'), is_public) {
                (false, _) => "UNAUTHENTICATED",
                (true, true) => "FORBIDDEN",
                (true, false) => "NOT_FOUND",
            };
            let told = sample.refusal(&server, None, operation, &id).await?;
            ensure!(
                told.as_deref() == Some(expected),
                "{}: {told:?}",
                operation.name
            );
        }
    }
    server.stop().await
}

async fn what_is_public_is_kept_by_whom_the_matrix_says(backend: Backend) -> Outcome {
    each_cell(backend, true).await
}

async fn drafts_are_kept_by_whom_the_matrix_says_and_exist_for_nobody_else(
    backend: Backend,
) -> Outcome {
    each_cell(backend, false).await
}

async fn contents_are_created_by_whom_the_matrix_says(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    for sample in SAMPLES {
        let create = sample.rule("Create")?;
        for role in Role::ALL {
            let who = server.account(*role, None).await?;
            // What one creates is one's own.
            let allowed = create.rule.reach(*role).holds(Relation::Own);
            let answer = sample.send(&server, Some(&who), create.name, (sample.input)());
            let told = code(&answer.await?);
            let expected = if allowed { "" } else { "FORBIDDEN" };
            ensure!(told == expected, "{} by {role:?}: {told}", create.name);
        }
        let answer = sample.send(&server, None, create.name, (sample.input)());
        let told = code(&answer.await?);
        ensure!(told == "UNAUTHENTICATED", "{}: {told}", create.name);
    }
    server.stop().await
}

/// What is tried where accounts are tested: their operations, and those of files.
const ELSEWHERE: [&[Operation]; 2] = [accounts::policy::OPERATIONS, files::policy::OPERATIONS];

/// Every other operation of the matrix that is not on a content, as it is asked.
const OTHERS: &[(&str, &str)] = &[
    (
        "contactPointCreate",
        r#"mutation { contactPointCreate(input: {owner: "member_01h455vb4pex5vsknk084sn02q",
            channel: EMAIL, value: "a@example.org", visibility: PUBLIC,
            basis: {source: {url: "https://example.org", seenOn: "2024-01-01"}}}) {
            errors { code } } }"#,
    ),
    (
        "contactPointUpdate",
        r#"mutation { contactPointUpdate(input: {id: "contact_01h455vb4pex5vsknk084sn02q",
            visibility: PUBLIC}) { errors { code } } }"#,
    ),
    (
        "contactPointDelete",
        r#"mutation { contactPointDelete(input: {id: "contact_01h455vb4pex5vsknk084sn02q"}) {
            errors { code } } }"#,
    ),
    (
        "contactConsentGive",
        r#"mutation { contactConsentGive(input: {id: "contact_01h455vb4pex5vsknk084sn02q",
            wording: "2026-11"}) { errors { code } } }"#,
    ),
    (
        "contactConsentWithdraw",
        r#"mutation { contactConsentWithdraw(input: {id: "contact_01h455vb4pex5vsknk084sn02q"}) {
            errors { code } } }"#,
    ),
    (
        "contentConfirm",
        r#"mutation { contentConfirm(input: {id: "organization_01h455vb4pex5vsknk084sn02q"}) {
            errors { code } } }"#,
    ),
    (
        "Viewer.contactPoints",
        "{ viewer { contactPoints { id } } }",
    ),
    ("Query.reviewQueue", "{ reviewQueue { totalCount } }"),
    (
        "Query.organizationDuplicates",
        r#"{ organizationDuplicates(input: {name: "Essai"}) { score } }"#,
    ),
    (
        "Query.initiativeDuplicates",
        r#"{ initiativeDuplicates(input: {title: "Essai"}) { score } }"#,
    ),
    (
        "Query.coworkingSpaceDuplicates",
        r#"{ coworkingSpaceDuplicates(input: {name: "Essai"}) { score } }"#,
    ),
    (
        "Query.probableDuplicates",
        "{ probableDuplicates { totalCount } }",
    ),
    (
        "probableDuplicateDismiss",
        r#"mutation { probableDuplicateDismiss(input: {
            left: "initiative_01h455vb4pex5vsknk084sn02q",
            right: "initiative_01h455vb4pex5vsknk084sn02r"}) { errors { code } } }"#,
    ),
    (
        "probableDuplicateRestore",
        r#"mutation { probableDuplicateRestore(input: {
            left: "initiative_01h455vb4pex5vsknk084sn02q",
            right: "initiative_01h455vb4pex5vsknk084sn02r"}) { errors { code } } }"#,
    ),
    (
        "themeCreate",
        r#"mutation { themeCreate(input: {name: "Essai"}) { errors { code } } }"#,
    ),
    (
        "themeUpdate",
        r#"mutation { themeUpdate(input: {id: "theme_01h455vb4pex5vsknk084sn02q",
            expectedRevision: 1}) { errors { code } } }"#,
    ),
    (
        "themeArchive",
        r#"mutation { themeArchive(input: {id: "theme_01h455vb4pex5vsknk084sn02q",
            expectedRevision: 1}) { errors { code } } }"#,
    ),
    (
        "themeRestore",
        r#"mutation { themeRestore(input: {id: "theme_01h455vb4pex5vsknk084sn02q",
            expectedRevision: 1}) { errors { code } } }"#,
    ),
    (
        "initiativesImport",
        r#"mutation { initiativesImport(input: {fileId: "file_01h455vb4pex5vsknk084sn02q"}) {
            errors { code } } }"#,
    ),
    (
        "organizationsImport",
        r#"mutation { organizationsImport(input: {fileId: "file_01h455vb4pex5vsknk084sn02q"}) {
            errors { code } } }"#,
    ),
    (
        "coworkingSpacesImport",
        r#"mutation { coworkingSpacesImport(input: {fileId: "file_01h455vb4pex5vsknk084sn02q"}) {
            errors { code } } }"#,
    ),
    (
        "fundingSourcesImport",
        r#"mutation { fundingSourcesImport(input: {fileId: "file_01h455vb4pex5vsknk084sn02q"}) {
            errors { code } } }"#,
    ),
    (
        "importCancel",
        r#"mutation { importCancel(input: {id: "import_01h455vb4pex5vsknk084sn02q"}) {
            errors { code } } }"#,
    ),
    (
        "Query.import",
        r#"{ import(id: "import_01h455vb4pex5vsknk084sn02q") { id } }"#,
    ),
    ("Query.imports", "{ imports { totalCount } }"),
    ("GET /imports/{id}/report.csv", REPORT),
];

/// What is asked by an address rather than by an operation.
const REPORT: &str = "/imports/import_01h455vb4pex5vsknk084sn02q/report.csv";

/// What somebody is answered.
async fn answer(server: &Server, who: Option<&Signed>, asked: &str) -> anyhow::Result<Value> {
    if asked.starts_with('/') {
        let request = server.client.get(format!("{}{asked}", server.url));
        let request = match who {
            Some(who) => request.bearer_auth(&who.token),
            None => request,
        };
        return Ok(request.send().await?.json().await?);
    }
    Ok(match who {
        Some(who) => server.send_as(&who.token, asked, Value::Null).await?.body,
        None => server.send(asked, Value::Null).await?.body,
    })
}

/// Whether nothing was done or shown: what may not be seen does not exist.
fn is_refused(body: &Value) -> bool {
    let shown = body["data"]
        .as_object()
        .and_then(|data| data.values().next());
    ["UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"].contains(&code(body).as_str())
        || shown == Some(&Value::Null)
}

async fn what_the_matrix_refuses_besides_contents_is_refused(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    for operation in all() {
        let Operation { name, rule } = operation;
        let is_content = SAMPLES.iter().any(|sample| sample.has(name));
        if is_content || ELSEWHERE.iter().any(|all| all.contains(operation)) {
            continue;
        }
        let asked = OTHERS.iter().find(|(other, _)| other == name);
        let (_, query) = asked.with_context(|| format!("nobody said how {name} is asked"))?;
        let refused = answer(&server, None, query).await?;
        ensure!(is_refused(&refused), "{name} by a visitor: {refused}");
        for role in Role::ALL {
            if rule.reach(*role) != Reach::Never {
                continue;
            }
            let who = server.account(*role, None).await?;
            let refused = answer(&server, Some(&who), query).await?;
            ensure!(is_refused(&refused), "{name} by {role:?}: {refused}");
        }
    }
    server.stop().await
}
