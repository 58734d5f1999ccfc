//! What is wrong with what somebody asked to be written.

use sea_orm::DbErr;

use crate::i18n::Language;
use crate::permission::Denied;

/// What kind of thing is wrong. Each mutation names those that it may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// A value is missing.
    Required,
    /// A text or list is too long.
    TooLong,
    /// A text is too short.
    TooShort,
    /// A value is not of its form.
    Invalid,
    /// A number or date is out of its bounds.
    OutOfRange,
    /// What is named does not exist, or not for this account.
    NotFound,
    /// Something else has it already.
    Taken,
    /// It was changed or decided meanwhile.
    Conflict,
    /// It does not stand where this could be done.
    IllegalTransition,
    /// The idempotency key was used for something else.
    KeyReused,
    /// The secret or link is not, or no longer, valid.
    Expired,
    /// The password is too easy to guess.
    TooCommon,
    /// E-mail or password are wrong.
    WrongCredentials,
    /// Too many attempts: wait.
    TooManyAttempts,
}

/// One thing that is wrong, told by the message `key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub code: Code,
    /// The path of the input's field, its elements as the public schema names them.
    pub field: Vec<String>,
    pub key: &'static str,
    pub arguments: Vec<(&'static str, String)>,
}

impl Problem {
    /// Something wrong with the field at `path`, its elements separated by dots.
    pub fn new(code: Code, path: &str, key: &'static str) -> Self {
        let elements = path.split('.').filter(|element| !element.is_empty());
        Self {
            code,
            field: elements.map(str::to_owned).collect(),
            key,
            arguments: Vec::new(),
        }
    }

    /// The same with an argument of its message.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    /// The sentence that tells it.
    pub fn message(&self, language: Language) -> String {
        language.message(self.key, &self.arguments)
    }
}

/// Why something was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// What was asked is wrong; nothing was written.
    #[error("the input has problems")]
    Problems(Vec<Problem>),
    /// Who asked may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database did not take it.
    #[error("the database did not take it")]
    Database(#[from] DbErr),
    /// Too much of this kind is being done: to come back later.
    #[error("too busy")]
    Busy,
    /// A fault of ours.
    #[error("{0}")]
    Internal(&'static str),
}

impl From<Problem> for WriteError {
    fn from(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }
}

/// Collects problems, so that all of them are told at once.
#[derive(Debug, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds one.
    pub fn add(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Adds one unless `holds`.
    pub fn require(&mut self, holds: bool, problem: impl FnOnce() -> Problem) {
        if !holds {
            self.0.push(problem());
        }
    }

    /// The value of a check, or its problem kept.
    pub fn keep<T>(&mut self, checked: Result<T, Problem>) -> Option<T> {
        checked.map_err(|problem| self.0.push(problem)).ok()
    }

    /// Nothing was wrong.
    ///
    /// # Errors
    /// Everything that was.
    pub fn none(self) -> Result<(), WriteError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(WriteError::Problems(self.0))
        }
    }
}
