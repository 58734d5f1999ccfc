//! Authentication without accounts: passwords, signing keys and the tokens they sign, and the
//! tokens of another issuer.

mod header;
pub mod issuer;
pub mod key_file;
pub mod keys;
pub mod passwords;
mod ring;
pub mod secrets;
pub mod tokens;

pub use header::announced_issuer;
pub use ring::KeyRing;

use crate::clock::Clock;
use crate::database::Purpose;
use crate::settings::Settings;
use issuer::Issuer;
use key_file::KeysError;
use passwords::Passwords;
use tokens::Tokens;

/// What one running registry recognizes people by.
pub struct Auth {
    pub passwords: Passwords,
    pub tokens: Tokens,
    /// Another issuer whose tokens are accepted too.
    pub issuer: Option<Issuer>,
}

/// Why nobody could be recognized.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error("the issuer of OIDC_ISSUER cannot be spoken to from this machine")]
    Issuer(#[from] reqwest::Error),
}

impl Auth {
    /// What `settings` ask. Only a server has signing keys, and makes them where there are
    /// none; a batch neither issues tokens nor takes any.
    ///
    /// # Errors
    /// Why a server has no signing keys, or cannot speak to another issuer.
    pub fn open(settings: &Settings, clock: Clock, purpose: Purpose) -> Result<Self, AuthError> {
        let (ring, options) = match purpose {
            Purpose::Serve => (KeyRing::open(settings, clock.now())?, settings.oidc.clone()),
            Purpose::Batch => (KeyRing::empty(), None),
        };
        let issuer = options.map(|options| Issuer::new(options, clock.clone()));
        Ok(Self {
            issuer: issuer.transpose()?,
            passwords: Passwords::new(settings),
            tokens: Tokens::new(ring, settings, clock),
        })
    }
}
