//! What one operation may ask, and what it costs: refused before it costs us anything.
//!
//! Three steps, each bounded by the one before: a linear [`scan`] of the text, so that the
//! parser's stack is safe; an [`expand`] of the fragments that stops at its counters, so that
//! validation is linear; and the cost of the valid operation, before it is [`admit`]ted to
//! execution.

mod admission;
mod expansion;
mod inputs;
mod introspection;
mod query;
mod scan;
mod spending;

pub use admission::admit;
pub use expansion::{Expanded, Shape, expand};
pub use inputs::{check_literal, check_variables};
pub use query::LimitsQuery;
pub use scan::scan;
pub use spending::Spending;

use async_graphql::Pos;

use super::error::{ErrorCode, Fault};
use crate::i18n::Language;

/// Why an operation is not executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: ErrorCode,
    /// Key of the message, and its arguments.
    pub key: &'static str,
    pub arguments: Vec<(&'static str, String)>,
    /// Where in the document.
    pub position: Option<Pos>,
}

impl Refusal {
    /// More of something than one operation may ask.
    pub fn too_much(key: &'static str, most: usize) -> Self {
        Self {
            code: ErrorCode::ComplexityExceeded,
            key,
            arguments: vec![("most", most.to_string())],
            position: None,
        }
    }

    /// Something that is not a valid request.
    pub fn invalid(key: &'static str) -> Self {
        Self {
            code: ErrorCode::BadInput,
            key,
            arguments: Vec::new(),
            position: None,
        }
    }

    /// The same, naming a part of the document, shortened.
    pub fn naming(self, name: &'static str, value: &str) -> Self {
        let mut arguments = self.arguments;
        arguments.push((name, value.chars().take(60).collect()));
        Self { arguments, ..self }
    }

    /// The same, telling where in the document.
    pub fn at(self, position: Pos) -> Self {
        Self {
            position: Some(position),
            ..self
        }
    }

    /// The refusal as the client reads it.
    pub fn fault(&self, language: Language) -> Fault {
        Fault::new(self.code, language.message(self.key, &self.arguments))
    }
}
