//! A contact point as it is shown.

use async_graphql::{Context, ID, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{contact_point, values};

use crate::contacts::Owner;
use crate::contacts::loaders::ContactPointsKey;
use crate::graphql::ContextExt as _;
use crate::graphql::scalars::Date;
use crate::graphql_enum;
use crate::id::{GlobalId, Kind};

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

graphql_enum! {
    /// To whom a contact point is shown, if there is a basis for it.
    ContactVisibility of values::ContactVisibility {
        /// Everybody.
        Public,
        /// Members of the network, staff and administrators.
        Network,
    }
}

/// A way to reach a member, an organization or a space, shown on a lawful basis.
#[derive(SimpleObject)]
pub struct ContactPoint {
    /// Global identifier.
    id: ID,
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
        let (kind, uuid) = (Kind::ContactPoint, row.id);
        Some(Self {
            id: GlobalId { kind, uuid }.to_string().into(),
            channel: row.channel.into(),
            basis: LawfulBasis::of(&row)?,
            value: row.value,
            label: row.label,
        })
    }
}

impl LawfulBasis {
    /// Why a contact point may be shown, if it may.
    pub(super) fn of(row: &contact_point::Model) -> Option<Self> {
        let basis = row.basis.filter(|_| row.consent_withdrawn_at.is_none())?;
        let from_source = basis == values::LawfulBasis::PublicSource;
        Some(Self {
            kind: basis.into(),
            source_url: row.source_url.clone().filter(|_| from_source),
            seen_on: row.source_seen_on.filter(|_| from_source).map(Date),
            consent_given_at: row.consent_given_at.filter(|_| !from_source),
        })
    }
}
