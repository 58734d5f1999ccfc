//! Acronyms of the field and what they stand for.

use std::sync::LazyLock;

use super::analysis;

/// Each acronym, folded, and the ways in which its meaning is written.
const ACRONYMS: &[(&str, &[&str])] = &[
    (
        "aci",
        &["atelier et chantier d'insertion", "chantier d'insertion"],
    ),
    ("ai", &["association intermédiaire"]),
    (
        "amap",
        &["association pour le maintien d'une agriculture paysanne"],
    ),
    ("caf", &["caisse d'allocations familiales"]),
    ("cae", &["coopérative d'activité et d'emploi"]),
    ("ccas", &["centre communal d'action sociale"]),
    (
        "cress",
        &["chambre régionale de l'économie sociale et solidaire"],
    ),
    ("cuma", &["coopérative d'utilisation de matériel agricole"]),
    ("dla", &["dispositif local d'accompagnement"]),
    ("ea", &["entreprise adaptée"]),
    ("eatt", &["entreprise adaptée de travail temporaire"]),
    ("ei", &["entreprise d'insertion"]),
    (
        "eiti",
        &["entreprise d'insertion par le travail indépendant"],
    ),
    (
        "epci",
        &["établissement public de coopération intercommunale"],
    ),
    ("ept", &["établissement public territorial"]),
    (
        "esat",
        &[
            "établissement et service d'aide par le travail",
            "établissement et service d'accompagnement par le travail",
        ],
    ),
    ("ess", &["économie sociale et solidaire"]),
    ("esus", &["entreprise solidaire d'utilité sociale"]),
    ("etti", &["entreprise de travail temporaire d'insertion"]),
    ("feder", &["fonds européen de développement régional"]),
    ("fse", &["fonds social européen"]),
    (
        "geiq",
        &["groupement d'employeurs pour l'insertion et la qualification"],
    ),
    ("iae", &["insertion par l'activité économique"]),
    ("mjc", &["maison des jeunes et de la culture"]),
    ("plie", &["plan local pour l'insertion et l'emploi"]),
    ("ptce", &["pôle territorial de coopération économique"]),
    (
        "qpv",
        &[
            "quartier prioritaire de la politique de la ville",
            "quartier prioritaire",
        ],
    ),
    ("rna", &["répertoire national des associations"]),
    ("scic", &["société coopérative d'intérêt collectif"]),
    (
        "scop",
        &[
            "société coopérative et participative",
            "société coopérative ouvrière de production",
        ],
    ),
    ("siae", &["structure d'insertion par l'activité économique"]),
    (
        "urssaf",
        &["union de recouvrement des cotisations de sécurité sociale et d'allocations familiales"],
    ),
    ("zrr", &["zone de revitalisation rurale"]),
];

/// An acronym, and one of its meanings as stems.
struct Meaning {
    acronym: &'static str,
    stems: Vec<String>,
}

/// All meanings, those of most words first.
static MEANINGS: LazyLock<Vec<Meaning>> = LazyLock::new(|| {
    let mut meanings: Vec<Meaning> = ACRONYMS
        .iter()
        .flat_map(|(acronym, meanings)| {
            meanings.iter().map(|meaning| Meaning {
                acronym,
                stems: analysis::tokens(meaning)
                    .into_iter()
                    .map(|token| token.stem)
                    .collect(),
            })
        })
        .collect();
    meanings.sort_by_key(|meaning| std::cmp::Reverse(meaning.stems.len()));
    meanings
});

/// What the folded `word` stands for, if it is an acronym.
pub fn meanings(word: &str) -> Option<&'static [&'static str]> {
    ACRONYMS
        .iter()
        .find(|(acronym, _)| *acronym == word)
        .map(|(_, meanings)| *meanings)
}

/// What the folded `word` stands for, each meaning as its stems.
pub fn expansions(word: &str) -> impl Iterator<Item = &'static [String]> {
    MEANINGS
        .iter()
        .filter(move |meaning| meaning.acronym == word)
        .map(|meaning| meaning.stems.as_slice())
}

/// The longest meaning with which `stems` begin: how many stems it takes, and its acronym.
pub fn abbreviation(stems: &[&str]) -> Option<(usize, &'static str)> {
    MEANINGS
        .iter()
        .find(|meaning| {
            stems.len() >= meaning.stems.len()
                && stems.iter().zip(&meaning.stems).all(|(a, b)| a == b)
        })
        .map(|meaning| (meaning.stems.len(), meaning.acronym))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn abbreviated(text: &str) -> Option<(usize, &'static str)> {
        let tokens = analysis::tokens(text);
        let stems: Vec<&str> = tokens.iter().map(|token| token.stem.as_str()).collect();
        abbreviation(&stems)
    }

    #[test]
    fn every_acronym_is_folded_and_means_several_words() {
        for (acronym, meanings) in ACRONYMS {
            assert_eq!(crate::text::folded(acronym), *acronym);
            assert!(!meanings.is_empty(), "{acronym}");
        }
        for meaning in MEANINGS.iter() {
            assert!(meaning.stems.len() >= 2, "{}", meaning.acronym);
        }
    }

    #[test]
    fn meanings_are_recognised_in_every_form_and_the_longest_wins() {
        assert_eq!(
            abbreviated("Sociétés coopératives d'intérêt collectif"),
            Some((4, "scic"))
        );
        assert_eq!(
            abbreviated("entreprise d'insertion à Nanterre"),
            Some((2, "ei"))
        );
        assert_eq!(
            abbreviated("entreprise d'insertion par le travail indépendant"),
            Some((4, "eiti"))
        );
        assert_eq!(abbreviated("entreprise"), None);
    }
}
