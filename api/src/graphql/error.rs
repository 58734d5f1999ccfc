//! Errors as clients see them: a code out of one list, and a sentence in their language.

use std::error::Error;

use async_graphql::{Context, ErrorExtensions as _, ServerError};

use super::context::ContextExt as _;
use crate::clock::Clock;
use crate::database::{self, Trouble};
use crate::i18n::Language;

/// The codes of top-level errors, in `extensions.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// The request is not valid GraphQL, or an argument is out of its bounds.
    BadInput,
    /// Who asks could not be told from the credentials sent.
    Unauthenticated,
    /// This account may not do that.
    Forbidden,
    /// Nothing there, or nothing that this viewer may see.
    NotFound,
    /// The operation asks more than one request may.
    ComplexityExceeded,
    /// The client asked too much in too little time.
    RateLimited,
    /// The operation took too long.
    Timeout,
    /// The registry cannot answer now, and will soon.
    Unavailable,
    /// Our fault; the message names the incident.
    Internal,
}

impl ErrorCode {
    /// The code as written in `extensions.code`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadInput => "BAD_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::ComplexityExceeded => "COMPLEXITY_EXCEEDED",
            Self::RateLimited => "RATE_LIMITED",
            Self::Timeout => "TIMEOUT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

/// An error for the client.
#[derive(Clone, Debug)]
pub struct Fault {
    code: ErrorCode,
    message: String,
}

impl Fault {
    /// An error with its code and the sentence that explains it.
    pub fn new(code: ErrorCode, message: String) -> Self {
        Self { code, message }
    }

    /// The error of a request that the database could not answer: that it has no time for
    /// us is told as such, anything else is an error of ours.
    pub fn from_failure(error: &(dyn Error + 'static), clock: &Clock, language: Language) -> Self {
        match database::trouble(error) {
            Some(Trouble::TooSlow) => {
                Self::new(ErrorCode::Timeout, language.message("timeout", &[]))
            }
            Some(Trouble::Unreachable) => {
                tracing::warn!(error = %error, "the database has no connection for a request");
                Self::new(ErrorCode::Unavailable, language.message("unavailable", &[]))
            }
            None => Self::internal(error, clock, language),
        }
    }

    /// An error of ours: its chain goes to the log, only its reference to the client.
    pub fn internal(error: &dyn Error, clock: &Clock, language: Language) -> Self {
        let mut chain = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            source = cause.source();
        }
        Self::incident(&chain, clock, language)
    }

    /// An error of ours: what happened goes to the log, only its reference to the client.
    pub fn incident(chain: &str, clock: &Clock, language: Language) -> Self {
        let incident = clock.new_id().simple().to_string();
        tracing::error!(incident, chain, "a request failed");
        Self::new(
            ErrorCode::Internal,
            language.message("internal", &[("incident", incident)]),
        )
    }
}

impl From<Fault> for async_graphql::Error {
    fn from(fault: Fault) -> Self {
        Self::new(fault.message)
            .extend_with(|_, extensions| extensions.set("code", fault.code.as_str()))
    }
}

impl From<Fault> for ServerError {
    fn from(fault: Fault) -> Self {
        let error = async_graphql::Error::from(fault);
        let mut told = Self::new(error.message, None);
        told.extensions = error.extensions;
        told
    }
}

/// The error of a look-up that is not by exactly one of its arguments.
pub fn one_look_up(ctx: &Context<'_>, arguments: &str) -> async_graphql::Error {
    ctx.fault(
        ErrorCode::BadInput,
        "one-look-up",
        &[("arguments", arguments.to_owned())],
    )
}
