//! The body of an answer, and the errors in it.

use async_graphql::{ServerError, Value};
use serde::Serialize;

use crate::clock::Clock;
use crate::graphql::error::{ErrorCode, Fault};
use crate::i18n::Language;

/// The most errors that one answer tells.
const MOST_ERRORS: usize = 20;
/// The longest message, in characters.
const LONGEST_MESSAGE: usize = 300;
/// The longest part of the request that a message repeats, in characters.
const LONGEST_QUOTE: usize = 60;

/// How the library begins its messages about values that it could not read while it
/// executed; it gives them no code.
const ABOUT_INPUT: &[&str] = &[
    "Failed to parse",
    "Expected input type",
    "Invalid value",
    "Variable ",
    "Value for argument",
    "Unknown ",
];

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
}

/// An answer as JSON; `data` is absent when the operation was not begun.
pub fn body(data: Option<&Value>, errors: &[ServerError]) -> Vec<u8> {
    // Such a body has text for keys, so it can be written.
    serde_json::to_vec(&Body { errors, data }).unwrap_or_default()
}

/// The code of an error.
pub fn code_of(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}

/// Makes errors of the library ours: few, short, and each with a code.
pub fn presentable(
    mut errors: Vec<ServerError>,
    executed: bool,
    clock: &Clock,
    language: Language,
) -> Vec<ServerError> {
    errors.truncate(MOST_ERRORS);
    for error in &mut errors {
        if code_of(error).is_none() {
            give_code(error, executed, clock, language);
        }
        error.message = shortened(&error.message);
    }
    errors
}

fn give_code(error: &mut ServerError, executed: bool, clock: &Clock, language: Language) {
    let about_input = ABOUT_INPUT
        .iter()
        .any(|beginning| error.message.starts_with(beginning));
    if executed && !about_input {
        // Not an error that we made: what it says is not for clients.
        let fault = Fault::incident(&error.message, clock, language);
        let told = ServerError::from(fault);
        error.message = told.message;
        error.extensions = told.extensions;
    } else {
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", ErrorCode::BadInput.as_str());
    }
}

/// What a syntax error of the parser says, without the lines of the document that it quotes.
pub fn syntax_reason(message: &str) -> &str {
    message
        .rsplit_once("= ")
        .map_or(message, |(_, reason)| reason)
        .trim()
}

/// `message` with long quotes cut, and itself cut at the end.
fn shortened(message: &str) -> String {
    let mut text = String::with_capacity(message.len().min(4 * LONGEST_MESSAGE));
    for (index, part) in message.split('"').enumerate() {
        if index > 0 {
            text.push('"');
        }
        let quoted = index % 2 == 1;
        match part.char_indices().nth(LONGEST_QUOTE) {
            Some((end, _)) if quoted => {
                text.push_str(part.get(..end).unwrap_or_default());
                text.push('…');
            }
            _ => text.push_str(part),
        }
    }
    if let Some((end, _)) = text.char_indices().nth(LONGEST_MESSAGE) {
        let kept = text.char_indices().nth(LONGEST_MESSAGE - 1);
        text.truncate(kept.map_or(end, |(end, _)| end));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presented(message: &str, executed: bool) -> ServerError {
        let errors = vec![ServerError::new(message, None); 30];
        let clock = Clock::fixed(chrono::DateTime::UNIX_EPOCH);
        let errors = presentable(errors, executed, &clock, Language::English);
        assert_eq!(errors.len(), MOST_ERRORS);
        errors[0].clone()
    }

    #[test]
    fn every_error_has_a_code() {
        assert_eq!(
            code_of(&presented("Unknown field", false)),
            Some("BAD_INPUT")
        );
        assert_eq!(
            code_of(&presented("Failed to parse \"Int\": x", true)),
            Some("BAD_INPUT")
        );
    }

    #[test]
    fn errors_that_are_not_ours_say_nothing_of_us() {
        let error = presented("relation \"secret\" does not exist", true);
        assert_eq!(code_of(&error), Some("INTERNAL"));
        assert!(!error.message.contains("secret"), "{}", error.message);
    }

    #[test]
    fn messages_repeat_little_of_the_request() {
        let error = presented(
            &format!("Unknown field \"{}\" on Query", "é".repeat(5000)),
            false,
        );
        assert!(error.message.chars().count() < 100, "{}", error.message);
        assert!(error.message.ends_with("on Query"), "{}", error.message);
        let error = presented(&"é".repeat(5000), false);
        assert_eq!(error.message.chars().count(), LONGEST_MESSAGE);
    }

    #[test]
    fn syntax_errors_do_not_quote_the_document() {
        let message = " --> 1:2\n  |\n1 | {secret\n  |  ^---\n  |\n  = expected selection";
        assert_eq!(syntax_reason(message), "expected selection");
    }
}
