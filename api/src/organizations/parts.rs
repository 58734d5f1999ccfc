//! Parts of an organization that are read only where they are asked.

use entity::organization::{Column, Model};

use crate::database::ByPlace as _;
use crate::parts::Parts;

/// The commune of the site by which it is known.
pub const COMMUNE: Parts = Parts::number(0);
/// What there is besides its identifier, slug and name.
pub const DETAILS: Parts = Parts::number(1);

/// The columns of an organization with these parts.
pub fn columns(parts: Parts) -> Vec<Column> {
    Model::columns(|column| match column {
        Column::Id | Column::Slug | Column::Name => true,
        _ => parts.have(DETAILS),
    })
}
