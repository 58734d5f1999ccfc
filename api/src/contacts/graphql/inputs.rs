//! Inputs about contact points.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, OneofObject, Result};

use super::contact_point::{ContactChannel, ContactVisibility};
use crate::contacts::model::Source;
use crate::contacts::service::{Basis, NewPoint, Update, Words};
use crate::contacts::store::Owner;
use crate::graphql::ContextExt as _;
use crate::graphql::error::ErrorCode;
use crate::graphql::scalars::Date;
use crate::id::{GlobalId, Kind};

/// A new contact point.
#[derive(InputObject, Clone, Debug)]
pub struct ContactPointCreateInput {
    /// Under which it is created once, however often it is asked: 1 to 100 characters that
    /// you never use again for another one.
    idempotency_key: Option<String>,
    /// Global identifier of the member, organization, coworking space or initiative that it
    /// reaches; 20 contact points of each at most.
    owner: ID,
    /// Global identifier of the mandate of a member with which it expires.
    mandate: Option<ID>,
    /// The channel.
    channel: ContactChannel,
    /// The address, number or link: 500 characters at most.
    value: String,
    /// What it is for: 200 characters at most.
    label: Option<String>,
    /// To whom it is shown.
    visibility: ContactVisibility,
    /// Why it may be shown.
    basis: ContactBasisInput,
}

/// Why a contact point may be shown: one of the two.
#[derive(OneofObject, Clone, Debug)]
pub enum ContactBasisInput {
    /// It was read in a public source.
    Source(ContactSourceInput),
    /// Whoever asks, whom it reaches, consents.
    Consent(ContactConsentInput),
}

/// A public source.
#[derive(InputObject, Clone, Debug)]
pub struct ContactSourceInput {
    /// Address of the page.
    url: String,
    /// The day on which it was seen there; today at the latest.
    seen_on: Date,
}

/// Consent to the words of `contactConsentWording`.
#[derive(InputObject, Clone, Debug)]
pub struct ContactConsentInput {
    /// The version of the words that were shown; another one than the present answers
    /// `CONFLICT`.
    wording: String,
}

/// Changes of a contact point: what is absent stays.
#[derive(InputObject, Clone, Debug)]
pub struct ContactPointUpdateInput {
    /// Global identifier.
    id: ID,
    /// What it is for: 200 characters at most; null clears it.
    label: MaybeUndefined<String>,
    /// To whom it is shown.
    visibility: Option<ContactVisibility>,
    /// The public source in which it was seen again, if it was read in one.
    source: Option<ContactSourceInput>,
}

/// Which contact point to remove.
#[derive(InputObject, Clone, Debug)]
pub struct ContactPointDeleteInput {
    /// Global identifier.
    pub(super) id: ID,
}

/// Consent to have a contact point shown.
#[derive(InputObject, Clone, Debug)]
pub struct ContactConsentGiveInput {
    /// Global identifier of the contact point.
    pub(super) id: ID,
    /// The version of the words that were shown; another one than the present answers
    /// `CONFLICT`.
    pub(super) wording: String,
}

/// Which contact point to hide.
#[derive(InputObject, Clone, Debug)]
pub struct ContactConsentWithdrawInput {
    /// Global identifier of the contact point.
    pub(super) id: ID,
}

impl From<ContactSourceInput> for Source {
    fn from(input: ContactSourceInput) -> Self {
        Self {
            url: input.url.trim().to_owned(),
            seen_on: input.seen_on.into(),
        }
    }
}

/// Words that were shown in the language of this request.
pub(super) fn words(ctx: &Context<'_>, version: String) -> Words {
    let language = ctx.language();
    Words { version, language }
}

fn owner(ctx: &Context<'_>, id: &ID) -> Result<Owner> {
    let parsed = id.parse::<GlobalId>();
    let owner = parsed.ok().and_then(|id| match id.kind {
        Kind::Member => Some(Owner::Member(id.uuid)),
        Kind::Organization => Some(Owner::Organization(id.uuid)),
        Kind::CoworkingSpace => Some(Owner::Space(id.uuid)),
        Kind::Initiative => Some(Owner::Initiative(id.uuid)),
        _ => None,
    });
    owner.ok_or_else(|| {
        let shown = id.chars().take(60).collect();
        ctx.fault(ErrorCode::BadInput, "not-an-id", &[("value", shown)])
    })
}

impl ContactPointCreateInput {
    /// The contact point that is meant, and the idempotency key.
    pub(super) fn point(self, ctx: &Context<'_>) -> Result<(NewPoint, Option<String>)> {
        let mandate = self.mandate.map(|id| ctx.uuid(Kind::Mandate, &id));
        let new = NewPoint {
            owner: owner(ctx, &self.owner)?,
            mandate: mandate.transpose()?,
            channel: self.channel.into(),
            value: self.value,
            label: self.label,
            visibility: self.visibility.into(),
            basis: match self.basis {
                ContactBasisInput::Source(source) => Basis::Source(source.into()),
                ContactBasisInput::Consent(consent) => Basis::Consent(words(ctx, consent.wording)),
            },
        };
        Ok((new, self.idempotency_key))
    }
}

impl ContactPointUpdateInput {
    /// Which contact point is meant, and what changes of it.
    pub(super) fn update(self, ctx: &Context<'_>) -> Result<(uuid::Uuid, Update)> {
        let update = Update {
            label: match self.label {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(label) => Some(Some(label)),
            },
            visibility: self.visibility.map(Into::into),
            source: self.source.map(Into::into),
        };
        Ok((ctx.uuid(Kind::ContactPoint, &self.id)?, update))
    }
}
