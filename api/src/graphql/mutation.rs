//! What all mutations share: payloads with typed errors, and who may ask.

use async_graphql::{Context, Result};

use super::context::ContextExt;
use super::error::{ErrorCode, Fault};
use crate::i18n::Language;
use crate::problem::{Problem, WriteError};

/// A payload of one mutation, made by [`payload!`](crate::payload).
pub trait Payload: Sized {
    /// What the mutation changed.
    type Done;

    /// The answer when it was done.
    fn done(done: Self::Done) -> Self;

    /// The answer when it was not; `None` when a problem has a code that this mutation
    /// does not name.
    fn refused(problems: &[Problem], language: Language) -> Option<Self>;
}

/// The payload that tells what became of a write.
///
/// # Errors
/// When the fault is not in the input: who asked may not, or we could not.
pub fn answer<P: Payload>(
    ctx: &Context<'_>,
    written: std::result::Result<P::Done, WriteError>,
) -> Result<P> {
    let error = match written {
        Ok(done) => return Ok(P::done(done)),
        Err(WriteError::Problems(problems)) => {
            let refused = P::refused(&problems, ctx.language());
            return refused.ok_or_else(|| {
                let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
                let chain = format!("a mutation does not name its codes: {codes:?}");
                Fault::incident(&chain, &ctx.app().clock, ctx.language()).into()
            });
        }
        Err(error) => error,
    };
    Err(match error {
        WriteError::Denied(denied) => ctx.denied(denied),
        WriteError::Busy => ctx.fault(ErrorCode::Unavailable, "unavailable", &[]),
        error => ctx.internal(error),
    })
}

/// Declares the payload of a mutation, its error and the enumeration of the error's codes.
#[macro_export]
macro_rules! payload {
    (
        $(#[doc = $($payload_doc:tt)+])+
        $payload:ident {
            $(#[doc = $($done_doc:tt)+])+
            $done:ident: $Done:ty
        }
        $error:ident, $codes:ident: [$($code:ident),+ $(,)?]
    ) => {
        $(#[doc = $($payload_doc)+])+
        #[derive(async_graphql::SimpleObject)]
        pub struct $payload {
            $(#[doc = $($done_doc)+])+
            $done: Option<$Done>,
            /// What was wrong with the input; empty if it was done.
            errors: Vec<$error>,
        }

        /// Something wrong with the input of this mutation.
        #[derive(async_graphql::SimpleObject)]
        pub struct $error {
            /// What kind of thing is wrong.
            code: $codes,
            /// Path of the input's field; empty if it is about none of them.
            field: Vec<String>,
            /// A sentence for the reader, in their language.
            message: String,
        }

        $crate::error_codes!($codes [] $($code)+);

        impl $crate::graphql::mutation::Payload for $payload {
            type Done = $Done;

            fn done($done: $Done) -> Self {
                Self { $done: Some($done), errors: Vec::new() }
            }

            fn refused(
                problems: &[$crate::problem::Problem],
                language: $crate::i18n::Language,
            ) -> Option<Self> {
                let errors = problems
                    .iter()
                    .map(|problem| {
                        Some($error {
                            code: $codes::of(problem.code)?,
                            field: problem.field.clone(),
                            message: problem.message(language),
                        })
                    })
                    .collect::<Option<_>>()?;
                Some(Self { $done: None, errors })
            }
        }
    };
}

/// Declares an enumeration of some of the codes of problems, each with its description.
#[macro_export]
macro_rules! error_codes {
    ($codes:ident [$($ready:tt)*] Required $($rest:ident)*) => {
        $crate::error_codes!($codes [$($ready)* (Required "A value is missing.")] $($rest)*);
    };
    ($codes:ident [$($ready:tt)*] TooLong $($rest:ident)*) => {
        $crate::error_codes!($codes [$($ready)* (TooLong "A text or list is too long.")] $($rest)*);
    };
    ($codes:ident [$($ready:tt)*] TooShort $($rest:ident)*) => {
        $crate::error_codes!($codes [$($ready)* (TooShort "A text is too short.")] $($rest)*);
    };
    ($codes:ident [$($ready:tt)*] Invalid $($rest:ident)*) => {
        $crate::error_codes!($codes [$($ready)* (Invalid "A value is not of its form.")] $($rest)*);
    };
    ($codes:ident [$($ready:tt)*] OutOfRange $($rest:ident)*) => {
        $crate::error_codes!($codes
            [$($ready)* (OutOfRange "A number or date is out of its bounds.")] $($rest)*);
    };
    ($codes:ident [$($ready:tt)*] NotFound $($rest:ident)*) => {
        $crate::error_codes!($codes
            [$($ready)* (NotFound "What is named does not exist, or not for this account.")]
            $($rest)*);
    };
    ($codes:ident [$($ready:tt)*] Taken $($rest:ident)*) => {
        $crate::error_codes!($codes
            [$($ready)* (Taken "Something else has this value already.")] $($rest)*);
    };
    ($codes:ident [$($ready:tt)*] Conflict $($rest:ident)*) => {
        $crate::error_codes!($codes
            [$($ready)* (Conflict "It was changed or decided meanwhile: read it again.")]
            $($rest)*);
    };
    ($codes:ident [$($ready:tt)*] IllegalTransition $($rest:ident)*) => {
        $crate::error_codes!($codes
            [$($ready)* (IllegalTransition "It does not stand where this can be done.")]
            $($rest)*);
    };
    ($codes:ident [$($ready:tt)*] KeyReused $($rest:ident)*) => {
        $crate::error_codes!($codes
            [$($ready)* (KeyReused "The idempotency key was used for something else.")]
            $($rest)*);
    };
    ($codes:ident [$($ready:tt)*] Expired $($rest:ident)*) => {
        $crate::error_codes!($codes
            [$($ready)* (Expired "The link or token is not, or no longer, valid.")] $($rest)*);
    };
    ($codes:ident [$($ready:tt)*] TooCommon $($rest:ident)*) => {
        $crate::error_codes!($codes
            [$($ready)* (TooCommon "The password is too easy to guess.")] $($rest)*);
    };
    ($codes:ident [$($ready:tt)*] WrongCredentials $($rest:ident)*) => {
        $crate::error_codes!($codes
            [$($ready)* (WrongCredentials "The e-mail address or the password is wrong.")]
            $($rest)*);
    };
    ($codes:ident [$($ready:tt)*] TooManyAttempts $($rest:ident)*) => {
        $crate::error_codes!($codes
            [$($ready)* (TooManyAttempts "There were too many attempts: wait a little.")]
            $($rest)*);
    };
    ($codes:ident [$(($code:ident $doc:literal))+]) => {
        /// The kinds of errors of this mutation.
        #[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $codes {
            $(#[doc = $doc] $code,)+
        }

        impl $codes {
            fn of(code: $crate::problem::Code) -> Option<Self> {
                match code {
                    $($crate::problem::Code::$code => Some(Self::$code),)+
                    _ => None,
                }
            }
        }
    };
}
