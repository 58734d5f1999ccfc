//! A member in the public schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Lookahead, Object, Result};
use chrono::{DateTime, Utc};
use entity::{mandate, member};
use uuid::Uuid;

use super::enums::MemberKind;
use super::facets::MemberFacets;
use super::mandate::Mandate;
use crate::change::Subject;
use crate::connection;
use crate::contacts::Owner;
use crate::contacts::graphql::ContactPoint;
use crate::graphql::{ContextExt as _, selected};
use crate::id::{GlobalId, Kind};
use crate::members::loaders::{MandatesKey, MemberKey, MemberSlugKey};
use crate::members::policy::MEMBER;
use crate::members::{MemberListing, MemberRow, model, parts, store};
use crate::organizations::graphql::Organization;
use crate::parts::Parts;
use crate::review::graphql::Content;
use crate::territory::graphql::Commune;

/// A member of the network: elected, or staff.
pub struct Member(Arc<member::Model>);

connection! {
    /// Members of the network.
    MemberConnection, MemberEdge, Member, MemberListing, facets: MemberFacets
}

impl Member {
    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<MemberRow>, _: &MemberListing) -> Self {
        Self(Arc::clone(&row.0))
    }

    /// The member of this identifier, if the viewer may see them.
    pub async fn by_id(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>> {
        let row = ctx.loader().load_one(MemberKey(id)).await;
        Ok(row.map_err(|error| ctx.internal(error))?.map(Self))
    }

    /// The member of this slug, if the viewer may see them.
    pub async fn by_slug(ctx: &Context<'_>, slug: String) -> Result<Option<Self>> {
        let row = ctx.loader().load_one(MemberSlugKey(slug)).await;
        Ok(row.map_err(|error| ctx.internal(error))?.map(Self))
    }

    async fn mandate_rows(&self, ctx: &Context<'_>) -> Result<Vec<mandate::Model>> {
        let rows = ctx.loader().load_one(MandatesKey(self.0.id)).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        Ok(rows.unwrap_or_default())
    }
}

/// The parts of a member that are asked of it.
pub(super) fn parts_asked(asked: &Lookahead<'_>) -> Parts {
    selected(asked)
        .map(|field| match field {
            "__typename" | "id" | "slug" | "kind" | "displayName" | "office" | "mandates"
            | "contactPoints" => Parts::NONE,
            _ => parts::DETAILS,
        })
        .collect()
}

/// A member of the network: elected, or staff.
#[Object]
impl Member {
    /// Global identifier.
    pub async fn id(&self) -> ID {
        GlobalId {
            kind: Kind::Member,
            uuid: self.0.id,
        }
        .to_string()
        .into()
    }

    /// Name for addresses of pages, unique among members.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Whether the member is elected or staff.
    async fn kind(&self) -> MemberKind {
        self.0.kind.into()
    }

    /// Name; null where the member is shown by office only.
    async fn display_name(&self) -> Option<&str> {
        self.0.display_name.as_deref()
    }

    /// The office of the mandate in force today: of several, the one that began last.
    async fn office(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let mandates = self.mandate_rows(ctx).await?;
        let current = model::mandate_on(&mandates, ctx.scope().today);
        Ok(current.map(|mandate| mandate.office.clone()))
    }

    /// The commune.
    async fn commune(&self, ctx: &Context<'_>) -> Option<Commune> {
        let insee_code = self.0.commune_insee.as_deref()?;
        ctx.territory().commune(insee_code).map(Commune::new)
    }

    /// The organization to which the member belongs.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        match self.0.organization_id {
            Some(id) => Organization::by_id(ctx, id).await,
            None => Ok(None),
        }
    }

    /// The mandates, past and present, the oldest first.
    async fn mandates(&self, ctx: &Context<'_>) -> Result<Vec<Mandate>> {
        let mandates = self.mandate_rows(ctx).await?;
        Ok(mandates.into_iter().map(Mandate::new).collect())
    }

    /// Ways to reach the member that may lawfully be shown.
    async fn contact_points(&self, ctx: &Context<'_>) -> Result<Vec<ContactPoint>> {
        ContactPoint::of(ctx, Owner::Member(self.0.id)).await
    }

    /// When the member came into the registry.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the member was last changed in the registry.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// What the viewer can do with it.
    #[graphql(flatten)]
    async fn content(&self, ctx: &Context<'_>) -> Content {
        Content::of(ctx, Subject::Member, &store::head(&self.0), &MEMBER)
    }
}
