//! The content of an organization, as it is written and reviewed.

use std::str::FromStr;

use chrono::NaiveDate;
use entity::values::{LegalForm, SiaeKind, StructureKind, WheelchairAccess};
use serde::{Deserialize, Serialize};

use super::identifiers::{Rna, Siren, Siret};
use crate::id::SiteRef;
use crate::problem::{Code, Problem, Problems, WriteError};
use crate::written::{self, Part, StatedPlace};

/// Everything that is written of an organization; its JSON is named as the public schema's
/// inputs are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationContent {
    pub name: String,
    pub acronym: Option<String>,
    pub legal_form: LegalForm,
    pub siae_kind: Option<SiaeKind>,
    pub structure_kind: Option<StructureKind>,
    /// First day of the approval as a solidarity enterprise of social utility.
    pub esus_starts_on: Option<NaiveDate>,
    /// First day on which that is over.
    pub esus_ends_on: Option<NaiveDate>,
    pub siren: Option<String>,
    pub rna: Option<String>,
    pub competes_on_market: Option<bool>,
    /// Markdown.
    pub description: Option<String>,
    pub website: Option<String>,
    pub founded_on: Option<NaiveDate>,
    pub sites: Vec<Site>,
}

/// One of the addresses of an organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Site {
    /// None of a new site, until its organization is known.
    pub id: Option<SiteRef>,
    pub name: Option<String>,
    pub siret: Option<String>,
    pub finess: Option<String>,
    #[serde(default)]
    pub is_head_office: bool,
    /// In OpenStreetMap's syntax.
    pub opening_hours: Option<String>,
    pub wheelchair_access: Option<WheelchairAccess>,
    pub place: Option<StatedPlace>,
}

impl OrganizationContent {
    /// The content in its one form: blanks around texts, in numbers, and empty texts left
    /// out.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn checked(mut self) -> Result<Self, WriteError> {
        self = self.tidied();
        let mut problems = Problems::default();
        let found = &mut problems;
        written::text(found, "name", &self.name, 300);
        written::optional_text(found, "acronym", self.acronym.as_deref(), 50);
        written::optional_text(found, "description", self.description.as_deref(), 20_000);
        written::url(found, "website", self.website.as_deref());
        let (starts_on, ends_on) = (self.esus_starts_on, self.esus_ends_on);
        written::period_until(found, "esusEndsOn", starts_on, ends_on);
        found.require(ends_on.is_none() || starts_on.is_some(), || {
            Problem::new(Code::Required, "esusStartsOn", "required")
        });
        number::<Siren>(found, "siren", "siren-invalid", &mut self.siren);
        number::<Rna>(found, "rna", "rna-invalid", &mut self.rna);
        written::list(found, "sites", &self.sites, 100);
        let mut head_office = false;
        for (position, site) in self.sites.iter_mut().enumerate() {
            let field = |name: &str| format!("sites.{position}.{name}");
            site.check(found, field);
            found.require(!(head_office && site.is_head_office), || {
                Problem::new(Code::Invalid, &field("isHeadOffice"), "one-head-office")
            });
            head_office |= site.is_head_office;
        }
        self.check_sirets(found);
        self.check_unit(found);
        problems.none()?;
        Ok(self)
    }

    /// The sites of an organization are establishments of its legal unit, whose SIREN their
    /// SIRETs tell.
    fn check_unit(&mut self, problems: &mut Problems) {
        for (position, site) in self.sites.iter().enumerate() {
            let siret = site.siret.as_deref().map(str::parse::<Siret>);
            let Some(Ok(siret)) = siret else { continue };
            let siren = self.siren.get_or_insert_with(|| siret.siren().to_owned());
            problems.require(siren == siret.siren(), || {
                let field = siret_field(position);
                Problem::new(Code::Invalid, &field, "siret-of-another-unit").with("value", siren)
            });
        }
    }

    /// Two sites of one SIRET are one site.
    fn check_sirets(&self, problems: &mut Problems) {
        for (position, site) in self.sites.iter().enumerate() {
            let Some(siret) = &site.siret else { continue };
            let mut earlier = self.sites.iter().take(position);
            let twice = earlier.any(|other| other.siret.as_ref() == Some(siret));
            problems.require(!twice, || taken(&siret_field(position), siret));
        }
    }

    /// The content in its one form.
    pub fn tidied(mut self) -> Self {
        self.name = self.name.trim().to_owned();
        for text in [
            &mut self.acronym,
            &mut self.siren,
            &mut self.rna,
            &mut self.description,
            &mut self.website,
        ] {
            *text = written::trimmed(text.take());
        }
        for site in &mut self.sites {
            for text in [
                &mut site.name,
                &mut site.siret,
                &mut site.finess,
                &mut site.opening_hours,
            ] {
                *text = written::trimmed(text.take());
            }
            site.place = site.place.take().and_then(StatedPlace::tidied);
        }
        self
    }
}

impl Part for Site {
    type Reference = SiteRef;
    const LIST: &'static str = "sites";
    const NAME: &'static str = "site";
    const UNKNOWN: &'static str = "unknown-site";

    fn id(&mut self) -> &mut Option<SiteRef> {
        &mut self.id
    }
}

impl Site {
    fn check(&mut self, problems: &mut Problems, field: impl Fn(&str) -> String) {
        written::optional_text(problems, &field("name"), self.name.as_deref(), 300);
        let siret = &mut self.siret;
        number::<Siret>(problems, &field("siret"), "siret-invalid", siret);
        let finess = self.finess.as_deref();
        let valid = finess.is_none_or(|finess| {
            finess.len() == 9 && finess.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        problems.require(valid, || {
            Problem::new(Code::Invalid, &field("finess"), "finess-invalid")
        });
        let hours = &mut self.opening_hours;
        written::opening_hours(problems, &field("openingHours"), hours);
        if let Some(place) = &self.place {
            place.check(problems, &field("place"));
        }
    }
}

/// The field of the SIRET of the site at this position.
pub fn siret_field(position: usize) -> String {
    format!("sites.{position}.siret")
}

/// A problem with a number that something else has already.
pub fn taken(field: &str, number: &str) -> Problem {
    Problem::new(Code::Taken, field, "number-taken").with("value", number)
}

/// Checks an official number, and writes it in its one form; `key` is the message when it is
/// none.
fn number<T: FromStr + ToString>(
    problems: &mut Problems,
    field: &str,
    key: &'static str,
    number: &mut Option<String>,
) {
    let Some(text) = number else { return };
    match text.parse::<T>() {
        Ok(parsed) => *text = parsed.to_string(),
        Err(_) => {
            let shown: String = text.chars().take(60).collect();
            problems.add(Problem::new(Code::Invalid, field, key).with("value", shown));
        }
    }
}
