//! How e-mail leaves: by a mail server, or into files where there is none.

use std::borrow::Cow;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::{AsyncSmtpTransport, AsyncSmtpTransportBuilder, Error};
use lettre::{AsyncTransport as _, Message, Tokio1Executor};
use uuid::Uuid;

/// Time that the mail server has for each step of a conversation.
const STEP: Duration = Duration::from_secs(20);

/// Time that a message has to leave, the connection included. The lease of a message is longer.
const WHOLE: Duration = Duration::from_secs(90);

/// How e-mail is sent, as the settings say.
#[derive(Clone, Debug)]
pub struct Options {
    pub way: Way,
    pub from: Mailbox,
    pub reply_to: Option<Mailbox>,
}

/// Where e-mail goes.
#[derive(Clone, Debug)]
pub enum Way {
    /// To this folder, one `.eml` file for each message.
    File(PathBuf),
    /// To a mail server. What holds the password does not show it.
    Smtp(Box<AsyncSmtpTransportBuilder>),
}

impl Way {
    /// The mail server at `url` (`smtp://…` or `smtps://…`).
    pub fn smtp(url: &str) -> Option<Self> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).ok()?;
        Some(Self::Smtp(Box::new(builder.timeout(Some(STEP)))))
    }
}

/// Why a message did not leave. The sentence holds nothing personal: what mail servers
/// answer often repeats the recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Whether another attempt would be refused too.
    pub permanent: bool,
    pub reason: Cow<'static, str>,
}

/// What sends.
pub enum Transport {
    File(PathBuf),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl Transport {
    /// What goes this `way`. Must be called where tasks can be started.
    pub fn new(way: &Way) -> Self {
        match way {
            Way::File(folder) => Self::File(folder.clone()),
            Way::Smtp(builder) => Self::Smtp((**builder).clone().build()),
        }
    }

    /// Sends `letter`, whose row is `id`.
    ///
    /// # Errors
    /// Why it did not leave, or may not have.
    pub async fn send(&self, id: Uuid, letter: &Message) -> Result<(), Failure> {
        let sending = async {
            match self {
                Self::File(folder) => write(folder.clone(), id, letter.formatted()).await,
                Self::Smtp(server) => match server
                    .send_raw(letter.envelope(), &letter.formatted())
                    .await
                {
                    Ok(_) => Ok(()),
                    Err(error) => Err(Failure::of(&error)),
                },
            }
        };
        tokio::time::timeout(WHOLE, sending)
            .await
            .unwrap_or_else(|_| Err(Failure::temporary("the mail server did not answer in time")))
    }

    /// Ends the connections to the mail server.
    pub async fn close(&self) {
        if let Self::Smtp(server) = self {
            server.shutdown().await;
        }
    }
}

impl Failure {
    /// A failure that may pass.
    pub fn temporary(reason: &'static str) -> Self {
        Self {
            permanent: false,
            reason: reason.into(),
        }
    }

    fn of(error: &Error) -> Self {
        if let Some(code) = error.status() {
            let code = u16::from(code);
            return Self {
                permanent: error.is_permanent() && !is_about_credentials(code),
                reason: format!("the mail server answered {code}").into(),
            };
        }
        Self::temporary(if error.is_timeout() {
            "the mail server did not answer in time"
        } else if error.is_tls() {
            "the mail server offers no TLS that can be trusted"
        } else if error.is_client() {
            "the mail server does not offer what SMTP_URL asks"
        } else if error.is_response() {
            "the mail server answered what is not SMTP"
        } else {
            "the mail server cannot be reached"
        })
    }
}

/// Codes by which a server refuses us rather than the message (RFC 4954): operators can put
/// that right, and the message must not be lost for it.
fn is_about_credentials(code: u16) -> bool {
    matches!(code, 530 | 534 | 535 | 538)
}

/// Writes a message to a file named after its row: a second attempt writes the same file.
async fn write(folder: PathBuf, id: Uuid, letter: Vec<u8>) -> Result<(), Failure> {
    let written = tokio::task::spawn_blocking(move || write_now(&folder, id, &letter)).await;
    match written {
        Ok(Ok(())) => Ok(()),
        _ => Err(Failure::temporary("the file cannot be written")),
    }
}

fn write_now(folder: &Path, id: Uuid, letter: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // Whoever looks into the folder sees whole messages only.
    let unfinished = folder.join(format!(".{id}.unfinished"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // Links in messages open accounts: they are for the operator's eyes only.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&unfinished)?.write_all(letter)?;
    fs::rename(unfinished, folder.join(format!("{id}.eml")))
}
