//! Accounts from their beginning to their end: sign-up, invitation, role, deactivation, and
//! those of programs.

use std::future::Future;

use entity::account;
use entity::values::{AccountLanguage, LinkPurpose, Role};
use sea_orm::{DatabaseTransaction, Set};
use serde_json::json;
use uuid::Uuid;

use super::caller::Caller;
use super::links::Link;
use super::model::{Email, Office, VISITOR, actor, checked_name, is_open};
use super::service_password::send_reset;
use super::session_store::{self, Which};
use super::sessions::{change, updated};
use super::store::{self, API_KEY_PREFIX, NewAccount};
use super::{guard, identity_store, links, policy};
use crate::app::App;
use crate::auth::secrets::{Secret, digest};
use crate::change::{Action, Change};
use crate::database::{self, Written};
use crate::i18n::Language;
use crate::mail::{self, Message, Template};
use crate::members;
use crate::permission::{Denied, Permit, Relation, authorize, relation};
use crate::problem::{Code, Problem, Problems, WriteError};
use crate::viewer::Scope;

/// How the change log names who holds the machine.
const OPERATOR: &str = "operator";

/// Who signs up.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub email: String,
    pub display_name: Option<String>,
    pub language: Language,
}

/// Begins an account for a project holder: its address must confirm it. Whether there is one
/// already is not told: its owner gets a link to choose a new password.
///
/// # Errors
/// When the input has problems, or too many signed up from there.
pub async fn sign_up(
    app: &App,
    scope: Scope,
    caller: &Caller,
    input: SignUp,
) -> Result<(), WriteError> {
    let mut problems = Problems::default();
    let email = problems.keep(Email::checked("email", &input.email));
    let name = problems.keep(checked_name("displayName", input.display_name.as_deref()));
    problems.none()?;
    let (Some(email), Some(name)) = (&email, &name) else {
        return Err(WriteError::Internal("an input without problems has values"));
    };
    let language = input.language;
    let outcome = database::write(
        &app.database,
        &app.clock,
        VISITOR,
        |transaction| async move {
            let wait = guard::attempt(&*transaction, caller, "sign-up", scope.now).await?;
            if let Some(wait) = wait {
                return Ok((Err(wait), Vec::new()));
            }
            let found = store::by_email(&*transaction, email.as_str()).await?;
            let may = guard::may_write_to(&*transaction, email.as_str(), scope.now).await?;
            let change = match found {
                _ if !may => None,
                Some(account) if is_open(&account) => {
                    send_reset(&*transaction, app, scope, &account).await?;
                    Some(updated(account.id, &["passwordReset"]))
                }
                Some(account) if account.deactivated_at.is_some() => None,
                Some(account) => {
                    send_verification(&transaction, app, scope, &account).await?;
                    Some(updated(account.id, &["emailVerification"]))
                }
                None => {
                    let new = NewAccount {
                        id: app.clock.new_id(),
                        email: Some(email.as_str().to_owned()),
                        display_name: name.clone(),
                        office: Office {
                            role: Role::ProjectHolder,
                            commune: None,
                            intercommunality: None,
                        },
                        language: language.into(),
                    };
                    let account = store::insert(&*transaction, new, scope.now).await?;
                    send_verification(&transaction, app, scope, &account).await?;
                    Some(change(account.id, Action::SignedUp))
                }
            };
            Ok((Ok(()), change.into_iter().collect()))
        },
    )
    .await;
    match outcome {
        // Somebody signed up with this address at the same time.
        Err(WriteError::Database(error)) if database::is_taken(&error) => Ok(()),
        outcome => Ok(outcome?.map_err(Problem::from)?),
    }
}

async fn send_verification(
    transaction: &DatabaseTransaction,
    app: &App,
    scope: Scope,
    account: &account::Model,
) -> Result<(), WriteError> {
    let purpose = LinkPurpose::EmailVerification;
    let link = links::issue(transaction, &app.settings, account.id, purpose, scope.now).await?;
    let message = Message {
        recipient: account.email.clone().unwrap_or_default(),
        language: account.language.into(),
        template: Template::EmailVerification {
            link: link.url,
            expires_at: link.expires_at,
        },
    };
    mail::post(transaction, &app.clock, message).await?;
    Ok(())
}

/// Who is invited.
#[derive(Clone, Debug)]
pub struct Invitation {
    pub email: String,
    pub office: Office,
    /// The entry of the directory that is about them.
    pub member: Option<Uuid>,
    pub language: Language,
}

/// Invites somebody to an account, or anew if they have not accepted yet.
///
/// # Errors
/// When who asks may not invite to this role, the input has problems, or the address is
/// that of an account in use.
pub async fn invite(app: &App, scope: Scope, input: Invitation) -> Result<Uuid, WriteError> {
    let permit = authorize(scope.viewer, &policy::INVITE, Relation::Other)?;
    let by = permit.principal().role;
    let mut problems = Problems::default();
    input.office.check(&mut problems);
    let email = problems.keep(Email::checked("email", &input.email));
    problems.none()?;
    if !policy::may_invite(by, input.office.role) {
        return Err(Denied::NotAllowed.into());
    }
    let (email, input) = (&email, &input);
    let written = database::write(
        &app.database,
        &app.clock,
        &actor(permit.principal().account),
        |transaction| async move {
            let Some(email) = email else {
                return Err(WriteError::Internal("an input without problems has values"));
            };
            let mut problems = Problems::default();
            store::check_office(&*transaction, &input.office, &mut problems).await?;
            check_member(&transaction, scope, input.member, &mut problems).await?;
            problems.none()?;
            let may_replace = |role| policy::may_invite(by, role);
            let language = input.language;
            let office = &input.office;
            let (account, link) = admit(
                &transaction,
                app,
                scope,
                email,
                office,
                language,
                may_replace,
            )
            .await?;
            let message = Message {
                recipient: email.as_str().to_owned(),
                language,
                template: Template::Invitation {
                    link: link.url,
                    expires_at: link.expires_at,
                },
            };
            mail::post(&*transaction, &app.clock, message).await?;
            if input.member.is_some() {
                set_member(&transaction, scope, account, input.member).await?;
            }
            Ok((account, vec![invited(account, office)]))
        },
    )
    .await;
    linked(written)
}

/// Says which entry of the directory is about the person of an account, or that none is.
/// They then keep what it tells of them, and consent to what is shown.
///
/// # Errors
/// When who asks may not, there is no such account or entry, or the entry is that of another
/// account.
pub async fn link_member(
    app: &App,
    scope: Scope,
    id: Uuid,
    member: Option<Uuid>,
) -> Result<Uuid, WriteError> {
    let permit = authorize(scope.viewer, &policy::LINK_MEMBER, Relation::Other)?;
    let by = permit.principal().role;
    let written = on(app, &permit, id, |transaction, account| async move {
        if account.role == Role::ApiClient || account.erased_at.is_some() {
            return Err(no_such_account().into());
        }
        if !policy::may_invite(by, account.role) {
            return Err(Denied::NotAllowed.into());
        }
        let mut problems = Problems::default();
        check_member(&transaction, scope, member, &mut problems).await?;
        problems.none()?;
        if account.member_id == member {
            return Ok((id, Vec::new()));
        }
        set_member(&transaction, scope, id, member).await?;
        Ok((id, vec![updated(id, &["member"])]))
    })
    .await;
    linked(written)
}

async fn check_member(
    transaction: &DatabaseTransaction,
    scope: Scope,
    member: Option<Uuid>,
    problems: &mut Problems,
) -> Result<(), WriteError> {
    if let Some(member) = member {
        let kind = members::kind(transaction, scope, member).await?;
        problems.require(kind.is_some(), || no_such_member("member"));
    }
    Ok(())
}

async fn set_member(
    transaction: &DatabaseTransaction,
    scope: Scope,
    account: Uuid,
    member: Option<Uuid>,
) -> Result<(), WriteError> {
    let columns = account::ActiveModel {
        member_id: Set(member),
        ..Default::default()
    };
    Ok(store::update(transaction, account, columns, scope.now).await?)
}

/// What became of a write that may have linked an entry to a second account.
fn linked(written: Result<Uuid, WriteError>) -> Result<Uuid, WriteError> {
    match written {
        Err(WriteError::Database(error)) if database::is_taken(&error) => {
            Err(Problem::new(Code::Taken, "member", "member-linked").into())
        }
        written => written,
    }
}

fn invited(account: Uuid, office: &Office) -> Change {
    let mut change = change(account, Action::Invited);
    change.details = json!({ "role": office.role.as_str() });
    change
}

/// Makes the account that an invitation is for, and its link. One that was never opened is
/// made over, if its role is such that `may_replace` allows.
async fn admit(
    transaction: &DatabaseTransaction,
    app: &App,
    scope: Scope,
    email: &Email,
    office: &Office,
    language: Language,
    may_replace: impl Fn(Role) -> bool,
) -> Result<(Uuid, Link), WriteError> {
    let language: AccountLanguage = language.into();
    let account = match store::by_email(transaction, email.as_str()).await? {
        Some(account) => {
            let is_new = account.email_verified_at.is_none() && account.deactivated_at.is_none();
            if !is_new || !may_replace(account.role) {
                return Err(Problem::new(Code::Taken, "email", "email-taken").into());
            }
            let columns = account::ActiveModel {
                role: Set(office.role),
                commune_insee: Set(office.commune.clone()),
                intercommunality_siren: Set(office.intercommunality.clone()),
                language: Set(language),
                ..Default::default()
            };
            store::update(transaction, account.id, columns, scope.now).await?;
            account.id
        }
        None => {
            let new = NewAccount {
                id: app.clock.new_id(),
                email: Some(email.as_str().to_owned()),
                display_name: None,
                office: office.clone(),
                language,
            };
            store::insert(transaction, new, scope.now).await?.id
        }
    };
    let purpose = LinkPurpose::Invitation;
    links::withdraw(transaction, account, &[LinkPurpose::EmailVerification]).await?;
    let link = links::issue(transaction, &app.settings, account, purpose, scope.now).await?;
    Ok((account, link))
}

/// Makes an account for the first administrator, or any other, from the command line, and
/// answers the link to open it.
///
/// # Errors
/// When the address is none, or that of an account in use.
pub async fn create_by_operator(
    app: &App,
    scope: Scope,
    email: &str,
    role: Role,
    language: Language,
) -> Result<String, WriteError> {
    let office = &Office {
        role,
        commune: None,
        intercommunality: None,
    };
    let mut problems = Problems::default();
    office.check(&mut problems);
    problems.none()?;
    let email = &Email::checked("email", email)?;
    database::write(
        &app.database,
        &app.clock,
        OPERATOR,
        |transaction| async move {
            let (account, link) =
                admit(&transaction, app, scope, email, office, language, |_| true).await?;
            Ok((link.url, vec![invited(account, office)]))
        },
    )
    .await
}

/// Forgets who the account with this address is to another issuer, so that the next one for
/// whom it vouches with that address is bound to it.
///
/// # Errors
/// When there is no such account.
pub async fn unbind_by_operator(app: &App, email: &str) -> Result<u64, WriteError> {
    let email = &Email::checked("email", email)?;
    database::write(
        &app.database,
        &app.clock,
        OPERATOR,
        |transaction| async move {
            let account = store::by_email(&*transaction, email.as_str()).await?;
            let account = account.ok_or_else(no_such_account)?.id;
            let forgotten = identity_store::forget(&*transaction, account).await?;
            let changes = (forgotten > 0).then(|| updated(account, &["identity"]));
            Ok((forgotten, changes.into_iter().collect()))
        },
    )
    .await
}

/// Closes an account: nobody can sign in to it, and its sessions end. For its owner, and for
/// administrators.
///
/// # Errors
/// When who asks may not, there is no such account, or it is the last administrator's.
pub async fn deactivate(app: &App, scope: Scope, id: Uuid) -> Result<Uuid, WriteError> {
    let permit = allowed_on(scope, id)?;
    on(app, &permit, id, |transaction, account| async move {
        if account.deactivated_at.is_some() {
            return Ok((id, Vec::new()));
        }
        keep_an_administrator(&transaction, &account).await?;
        close(&transaction, scope, id).await?;
        Ok((id, vec![change(id, Action::Deactivated)]))
    })
    .await
}

/// Who asks, if they may close this account; whoever may not does not learn whether it is
/// there.
fn allowed_on(scope: Scope, id: Uuid) -> Result<Permit, WriteError> {
    let owns = scope
        .viewer
        .principal()
        .map(|principal| relation(principal, principal.account == id, false));
    let relation = owns.unwrap_or(Relation::Other);
    match authorize(scope.viewer, &policy::DEACTIVATE, relation) {
        Err(Denied::NotAllowed) if !reviews(scope) => Err(no_such_account().into()),
        permit => Ok(permit?),
    }
}

fn reviews(scope: Scope) -> bool {
    scope.viewer.principal().is_some_and(|one| one.reviews())
}

async fn close(
    transaction: &DatabaseTransaction,
    scope: Scope,
    id: Uuid,
) -> Result<(), WriteError> {
    let columns = account::ActiveModel {
        deactivated_at: Set(Some(scope.now)),
        ..Default::default()
    };
    store::update(transaction, id, columns, scope.now).await?;
    links::withdraw(transaction, id, LinkPurpose::ALL).await?;
    session_store::revoke(transaction, id, Which::All, scope.now).await?;
    Ok(())
}

/// Opens an account again that was closed; its owner signs in as before.
///
/// # Errors
/// When who asks may not, there is no such account, or it was erased.
pub async fn reactivate(app: &App, scope: Scope, id: Uuid) -> Result<Uuid, WriteError> {
    let permit = authorize(scope.viewer, &policy::REACTIVATE, Relation::Other)?;
    on(app, &permit, id, |transaction, account| async move {
        if account.erased_at.is_some() || account.role == Role::ApiClient {
            return Err(no_such_account().into());
        }
        if account.deactivated_at.is_none() {
            return Ok((id, Vec::new()));
        }
        let columns = account::ActiveModel {
            deactivated_at: Set(None),
            ..Default::default()
        };
        store::update(&*transaction, id, columns, scope.now).await?;
        Ok((id, vec![change(id, Action::Reactivated)]))
    })
    .await
}

/// Gives an account another role, which holds from its next request on.
///
/// # Errors
/// When who asks may not, there is no such account, the role does not hold together, or it
/// is the last administrator's.
pub async fn update_role(
    app: &App,
    scope: Scope,
    id: Uuid,
    office: Office,
) -> Result<Uuid, WriteError> {
    let permit = authorize(scope.viewer, &policy::UPDATE_ROLE, Relation::Other)?;
    let mut problems = Problems::default();
    office.check(&mut problems);
    problems.none()?;
    let office = &office;
    on(app, &permit, id, |transaction, account| async move {
        if account.role == Role::ApiClient {
            return Err(no_such_account().into());
        }
        let mut problems = Problems::default();
        store::check_office(&*transaction, office, &mut problems).await?;
        problems.none()?;
        if office.role != Role::Admin {
            keep_an_administrator(&transaction, &account).await?;
        }
        let columns = account::ActiveModel {
            role: Set(office.role),
            commune_insee: Set(office.commune.clone()),
            intercommunality_siren: Set(office.intercommunality.clone()),
            ..Default::default()
        };
        store::update(&*transaction, id, columns, scope.now).await?;
        let mut change = updated(id, &["role"]);
        change.details = json!({ "fields": ["role"], "role": office.role.as_str() });
        Ok((id, vec![change]))
    })
    .await
}

/// Makes an account for a program, and answers it with its key, which is told only now.
///
/// # Errors
/// When who asks may not, or the name is missing or too long.
pub async fn create_api_client(
    app: &App,
    scope: Scope,
    name: &str,
) -> Result<(Uuid, Secret), WriteError> {
    let permit = authorize(scope.viewer, &policy::CREATE_API_CLIENT, Relation::Other)?;
    let name = checked_name("name", Some(name))?;
    let name = &name.ok_or_else(|| Problem::new(Code::Required, "name", "required"))?;
    let secret = Secret::generate().map_err(|_| WriteError::Internal("no random bytes"))?;
    let key = format!("{API_KEY_PREFIX}{}", secret.reveal());
    let digest = &digest(&key);
    let id = app.clock.new_id();
    database::write(
        &app.database,
        &app.clock,
        &actor(permit.principal().account),
        |transaction| async move {
            let new = NewAccount {
                id,
                email: None,
                display_name: Some(name.clone()),
                office: Office {
                    role: Role::ApiClient,
                    commune: None,
                    intercommunality: None,
                },
                language: AccountLanguage::French,
            };
            store::insert(&*transaction, new, scope.now).await?;
            let key_id = app.clock.new_id();
            store::insert_key(&*transaction, key_id, id, digest.clone(), scope.now).await?;
            Ok(((), vec![change(id, Action::Created)]))
        },
    )
    .await?;
    Ok((id, Secret::from(key)))
}

/// Revokes the key of a program, for good.
///
/// # Errors
/// When who asks may not, or there is no such program.
pub async fn revoke_api_client(app: &App, scope: Scope, id: Uuid) -> Result<Uuid, WriteError> {
    let permit = authorize(scope.viewer, &policy::REVOKE_API_CLIENT, Relation::Other)?;
    on(app, &permit, id, |transaction, account| async move {
        if account.role != Role::ApiClient {
            return Err(no_such_account().into());
        }
        if account.deactivated_at.is_some() {
            return Ok((id, Vec::new()));
        }
        store::revoke_keys(&*transaction, id, scope.now).await?;
        close(&transaction, scope, id).await?;
        Ok((id, vec![change(id, Action::Deactivated)]))
    })
    .await
}

/// Does something to an account that is there.
pub(super) async fn on<F>(
    app: &App,
    permit: &Permit,
    id: Uuid,
    work: impl Fn(database::Transaction, account::Model) -> F,
) -> Result<Uuid, WriteError>
where
    F: Future<Output = Written<Uuid>>,
{
    let work = &work;
    database::write(
        &app.database,
        &app.clock,
        &actor(permit.principal().account),
        |transaction| async move {
            let account = store::locked(&*transaction, id).await?;
            let account = account.ok_or_else(no_such_account)?;
            work(transaction, account).await
        },
    )
    .await
}

/// That `account` is not the last one of an administrator, without whom nobody could make
/// another one.
pub(super) async fn keep_an_administrator(
    transaction: &DatabaseTransaction,
    account: &account::Model,
) -> Result<(), WriteError> {
    if account.role != Role::Admin {
        return Ok(());
    }
    let administrators = store::administrators(transaction).await?;
    if administrators == [account.id] {
        return Err(Problem::new(Code::Conflict, "id", "last-administrator").into());
    }
    Ok(())
}

pub(super) fn no_such_account() -> Problem {
    Problem::new(Code::NotFound, "id", "no-such-account")
}

pub(super) fn no_such_member(field: &str) -> Problem {
    Problem::new(Code::NotFound, field, "no-such-member")
}
