//! Authentication without accounts: passwords, signing keys and the tokens they sign.

pub mod key_file;
pub mod keys;
pub mod passwords;
mod ring;
pub mod secrets;
pub mod tokens;

pub use ring::KeyRing;

use crate::clock::Clock;
use crate::database::Purpose;
use crate::settings::Settings;
use key_file::KeysError;
use passwords::Passwords;
use tokens::Tokens;

/// What one running registry recognizes people by.
pub struct Auth {
    pub passwords: Passwords,
    pub tokens: Tokens,
}

impl Auth {
    /// What `settings` ask. Only a server has signing keys, and makes them where there are
    /// none; a batch neither issues tokens nor takes any.
    ///
    /// # Errors
    /// Why a server has no signing keys.
    pub fn open(settings: &Settings, clock: Clock, purpose: Purpose) -> Result<Self, KeysError> {
        let ring = match purpose {
            Purpose::Serve => KeyRing::open(settings, clock.now())?,
            Purpose::Batch => KeyRing::empty(),
        };
        Ok(Self {
            passwords: Passwords::new(settings),
            tokens: Tokens::new(ring, settings, clock),
        })
    }
}
