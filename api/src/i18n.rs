//! Messages in the reader's language, from the files of `locales/`.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_langneg::{NegotiationStrategy, accepted_languages, negotiate_languages};
use unic_langid::{LanguageIdentifier, langid};

/// A language that messages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    French,
    English,
}

impl Language {
    /// The best language for a reader who sends this `Accept-Language`; French when
    /// nothing fits.
    pub fn negotiate(accept_language: &str) -> Self {
        let available = [langid!("fr"), langid!("en")];
        let requested = accepted_languages::parse(accept_language);
        let best = negotiate_languages(
            &requested,
            &available,
            available.first(),
            NegotiationStrategy::Lookup,
        );
        match best.first() {
            Some(language) if **language == langid!("en") => Self::English,
            _ => Self::French,
        }
    }

    /// Its code, as HTML and e-mail name it (ISO 639-1).
    pub fn code(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }

    /// The message `key` with its `arguments`; the key itself if no file has it.
    pub fn message(self, key: &str, arguments: &[(&str, String)]) -> String {
        let bundle = match self {
            Self::French => &*FRENCH,
            Self::English => &*ENGLISH,
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut values = FluentArgs::new();
        for (name, value) in arguments {
            values.set(*name, value.as_str());
        }
        bundle
            .format_pattern(pattern, Some(&values), &mut Vec::new())
            .into_owned()
    }
}

type Bundle = FluentBundle<FluentResource>;

static FRENCH: LazyLock<Bundle> = LazyLock::new(|| bundle(langid!("fr"), FRENCH_SOURCES));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(langid!("en"), ENGLISH_SOURCES));

/// The files of each language, in the same order.
const FRENCH_SOURCES: &[&str] = &[
    include_str!("../locales/fr.ftl"),
    include_str!("../locales/mail.fr.ftl"),
];
const ENGLISH_SOURCES: &[&str] = &[
    include_str!("../locales/en.ftl"),
    include_str!("../locales/mail.en.ftl"),
];

/// The messages of one language; the unit tests hold that nothing in its files is lost.
fn bundle(language: LanguageIdentifier, sources: &[&str]) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    for source in sources {
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        // The second of two messages with one key would be refused: there is none.
        let _ = bundle.add_resource(resource);
    }
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(source: &str) -> BTreeSet<&str> {
        source
            .lines()
            .filter(|line| !line.starts_with(['#', ' ']))
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key)
            .collect()
    }

    #[test]
    fn the_files_are_valid_and_both_languages_have_the_same_messages() {
        let mut known = BTreeSet::new();
        assert_eq!(FRENCH_SOURCES.len(), ENGLISH_SOURCES.len());
        for (french, english) in FRENCH_SOURCES.iter().zip(ENGLISH_SOURCES) {
            assert!(FluentResource::try_new((*french).to_owned()).is_ok());
            assert!(FluentResource::try_new((*english).to_owned()).is_ok());
            assert_eq!(keys(french), keys(english));
            for key in keys(french) {
                assert!(known.insert(key), "{key} is in two files");
            }
        }
    }

    #[test]
    fn french_unless_english_is_preferred() {
        for (header, language) in [
            ("", Language::French),
            ("de", Language::French),
            ("en-GB,en;q=0.8", Language::English),
            ("fr-FR, en;q=0.5", Language::French),
        ] {
            assert_eq!(Language::negotiate(header), language, "{header}");
        }
    }
}
