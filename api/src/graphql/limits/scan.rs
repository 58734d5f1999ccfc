//! A look at the text of a document before the parser sees it.

use super::Refusal;
use crate::settings::Limits;

/// Holds the text of a document against the bounds that keep the parser's stack and time
/// small: its bytes, tokens, directives, fragment spreads, and how deep brackets nest.
///
/// The lexical rules are those of the parser, so that nothing can hide from one in what
/// the other takes for a string or a comment.
///
/// # Errors
/// The first bound that is passed, or a string without an end.
pub fn scan(query: &str, limits: &Limits) -> Result<(), Refusal> {
    if query.len() > limits.query_bytes {
        return Err(Refusal::too_much("query-too-long", limits.query_bytes));
    }
    let mut counters = Counters::default();
    let mut rest = query.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' | 0xEF | 0xBB | 0xBF => after,
            b'#' => after_comment(after),
            b'"' => {
                counters.token(limits)?;
                after_string(rest).ok_or_else(|| Refusal::invalid("string-without-end"))?
            }
            b'{' | b'[' | b'(' => {
                counters.token(limits)?;
                counters.open(limits)?;
                after
            }
            b'}' | b']' | b')' => {
                counters.token(limits)?;
                counters.nesting = counters.nesting.saturating_sub(1);
                after
            }
            b'@' => {
                counters.token(limits)?;
                counters.directive(limits)?;
                after
            }
            b'.' if after.starts_with(b"..") => {
                counters.token(limits)?;
                let after = after.get(2..).unwrap_or_default();
                if spreads_fragment(after) {
                    counters.spread(limits)?;
                }
                after
            }
            b'0'..=b'9' | b'-' => {
                counters.token(limits)?;
                after_number(after)
            }
            byte if is_name(byte) => {
                counters.token(limits)?;
                after_name(after)
            }
            _ => {
                counters.token(limits)?;
                after
            }
        };
    }
    Ok(())
}

#[derive(Default)]
struct Counters {
    tokens: usize,
    nesting: usize,
    directives: usize,
    spreads: usize,
}

impl Counters {
    fn token(&mut self, limits: &Limits) -> Result<(), Refusal> {
        count(&mut self.tokens, limits.query_tokens, "too-many-tokens")
    }

    fn open(&mut self, limits: &Limits) -> Result<(), Refusal> {
        count(&mut self.nesting, limits.query_nesting, "nested-too-deep")
    }

    fn directive(&mut self, limits: &Limits) -> Result<(), Refusal> {
        let most = limits.query_directives;
        count(&mut self.directives, most, "too-many-directives")
    }

    fn spread(&mut self, limits: &Limits) -> Result<(), Refusal> {
        let most = limits.query_fragment_spreads;
        count(&mut self.spreads, most, "too-many-fragment-spreads")
    }
}

fn count(counter: &mut usize, most: usize, key: &'static str) -> Result<(), Refusal> {
    *counter += 1;
    if *counter > most {
        return Err(Refusal::too_much(key, most));
    }
    Ok(())
}

fn is_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

fn is_line_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// `text` from its first byte that `stops`.
fn skip_until(text: &[u8], stops: impl Fn(u8) -> bool) -> &[u8] {
    let length = text.iter().position(|byte| stops(*byte));
    text.get(length.unwrap_or(text.len())..).unwrap_or_default()
}

fn after_comment(text: &[u8]) -> &[u8] {
    skip_until(text, is_line_end)
}

fn after_name(text: &[u8]) -> &[u8] {
    skip_until(text, |byte| !is_name(byte))
}

/// A dot belongs to a number only before a digit: `1...a` is a number and a spread.
fn after_number(mut text: &[u8]) -> &[u8] {
    loop {
        text = skip_until(text, |byte| !is_name(byte) && byte != b'+' && byte != b'-');
        match text {
            [b'.', digit, ..] if digit.is_ascii_digit() => {
                text = text.get(1..).unwrap_or_default();
            }
            _ => return text,
        }
    }
}

/// What follows the string that begins `text`; `None` when it does not end.
fn after_string(text: &[u8]) -> Option<&[u8]> {
    if let Some(mut block) = text.strip_prefix(b"\"\"\"") {
        loop {
            block = skip_until(block, |byte| byte == b'"' || byte == b'\\');
            if let Some(after) = block.strip_prefix(b"\"\"\"") {
                return Some(after);
            }
            block = match block.strip_prefix(b"\\\"\"\"") {
                Some(escaped) => escaped,
                None => block.get(1..)?,
            };
        }
    }
    let mut line = text.get(1..)?;
    loop {
        line = skip_until(line, |byte| {
            byte == b'"' || byte == b'\\' || is_line_end(byte)
        });
        match line.first()? {
            b'"' => return line.get(1..),
            b'\\' => line = line.get(2..)?,
            _ => return None,
        }
    }
}

/// Whether what follows `...` is the name of a fragment, and not `on Type` or a selection.
fn spreads_fragment(text: &[u8]) -> bool {
    let mut text = text;
    loop {
        text = skip_until(text, |byte| !is_blank(byte));
        match text.strip_prefix(b"#") {
            Some(comment) => text = after_comment(comment),
            None => break,
        }
    }
    if !text.first().is_some_and(|byte| is_name(*byte)) {
        return false;
    }
    // "on" is the name of a fragment where no type follows.
    match text.strip_prefix(b"on") {
        Some(after) if after.first().is_some_and(|byte| is_blank(*byte)) => {
            let name = skip_until(after, |byte| !is_blank(byte));
            !name.first().is_some_and(|byte| is_name(*byte))
        }
        _ => true,
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\n' | b'\r' | b',' | 0xEF | 0xBB | 0xBF
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn limits() -> Limits {
        Limits {
            query_tokens: 1500,
            query_nesting: 50,
            query_directives: 20,
            query_fragment_spreads: 20,
            ..Limits::default()
        }
    }

    fn refused(query: &str) -> &'static str {
        scan(query, &limits()).unwrap_err().key
    }

    #[test]
    fn each_bound_is_held() {
        assert_eq!(refused(&" ".repeat(40_000)), "query-too-long");
        assert_eq!(refused(&"a ".repeat(1501)), "too-many-tokens");
        assert_eq!(refused(&"{".repeat(51)), "nested-too-deep");
        assert_eq!(refused(&"a(b:[[{".repeat(13)), "nested-too-deep");
        assert_eq!(refused(&"@a".repeat(21)), "too-many-directives");
        assert_eq!(refused(&"...A ".repeat(21)), "too-many-fragment-spreads");
        assert_eq!(refused(&"...on A @b ".repeat(21)), "too-many-directives");
        assert_eq!(
            refused(&"... on } ".repeat(21)),
            "too-many-fragment-spreads"
        );
        assert_eq!(refused(&"1...A ".repeat(21)), "too-many-fragment-spreads");
    }

    #[test]
    fn strings_and_comments_hide_nothing_but_themselves() {
        assert_eq!(
            scan(&format!("{{a(b:\"{}\")}}", "{".repeat(60)), &limits()),
            Ok(())
        );
        assert_eq!(
            scan(&format!("#{}\n{{a}}", "{".repeat(60)), &limits()),
            Ok(())
        );
        let block = format!(
            "{{a(b:\"\"\"{} \\\"\"\" \" {}\"\"\")}}",
            "{".repeat(60),
            "[".repeat(60)
        );
        assert_eq!(scan(&block, &limits()), Ok(()));
        assert_eq!(
            refused(&format!("{{a(b:\"\"{}", "[".repeat(60))),
            "nested-too-deep"
        );
        assert_eq!(
            refused(&format!("{{a(b:\"\\\"\"{}", "[".repeat(60))),
            "nested-too-deep"
        );
        // The parser would take an endless block string for two empty strings.
        assert_eq!(
            refused(&format!("{{a(b:\"\"\"\"{}", "[".repeat(60))),
            "string-without-end"
        );
        assert_eq!(refused("{a(b:\"x\n\")}"), "string-without-end");
    }

    #[test]
    fn inline_fragments_are_not_spreads() {
        assert_eq!(scan(&"{...on A{b} ...{c}}".repeat(30), &limits()), Ok(()));
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in "[\\PC\\n\"\\\\{}.#]{0,200}") {
            let _ = scan(&text, &limits());
        }
    }
}
