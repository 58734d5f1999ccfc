//! Passwords: which are accepted, and how they are kept (argon2id).

use std::sync::Arc;

use argon2::password_hash::Error as HashError;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::{Score, zxcvbn};

use super::secrets;
use crate::settings::Settings;

/// Characters of the shortest and of the longest password.
pub const SHORTEST: usize = 12;
pub const LONGEST: usize = 128;

/// Lanes of argon2: one thread for each password.
const LANES: u32 = 1;

/// Bytes of a salt and of a hash.
const SALT: usize = 16;
const HASH: usize = 32;

/// Passwords worked on at once, each in `PASSWORD_MEMORY_KIB` of memory.
const AT_ONCE: usize = 10;

/// Passwords that may wait for their turn.
const WAITING: usize = 100;

/// Letters of the shortest part of a name or address that a password is looked through for.
const SHORTEST_PART: usize = 3;

/// Hashes and verifies passwords, off the threads that serve, a few at once.
pub struct Passwords {
    argon2: Argon2<'static>,
    /// One for each password being worked on or waiting.
    places: Arc<Semaphore>,
    /// One for each password being worked on.
    turns: Arc<Semaphore>,
}

/// Too many passwords wait, or the machine has no memory or random bytes for one more: the
/// client may come back in a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being verified")]
pub struct Busy;

/// What a verification found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is the password that was hashed.
    pub matches: bool,
    /// Whether the hash was made with less than is asked now, so that a password that
    /// matches should be hashed anew.
    pub outdated: bool,
}

/// Why a password is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    #[error("shorter than {SHORTEST} characters")]
    TooShort,
    #[error("longer than {LONGEST} characters")]
    TooLong,
    #[error("among the first to be guessed")]
    TooCommon,
}

/// Whether `password` may be chosen by the person whose name, address and the like are
/// `personal`: 12 to 128 characters, of any kind, that are not easily guessed.
///
/// # Errors
/// What is wrong with it.
pub fn check(password: &str, personal: &[&str]) -> Result<(), Weakness> {
    let password: String = password.nfkc().take(LONGEST + 1).collect();
    match password.chars().count() {
        length if length < SHORTEST => return Err(Weakness::TooShort),
        length if length > LONGEST => return Err(Weakness::TooLong),
        _ => {}
    }
    let mut known = vec!["maillage"];
    for text in personal {
        known.push(text);
        known.extend(
            text.split(|character: char| !character.is_alphanumeric())
                .filter(|part| part.chars().count() >= SHORTEST_PART),
        );
    }
    // It reads the first hundred characters: its time grows with their square.
    if zxcvbn(&password, &known).score() < Score::Three {
        return Err(Weakness::TooCommon);
    }
    Ok(())
}

impl Passwords {
    /// With the memory and the iterations of the settings.
    pub fn new(settings: &Settings) -> Self {
        let params = Params::new(
            settings.password_memory_kib,
            settings.password_iterations,
            LANES,
            None,
        );
        Self {
            argon2: Argon2::new(
                Algorithm::Argon2id,
                Version::V0x13,
                // The bounds of the settings are within those of argon2.
                params.unwrap_or_default(),
            ),
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// `password` as the database keeps it: a PHC string of argon2id with a salt of its own.
    ///
    /// # Errors
    /// When too many wait already.
    pub async fn hash(&self, password: &str) -> Result<String, Busy> {
        let argon2 = self.argon2.clone();
        let password = password.to_owned();
        self.in_turn(move || {
            let salt = secrets::random::<SALT>().map_err(|_| HashError::Crypto)?;
            let hash: PasswordHash =
                argon2.hash_password_with_salt(normalized(&password).as_bytes(), &salt)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `password` is the one that `hash` was made of. Where there is no account,
    /// and so no hash, it takes the same time to say no.
    ///
    /// # Errors
    /// When too many wait already.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<Verdict, Busy> {
        let argon2 = self.argon2.clone();
        let password = password.to_owned();
        let hash = hash.map(str::to_owned);
        self.in_turn(move || compare(&argon2, normalized(&password).as_bytes(), hash.as_deref()))
            .await
    }

    /// Does `work` off the async threads when it is its turn. Work that has begun keeps its
    /// turn to its end, even when the client has gone.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, Busy> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|_| Busy)?;
        let working = tokio::task::spawn_blocking(move || {
            let result = work();
            drop((turn, place));
            result
        });
        match working.await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(error)) => {
                tracing::error!(%error, "a password could not be worked on");
                Err(Busy)
            }
            Err(error) => {
                tracing::error!(%error, "a password was not worked on to the end");
                Err(Busy)
            }
        }
    }
}

/// Passwords typed on different keyboards are the same text only once normalized.
fn normalized(password: &str) -> String {
    password.nfkc().collect()
}

fn compare(argon2: &Argon2<'_>, password: &[u8], hash: Option<&str>) -> Result<Verdict, HashError> {
    let hash = hash.and_then(|hash| {
        PasswordHash::new(hash)
            .inspect_err(|error| tracing::error!(%error, "a hash of a password cannot be read"))
            .ok()
    });
    let in_vain = || argon2.hash_password_into(password, &[0; SALT], &mut [0; HASH]);
    let Some(hash) = hash else {
        in_vain()?;
        return Ok(Verdict {
            matches: false,
            outdated: false,
        });
    };
    let matches = match argon2.verify_password(password, &hash) {
        Ok(()) => true,
        Err(HashError::PasswordInvalid) => false,
        Err(error) => return Err(error),
    };
    let outdated = is_outdated(argon2.params(), &hash);
    if outdated && !matches {
        // A hash of less effort would tell by its time that there is an account.
        in_vain()?;
    }
    Ok(Verdict { matches, outdated })
}

fn is_outdated(now: &Params, hash: &PasswordHash) -> bool {
    hash.algorithm != argon2::ARGON2ID_IDENT
        || hash.version != Some(Version::V0x13.into())
        || Params::try_from(hash)
            .is_ok_and(|then| then.m_cost() < now.m_cost() || then.t_cost() < now.t_cost())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use futures::FutureExt as _;

    use super::*;

    fn passwords(memory_kib: u32, iterations: u32) -> Passwords {
        let values = BTreeMap::from([
            ("PASSWORD_MEMORY_KIB", memory_kib.to_string()),
            ("PASSWORD_ITERATIONS", iterations.to_string()),
        ]);
        Passwords::new(&Settings::from_values(&values).unwrap())
    }

    #[test]
    fn unset_it_costs_what_is_recommended() {
        let passwords = Passwords::new(&Settings::from_values(&BTreeMap::new()).unwrap());
        let params = passwords.argon2.params();
        let costs = (params.m_cost(), params.t_cost(), params.p_cost());
        assert_eq!(costs, (19_456, 2, 1));
    }

    #[test]
    fn the_length_is_counted_in_characters() {
        assert_eq!(check("xK9!vQ2#mZp", &[]), Err(Weakness::TooShort));
        assert_eq!(check("xK9!vQ2#mZpé", &[]), Ok(()));
        // A letter and its accent are one character.
        assert_eq!(check("xK9!vQ2#mZe\u{301}", &[]), Err(Weakness::TooShort));
        let characters = (0..=LONGEST).map(|number| ('!'..='~').nth(number * 37 % 94));
        let long: String = characters.flatten().collect();
        assert_eq!(check(&long, &[]), Err(Weakness::TooLong));
        assert_eq!(check(&long[1..], &[]), Ok(()));
    }

    #[test]
    fn common_passwords_are_refused_and_phrases_are_not() {
        for common in [
            "passwordpassword",
            "123456789012",
            "aaaaaaaaaaaaaaaaaaaa",
            "qwertyuiop[]",
            "maillage2026",
        ] {
            assert_eq!(check(common, &[]), Err(Weakness::TooCommon), "{common}");
        }
        assert_eq!(check("une péniche jaune sous la neige", &[]), Ok(()));
    }

    #[test]
    fn what_is_known_of_a_person_protects_nothing() {
        let personal = [
            "philippine.lagrenouille@example.org",
            "Philippine Lagrenouille",
        ];
        for known in [
            "lagrenouille1",
            "PhilippineLagrenouille",
            "philippine.lagrenouille@example.org",
        ] {
            assert_eq!(check(known, &personal), Err(Weakness::TooCommon), "{known}");
        }
        assert_eq!(check("lagrenouille1", &[]), Ok(()));
    }

    #[tokio::test]
    async fn a_password_is_recognized_and_another_is_not() {
        let passwords = passwords(8, 1);
        let hash = passwords.hash("une péniche jaune").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash("une péniche jaune").await.unwrap());
        let verify = |password| passwords.verify(password, Some(&hash));
        let verdict = verify("une péniche jaune").await.unwrap();
        assert!(verdict.matches && !verdict.outdated);
        // As a keyboard with dead keys may send it.
        assert!(verify("une pe\u{301}niche jaune").await.unwrap().matches);
        assert!(!verify("une péniche rouge").await.unwrap().matches);
    }

    #[tokio::test]
    async fn without_an_account_nothing_matches_and_as_much_is_done() {
        let costly = passwords(1024, 4);
        let hash = costly.hash("une péniche jaune").await.unwrap();
        let timed = async |hash| {
            let begun = std::time::Instant::now();
            let verdict = costly.verify("une péniche rouge", hash).await.unwrap();
            assert_eq!((verdict.matches, verdict.outdated), (false, false));
            begun.elapsed().as_secs_f64()
        };
        // The least of several: whatever else the machine does only adds to them.
        let (mut with, mut without) = (f64::MAX, f64::MAX);
        for _ in 0..5 {
            with = with.min(timed(Some(hash.as_str())).await);
            without = without.min(timed(None).await);
        }
        assert!((0.5..2.0).contains(&(with / without)), "{with} {without}");
        assert!(!costly.verify("", None).await.unwrap().matches);
        assert!(!costly.verify("", Some("damaged")).await.unwrap().matches);
    }

    #[tokio::test]
    async fn a_hash_of_less_effort_is_outdated() {
        let now = passwords(16, 2);
        for (memory_kib, iterations, outdated) in
            [(8, 2, true), (16, 1, true), (16, 2, false), (32, 3, false)]
        {
            let then = passwords(memory_kib, iterations);
            let hash = then.hash("une péniche jaune").await.unwrap();
            let verdict = now.verify("une péniche jaune", Some(&hash)).await.unwrap();
            assert_eq!((verdict.matches, verdict.outdated), (true, outdated));
        }
    }

    #[tokio::test]
    async fn few_are_worked_on_and_few_wait() {
        let passwords = passwords(8, 1);
        let all = u32::try_from(AT_ONCE).unwrap();
        let turns = passwords.turns.acquire_many(all).await.unwrap();
        let mut waiting: Vec<_> = (0..AT_ONCE + WAITING)
            .map(|_| Box::pin(passwords.hash("une péniche jaune")))
            .collect();
        for one in &mut waiting {
            assert!(one.as_mut().now_or_never().is_none());
        }
        assert_eq!(passwords.hash("une péniche").await, Err(Busy));
        // Those that go away leave their place.
        waiting.pop();
        waiting.push(Box::pin(passwords.hash("une péniche jaune")));
        drop(turns);
        let done = futures::future::join_all(waiting).await;
        assert!(done.iter().all(Result::is_ok));
    }
}
