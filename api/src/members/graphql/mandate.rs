//! Mandates and delegations in the public schema.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use entity::mandate;

use super::enums::BodyKind;
use crate::graphql::ContextExt as _;
use crate::graphql::scalars::Date;
use crate::id::{GlobalId, Kind};
use crate::members::loaders::DelegationsKey;
use crate::members::model;
use crate::territory::graphql::{Commune, Departement, Intercommunality};
use crate::themes::graphql::Theme;

/// An office that a member holds or held.
pub struct Mandate(mandate::Model);

impl Mandate {
    /// The mandate as the schema shows it.
    pub fn new(row: mandate::Model) -> Self {
        Self(row)
    }
}

/// The body where a mandate is held.
#[derive(SimpleObject)]
pub struct MandateBody {
    /// Its kind.
    kind: BodyKind,
    /// The commune, if it is one.
    commune: Option<Commune>,
    /// The intercommunality, if it is one.
    intercommunality: Option<Intercommunality>,
    /// The département, if it is one.
    departement: Option<Departement>,
}

/// A portfolio that goes with a mandate.
#[derive(SimpleObject)]
pub struct Delegation {
    /// What it is about.
    label: String,
    /// The theme that it is about, if it is about one.
    theme: Option<Theme>,
}

/// An office that a member holds or held.
#[Object]
impl Mandate {
    /// Global identifier, by which an update keeps it.
    async fn id(&self) -> ID {
        GlobalId {
            kind: Kind::Mandate,
            uuid: self.0.id,
        }
        .to_string()
        .into()
    }

    /// The body where it is held.
    async fn body(&self, ctx: &Context<'_>) -> MandateBody {
        let territory = ctx.territory();
        MandateBody {
            kind: self.0.body_kind.into(),
            commune: self
                .0
                .commune_insee
                .as_deref()
                .and_then(|insee_code| territory.commune(insee_code))
                .map(Commune::new),
            intercommunality: self
                .0
                .intercommunality_siren
                .as_deref()
                .and_then(|siren| territory.intercommunality(siren))
                .map(Intercommunality::new),
            departement: self
                .0
                .departement_code
                .as_deref()
                .and_then(|code| territory.departement(code))
                .map(Departement::new),
        }
    }

    /// The office.
    async fn office(&self) -> &str {
        &self.0.office
    }

    /// The delegations that go with it.
    async fn delegations(&self, ctx: &Context<'_>) -> Result<Vec<Delegation>> {
        let rows = ctx.loader().load_one(DelegationsKey(self.0.id)).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        Ok(rows
            .into_iter()
            .flatten()
            .map(|row| Delegation {
                label: row.label,
                theme: row
                    .theme_id
                    .and_then(|id| ctx.themes().by_id(id))
                    .map(Theme::new),
            })
            .collect())
    }

    /// First day; null if it is not known.
    async fn starts_on(&self) -> Option<Date> {
        self.0.starts_on.map(Date)
    }

    /// First day on which it is over; null while it lasts.
    async fn ends_on(&self) -> Option<Date> {
        self.0.ends_on.map(Date)
    }

    /// Whether it is in force on a date.
    async fn is_current(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The date; today if absent.")] on: Option<Date>,
    ) -> bool {
        model::is_in_force(&self.0, ctx.date_or_today(on))
    }
}
