//! Parts of a funding source that are read only where they are asked.

use entity::funding_source::{Column, Model};

use crate::database::ByPlace as _;
use crate::parts::Parts;

/// What there is besides its identifier, slug, name and kind of funder.
pub const DETAILS: Parts = Parts::number(0);

/// The columns of a source with these parts.
pub fn columns(parts: Parts) -> Vec<Column> {
    Model::columns(|column| match column {
        Column::Id | Column::Slug | Column::Name | Column::FunderKind => true,
        _ => parts.have(DETAILS),
    })
}
