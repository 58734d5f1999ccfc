//! Parts of a member that are read only where they are asked.

use entity::member::{Column, Model};

use crate::database::ByPlace as _;
use crate::parts::Parts;

/// What there is besides its identifier, slug, kind and name.
pub const DETAILS: Parts = Parts::number(0);

/// The columns of a member with these parts.
pub fn columns(parts: Parts) -> Vec<Column> {
    Model::columns(|column| match column {
        Column::Id | Column::Slug | Column::Kind | Column::DisplayName => true,
        _ => parts.have(DETAILS),
    })
}
