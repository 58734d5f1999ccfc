//! The task of the server that sends what the outbox holds. Replicas share the work.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::outbox_message::Model;
use futures::future::join_all;
use sea_orm::{DatabaseConnection, DbErr};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::letter::{Unwritable, letter};
use super::outbox;
use super::transport::{Failure, Transport, Way};
use crate::app::App;
use crate::telemetry::metrics::MailOutcome;

/// How long a message may wait to be looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// How long a message waits after each failed attempt; after one more it is given up.
const BACK_OFF: [TimeDelta; 6] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(6),
    TimeDelta::hours(24),
];

/// How long what was given up is kept whole, for an operator to look at or send again.
const KEPT: TimeDelta = TimeDelta::days(30);

/// How often what was given up is looked through.
const BETWEEN_CLEANINGS: TimeDelta = TimeDelta::hours(1);

/// Time that messages on their way have to leave once the server stops. What has not left by
/// then is sent by another server, or after the next start.
const STOPPING: Duration = Duration::from_secs(4);

/// The running task.
pub struct Worker {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

/// Begins to send. Must be called where tasks can be started.
pub fn start(app: Arc<App>) -> Worker {
    if let Way::File(folder) = &app.settings.mail.way {
        tracing::info!(
            folder = %folder.display(),
            "e-mail is written to files, not sent: see the setting MAIL_TRANSPORT"
        );
    }
    let (stop, stopping) = watch::channel(false);
    Worker {
        task: tokio::spawn(work(app, stopping)),
        stop,
    }
}

impl Worker {
    /// Takes no more messages, and waits a little for those on their way.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(STOPPING, &mut self.task)
            .await
            .is_err()
        {
            self.task.abort();
        }
    }
}

async fn work(app: Arc<App>, mut stopping: watch::Receiver<bool>) {
    let mut database = app.database.clone();
    // The figures tell what requests cost; no request sends these statements.
    database.set_metric_callback(|_| ());
    let sender = Sender {
        transport: Transport::new(&app.settings.mail.way),
        database,
        app,
    };
    let mut cleaned_at = None;
    let mut turns = tokio::time::interval(PERIOD);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = turns.tick() => {}
            _ = stopping.changed() => break,
        }
        if let Err(error) = sender.turn(&stopping, &mut cleaned_at).await {
            tracing::warn!(%error, "the outbox could not be read or written");
        }
    }
    sender.transport.close().await;
}

struct Sender {
    app: Arc<App>,
    database: DatabaseConnection,
    transport: Transport,
}

impl Sender {
    /// Sends what is due. A quiet second costs one small statement.
    async fn turn(
        &self,
        stopping: &watch::Receiver<bool>,
        cleaned_at: &mut Option<DateTime<Utc>>,
    ) -> Result<(), DbErr> {
        let now = self.app.clock.now();
        if cleaned_at.is_none_or(|last| now - last >= BETWEEN_CLEANINGS) {
            outbox::forget(&self.database, now - KEPT).await?;
            *cleaned_at = Some(now);
        }
        while !*stopping.borrow() {
            let waiting = outbox::waiting(&self.database).await?;
            self.app.metrics.mail_waiting.set(waiting.messages);
            let now = self.app.clock.now();
            if waiting.next.is_none_or(|next| next > now) {
                break;
            }
            let batch = outbox::claim(&self.database, now).await?;
            for outcome in join_all(batch.iter().map(|message| self.send(message))).await {
                outcome?;
            }
            // What is due is being taken by another server.
            if batch.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Sends one message and writes down what became of it.
    async fn send(&self, message: &Model) -> Result<(), DbErr> {
        let outcome = match letter(message, &self.app.settings.mail, self.app.clock.now()) {
            Ok(letter) => self.transport.send(message.id, &letter).await,
            Err(reason) => Err(Failure {
                // A later release may write variables that this one does not know.
                permanent: reason != Unwritable::Variables,
                reason: reason.to_string().into(),
            }),
        };
        let now = self.app.clock.now();
        match outcome {
            Ok(()) => {
                self.app.metrics.count_mail(MailOutcome::Sent);
                outbox::sent(&self.database, message.id, now).await
            }
            Err(failure) => self.settle(message, &failure, now).await,
        }
    }

    async fn settle(
        &self,
        message: &Model,
        failure: &Failure,
        now: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        let template = message.template.as_str();
        let attempts = message.attempts;
        let reason = &failure.reason;
        match back_off(attempts).filter(|_| !failure.permanent) {
            Some(wait) => {
                self.app.metrics.count_mail(MailOutcome::Deferred);
                tracing::warn!(id = %message.id, template, attempts, %reason, "an e-mail has to wait");
                outbox::deferred(&self.database, message, now + wait, reason).await
            }
            None => {
                self.app.metrics.count_mail(MailOutcome::Failed);
                tracing::error!(id = %message.id, template, attempts, %reason, "an e-mail is given up");
                outbox::failed(&self.database, message, now, reason).await
            }
        }
    }
}

/// How long to wait after so many attempts; none when there were enough.
fn back_off(attempts: i32) -> Option<TimeDelta> {
    let place = usize::try_from(attempts).ok()?.checked_sub(1)?;
    BACK_OFF.get(place).copied()
}
