//! Parts of a space that are read only where they are asked.

use entity::coworking_space::{Column, Model};

use crate::database::ByPlace as _;
use crate::parts::Parts;

/// What there is besides its identifier, slug, name and commune.
pub const DETAILS: Parts = Parts::number(0);

/// The columns of a space with these parts.
pub fn columns(parts: Parts) -> Vec<Column> {
    Model::columns(|column| match column {
        Column::Id | Column::Slug | Column::Name | Column::CommuneInsee => true,
        _ => parts.have(DETAILS),
    })
}
