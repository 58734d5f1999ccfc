//! When two contents of one kind may be one. Pure: the same for who creates one, and for
//! imports.

use std::cmp::Ordering;

use entity::values::{DuplicateReason, LocationPrecision};
use uuid::Uuid;

use crate::geo::Point;
use crate::place::Place;
use crate::text::folded;

/// Names as alike as this, in one neighbourhood, are suspicious.
const SAME_NAME: f64 = 0.94;

/// Names as alike as this are suspicious at one address, or under one lead organization.
pub const SIMILAR_NAME: f64 = 0.8;

/// Streets as alike as this are one address.
const SAME_STREET: f64 = 0.9;

/// Points so near to each other are one address.
const SAME_ADDRESS_METRES: f64 = 150.0;

/// Points so near to each other are in one neighbourhood.
pub const NEIGHBOURHOOD_METRES: f64 = 1_000.0;

/// Words that say nothing of who bears a name.
const EMPTY_WORDS: [&str; 21] = [
    "association",
    "asso",
    "assoc",
    "de",
    "du",
    "des",
    "d",
    "la",
    "le",
    "les",
    "l",
    "et",
    "a",
    "au",
    "aux",
    "en",
    "sarl",
    "sas",
    "eurl",
    "scop",
    "scic",
];

/// What a content is called, as it is compared: the words that tell who bears the name, in an
/// order of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// The name written as `text`.
    pub fn new(text: &str) -> Self {
        let all = words(text);
        let telling = all.iter().filter(|word| !EMPTY_WORDS.contains(&&***word));
        let mut telling: Vec<&str> = telling.map(String::as_str).collect();
        if telling.is_empty() {
            telling = all.iter().map(String::as_str).collect();
        }
        telling.sort_unstable();
        Self(telling.join(" "))
    }

    /// How alike two names are, 0 to 1.
    pub fn likeness(&self, other: &Self) -> f64 {
        if self.0.is_empty() || other.0.is_empty() {
            return 0.0;
        }
        alike(&self.0, &other.0)
    }
}

/// One of the places where a content is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spot {
    pub street: Option<String>,
    pub postal_code: Option<String>,
    /// INSEE code.
    pub commune: Option<String>,
    /// Where it is, unless only its commune is known.
    pub point: Option<Point>,
}

impl Spot {
    /// What is compared of a place.
    pub fn of(place: Place) -> Self {
        let position = place.position;
        // All that is known by its commune alone is at one centroid, and not near.
        let known = position.filter(|one| one.precision != LocationPrecision::Commune);
        Self {
            street: place.street,
            postal_code: place.postal_code,
            commune: place.commune_insee,
            point: known.map(|one| one.point),
        }
    }

    /// A commune where a content is without an address.
    pub fn commune(insee_code: String) -> Self {
        Self {
            commune: Some(insee_code),
            ..Self::default()
        }
    }

    fn metres(&self, other: &Self) -> Option<f64> {
        let points = self.point.zip(other.point);
        points.map(|(one, other)| one.distance_metres(other))
    }

    fn is_near(&self, other: &Self, metres: f64) -> bool {
        self.metres(other).is_some_and(|apart| apart <= metres)
    }

    fn is_in_neighbourhood(&self, other: &Self) -> bool {
        same(self.commune.as_ref(), other.commune.as_ref())
            || same(self.postal_code.as_ref(), other.postal_code.as_ref())
            || self.is_near(other, NEIGHBOURHOOD_METRES)
    }

    fn is_same_address(&self, other: &Self) -> bool {
        let streets = self.street.as_deref().zip(other.street.as_deref());
        let one_street = || {
            let (one, other) = streets.map(|(a, b)| (words(a).join(" "), words(b).join(" ")))?;
            Some(alike(&one, &other) >= SAME_STREET)
        };
        self.is_near(other, SAME_ADDRESS_METRES)
            || (self.is_in_neighbourhood(other) && one_street().unwrap_or_default())
    }
}

/// What is compared of a content.
#[derive(Clone, Debug, PartialEq)]
pub struct Traits {
    /// What it is called, for people.
    pub title: String,
    pub name: Name,
    pub siren: Option<String>,
    pub rna: Option<String>,
    pub sirets: Vec<String>,
    /// The organization that leads it.
    pub lead: Option<Uuid>,
    pub spots: Vec<Spot>,
}

impl Traits {
    /// A content of which only the name is known.
    pub fn named(title: String) -> Self {
        Self {
            name: Name::new(&title),
            title,
            siren: None,
            rna: None,
            sirets: Vec::new(),
            lead: None,
            spots: Vec::new(),
        }
    }
}

/// Why two contents may be one, and how surely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Likeness {
    pub reason: DuplicateReason,
    /// 0 to 1, which is certain.
    pub score: f64,
    /// Metres between the nearest of their points, where both are known.
    pub metres: Option<f64>,
}

impl Likeness {
    /// The surest first, then the nearest.
    pub fn surest_first(&self, other: &Self) -> Ordering {
        let far = |one: &Self| one.metres.unwrap_or(f64::INFINITY);
        other
            .score
            .total_cmp(&self.score)
            .then(self.reason.cmp(&other.reason))
            .then(far(self).total_cmp(&far(other)))
    }
}

/// Two contents that may be one, the lesser identifier first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    left: Uuid,
    right: Uuid,
    likeness: Likeness,
}

impl Pair {
    /// The pair of two contents, in whichever order.
    pub fn new(one: Uuid, other: Uuid, likeness: Likeness) -> Self {
        Self {
            left: one.min(other),
            right: one.max(other),
            likeness,
        }
    }

    /// The identifiers of both.
    pub fn ids(&self) -> (Uuid, Uuid) {
        (self.left, self.right)
    }

    /// Why they may be one.
    pub fn likeness(&self) -> Likeness {
        self.likeness
    }
}

/// Why two contents of one kind may be one; nothing if they seem to be two.
pub fn compare(one: &Traits, other: &Traits) -> Option<Likeness> {
    let pairs = || {
        let spots = one.spots.iter();
        spots.flat_map(|a| other.spots.iter().map(move |b| (a, b)))
    };
    let metres = pairs()
        .filter_map(|(a, b)| a.metres(b))
        .min_by(f64::total_cmp);
    let told = |reason, score| {
        Some(Likeness {
            reason,
            score,
            metres,
        })
    };
    if one.sirets.iter().any(|siret| other.sirets.contains(siret)) {
        return told(DuplicateReason::SameSiret, 1.0);
    }
    if same(one.rna.as_ref(), other.rna.as_ref()) {
        return told(DuplicateReason::SameRna, 1.0);
    }
    if same(one.siren.as_ref(), other.siren.as_ref()) {
        return told(DuplicateReason::SameSiren, 1.0);
    }
    let score = one.name.likeness(&other.name);
    if score < SIMILAR_NAME {
        return None;
    }
    if same(one.lead.as_ref(), other.lead.as_ref()) {
        return told(DuplicateReason::SimilarNameAndLead, score);
    }
    let placed = pairs()
        .any(|(a, b)| a.is_same_address(b) || (score >= SAME_NAME && a.is_in_neighbourhood(b)));
    if placed {
        told(DuplicateReason::SimilarNameAndPlace, score)
    } else {
        None
    }
}

/// Both are known, and one.
fn same<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one == other)
}

/// How alike two texts are, whichever comes first: the measure itself would tell them apart.
fn alike(one: &str, other: &str) -> f64 {
    let (first, second) = if one <= other {
        (one, other)
    } else {
        (other, one)
    };
    strsim::jaro_winkler(first, second)
}

/// The words of a text, without accents and case.
fn words(text: &str) -> Vec<String> {
    folded(text)
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(title: &str, spot: Spot) -> Traits {
        Traits {
            spots: vec![spot],
            ..Traits::named(title.to_owned())
        }
    }

    fn in_street(title: &str, street: &str) -> Traits {
        let spot = Spot {
            street: Some(street.to_owned()),
            postal_code: Some("92220".to_owned()),
            ..Spot::default()
        };
        at(title, spot)
    }

    fn point(latitude: f64, longitude: f64) -> Spot {
        Spot {
            point: Point::new(latitude, longitude),
            ..Spot::default()
        }
    }

    fn reason(one: &Traits, other: &Traits) -> Option<DuplicateReason> {
        compare(one, other).map(|likeness| likeness.reason)
    }

    #[test]
    fn one_name_in_two_spellings_is_suspicious_and_two_names_are_not() {
        let one = in_street("TOUS AU WEB", "6 CHEMIN LATERAL");
        let same = in_street("Association Tous au Web", "6 chemin Latéral");
        let other = in_street("Médiathèque", "6 chemin Latéral");
        assert!(compare(&one, &same).is_some());
        assert!(compare(&one, &other).is_none());
        let elsewhere = in_street("Tous au Web", "1 place de la Mairie");
        assert!(compare(&one, &elsewhere).is_some());
    }

    #[test]
    fn accents_the_order_of_words_and_legal_forms_do_not_count() {
        for (one, other) in [
            ("L’Épicerie du CŒUR", "epicerie coeur"),
            (
                "Jardin partagé des Bas-Coudrais",
                "Bas Coudrais : jardin partagé",
            ),
            ("Association La Ruche", "LA RUCHE (SCOP)"),
        ] {
            let likeness = Name::new(one).likeness(&Name::new(other));
            assert!((likeness - 1.0).abs() < 1e-9, "{one}, {other}: {likeness}");
        }
        assert!(Name::new("La Ruche").likeness(&Name::new("Le Potager")) < SIMILAR_NAME);
        // A name of such words alone is still a name.
        assert!(Name::new("L’Association").likeness(&Name::new("L’association")) > 0.99);
        assert!(Name::new("!!").likeness(&Name::new("!!")) < 0.01);
    }

    #[test]
    fn a_name_is_compared_only_where_both_are() {
        let here = at("Le jardin partagé", point(48.78, 2.29));
        let near = at("Jardin partagé", point(48.785, 2.29));
        let far = at("Le jardin partagé", point(48.90, 2.29));
        assert_eq!(
            reason(&here, &near),
            Some(DuplicateReason::SimilarNameAndPlace)
        );
        assert_eq!(reason(&here, &far), None);
        let metres = compare(&here, &near).and_then(|likeness| likeness.metres);
        assert!(metres.is_some_and(|metres| (500.0..600.0).contains(&metres)));
        let commune = at("Jardin partagé", Spot::commune("92071".to_owned()));
        assert_eq!(reason(&here, &commune), None);
        assert!(reason(&commune, &commune).is_some());
    }

    #[test]
    fn one_number_or_one_lead_tells_more_than_the_place() {
        let siret = |title: &str| Traits {
            sirets: vec!["73282932000074".to_owned()],
            ..Traits::named(title.to_owned())
        };
        let likeness = compare(&siret("La Ruche"), &siret("Le Potager")).unwrap();
        assert_eq!(likeness.reason, DuplicateReason::SameSiret);
        assert!((likeness.score - 1.0).abs() < 1e-9);
        let led = |title: &str, lead: u128| Traits {
            lead: Some(Uuid::from_u128(lead)),
            ..Traits::named(title.to_owned())
        };
        let (one, other) = (led("Repair café", 1), led("Repair café mobile", 1));
        assert_eq!(
            reason(&one, &other),
            Some(DuplicateReason::SimilarNameAndLead)
        );
        assert_eq!(reason(&one, &led("Repair café", 2)), None);
        assert_eq!(reason(&one, &led("Ressourcerie", 1)), None);
    }

    fn any_traits() -> impl Strategy<Value = Traits> {
        let number = proptest::option::of("[12]");
        let spot = (
            proptest::option::of("[1-3] rue (des Lilas|du Port)"),
            proptest::option::of("9222[01]"),
            proptest::option::of("9207[12]"),
            proptest::option::of((48.77..48.79_f64, 2.28..2.30_f64)),
        );
        let spot = spot.prop_map(|(street, postal_code, commune, at)| Spot {
            street,
            postal_code,
            commune,
            point: at.and_then(|(latitude, longitude)| Point::new(latitude, longitude)),
        });
        (
            "(Le |La |Association )?(jardin|ruche|atelier)( partagé| des Lilas| 2)?|\\PC{0,12}",
            (
                number.clone(),
                number.clone(),
                proptest::collection::vec("[12]", 0..2),
            ),
            proptest::option::of(0_u128..2),
            proptest::collection::vec(spot, 0..3),
        )
            .prop_map(|(title, (siren, rna, sirets), lead, spots)| Traits {
                siren,
                rna,
                sirets,
                lead: lead.map(Uuid::from_u128),
                spots,
                ..Traits::named(title)
            })
    }

    proptest! {
        #[test]
        fn whichever_comes_first_says_the_same(one in any_traits(), other in any_traits()) {
            let likeness = compare(&one, &other);
            prop_assert_eq!(likeness, compare(&other, &one));
            prop_assert_eq!(likeness, compare(&one, &other));
            if let Some(likeness) = likeness {
                prop_assert!((SIMILAR_NAME..=1.0).contains(&likeness.score));
            }
        }

        #[test]
        fn a_content_somewhere_is_like_itself(traits in any_traits()) {
            let is_somewhere = traits.spots.iter().any(|spot| *spot != Spot::default());
            let tells = !traits.name.0.is_empty();
            let street_only = traits.spots.iter().all(|spot| {
                spot.commune.is_none() && spot.postal_code.is_none() && spot.point.is_none()
            });
            if is_somewhere && tells && !street_only {
                prop_assert!(compare(&traits, &traits).is_some());
            }
        }
    }
}
