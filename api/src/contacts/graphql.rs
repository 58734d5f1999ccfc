//! Contact points in the public schema.

use async_graphql::{Context, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{contact_point, values};

use super::loaders::ContactPointsKey;
use super::store::Owner;
use crate::graphql::ContextExt as _;
use crate::graphql::scalars::Date;
use crate::graphql_enum;

graphql_enum! {
    /// By which channel a contact point reaches its owner.
    ContactChannel of values::ContactChannel {
        /// Electronic mail.
        Email,
        /// Telephone.
        Phone,
        /// Postal mail.
        Postal,
        /// Web page.
        Website,
        /// Social network.
        Social,
    }
}

graphql_enum! {
    /// On which lawful basis a contact point is shown.
    LawfulBasisKind of values::LawfulBasis {
        /// It was read in a public source.
        PublicSource,
        /// Its owner consented.
        Consent,
    }
}

/// A way to reach a member, an organization or a space, shown on a lawful basis.
#[derive(SimpleObject)]
pub struct ContactPoint {
    /// The channel.
    channel: ContactChannel,
    /// The address, number or link.
    value: String,
    /// What it is for.
    label: Option<String>,
    /// Why it may be shown.
    basis: LawfulBasis,
}

/// Why a contact point may be shown.
#[derive(SimpleObject)]
pub struct LawfulBasis {
    /// The kind of basis.
    kind: LawfulBasisKind,
    /// The public source, if it is one.
    source_url: Option<String>,
    /// The day on which it was seen in the public source.
    seen_on: Option<Date>,
    /// The instant at which consent was given.
    consent_given_at: Option<DateTime<Utc>>,
}

impl ContactPoint {
    /// The contact points of `owner` that the viewer may see.
    pub async fn of(ctx: &Context<'_>, owner: Owner) -> Result<Vec<Self>> {
        let rows = ctx.loader().load_one(ContactPointsKey(owner)).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        Ok(rows.into_iter().flatten().filter_map(Self::new).collect())
    }

    fn new(row: contact_point::Model) -> Option<Self> {
        let basis = row.basis?;
        let from_source = basis == values::LawfulBasis::PublicSource;
        Some(Self {
            channel: row.channel.into(),
            value: row.value,
            label: row.label,
            basis: LawfulBasis {
                kind: basis.into(),
                source_url: row.source_url.filter(|_| from_source),
                seen_on: row.source_seen_on.filter(|_| from_source).map(Date),
                consent_given_at: row.consent_given_at.filter(|_| !from_source),
            },
        })
    }
}
