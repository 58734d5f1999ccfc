//! Communes of the registry: by address, and by the outline in which a point lies.

use std::collections::HashMap;

use entity::commune;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QuerySelect};
use serde_json::Value;

use super::codes::key;
use crate::geo::Point;

/// Metres from the centroid of a commune without outline within which a point may be its own.
const NEIGHBOURHOOD: f64 = 15_000.0;

/// The communes of the registry.
#[derive(Default)]
pub struct Communes {
    all: Vec<Commune>,
    by_insee: HashMap<String, usize>,
    by_postal_code: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

/// A commune of the registry.
pub struct Commune {
    pub insee_code: String,
    pub centroid: Option<Point>,
    names: Vec<String>,
    outline: Vec<Polygon>,
}

/// Rings of longitudes and latitudes: the first is the border, the others are holes.
type Polygon = Vec<Vec<(f64, f64)>>;

/// How a commune was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// By its code, or by its name with its postal code or alone.
    Stated,
    /// As the only one of the postal code.
    ByPostalCode,
    /// As the one of the postal code in which the point lies.
    ByPoint,
}

/// Where a point lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies<'a> {
    In(&'a str),
    Outside,
    /// No outline tells.
    Unknown,
}

/// What a row tells of a commune.
#[derive(Clone, Copy, Debug, Default)]
pub struct Address<'a> {
    pub insee_code: Option<&'a str>,
    pub postal_code: Option<&'a str>,
    pub name: Option<&'a str>,
    pub point: Option<Point>,
    /// Whether a name without a postal code tells enough.
    pub by_name_alone: bool,
}

impl Communes {
    /// Reads the communes of the registry.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn load(connection: &impl ConnectionTrait) -> Result<Self, DbErr> {
        type Row = (
            String,
            String,
            Value,
            Option<f64>,
            Option<f64>,
            Option<Value>,
        );
        let rows: Vec<Row> = commune::Entity::find()
            .select_only()
            .columns([
                commune::Column::InseeCode,
                commune::Column::Name,
                commune::Column::PostalCodes,
                commune::Column::Latitude,
                commune::Column::Longitude,
                commune::Column::Outline,
            ])
            .into_tuple()
            .all(connection)
            .await?;
        let mut communes = Self::default();
        for (insee_code, name, postal_codes, latitude, longitude, outline) in rows {
            communes.add(
                Commune {
                    insee_code,
                    centroid: latitude
                        .zip(longitude)
                        .and_then(|(latitude, longitude)| Point::new(latitude, longitude)),
                    names: vec![name_key(&name)],
                    outline: outline
                        .map(|outline| polygons(&outline))
                        .unwrap_or_default(),
                },
                serde_json::from_value(postal_codes).unwrap_or_default(),
            );
        }
        Ok(communes)
    }

    /// The centroid of the commune of this code, where it is known.
    pub fn centroid(&self, insee_code: &str) -> Option<Point> {
        let index = self.by_insee.get(insee_code)?;
        self.all.get(*index)?.centroid
    }

    fn add(&mut self, commune: Commune, postal_codes: Vec<String>) {
        let index = self.all.len();
        self.by_insee.insert(commune.insee_code.clone(), index);
        for name in &commune.names {
            self.by_name.entry(name.clone()).or_default().push(index);
        }
        for postal_code in postal_codes {
            self.by_postal_code
                .entry(postal_code)
                .or_default()
                .push(index);
        }
        self.all.push(commune);
    }

    /// The code of the commune that has, or now holds what had, this code: the arrondissements
    /// of Paris, Lyon and Marseille have codes of their own.
    pub fn current<'a>(&'a self, insee_code: &'a str) -> Option<&'a str> {
        let whole = match insee_code {
            code if ("75101"..="75120").contains(&code) => "75056",
            code if ("69381"..="69389").contains(&code) => "69123",
            code if ("13201"..="13216").contains(&code) => "13055",
            code => code,
        };
        self.contains(whole).then_some(whole)
    }

    /// Whether the registry has a commune of this code.
    pub fn contains(&self, insee_code: &str) -> bool {
        self.by_insee.contains_key(insee_code)
    }

    /// The commune that an address tells of, and by what it was recognised.
    pub fn find(&self, address: Address<'_>) -> Option<(&Commune, Recognised)> {
        if let Some(code) = address.insee_code {
            let index = self.by_insee.get(code)?;
            return Some((self.all.get(*index)?, Recognised::Stated));
        }
        let of_code = address
            .postal_code
            .and_then(|code| self.by_postal_code.get(code))
            .map(|indexes| self.at(indexes))
            .unwrap_or_default();
        let Some(name) = address.name.map(name_key).filter(|name| !name.is_empty()) else {
            return match of_code.as_slice() {
                [only] => Some((only, Recognised::ByPostalCode)),
                several => self.holding(several, address.point),
            };
        };
        let named = |commune: &&&Commune| commune.names.contains(&name);
        if let Some(commune) = of_code.iter().find(named) {
            return Some((commune, Recognised::Stated));
        }
        if let Some(found) = self.holding(&of_code, address.point) {
            return Some(found);
        }
        // Postal codes of large receivers (CEDEX) are no commune's own.
        let elsewhere = self.at(self.by_name.get(&name)?);
        let [only] = elsewhere.as_slice() else {
            return None;
        };
        let is_meant = match address.postal_code.and_then(|code| code.get(..2)) {
            Some(departement) => of_code.is_empty() && only.insee_code.starts_with(departement),
            None => address.by_name_alone,
        };
        is_meant.then_some((only, Recognised::Stated))
    }

    fn holding<'a>(
        &self,
        communes: &[&'a Commune],
        point: Option<Point>,
    ) -> Option<(&'a Commune, Recognised)> {
        let point = point?;
        communes
            .iter()
            .find(|commune| commune.holds(point))
            .map(|commune| (*commune, Recognised::ByPoint))
    }

    fn at(&self, indexes: &[usize]) -> Vec<&Commune> {
        indexes
            .iter()
            .filter_map(|index| self.all.get(*index))
            .collect()
    }

    /// In which commune a point lies. `stated` is the commune of the address.
    pub fn locate(&self, point: Point, stated: Option<&str>) -> Lies<'_> {
        let mut outlines = self
            .all
            .iter()
            .filter(|commune| !commune.outline.is_empty());
        if let Some(commune) = outlines.clone().find(|commune| commune.holds(point)) {
            return Lies::In(&commune.insee_code);
        }
        let stated_without_outline = stated
            .and_then(|code| self.by_insee.get(code))
            .and_then(|index| self.all.get(*index))
            .is_some_and(|commune| commune.outline.is_empty());
        // A commune without outline may hold it.
        let is_near = |commune: &Commune| {
            commune.outline.is_empty()
                && commune
                    .centroid
                    .is_some_and(|centroid| centroid.distance_metres(point) <= NEIGHBOURHOOD)
        };
        let is_unknown = stated_without_outline || self.all.iter().any(is_near);
        if is_unknown || outlines.next().is_none() {
            Lies::Unknown
        } else {
            Lies::Outside
        }
    }
}

impl Commune {
    fn holds(&self, point: Point) -> bool {
        self.outline.iter().any(|rings| {
            // Even-odd: a point within a hole crosses two borders.
            rings.iter().filter(|ring| crosses_odd(ring, point)).count() % 2 == 1
        })
    }
}

fn crosses_odd(ring: &[(f64, f64)], point: Point) -> bool {
    let (x, y) = (point.longitude(), point.latitude());
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .filter(|((ax, ay), (bx, by))| {
            (*ay > y) != (*by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax
        })
        .count()
        % 2
        == 1
}

/// The polygons of a GeoJSON geometry.
fn polygons(geometry: &Value) -> Vec<Polygon> {
    let coordinates = geometry.get("coordinates").cloned().unwrap_or_default();
    match geometry.get("type").and_then(Value::as_str) {
        Some("Polygon") => serde_json::from_value(coordinates)
            .map(|polygon| vec![polygon])
            .unwrap_or_default(),
        Some("MultiPolygon") => serde_json::from_value(coordinates).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The name of a commune without what differs from one file to another: accents, hyphens,
/// « St » for « Saint », the article, CEDEX, arrondissements, and what stands in parentheses.
fn name_key(name: &str) -> String {
    let name = name.split('(').next().unwrap_or_default();
    // Between the words of a name, a soft hyphen stands for a hyphen.
    let key = key(&name.replace('\u{ad}', "-"));
    let key = key.replace(['.', ','], " ");
    let mut words: Vec<&str> = key
        .split_whitespace()
        .take_while(|word| *word != "cedex")
        .filter(|word| !is_ordinal(word))
        .map(|word| match word {
            "st" => "saint",
            "ste" => "sainte",
            "s" => "sur",
            "ss" => "sous",
            "lez" => "les",
            other => other,
        })
        .collect();
    if let [city, rest @ ..] = words.as_slice()
        && ["paris", "lyon", "marseille"].contains(city)
        && rest.iter().all(|word| is_district(word))
    {
        words.truncate(1);
    }
    // "L'Haÿ-les-Roses", "Haÿ-les-Roses (L')" and "Hay les Roses" are one.
    let is_article = |word: &&str| ["l", "le", "la", "les"].contains(word);
    if words.len() > 1 && words.first().is_some_and(is_article) {
        words.remove(0);
    }
    if words.len() > 1
        && words
            .last()
            .is_some_and(|word| ["l", "le", "la"].contains(word))
    {
        words.pop();
    }
    words.join(" ")
}

/// "12", "12e", "1er", "12eme".
fn is_ordinal(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let ending = word.get(digits..).unwrap_or_default();
    digits > 0 && ["", "e", "er", "eme", "ieme", "nd", "nde", "ere"].contains(&ending)
}

/// A word that tells an arrondissement after the name of its city.
fn is_district(word: &str) -> bool {
    let is_roman = word.chars().all(|character| "ivx".contains(character));
    is_roman || ["arrondissement", "arrdt", "ardt", "arr", "e", "er", "eme"].contains(&word)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn communes() -> Communes {
        let square = |west: f64| {
            polygons(&json!({
                "type": "Polygon",
                "coordinates": [
                    [[west, 48.0], [west + 1.0, 48.0], [west + 1.0, 49.0], [west, 49.0]],
                    [[west + 0.4, 48.4], [west + 0.6, 48.4], [west + 0.6, 48.6], [west + 0.4, 48.6]],
                ],
            }))
        };
        let mut communes = Communes::default();
        for (code, name, postal, outline) in [
            ("92064", "Saint-Cloud", "92210", square(2.0)),
            ("92048", "Meudon", "92190", square(3.0)),
            ("92999", "Meudon-la-Forêt", "92190", square(4.0)),
            ("49007", "Angers", "49000", Vec::new()),
        ] {
            communes.add(
                Commune {
                    insee_code: code.to_owned(),
                    centroid: None,
                    names: vec![name_key(name)],
                    outline,
                },
                vec![postal.to_owned()],
            );
        }
        communes
    }

    #[test]
    fn communes_are_recognised_as_addresses_write_them() {
        let communes = communes();
        let find = |postal_code, name, point: Option<(f64, f64)>| {
            communes
                .find(Address {
                    insee_code: None,
                    postal_code,
                    name,
                    point: point.and_then(|(latitude, longitude)| Point::new(latitude, longitude)),
                    by_name_alone: false,
                })
                .map(|(commune, how)| (commune.insee_code.as_str(), how))
        };
        let stated = Some(("92064", Recognised::Stated));
        assert_eq!(find(Some("92210"), Some("ST CLOUD"), None), stated);
        assert_eq!(
            find(Some("92213"), Some("Saint Cloud Cedex 2"), None),
            stated
        );
        for name in [
            "Saint\u{2011}Cloud",
            "Saint\u{2010}Cloud",
            "Saint–Cloud",
            "Saint\u{ad}Cloud",
            "Saint-Cloud\u{200b}",
            "St.-Cloud",
            "SAINT CLOUD (92)",
        ] {
            assert_eq!(find(Some("92210"), Some(name), None), stated, "{name}");
        }
        assert_eq!(find(Some("75001"), Some("Saint-Cloud"), None), None);
        assert_eq!(
            find(Some("92210"), None, None),
            Some(("92064", Recognised::ByPostalCode))
        );
        assert_eq!(find(Some("92210"), Some("Clamart"), None), None);
        assert_eq!(find(Some("92190"), None, None), None);
        assert_eq!(
            find(Some("92190"), None, Some((48.1, 4.1))),
            Some(("92999", Recognised::ByPoint))
        );
    }

    #[test]
    fn names_are_alike_in_every_usual_spelling() {
        for (one, others) in [
            (
                "L'Haÿ-les-Roses",
                vec![
                    "L HAY LES ROSES",
                    "HAY-LES-ROSES (L')",
                    "Haÿ les Roses",
                    "Haÿ-les-Roses, L'",
                ],
            ),
            (
                "Épinay-sur-Seine",
                vec!["EPINAY S/ SEINE", "Epinay s/Seine"],
            ),
            ("Le Chesnay-Rocquencourt", vec!["CHESNAY ROCQUENCOURT (LE)"]),
            (
                "Paris",
                vec![
                    "Paris 12e",
                    "Paris 12ème",
                    "PARIS 12EME ARRONDISSEMENT",
                    "Paris 12e Arrondissement",
                    "Paris XI",
                    "PARIS 16",
                    "Paris 1er",
                ],
            ),
            ("Lyon", vec!["LYON 07", "Lyon 7e Arrondissement"]),
        ] {
            for other in others {
                assert_eq!(name_key(other), name_key(one), "{other}");
            }
        }
        assert_ne!(name_key("Paris-l'Hôpital"), name_key("Paris"));
        assert_ne!(name_key("Les Lilas"), name_key("Les Mureaux"));
    }

    #[test]
    fn a_name_alone_is_enough_where_the_source_tells_of_this_territory_only() {
        let communes = communes();
        let find = |by_name_alone, postal_code| {
            let address = Address {
                name: Some("SAINT CLOUD"),
                postal_code,
                by_name_alone,
                ..Address::default()
            };
            let found = communes.find(address);
            found.map(|(commune, _)| commune.insee_code.as_str())
        };
        assert_eq!(find(true, None), Some("92064"));
        assert_eq!(find(false, None), None);
        assert_eq!(find(true, Some("75001")), None);
    }

    #[test]
    fn a_point_lies_in_a_commune_outside_of_all_or_nobody_knows() {
        let communes = communes();
        let point = |latitude, longitude| Point::new(latitude, longitude).unwrap();
        assert_eq!(communes.locate(point(48.1, 3.1), None), Lies::In("92048"));
        assert_eq!(communes.locate(point(48.5, 3.5), None), Lies::Outside);
        assert_eq!(
            communes.locate(point(47.4, -0.5), Some("92048")),
            Lies::Outside
        );
        assert_eq!(
            communes.locate(point(47.4, -0.5), Some("49007")),
            Lies::Unknown
        );
        assert_eq!(
            Communes::default().locate(point(48.1, 3.1), None),
            Lies::Unknown
        );
    }
}
