//! Each “no” and each “own” of the matrix for accounts, programs and files, tried over HTTP.

use anyhow::{Context as _, bail, ensure};
use entity::change_head;
use entity::values::Role;
use maillage::id::{GlobalId, Kind};
use maillage::permission::{ALL, Operation, Reach};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, Signed, cases};
use uuid::Uuid;

use super::{From, OTHER_PASSWORD};

cases![each_no_of_the_matrix_is_one];

const HOME: &str = "198.51.100.7";

/// What is not the one's who asks.
struct Foreign {
    account: String,
    session: String,
    program: String,
    file: String,
}

fn id(kind: Kind, uuid: Uuid) -> String {
    GlobalId { kind, uuid }.to_string()
}

/// How an operation that may not be done is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// With this code, of the payload or of the whole operation.
    Code(&'static str),
    /// As if there were nothing.
    Nothing,
}

/// What is sent to try an operation on what is another's.
enum Sent {
    Mutation(Value),
    Query(String, &'static str),
    /// A small file, with this query.
    Upload(&'static str),
    /// It is about who asks, and can name nobody else.
    AboutOneself(Value),
}

fn sent(operation: &Operation, foreign: &Foreign) -> anyhow::Result<Sent> {
    let account = json!({ "id": foreign.account });
    Ok(match operation.name {
        "accountInvite" => Sent::Mutation(
            json!({ "email": "invited@example.org", "role": "PROJECT_HOLDER", "language": "FR" }),
        ),
        "accountDeactivate" | "accountReactivate" => Sent::Mutation(account),
        "accountUpdateRole" => Sent::Mutation(json!({ "id": foreign.account, "role": "ADMIN" })),
        "accountLinkMember" | "accountErase" => Sent::Mutation(account),
        "directoryEntryErase" => Sent::Mutation(json!({ "id": id(Kind::Member, Uuid::nil()) })),
        "myDataErase" => Sent::AboutOneself(json!({ "password": OTHER_PASSWORD })),
        "Query.myData" => Sent::Query("{ myData }".to_owned(), "/myData"),
        "apiClientCreate" => Sent::Mutation(json!({ "name": "Un programme" })),
        "apiClientRevoke" => Sent::Mutation(json!({ "id": foreign.program })),
        "sessionRevoke" => Sent::Mutation(json!({ "id": foreign.session })),
        "fileDelete" => Sent::Mutation(json!({ "id": foreign.file })),
        "sessionsDelete" => Sent::AboutOneself(json!({})),
        "passwordChange" => Sent::AboutOneself(
            json!({ "currentPassword": OTHER_PASSWORD, "newPassword": OTHER_PASSWORD }),
        ),
        "emailChangeRequest" => {
            Sent::AboutOneself(json!({ "email": "other@example.org", "password": OTHER_PASSWORD }))
        }
        "Query.accounts" => Sent::Query("{ accounts { totalCount } }".to_owned(), "/accounts"),
        "Query.account" => {
            let query = format!("{{ account(id: \"{}\") {{ id }} }}", foreign.account);
            Sent::Query(query, "/account")
        }
        "Viewer.account" => Sent::Query(
            "{ viewer { account { id } } }".to_owned(),
            "/viewer/account",
        ),
        "Viewer.sessions" => Sent::Query(
            "{ viewer { sessions { id } } }".to_owned(),
            "/viewer/sessions",
        ),
        "POST /files" => Sent::Upload("name=plan.pdf"),
        "POST /files?purpose=import" => Sent::Upload("purpose=import&name=plan.csv"),
        other => bail!("{other} may be refused, and is not tried here"),
    })
}

/// How an operation is refused that `role` may only do to what is their own, or not at all.
fn expected(operation: &Operation, role: Option<Role>) -> Option<Refusal> {
    let Some(role) = role else {
        let is_query = operation.name.contains('.');
        let refusal = if is_query {
            Refusal::Nothing
        } else {
            Refusal::Code("UNAUTHENTICATED")
        };
        return (!operation.rule.visitor).then_some(refusal);
    };
    let sees_accounts = matches!(role, Role::Staff | Role::Admin);
    match operation.rule.reach(role) {
        Reach::Any | Reach::Territory => None,
        Reach::Never if operation.name.starts_with("Query.") => Some(Refusal::Nothing),
        // Who sees the account is told that they may not; for others it does not exist.
        _ if operation.name == "accountDeactivate" && !sees_accounts => {
            Some(Refusal::Code("NOT_FOUND"))
        }
        Reach::Own if operation.name == "accountDeactivate" => Some(Refusal::Code("FORBIDDEN")),
        Reach::Never => Some(Refusal::Code("FORBIDDEN")),
        Reach::Own => Some(Refusal::Code("NOT_FOUND")),
    }
}

async fn version(server: &Server) -> anyhow::Result<i64> {
    let head = change_head::Entity::find()
        .one(&server.app.database)
        .await?;
    Ok(head.context("no head of the change log")?.version)
}

async fn each_no_of_the_matrix_is_one(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let other = server.account(Role::ProjectHolder, None).await?;
    let program = server.account(Role::ApiClient, None).await?;
    let uploaded = upload(&server, Some(&other), "name=plan.pdf").await?;
    let foreign = Foreign {
        account: id(Kind::Account, other.account),
        session: id(Kind::Session, other.session),
        program: id(Kind::Account, program.account),
        file: uploaded["id"].as_str().context("a file")?.to_owned(),
    };
    let mut people: Vec<(Option<Role>, Option<Signed>)> = vec![(None, None)];
    for role in Role::ALL {
        people.push((Some(*role), Some(server.account(*role, None).await?)));
    }
    let before = version(&server).await?;
    let mut tried = 0;
    for operation in operations() {
        for (role, who) in &people {
            let Some(expected) = expected(operation, *role) else {
                continue;
            };
            let told = || format!("{} by {role:?}", operation.name);
            try_one(&server, operation, *role, who.as_ref(), &foreign, expected)
                .await
                .with_context(told)?;
            tried += 1;
        }
    }
    ensure!(tried > 60, "only {tried} were tried");
    // Nothing was written.
    ensure!(version(&server).await? == before, "something was written");
    server.stop().await
}

/// The operations on accounts, programs and files.
fn operations() -> impl Iterator<Item = &'static Operation> {
    let all = ALL.iter().copied().filter(|operations| {
        let first = operations.first().map(|operation| operation.name);
        first.is_some_and(|name| ["accountSignUp", "POST /files"].contains(&name))
    });
    all.flatten()
}

async fn try_one(
    server: &Server,
    operation: &Operation,
    role: Option<Role>,
    who: Option<&Signed>,
    foreign: &Foreign,
    expected: Refusal,
) -> Outcome {
    let from = From::address(server, HOME);
    let from = match who {
        Some(who) => from.bearing(&who.token),
        None => from,
    };
    let own = role.is_some_and(|role| operation.rule.reach(role) == Reach::Own);
    match sent(operation, foreign)? {
        // What is one's own can be done; other tests do it.
        Sent::AboutOneself(_) if own => Ok(()),
        Sent::Mutation(input) | Sent::AboutOneself(input) => {
            let answered = from.ask(operation.name, input, "").await?;
            let top = answered.body["errors"][0]["extensions"]["code"].as_str();
            let code = top.or(answered.codes().first().copied());
            ensure!(
                matches!(expected, Refusal::Code(expected) if code == Some(expected)),
                "not {expected:?}: {}",
                answered.body
            );
            Ok(())
        }
        // What somebody sees of themselves names nobody else.
        Sent::Query(..) if own => Ok(()),
        Sent::Query(query, pointer) => {
            let answered = from.send(&query, Value::Null).await?;
            let found = answered.body["data"].pointer(pointer);
            ensure!(
                found.is_none_or(Value::is_null),
                "not {expected:?}: {}",
                answered.body
            );
            Ok(())
        }
        Sent::Upload(query) => {
            let body = upload(server, who, query).await?;
            let code = &body["errors"][0]["extensions"]["code"];
            ensure!(
                matches!(expected, Refusal::Code(expected) if *code == expected),
                "not {expected:?}: {body}"
            );
            Ok(())
        }
    }
}

/// Sends a small file as `who`, and answers what is told of it.
async fn upload(server: &Server, who: Option<&Signed>, query: &str) -> anyhow::Result<Value> {
    let mut request = server.client.post(format!("{}/files?{query}", server.url));
    if let Some(who) = who {
        request = request.bearer_auth(&who.token);
    }
    let pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n".as_slice();
    Ok(request.body(pdf).send().await?.json().await?)
}
