//! Who is reminded of what, and when.

use chrono::TimeDelta;
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use super::links;
use super::service::stale;
use super::store::{self, Due};
use crate::app::App;
use crate::change::Subject;
use crate::contacts::{self, Owner};
use crate::database;
use crate::id::{GlobalId, Kind};
use crate::mail::{self, Message, Template};
use crate::members::{self, Told};
use crate::problem::WriteError;
use crate::review::{CONTENTS, Table};
use crate::viewer::{Scope, Viewer};
use crate::{accounts, i18n::Language};

/// Time after which somebody is asked whether a content is still true, and told what is
/// published about them.
pub const YEAR: TimeDelta = TimeDelta::days(365);

/// Time within which they are to answer.
pub const TO_ANSWER: TimeDelta = TimeDelta::days(60);

/// How the change log names the task of the server.
const ACTOR: &str = "reminders";

/// Rows looked at together.
const BATCH: u64 = 500;

/// The contents that somebody says to be true: whom an entry of the directory is about is
/// told instead.
fn confirmed_contents() -> impl Iterator<Item = Table> {
    let all = CONTENTS.into_iter();
    all.filter(|table| table.subject != Subject::Member)
}

/// Asks the owners of what was not confirmed for a year whether it is still true. Nobody can
/// be asked of what has no owner: its time runs all the same.
///
/// # Errors
/// When the database refuses.
pub async fn remind_owners(app: &App, database: &DatabaseConnection) -> Result<(), WriteError> {
    let before = app.clock.now() - YEAR;
    for table in confirmed_contents() {
        let mut after = None;
        loop {
            let due = store::unconfirmed(database, table, before, after, BATCH).await?;
            let mut ownerless = Vec::new();
            for one in &due {
                match one.owner {
                    Some(owner) => remind_owner(app, database, one, owner).await?,
                    None => ownerless.push(one.id),
                }
            }
            begin_time_of(app, database, table, &ownerless).await?;
            after = due.last().map(|one| one.id);
            if (due.len() as u64) < BATCH {
                break;
            }
        }
    }
    Ok(())
}

/// Lets the time of contents without an owner run: an import may have brought very many.
async fn begin_time_of(
    app: &App,
    database: &DatabaseConnection,
    table: Table,
    ownerless: &[Uuid],
) -> Result<(), WriteError> {
    if ownerless.is_empty() {
        return Ok(());
    }
    let now = app.clock.now();
    database::write(database, &app.clock, ACTOR, |transaction| async move {
        store::claim(&*transaction, table.subject, ownerless, now - YEAR, now).await?;
        Ok(((), Vec::new()))
    })
    .await
}

async fn remind_owner(
    app: &App,
    database: &DatabaseConnection,
    due: &Due,
    owner: Uuid,
) -> Result<(), WriteError> {
    let now = app.clock.now();
    database::write(database, &app.clock, ACTOR, |transaction| async move {
        let (subject, before) = (due.table.subject, now - YEAR);
        if store::claim(&*transaction, subject, &[due.id], before, now).await? == 0 {
            return Ok(((), Vec::new()));
        }
        let recipient = accounts::recipient(&*transaction, owner).await?;
        if let Some((recipient, language)) = recipient {
            let link = links::issue(&*transaction, app, due, owner, now).await?;
            let title = due.title.clone().unwrap_or_default();
            let message = Message {
                recipient,
                language,
                template: Template::StillTrue { title, link },
            };
            mail::post(&*transaction, &app.clock, message).await?;
        }
        Ok(((), Vec::new()))
    })
    .await
}

/// Says of what nobody confirmed within 60 days that it is stale.
///
/// # Errors
/// When the database refuses.
pub async fn mark_stale(app: &App, database: &DatabaseConnection) -> Result<(), WriteError> {
    let (before, today) = (app.clock.now() - TO_ANSWER, app.clock.today());
    for table in confirmed_contents() {
        let mut after = None;
        loop {
            let due = &store::unanswered(database, table, before, after, BATCH).await?;
            database::write(database, &app.clock, ACTOR, |transaction| async move {
                let mut changes = Vec::new();
                for one in due {
                    if store::set_stale(&*transaction, one, today).await? {
                        changes.push(stale(table.subject, one.id));
                    }
                }
                Ok(((), changes))
            })
            .await?;
            after = due.last().map(|one| one.id);
            if (due.len() as u64) < BATCH {
                break;
            }
        }
    }
    Ok(())
}

/// Tells people once a year what is published about them: whose entry of the directory it is
/// by their account, and otherwise by the e-mail address that the public sees.
///
/// # Errors
/// When the database refuses.
pub async fn remind_people(app: &App, database: &DatabaseConnection) -> Result<(), WriteError> {
    let before = app.clock.now() - YEAR;
    let public = Scope::at(Viewer::Visitor, &app.clock);
    let mut after = None;
    loop {
        let entries = members::published_before(database, public, before, after, BATCH).await?;
        for entry in &entries {
            tell(app, database, entry).await?;
        }
        after = entries.last().map(|entry| entry.id);
        if (entries.len() as u64) < BATCH {
            return Ok(());
        }
    }
}

async fn tell(app: &App, database: &DatabaseConnection, entry: &Told) -> Result<(), WriteError> {
    let now = app.clock.now();
    let public = Scope::at(Viewer::Visitor, &app.clock);
    database::write(database, &app.clock, ACTOR, |transaction| async move {
        let account = accounts::of_member(&*transaction, entry.id).await?;
        let recipients = match account {
            Some(account) => {
                let found = accounts::recipient(&*transaction, account).await?;
                found.into_iter().collect()
            }
            None => {
                let owner = Owner::Member(entry.id);
                let shown = contacts::emails(&*transaction, public, owner).await?;
                shown
                    .into_iter()
                    .map(|email| (email, Language::French))
                    .collect::<Vec<_>>()
            }
        };
        let told = !recipients.is_empty()
            && store::claim(&*transaction, Subject::Member, &[entry.id], now - YEAR, now).await?
                > 0;
        if !told {
            return Ok(((), Vec::new()));
        }
        for (recipient, language) in recipients {
            let template = Template::PublishedAboutYou {
                title: entry.title.clone(),
                link: page(app, entry.id),
            };
            let message = Message {
                recipient,
                language,
                template,
            };
            mail::post(&*transaction, &app.clock, message).await?;
        }
        Ok(((), Vec::new()))
    })
    .await
}

/// The page of an entry in the front end.
fn page(app: &App, uuid: Uuid) -> String {
    let (kind, base) = (Kind::Member, &app.settings.link_base);
    format!("{base}/{}", GlobalId { kind, uuid })
}
