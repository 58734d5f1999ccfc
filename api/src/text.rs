//! Text without what differs from one hand to another: accents, case, ligatures.

use pulldown_cmark::{Event, Parser, TagEnd};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Whether nobody sees a character: soft hyphens, marks of direction, spaces without width.
pub fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}'
    )
}

/// `text` in lower case, without accents, ligatures or characters that nobody sees, with
/// straight apostrophes and plain hyphens.
pub fn folded(text: &str) -> String {
    text.chars()
        .filter(|character| !is_invisible(*character))
        .nfkd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .fold(
            String::with_capacity(text.len()),
            |mut folded, character| {
                match character {
                    'œ' => folded.push_str("oe"),
                    'æ' => folded.push_str("ae"),
                    'ß' => folded.push_str("ss"),
                    'ø' => folded.push('o'),
                    'ł' => folded.push('l'),
                    'đ' => folded.push('d'),
                    '’' | 'ʼ' | '‘' | '´' | '`' => folded.push('\''),
                    '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => {
                        folded.push('-')
                    }
                    other => folded.push(other),
                }
                folded
            },
        )
}

/// `text` as a name for addresses of pages: letters, digits and hyphens, 80 at the most.
pub fn slug(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut slug = String::new();
    for word in folded(text).split(|character: char| !character.is_ascii_alphanumeric()) {
        if word.is_empty() || slug.len() + word.len() >= LONGEST {
            continue;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(word);
    }
    slug
}

/// The words of a Markdown text, without its marks.
pub fn plain(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    for event in Parser::new(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) => plain.push_str(&text),
            Event::End(
                TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link,
            ) => {}
            Event::End(_) | Event::SoftBreak | Event::HardBreak => plain.push(' '),
            _ => {}
        }
    }
    plain.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_not_words() {
        assert_eq!(
            plain("# Titre\n\nUn **gr**and [lieu](https://exemple.test/page).\n- un\n- deux"),
            "Titre Un grand lieu. un deux"
        );
    }

    #[test]
    fn accents_case_and_ligatures_do_not_count() {
        assert_eq!(folded("L’Épicerie du CŒUR"), "l'epicerie du coeur");
        assert_eq!(slug("Asnières-sur-Seine"), "asnieres-sur-seine");
        assert_eq!(slug("  « L'Œuvre » n° 2 "), "l-oeuvre-n-2");
        assert_eq!(slug("!!"), "");
    }
}
