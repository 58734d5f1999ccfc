//! Tells authors by e-mail what was decided of what they handed in.

use entity::revision;
use sea_orm::DatabaseTransaction;

use super::content::Head;
use super::state::Decision;
use crate::accounts;
use crate::app::App;
use crate::change::Subject;
use crate::id::{GlobalId, Kind};
use crate::mail::{self, Message, Template};
use crate::problem::WriteError;

/// Posts what was decided of a revision to who wrote it, in the transaction of the decision.
///
/// # Errors
/// When the database refuses.
pub async fn tell(
    app: &App,
    transaction: &DatabaseTransaction,
    subject: Subject,
    head: &Head,
    latest: &revision::Model,
    (decision, reason): (Decision, Option<String>),
) -> Result<(), WriteError> {
    let Some(author) = latest.author_id.or(head.owner) else {
        return Ok(());
    };
    let Some((recipient, language)) = accounts::recipient(transaction, author).await? else {
        return Ok(());
    };
    let title = head.title.clone();
    let link = link(app, subject, head);
    let reason = reason.unwrap_or_default();
    let template = match decision {
        Decision::Approve => Template::ReviewApproved { title, link },
        Decision::AskForChanges => Template::ReviewChangesAsked {
            title,
            reason,
            link,
        },
        Decision::Reject => Template::ReviewRejected {
            title,
            reason,
            link,
        },
    };
    let message = Message {
        recipient,
        language,
        template,
    };
    Ok(mail::post(transaction, &app.clock, message).await?)
}

/// The page of a content in the front end.
fn link(app: &App, subject: Subject, head: &Head) -> String {
    let id = Kind::of_prefix(subject.as_str()).map(|kind| {
        GlobalId {
            kind,
            uuid: head.id,
        }
        .to_string()
    });
    let base = &app.settings.link_base;
    format!("{base}/{}", id.unwrap_or_default())
}
