//! What is done to contact points, and to the consent of those whom they reach.

use std::future::Future;

use entity::contact_point::{ActiveModel, Model};
use entity::values::{ContactChannel, ContactVisibility, LawfulBasis, MemberKind};
use sea_orm::{DatabaseTransaction, Set};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::model::{Source, check_label, check_source, check_value, tidied};
use super::store::{self, Owner};
use super::{policy, standing, wording};
use crate::accounts::actor;
use crate::app::App;
use crate::change::{Action, Change, Subject};
use crate::database::{self, Written};
use crate::i18n::Language;
use crate::idempotency::{Claim, Key};
use crate::members;
use crate::permission::{Denied, Operation, Relation, authorize};
use crate::problem::{Code, Problem, Problems, WriteError};
use crate::review::Head;
use crate::viewer::Scope;
use crate::written::trimmed;

/// Contact points that one owner may have.
const MOST: usize = 20;

/// A contact point before it is kept.
#[derive(Clone, Debug)]
pub struct NewPoint {
    pub owner: Owner,
    /// The mandate with which it expires.
    pub mandate: Option<Uuid>,
    pub channel: ContactChannel,
    pub value: String,
    pub label: Option<String>,
    pub visibility: ContactVisibility,
    pub basis: Basis,
}

/// On which basis a contact point is to be shown.
#[derive(Clone, Debug)]
pub enum Basis {
    Source(Source),
    /// Who asks consents to these words, which were shown in their language.
    Consent(Words),
}

/// A version of the words of consent, as it was shown.
#[derive(Clone, Debug)]
pub struct Words {
    pub version: String,
    pub language: Language,
}

/// What an update changes; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct Update {
    pub label: Option<Option<String>>,
    pub visibility: Option<ContactVisibility>,
    pub source: Option<Source>,
}

/// Keeps a contact point, once under the idempotency key `key`.
///
/// # Errors
/// When who asks may not, or consents for somebody else, or the input has problems.
pub async fn create(
    app: &App,
    scope: Scope,
    new: NewPoint,
    key: Option<String>,
) -> Result<Uuid, WriteError> {
    let value = tidied(new.channel, &new.value);
    let label = trimmed(new.label.clone());
    let mut problems = Problems::default();
    check_value(&mut problems, new.channel, &value);
    check_label(&mut problems, label.as_deref());
    match &new.basis {
        Basis::Source(source) => check_source(&mut problems, source, scope.today),
        Basis::Consent(words) => check_words(&mut problems, words),
    }
    problems.none()?;
    let request = request_of(&new, &value);
    let key = key.map(|key| Key::new(key, policy::CREATE.name, &request));
    let key = key.transpose()?;
    let operation = match new.basis {
        Basis::Source(_) => &policy::CREATE,
        Basis::Consent(_) => &policy::GIVE_CONSENT,
    };
    let id = app.clock.new_id();
    let (new, key, value, label) = (&new, &key, &value, &label);
    let principal = scope.viewer.principal().ok_or(Denied::NotSignedIn)?;
    write(app, scope, |transaction| async move {
        let head = standing::head(&*transaction, scope, new.owner).await?;
        let head = head.ok_or_else(|| Problem::new(Code::NotFound, "owner", "no-such-content"))?;
        let relation = standing::relation(app, scope, principal, new.owner, &head);
        let permit = authorize(scope.viewer, operation, relation)?;
        if let Some(key) = key
            && let Claim::Done(id) = key.claim(&*transaction, &permit, id, scope.now).await?
        {
            return Ok((id, Vec::new()));
        }
        check_owner(&transaction, scope, new, value).await?;
        let mut row = ActiveModel {
            id: Set(id),
            mandate_id: Set(new.mandate),
            channel: Set(new.channel),
            value: Set(value.clone()),
            label: Set(label.clone()),
            visibility: Set(new.visibility),
            ..Default::default()
        };
        match new.owner {
            Owner::Member(id) => row.member_id = Set(Some(id)),
            Owner::Organization(id) => row.organization_id = Set(Some(id)),
            Owner::Space(id) => row.space_id = Set(Some(id)),
            Owner::Initiative(id) => row.initiative_id = Set(Some(id)),
        }
        match &new.basis {
            Basis::Source(source) => read_in(&mut row, source),
            Basis::Consent(words) => consented(&mut row, scope, principal.account, words),
        }
        store::insert(&*transaction, row).await?;
        Ok((id, changes(new.owner, &head, id, Action::Created)))
    })
    .await
}

/// Changes what a contact point is for, who sees it, or when its source was seen. What its
/// owner consented to, only they change.
///
/// # Errors
/// When who asks may not, there is none such, or the input has problems.
pub async fn update(app: &App, scope: Scope, id: Uuid, update: Update) -> Result<Uuid, WriteError> {
    let label = update.label.clone().map(trimmed);
    let mut problems = Problems::default();
    check_label(&mut problems, label.as_ref().and_then(Option::as_deref));
    if let Some(source) = &update.source {
        check_source(&mut problems, source, scope.today);
    }
    problems.none()?;
    let (update, label) = (&update, &label);
    let operation = |row: &Model| match row.basis {
        Some(LawfulBasis::Consent) => &policy::GIVE_CONSENT,
        _ => &policy::UPDATE,
    };
    on(app, scope, id, operation, |found| async move {
        let from_source = found.row.basis == Some(LawfulBasis::PublicSource);
        if update.source.is_some() && !from_source {
            return Err(Problem::new(Code::Invalid, "source", "source-of-consent").into());
        }
        let mut row = ActiveModel {
            // A row is updated by something, whatever was asked.
            channel: Set(found.row.channel),
            ..Default::default()
        };
        if let Some(label) = label {
            row.label = Set(label.clone());
        }
        if let Some(visibility) = update.visibility {
            row.visibility = Set(visibility);
        }
        if let Some(source) = &update.source {
            read_in(&mut row, source);
        }
        store::update(&*found.transaction, id, row).await?;
        Ok((id, found.changes(Action::Updated)))
    })
    .await
}

/// Removes a contact point.
///
/// # Errors
/// When who asks may not, or there is none such.
pub async fn delete(app: &App, scope: Scope, id: Uuid) -> Result<Uuid, WriteError> {
    on(
        app,
        scope,
        id,
        |_| &policy::DELETE,
        |found| async move {
            store::delete(&*found.transaction, id).await?;
            Ok((id, found.changes(Action::Deleted)))
        },
    )
    .await
}

/// Has a contact point shown because whom it reaches consents.
///
/// # Errors
/// When it does not reach who asks, there is none such, or the words are not the present
/// ones.
pub async fn give_consent(
    app: &App,
    scope: Scope,
    id: Uuid,
    words: Words,
) -> Result<Uuid, WriteError> {
    let mut problems = Problems::default();
    check_words(&mut problems, &words);
    problems.none()?;
    let words = &words;
    on(
        app,
        scope,
        id,
        |_| &policy::GIVE_CONSENT,
        |found| async move {
            let account = found.account;
            let mut row = ActiveModel::default();
            consented(&mut row, scope, account, words);
            store::update(&*found.transaction, id, row).await?;
            Ok((id, found.changes(Action::ConsentGiven)))
        },
    )
    .await
}

/// Hides a contact point from everybody, from the end of this write on, because whom it
/// reaches no longer consents, or objects to what was read in a public source.
///
/// # Errors
/// When it does not reach who asks, or there is none such.
pub async fn withdraw_consent(app: &App, scope: Scope, id: Uuid) -> Result<Uuid, WriteError> {
    on(
        app,
        scope,
        id,
        |_| &policy::WITHDRAW_CONSENT,
        |found| async move {
            if found.row.consent_withdrawn_at.is_some() {
                return Ok((id, Vec::new()));
            }
            let row = ActiveModel {
                consent_withdrawn_at: Set(Some(scope.now)),
                ..Default::default()
            };
            store::update(&*found.transaction, id, row).await?;
            Ok((id, found.changes(Action::ConsentWithdrawn)))
        },
    )
    .await
}

fn read_in(row: &mut ActiveModel, source: &Source) {
    row.basis = Set(Some(LawfulBasis::PublicSource));
    row.source_url = Set(Some(source.url.clone()));
    row.source_seen_on = Set(Some(source.seen_on));
}

fn consented(row: &mut ActiveModel, scope: Scope, account: Uuid, words: &Words) {
    row.basis = Set(Some(LawfulBasis::Consent));
    row.source_url = Set(None);
    row.source_seen_on = Set(None);
    row.consent_given_at = Set(Some(scope.now));
    row.consent_wording = Set(Some(wording::text(words.language)));
    row.consent_version = Set(Some(wording::VERSION.to_owned()));
    row.consent_account_id = Set(Some(account));
    row.consent_withdrawn_at = Set(None);
}

/// Consent to words that are no longer shown is none to the present ones.
fn check_words(problems: &mut Problems, words: &Words) {
    problems.require(words.version == wording::VERSION, || {
        Problem::new(Code::Conflict, "wording", "consent-wording-changed")
            .with("version", wording::VERSION)
    });
}

async fn check_owner(
    transaction: &DatabaseTransaction,
    scope: Scope,
    new: &NewPoint,
    value: &str,
) -> Result<(), WriteError> {
    let mut problems = Problems::default();
    if let Owner::Member(member) = new.owner {
        let kind = members::kind(transaction, scope, member).await?;
        let of_staff = kind == Some(MemberKind::Staff);
        problems.require(!of_staff || matches!(new.basis, Basis::Consent(_)), || {
            Problem::new(Code::Invalid, "source", "staff-must-consent")
        });
        if let Some(mandate) = new.mandate {
            let holds = members::holds(transaction, member, mandate).await?;
            problems.require(holds, no_such_mandate);
        }
    } else {
        problems.require(new.mandate.is_none(), no_such_mandate);
    }
    let others = store::all_of(transaction, new.owner).await?;
    problems.require(others.len() < MOST, || {
        Problem::new(Code::OutOfRange, "owner", "too-many-contact-points").with("most", MOST)
    });
    let same = others
        .iter()
        .find(|row| row.channel == new.channel && row.value == value);
    if let Some(same) = same {
        // Who objected does not find it back by the work of somebody else.
        let key = match same.consent_withdrawn_at {
            Some(_) => "contact-point-withdrawn",
            None => "contact-point-taken",
        };
        problems.add(Problem::new(Code::Taken, "value", key));
    }
    problems.none()
}

fn no_such_mandate() -> Problem {
    Problem::new(Code::NotFound, "mandate", "no-such-mandate")
}

/// A contact point that was found, and that who asks may write.
struct Found {
    transaction: database::Transaction,
    row: Model,
    owner: Owner,
    head: Head,
    account: Uuid,
}

impl Found {
    fn changes(&self, action: Action) -> Vec<Change> {
        changes(self.owner, &self.head, self.row.id, action)
    }
}

/// Runs `work` in a transaction on a contact point, if who asks may do the `operation` that
/// is asked of it. What one does not see and may not do is not there.
async fn on<F>(
    app: &App,
    scope: Scope,
    id: Uuid,
    operation: impl Fn(&Model) -> &'static Operation,
    work: impl Fn(Found) -> F,
) -> Result<Uuid, WriteError>
where
    F: Future<Output = Written<Uuid>>,
{
    let principal = scope.viewer.principal().ok_or(Denied::NotSignedIn)?;
    let (operation, work) = (&operation, &work);
    let none = || Problem::new(Code::NotFound, "id", "no-such-contact-point");
    write(app, scope, |transaction| async move {
        let row = store::locked(&*transaction, id).await?.ok_or_else(none)?;
        let owner = store::owner_of(&row).ok_or_else(none)?;
        let head = standing::head(&*transaction, scope, owner).await?;
        let head = head.ok_or_else(none)?;
        let mut relation = standing::relation(app, scope, principal, owner, &head);
        if row.consent_account_id == Some(principal.account) {
            relation = Relation::Own;
        }
        match authorize(scope.viewer, operation(&row), relation) {
            Ok(_) => {}
            Err(Denied::NotAllowed) => {
                let keeps = authorize(scope.viewer, &policy::UPDATE, relation).is_ok();
                let seen = keeps || store::is_shown(&*transaction, scope, id).await?;
                return Err(if seen {
                    Denied::NotAllowed.into()
                } else {
                    none().into()
                });
            }
            Err(denied) => return Err(denied.into()),
        }
        let account = principal.account;
        work(Found {
            transaction,
            row,
            owner,
            head,
            account,
        })
        .await
    })
    .await
}

async fn write<F>(
    app: &App,
    scope: Scope,
    work: impl Fn(database::Transaction) -> F,
) -> Result<Uuid, WriteError>
where
    F: Future<Output = Written<Uuid>>,
{
    let principal = scope.viewer.principal().ok_or(Denied::NotSignedIn)?;
    database::write(&app.database, &app.clock, &actor(principal.account), work).await
}

/// What the log keeps: what became of the contact point, and for the public that those of
/// its owner are not the same. Neither tells a value.
fn changes(owner: Owner, head: &Head, id: Uuid, action: Action) -> Vec<Change> {
    vec![
        Change {
            subject: Subject::ContactPoint,
            id,
            action,
            revision: None,
            is_public: false,
            details: json!({}),
        },
        Change {
            subject: owner.subject(),
            id: owner.id(),
            action: Action::Updated,
            revision: None,
            is_public: head.is_public(),
            details: json!({ "fields": ["contactPoints"] }),
        },
    ]
}

/// What was asked, as an idempotency key tells it from something else.
fn request_of(new: &NewPoint, value: &str) -> impl Serialize {
    json!({
        "owner": new.owner.id(),
        "mandate": new.mandate,
        "channel": new.channel,
        "value": value,
        "label": new.label,
        "visibility": new.visibility,
        "source": match &new.basis {
            Basis::Source(source) => json!([source.url, source.seen_on]),
            Basis::Consent(words) => json!(words.version),
        },
    })
}
