//! The words to which a person consents. Another version is another text: what somebody
//! consented to is kept with their consent.

use crate::i18n::Language;

/// The version that is shown now. Whoever changes the words of the messages
/// `consent-wording` changes it too.
pub const VERSION: &str = "2026-11";

/// The words of the present version.
pub fn text(language: Language) -> String {
    language.message("consent-wording", &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::secrets::digest;

    #[test]
    fn the_words_of_this_version_are_these() {
        // Other words need another VERSION, or nobody knows to what was consented.
        let digests = [Language::French, Language::English]
            .map(|language| digest(&text(language)).chars().take(8).collect::<String>());
        assert_eq!(VERSION, "2026-11");
        assert_eq!(digests, ["fc55e472", "3af7baa8"]);
    }
}
