//! Official identifiers: which are sound, and by which rule.

/// The SIREN of La Poste, whose establishments follow a rule of their own.
const LA_POSTE: &str = "356000000";

/// The SIRET of the head office of La Poste, which follows the general rule.
const LA_POSTE_HEAD_OFFICE: &str = "35600000000048";

/// By which rule a SIRET is sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiretRule {
    Luhn,
    LaPoste,
}

/// The rule by which 14 digits are a SIRET, if they are one.
pub fn siret_rule(digits: &str) -> Option<SiretRule> {
    let is_number = digits.len() == 14 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || digits.bytes().all(|byte| byte == b'0') {
        return None;
    }
    if digits.starts_with(LA_POSTE) && digits != LA_POSTE_HEAD_OFFICE {
        let sum: u32 = digits.bytes().map(|byte| u32::from(byte - b'0')).sum();
        return sum.is_multiple_of(5).then_some(SiretRule::LaPoste);
    }
    passes_luhn(digits).then_some(SiretRule::Luhn)
}

/// Whether `digits` are a SIREN.
pub fn is_siren(digits: &str) -> bool {
    digits.len() == 9
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.bytes().any(|byte| byte != b'0')
        && passes_luhn(digits)
}

/// Whether `text` is the number of an association in the national register.
pub fn is_rna(text: &str) -> bool {
    text.len() == 10
        && text
            .strip_prefix('W')
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether `text` is a FINESS number.
pub fn is_finess(text: &str) -> bool {
    text.len() == 9
        && text
            .bytes()
            .enumerate()
            .all(|(index, byte)| byte.is_ascii_digit() || index == 1 && byte.is_ascii_uppercase())
}

fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte.saturating_sub(b'0'));
            match (index % 2, digit * 2) {
                (0, _) => digit,
                (_, double) if double > 9 => double - 9,
                (_, double) => double,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_siret_follows_luhn_or_the_rule_of_la_poste() {
        assert_eq!(siret_rule("73282932000074"), Some(SiretRule::Luhn));
        assert_eq!(siret_rule("73282932000075"), None);
        assert_eq!(siret_rule("35600000000048"), Some(SiretRule::Luhn));
        assert_eq!(siret_rule("35600000011006"), None);
        assert_eq!(siret_rule("35600000049837"), Some(SiretRule::LaPoste));
        assert_eq!(siret_rule("35600000049838"), None);
        assert_eq!(siret_rule("00000000000000"), None);
        assert_eq!(siret_rule("7328293200007"), None);
    }

    #[test]
    fn other_identifiers_have_their_forms() {
        assert!(is_siren("356000000") && is_siren("732829320"));
        assert!(!is_siren("000000000") && !is_siren("775000000") && !is_siren("73282932"));
        assert!(is_rna("W921001234") && !is_rna("W92100123") && !is_rna("w921001234"));
        assert!(is_finess("950009829") && is_finess("2A0000012") && !is_finess("95000982A"));
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_seen(
            siren in "[1-9][0-9]{12}", position in 0..14_usize, shift in 1..10_u8,
        ) {
            let sound = (0..10)
                .map(|check| format!("{siren}{check}"))
                .find(|siret| passes_luhn(siret))
                .unwrap();
            prop_assume!(!sound.starts_with(LA_POSTE));
            prop_assert_eq!(siret_rule(&sound), Some(SiretRule::Luhn));
            let mut bytes = sound.into_bytes();
            bytes[position] = b'0' + (bytes[position] - b'0' + shift) % 10;
            let wrong = String::from_utf8(bytes).unwrap();
            prop_assume!(!wrong.starts_with(LA_POSTE));
            prop_assert_eq!(siret_rule(&wrong), None);
        }

        #[test]
        fn any_text_can_be_judged(text in "\\PC{0,20}") {
            let _ = (siret_rule(&text), is_siren(&text), is_rna(&text), is_finess(&text));
        }
    }
}
