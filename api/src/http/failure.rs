//! Requests that are answered without an operation being begun.

use actix_web::http::{Method, StatusCode};

use super::reason::Reason;
use crate::graphql::error::ErrorCode;
use crate::graphql::limits::Refusal;

/// Why no operation was begun, and how HTTP says so.
#[derive(Clone, Debug)]
pub struct Failure {
    pub refusal: Refusal,
    /// The status; `None` where it is that of any operation which is not valid.
    pub status: Option<StatusCode>,
    /// Why credentials were refused, for programs.
    pub reason: Option<Reason>,
    /// The one method that may be used, for 405.
    pub allow: Option<Method>,
    /// Seconds after which to come back.
    pub retry_after: Option<u64>,
    /// Whether the connection cannot be used any more, the body being unread.
    pub close: bool,
}

impl Failure {
    /// A request that is wrong as HTTP, told by the message `key`.
    pub fn http(status: StatusCode, key: &'static str) -> Self {
        Self {
            refusal: Refusal::invalid(key),
            status: Some(status),
            reason: None,
            allow: None,
            retry_after: None,
            close: false,
        }
    }

    /// The same with another code.
    pub fn coded(self, code: ErrorCode) -> Self {
        let refusal = Refusal {
            code,
            ..self.refusal
        };
        Self { refusal, ..self }
    }

    /// The same, telling programs why.
    pub fn because(self, reason: Reason) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }

    /// A method that this request may not use.
    pub fn only(method: Method, key: &'static str) -> Self {
        Self {
            allow: Some(method),
            ..Self::http(StatusCode::METHOD_NOT_ALLOWED, key)
        }
    }

    /// The same, after which the connection is closed.
    pub fn closing(self) -> Self {
        Self {
            close: true,
            ..self
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            status: None,
            reason: None,
            allow: None,
            retry_after: None,
            close: false,
        }
    }
}
