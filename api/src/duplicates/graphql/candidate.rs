//! A content that may be another one.

use async_graphql::{Context, Result, SimpleObject};
use entity::values;
use uuid::Uuid;

use crate::change::Subject;
use crate::duplicates::finding::Found;
use crate::duplicates::loaders::OpenPairsKey;
use crate::duplicates::rules::Likeness;
use crate::graphql::{ContextExt as _, Node, node};
use crate::graphql_enum;
use crate::id::{GlobalId, Kind};

/// Candidates that are shown of one content, at the most.
pub const MOST_SHOWN: usize = 10;

graphql_enum! {
    /// Why two contents may be one.
    DuplicateReason of values::DuplicateReason {
        /// One SIRET.
        SameSiret,
        /// One number in the national register of associations.
        SameRna,
        /// One SIREN.
        SameSiren,
        /// Similar names under one lead organization.
        SimilarNameAndLead,
        /// Nearly one name in one neighbourhood, or similar names at one address.
        SimilarNameAndPlace,
        /// Somebody compared them; the registry finds nothing alike.
        Compared,
    }
}

/// A content that may be the one that is asked about.
#[derive(SimpleObject)]
pub struct DuplicateCandidate {
    /// The content, of the same type.
    content: Node,
    /// Why it may be.
    reason: DuplicateReason,
    /// How surely, 0 to 1.
    score: f64,
    /// Metres between the nearest points of both; null if one has none but that of its commune.
    distance_metres: Option<f64>,
}

/// Those of `found` that the viewer may see, in their order.
///
/// # Errors
/// When the database cannot be read.
pub async fn candidates(
    ctx: &Context<'_>,
    subject: Subject,
    found: Vec<Found>,
    first: usize,
) -> Result<Vec<DuplicateCandidate>> {
    let Some(kind) = Kind::of_prefix(subject.as_str()) else {
        return Ok(Vec::new());
    };
    let nodes = found.iter().map(|one| {
        let uuid = one.id;
        node::load(ctx, GlobalId { kind, uuid })
    });
    let nodes = futures::future::try_join_all(nodes).await?;
    let shown = nodes.into_iter().zip(found).filter_map(|(node, found)| {
        let likeness = found.likeness;
        Some(DuplicateCandidate {
            content: node?,
            reason: likeness.reason.into(),
            score: likeness.score,
            distance_metres: likeness.metres,
        })
    });
    Ok(shown.take(first).collect())
}

/// The contents that may be the content `id` and of which nobody said that they are not, as
/// far as the viewer may see them: only what keeps or reviews it may ask.
///
/// # Errors
/// When the database cannot be read.
pub async fn open_candidates(
    ctx: &Context<'_>,
    subject: Subject,
    id: Uuid,
) -> Result<Vec<DuplicateCandidate>> {
    let pairs = ctx.loader().load_one(OpenPairsKey(subject, id)).await;
    let pairs = pairs.map_err(|error| ctx.internal(error))?;
    let found = pairs.unwrap_or_default().into_iter().map(|pair| Found {
        id: if pair.left_id == id {
            pair.right_id
        } else {
            pair.left_id
        },
        likeness: Likeness {
            reason: pair.reason,
            score: pair.score,
            metres: pair.distance_metres,
        },
    });
    candidates(ctx, subject, found.collect(), MOST_SHOWN).await
}
