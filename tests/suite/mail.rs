//! E-mail: what is posted leaves once, says what it should, and is then forgotten.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use entity::outbox_message::{Entity, Model};
use maillage::app::App;
use maillage::clock::Clock;
use maillage::database::{Purpose, begin};
use maillage::http;
use maillage::i18n::Language;
use maillage::mail::{self, Message, Template};
use sea_orm::{DatabaseConnection, EntityTrait as _};
use tests::{Backend, Binary, MailServer, Outcome, Server, cases, eventually};

cases![
    messages_leave_in_both_languages,
    a_write_that_is_rolled_back_sends_nothing,
    two_servers_send_each_message_once,
    what_cannot_leave_is_tried_again_given_up_and_forgotten;
    once:
    every_template_says_what_it_should,
    nothing_of_what_waits_is_in_logs_or_figures;
    with "aiosmtpd":
    a_mail_server_takes_defers_and_refuses,
    what_a_mail_server_missed_is_delivered_once_it_is_back,
    two_servers_deliver_each_message_once,
    nothing_is_sent_in_clear_where_tls_is_required,
    nothing_of_what_is_sent_is_in_logs_or_figures,
    what_is_on_its_way_leaves_before_the_server_stops,
];

fn approved(recipient: &str, language: Language) -> Message {
    Message {
        recipient: recipient.to_owned(),
        language,
        template: Template::ReviewApproved {
            title: "Épicerie <solidaire> d’Antony".to_owned(),
            link: "https://example.org/fiches/epicerie?vue=1&suite=2".to_owned(),
        },
    }
}

/// Posts messages as a writer does, in one transaction.
async fn post(
    database: &DatabaseConnection,
    clock: &Clock,
    messages: impl IntoIterator<Item = Message>,
) -> anyhow::Result<()> {
    let transaction = begin(database).await?;
    for message in messages {
        mail::post(&transaction, clock, message).await?;
    }
    Ok(transaction.commit().await?)
}

async fn rows(database: &DatabaseConnection) -> anyhow::Result<Vec<Model>> {
    Ok(Entity::find().all(database).await?)
}

/// The only message, once `holds` of it.
async fn the_row(
    database: &DatabaseConnection,
    otherwise: &str,
    holds: impl Fn(&Model) -> bool,
) -> anyhow::Result<Model> {
    let mut found = None;
    eventually(otherwise, async || {
        let mut rows = rows(database).await?;
        ensure!(rows.len() == 1, "{} messages", rows.len());
        found = rows.pop().filter(&holds);
        Ok(found.is_some())
    })
    .await?;
    found.context("the message")
}

async fn figures(url: &str) -> anyhow::Result<String> {
    Ok(reqwest::get(format!("{url}/metrics")).await?.text().await?)
}

async fn figure(url: &str, name: &str) -> anyhow::Result<u64> {
    let text = figures(url).await?;
    let line = text.lines().find(|line| line.starts_with(name));
    let (_, number) = line
        .and_then(|line| line.rsplit_once(' '))
        .with_context(|| format!("no {name} in {text}"))?;
    Ok(number.parse()?)
}

const SENT: &str = "maillage_mail_attempts_total{outcome=\"sent\"}";
const DEFERRED: &str = "maillage_mail_attempts_total{outcome=\"deferred\"}";
const FAILED: &str = "maillage_mail_attempts_total{outcome=\"failed\"}";
const WAITING: &str = "maillage_mail_waiting";

async fn messages_leave_in_both_languages(backend: Backend) -> Outcome {
    let settings = [
        ("MAIL_FROM", "Maillage du 92 <maillage@example.org>"),
        ("MAIL_REPLY_TO", "contact@example.org"),
    ];
    let server = Server::start(backend, &settings, false, Clock::system()).await?;
    let app = &server.app;
    let messages = [
        approved("claire@example.org", Language::French),
        approved("john@example.org", Language::English),
    ];
    post(&app.database, &app.clock, messages).await?;
    let expected = [
        ("claire@example.org", "fr", "Publié :", "Bonjour,"),
        ("john@example.org", "en", "Published:", "Hello,"),
    ];
    for (recipient, language, subject, greeting) in expected {
        let letters = server.letters_to(recipient, 1).await?;
        let letter = letters.first().context("a letter")?;
        let title = "Épicerie <solidaire> d’Antony";
        ensure!(letter.header("subject") == format!("{subject} {title}"));
        ensure!(letter.header("from").ends_with("<maillage@example.org>"));
        ensure!(letter.header("reply-to") == "contact@example.org");
        ensure!(letter.header("content-language") == language);
        ensure!(letter.header("auto-submitted") == "auto-generated");
        ensure!(letter.header("date").ends_with("+0000"), "{letter:?}");
        ensure!(letter.text.starts_with(greeting), "{}", letter.text);
        ensure!(letter.text.contains(title), "{}", letter.text);
        ensure!(letter.text.contains("?vue=1&suite=2\n"), "{}", letter.text);
        ensure!(letter.html.contains(&format!("lang=\"{language}\"")));
        ensure!(letter.html.contains("Épicerie &lt;solidaire&gt;"));
        ensure!(
            letter
                .html
                .contains("href=\"https://example.org/fiches/epicerie?vue=1&amp;suite=2\"")
        );
    }
    eventually("the rows still tell", async || {
        let rows = rows(&app.database).await?;
        ensure!(rows.len() == 2);
        Ok(rows
            .iter()
            .all(|row| row.sent_at.is_some() && row.recipient.is_none() && row.variables.is_none()))
    })
    .await?;
    ensure!(figure(&server.url, SENT).await? == 2);
    eventually("the figures still count what waits", async || {
        Ok(figure(&server.url, WAITING).await? == 0)
    })
    .await?;
    let ids: BTreeSet<_> = server
        .letters()?
        .iter()
        .map(|letter| letter.header("message-id").to_owned())
        .collect();
    for row in rows(&app.database).await? {
        ensure!(
            ids.contains(&format!("<{}@example.org>", row.id)),
            "{ids:?}"
        );
    }
    server.stop().await
}

async fn a_write_that_is_rolled_back_sends_nothing(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let app = &server.app;
    let transaction = begin(&app.database).await?;
    let message = approved("nobody@example.org", Language::French);
    mail::post(&transaction, &app.clock, message).await?;
    transaction.rollback().await?;
    let message = approved("somebody@example.org", Language::French);
    post(&app.database, &app.clock, [message]).await?;
    server.letters_to("somebody@example.org", 1).await?;
    ensure!(server.letters()?.len() == 1);
    ensure!(rows(&app.database).await?.len() == 1);
    let long = format!("{}@example.org", "a".repeat(250));
    let refused = post(
        &app.database,
        &app.clock,
        [approved(&long, Language::French)],
    )
    .await;
    ensure!(refused.is_err());
    server.stop().await
}

/// A second server on the database of `server`.
async fn replica(server: &Server) -> anyhow::Result<(String, actix_web::dev::ServerHandle)> {
    let settings = server.app.settings.clone();
    let app = App::open(settings, server.app.clock.clone(), Purpose::Serve).await?;
    let replica = http::start(Arc::clone(&app)).await?;
    let (url, handle) = (replica.url(), replica.handle());
    actix_web::rt::spawn(async move {
        let _ = replica.run_until_stopped().await;
        app.database.close_by_ref().await
    });
    Ok((url, handle))
}

/// Posts messages while two servers run, and waits until they have left.
async fn post_to_two(server: &Server, count: usize) -> Outcome {
    let (url, handle) = replica(server).await?;
    let app = &server.app;
    let message = |number| approved(&format!("reader{number}@example.org"), Language::French);
    for numbers in (0..count).collect::<Vec<_>>().chunks(10) {
        let messages = numbers.iter().map(message);
        post(&app.database, &app.clock, messages).await?;
    }
    eventually("not everything was sent", async || {
        Ok(rows(&app.database)
            .await?
            .iter()
            .all(|row| row.sent_at.is_some()))
    })
    .await?;
    let attempts: Vec<_> = rows(&app.database)
        .await?
        .iter()
        .map(|row| row.attempts)
        .collect();
    ensure!(attempts == vec![1; count], "{attempts:?}");
    let sent = figure(&server.url, SENT).await? + figure(&url, SENT).await?;
    ensure!(sent == count as u64, "{sent} sent");
    handle.stop(true).await;
    Ok(())
}

async fn two_servers_send_each_message_once(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    post_to_two(&server, 60).await?;
    ensure!(server.letters()?.len() == 60);
    server.stop().await
}

async fn what_cannot_leave_is_tried_again_given_up_and_forgotten(backend: Backend) -> Outcome {
    let nowhere = MailServer::stopped().await?;
    let settings = [("MAIL_TRANSPORT", "smtp"), ("SMTP_URL", &nowhere.url())];
    let clock = Clock::fixed(DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
    let server = Server::start(backend, &settings, false, clock.clone()).await?;
    let database = &server.app.database;
    let message = approved("claire@example.org", Language::French);
    post(database, &clock, [message]).await?;
    for (attempts, minutes) in (1..).zip([1, 5, 30, 120, 360, 1440]) {
        let wait = TimeDelta::minutes(minutes);
        let next = Some(clock.now() + wait);
        the_row(database, "it does not wait", |row| {
            row.attempts == attempts && row.next_attempt_at == next && row.failure.is_some()
        })
        .await?;
        clock.advance(wait - TimeDelta::seconds(1));
        if attempts == 1 {
            tokio::time::sleep(Duration::from_millis(2500)).await;
        }
        let row = the_row(database, "it is not there", |_| true).await?;
        ensure!(row.attempts == attempts, "too early");
        clock.advance(TimeDelta::seconds(1));
    }
    let row = the_row(database, "it is not given up", |row| {
        row.failed_at.is_some()
    })
    .await?;
    ensure!(
        row.attempts == 7 && row.failed_at == Some(clock.now()),
        "{row:?}"
    );
    ensure!(
        row.failure.as_deref() == Some("the mail server cannot be reached"),
        "{row:?}"
    );
    ensure!(
        row.recipient.is_some() && row.variables.is_some(),
        "{row:?}"
    );
    ensure!(figure(&server.url, DEFERRED).await? == 6);
    ensure!(figure(&server.url, FAILED).await? == 1);
    clock.advance(TimeDelta::days(30));
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let row = the_row(database, "it is not there", |_| true).await?;
    ensure!(row.recipient.is_some(), "forgotten too early");
    clock.advance(TimeDelta::hours(1));
    the_row(database, "it is not forgotten", |row| {
        row.recipient.is_none() && row.variables.is_none() && row.failure.is_some()
    })
    .await?;
    server.stop().await
}

async fn every_template_says_what_it_should(_: Backend) -> Outcome {
    let instant = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_635);
    let link = "https://example.org/suite?jeton=abc&x=1".to_owned();
    let title = "L'épicerie « chez nous » & Cie".to_owned();
    let reason = "Le lieu manque.\n\nEt qui l'anime ?".to_owned();
    let expires_at = instant;
    let templates = [
        Template::Invitation {
            link: link.clone(),
            expires_at,
        },
        Template::EmailVerification {
            link: link.clone(),
            expires_at,
        },
        Template::PasswordReset {
            link: link.clone(),
            expires_at,
        },
        Template::EmailChangeOld {
            requested_at: instant,
            link: link.clone(),
            expires_at,
        },
        Template::EmailChangeNew {
            link: link.clone(),
            expires_at,
        },
        Template::PasswordChanged {
            changed_at: instant,
        },
        Template::ReviewApproved {
            title: title.clone(),
            link: link.clone(),
        },
        Template::ReviewChangesAsked {
            title: title.clone(),
            reason: reason.clone(),
            link: link.clone(),
        },
        Template::ReviewRejected {
            title: title.clone(),
            reason,
            link: link.clone(),
        },
        Template::StillTrue {
            title: title.clone(),
            link: link.clone(),
        },
        Template::PublishedAboutYou { title, link },
    ];
    let mut kinds = BTreeSet::new();
    for template in templates {
        let name = template.kind().as_str().to_lowercase();
        for language in [Language::French, Language::English] {
            let rendered = mail::render(&template, language);
            let words = format!(
                "{}\n\n{}\n{}",
                rendered.subject, rendered.text, rendered.html
            );
            ensure!(!words.contains("mail-"), "a message is missing: {words}");
            insta::with_settings!({ prepend_module_to_snapshot => false }, {
                insta::assert_snapshot!(format!("mail_{name}_{}", language.code()), words);
            });
        }
        kinds.insert(name);
    }
    ensure!(kinds.len() == entity::values::MailTemplate::ALL.len());
    Ok(())
}

/// A message that must not be seen anywhere.
fn planted(recipient: &str) -> Message {
    Message {
        recipient: recipient.to_owned(),
        language: Language::English,
        template: Template::ReviewRejected {
            title: "planted-title".to_owned(),
            reason: "planted-reason".to_owned(),
            link: "https://example.org/planted-link".to_owned(),
        },
    }
}

/// Has the program send messages, and looks for them in what it tells.
async fn look_for_planted(backend: Backend, smtp_url: &str, recipients: &[&str]) -> Outcome {
    let database = backend.create().await?;
    let binary = Binary::new(&[
        ("DATABASE_URL", database.url.as_str()),
        ("MIGRATE_ON_START", "true"),
        ("LOG", "debug"),
        ("MAIL_TRANSPORT", "smtp"),
        ("SMTP_URL", smtp_url),
    ])?;
    let serving = binary.serve().await?;
    let connection = database.connect().await?;
    let messages = recipients.iter().map(|recipient| planted(recipient));
    post(&connection, &Clock::system(), messages).await?;
    eventually("not everything was tried", async || {
        let rows = rows(&connection).await?;
        Ok(rows
            .iter()
            .all(|row| row.sent_at.is_some() || row.failure.is_some()))
    })
    .await?;
    for row in rows(&connection).await? {
        let failure = row.failure.unwrap_or_default();
        ensure!(!failure.contains("planted"), "{failure}");
    }
    connection.close().await?;
    let figures = figures(&serving.url).await?;
    ensure!(figures.contains(SENT), "{figures}");
    let ended = serving.stop().await?;
    for text in [&figures, &ended.log] {
        ensure!(!text.contains("planted"), "{text}");
    }
    ensure!(ended.log.contains("an e-mail has to wait"), "{}", ended.log);
    database.remove().await
}

async fn nothing_of_what_waits_is_in_logs_or_figures(backend: Backend) -> Outcome {
    let nowhere = MailServer::stopped().await?;
    let url = nowhere
        .url()
        .replace("//", "//planted-user:planted-password@");
    look_for_planted(backend, &url, &["planted-recipient@example.org"]).await
}

async fn nothing_of_what_is_sent_is_in_logs_or_figures(backend: Backend) -> Outcome {
    let mail = MailServer::running().await?;
    let recipients = [
        "planted-recipient@example.org",
        "later-planted@example.org",
        "refused-planted@example.org",
    ];
    look_for_planted(backend, &mail.url(), &recipients).await?;
    ensure!(mail.letters()?.len() == 1);
    Ok(())
}

/// A server that sends by `mail`, with a clock that the test moves.
async fn sending_by(backend: Backend, mail: &MailServer, query: &str) -> anyhow::Result<Server> {
    let url = format!("{}{query}", mail.url());
    let settings = [("MAIL_TRANSPORT", "smtp"), ("SMTP_URL", url.as_str())];
    let clock = Clock::fixed(DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
    Server::start(backend, &settings, false, clock).await
}

async fn a_mail_server_takes_defers_and_refuses(backend: Backend) -> Outcome {
    let mail = MailServer::running().await?;
    let server = sending_by(backend, &mail, "").await?;
    let (database, clock) = (&server.app.database, &server.app.clock);
    let recipients = [
        "taken@example.org",
        "later@example.org",
        "refused@example.org",
    ];
    let messages = recipients.map(|recipient| approved(recipient, Language::French));
    post(database, clock, messages).await?;
    let row = async |recipient: &str| {
        let rows = rows(database).await?;
        anyhow::Ok(
            rows.into_iter()
                .find(|row| row.recipient.as_deref() == Some(recipient)),
        )
    };
    eventually("the first was not taken", async || {
        Ok(mail.letters()?.len() == 1)
    })
    .await?;
    eventually("the second is not told to wait", async || {
        let row = row("later@example.org").await?.context("it waits")?;
        Ok(
            row.failure.as_deref() == Some("the mail server answered 451")
                && row.next_attempt_at == Some(clock.now() + TimeDelta::minutes(1)),
        )
    })
    .await?;
    eventually("the third is not given up", async || {
        let row = row("refused@example.org").await?.context("it is kept")?;
        Ok(
            row.failure.as_deref() == Some("the mail server answered 550")
                && row.failed_at.is_some()
                && row.attempts == 1,
        )
    })
    .await?;
    clock.advance(TimeDelta::minutes(1));
    eventually("the second was not tried again", async || {
        Ok(mail.letters()?.len() == 2)
    })
    .await?;
    let letters = mail.letters()?;
    for (letter, recipient) in letters.iter().zip(recipients) {
        ensure!(letter.header("to") == recipient, "{letter:?}");
        ensure!(
            letter.header("subject").starts_with("Publié : Épicerie"),
            "{letter:?}"
        );
        ensure!(letter.text.contains("Épicerie") && letter.html.contains("Épicerie"));
    }
    eventually("the figures do not tell", async || {
        Ok(figure(&server.url, SENT).await? == 2 && figure(&server.url, WAITING).await? == 0)
    })
    .await?;
    ensure!(figure(&server.url, DEFERRED).await? == 1);
    ensure!(figure(&server.url, FAILED).await? == 1);
    server.stop().await
}

async fn what_a_mail_server_missed_is_delivered_once_it_is_back(backend: Backend) -> Outcome {
    let mut mail = MailServer::stopped().await?;
    let server = sending_by(backend, &mail, "").await?;
    let (database, clock) = (&server.app.database, &server.app.clock);
    // The second time, the server goes away while a connection to it is kept.
    for delivered in 1..=2 {
        let message = approved("claire@example.org", Language::French);
        post(database, clock, [message]).await?;
        eventually("it does not wait", async || {
            let rows = rows(database).await?;
            Ok(rows.iter().any(|row| {
                row.failure.is_some()
                    && row.next_attempt_at == Some(clock.now() + TimeDelta::minutes(1))
            }))
        })
        .await?;
        mail.start().await?;
        clock.advance(TimeDelta::minutes(1));
        eventually("it was not delivered", async || {
            let rows = rows(database).await?;
            Ok(rows.iter().filter(|row| row.sent_at.is_some()).count() == delivered)
        })
        .await?;
        ensure!(mail.letters()?.len() == delivered);
        mail.stop().await?;
    }
    server.stop().await
}

async fn two_servers_deliver_each_message_once(backend: Backend) -> Outcome {
    let mail = MailServer::running().await?;
    let server = sending_by(backend, &mail, "").await?;
    post_to_two(&server, 40).await?;
    let letters = mail.letters()?;
    let ids: BTreeSet<_> = letters
        .iter()
        .map(|letter| letter.header("message-id"))
        .collect();
    ensure!(
        letters.len() == 40 && ids.len() == 40,
        "{} letters",
        letters.len()
    );
    server.stop().await
}

async fn nothing_is_sent_in_clear_where_tls_is_required(backend: Backend) -> Outcome {
    let mail = MailServer::running().await?;
    let server = sending_by(backend, &mail, "?tls=required").await?;
    let message = approved("claire@example.org", Language::French);
    post(&server.app.database, &server.app.clock, [message]).await?;
    the_row(&server.app.database, "it was not refused", |row| {
        row.failure.as_deref() == Some("the mail server does not offer what SMTP_URL asks")
    })
    .await?;
    ensure!(mail.letters()?.is_empty());
    server.stop().await
}

async fn what_is_on_its_way_leaves_before_the_server_stops(backend: Backend) -> Outcome {
    let mail = MailServer::running().await?;
    let database = backend.create().await?;
    let binary = Binary::new(&[
        ("DATABASE_URL", database.url.as_str()),
        ("MIGRATE_ON_START", "true"),
        ("MAIL_TRANSPORT", "smtp"),
        ("SMTP_URL", &mail.url()),
    ])?;
    let serving = binary.serve().await?;
    let connection = database.connect().await?;
    let message = approved("slow@example.org", Language::French);
    post(&connection, &Clock::system(), [message]).await?;
    the_row(&connection, "it was not taken", |row| row.attempts == 1).await?;
    let ended = serving.stop().await?;
    ensure!(ended.success, "{}", ended.log);
    let row = the_row(&connection, "it is not there", |_| true).await?;
    ensure!(row.sent_at.is_some(), "{row:?} {}", ended.log);
    ensure!(mail.letters()?.len() == 1);
    connection.close().await?;
    database.remove().await
}
