//! What is written of members.

use async_graphql::{Context, ID, InputObject, Result};
use entity::values;

use super::enums::{BodyKind, MemberKind};
use crate::content_inputs;
use crate::graphql::patch::{Given, optional};
use crate::graphql::scalars::Date;
use crate::id::OrganizationRef;
use crate::members::content::{Body, Delegation, Mandate, MemberContent};

/// An office that a member holds or held.
#[derive(InputObject, Clone, Debug)]
pub struct MandateInput {
    /// Global identifier of a mandate that the member has; absent for a new one.
    pub id: Option<ID>,
    /// The body where it is held.
    pub body: MandateBodyInput,
    /// The office: 200 characters at most.
    pub office: String,
    /// The delegations that go with it, 50 at most.
    #[graphql(default)]
    pub delegations: Vec<DelegationInput>,
    /// First day; null if it is not known.
    pub starts_on: Option<Date>,
    /// First day on which it is over; null while it lasts.
    pub ends_on: Option<Date>,
}

/// The body where a mandate is held.
#[derive(InputObject, Clone, Debug)]
pub struct MandateBodyInput {
    /// Its kind.
    pub kind: BodyKind,
    /// INSEE code of the commune, SIREN of the intercommunality or code of the département;
    /// null for the network and the state.
    pub code: Option<String>,
}

/// A portfolio that goes with a mandate.
#[derive(InputObject, Clone, Debug)]
pub struct DelegationInput {
    /// What it is about: 200 characters at most.
    pub label: String,
    /// Slug of the theme that it is about.
    pub theme: Option<String>,
}

content_inputs! {
    /// A new directory entry.
    MemberCreateInput;
    /// Changes of a directory entry: what is absent stays, what is null is cleared.
    MemberUpdateInput;
    MemberPatch of MemberContent;
    required {
        /// Whether the member is elected or staff.
        kind: MemberKind as values::MemberKind,
    }
    defaulted {}
    optional {
        /// Name: 200 characters at most; needed unless there is a mandate, by whose office
        /// the member is then shown.
        display_name: String as String,
        /// INSEE code of the commune.
        commune: String as String,
        /// Global identifier of the organization to which the member belongs.
        organization: ID as OrganizationRef,
    }
    lists {
        /// All mandates, past and present, 100 at most: those of the list at hand that are
        /// missing are removed, with the ways to reach the member that hang on them.
        mandates: MandateInput as Mandate,
    }
}

impl Given<Mandate> for MandateInput {
    fn given(self, ctx: &Context<'_>) -> Result<Mandate> {
        Ok(Mandate {
            id: optional(self.id, ctx)?,
            body: Body {
                kind: self.body.kind.into(),
                code: self.body.code,
            },
            office: self.office,
            delegations: self
                .delegations
                .into_iter()
                .map(|delegation| Delegation {
                    label: delegation.label,
                    theme: delegation.theme,
                })
                .collect(),
            starts_on: self.starts_on.map(Into::into),
            ends_on: self.ends_on.map(Into::into),
        })
    }
}
