//! What somebody knows of a content that may be in the registry already.

use std::collections::HashSet;
use std::str::FromStr;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::finding::{Found, find};
use super::rules::{Spot, Traits};
use super::{contents, store};
use crate::change::Subject;
use crate::organizations::identifiers::{Rna, Siren, Siret};
use crate::problem::{Code, Problem, Problems, WriteError};
use crate::viewer::Scope;
use crate::written::{self, StatedPlace};

/// Characters of a name, at the most.
const LONGEST_NAME: usize = 300;

/// Items of a list, at the most.
const LONGEST_LIST: usize = 100;

/// A content as somebody is about to create it.
#[derive(Clone, Debug)]
pub struct Sought {
    pub subject: Subject,
    /// Its identifier, if it was created already.
    pub id: Option<Uuid>,
    pub name: String,
    pub siren: Option<String>,
    pub rna: Option<String>,
    pub sirets: Vec<String>,
    /// The organization that leads it.
    pub lead: Option<Uuid>,
    /// INSEE codes of communes where it is without an address.
    pub communes: Vec<String>,
    pub places: Vec<StatedPlace>,
}

impl Sought {
    /// A content of which only the name is known.
    pub fn named(subject: Subject, name: String) -> Self {
        Self {
            subject,
            id: None,
            name,
            siren: None,
            rna: None,
            sirets: Vec::new(),
            lead: None,
            communes: Vec::new(),
            places: Vec::new(),
        }
    }

    /// The contents that `scope` may see and that may be this one, the surest first.
    ///
    /// # Errors
    /// When something of it is not of its form, or the database cannot be read.
    pub async fn find(
        self,
        connection: &impl ConnectionTrait,
        scope: Scope,
    ) -> Result<Vec<Found>, WriteError> {
        let (subject, id) = (self.subject, self.id);
        let Some(table) = contents::table_of(subject) else {
            return Ok(Vec::new());
        };
        let traits = self.traits(connection).await?;
        let mut but = HashSet::new();
        if let Some(id) = id {
            but = store::different_from(connection, scope, subject, id).await?;
            but.insert(id);
        }
        Ok(find(connection, table, Some(scope), &traits, &but).await?)
    }

    async fn traits(self, connection: &impl ConnectionTrait) -> Result<Traits, WriteError> {
        let mut problems = Problems::default();
        written::text(&mut problems, "name", &self.name, LONGEST_NAME);
        written::list(&mut problems, "communes", &self.communes, LONGEST_LIST);
        written::list(&mut problems, "sirets", &self.sirets, LONGEST_LIST);
        written::list(&mut problems, "places", &self.places, LONGEST_LIST);
        for place in self.places.iter().take(LONGEST_LIST) {
            place.check(&mut problems, "place");
        }
        let siren = number::<Siren>(&mut problems, "siren-invalid", self.siren);
        let rna = number::<Rna>(&mut problems, "rna-invalid", self.rna);
        let sirets: Vec<String> = self
            .sirets
            .into_iter()
            .filter_map(|siret| number::<Siret>(&mut problems, "siret-invalid", Some(siret)))
            .collect();
        problems.none()?;
        let places = self.places.into_iter().map(StatedPlace::tidied);
        let places: Vec<Option<StatedPlace>> = places.collect();
        let places = StatedPlace::places(connection, places.iter().map(Option::as_ref)).await?;
        let places = places.into_iter().map(Spot::of);
        let communes = self.communes.into_iter().map(Spot::commune);
        Ok(Traits {
            siren,
            rna,
            sirets,
            lead: self.lead,
            spots: places.chain(communes).collect(),
            ..Traits::named(self.name)
        })
    }
}

/// An official number in its one form; an empty one is none.
fn number<T: FromStr + ToString>(
    problems: &mut Problems,
    key: &'static str,
    number: Option<String>,
) -> Option<String> {
    let number = written::trimmed(number)?;
    let parsed = number.parse::<T>().map(|parsed| parsed.to_string());
    problems.keep(parsed.map_err(|_| {
        let shown: String = number.chars().take(60).collect();
        Problem::new(Code::Invalid, "number", key).with("value", shown)
    }))
}
