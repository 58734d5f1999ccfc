//! Parts of an initiative that are read only where they are asked.

use entity::initiative::{Column, Model};

use crate::database::ByPlace as _;
use crate::organizations;
use crate::parts::Parts;

/// Its description, which is large.
pub const DESCRIPTION: Parts = Parts::number(0);
/// Its themes, which are rows of another table.
pub const THEMES: Parts = Parts::number(1);
/// Where it is, besides its commune.
pub const PLACE: Parts = Parts::number(2);
/// What else there is of its own.
pub const DETAILS: Parts = Parts::number(3);
/// The organization that leads it, without the details of that.
pub const LEAD: Parts = Parts::number(4);
/// The commune of the organization that leads it.
pub const LEAD_COMMUNE: Parts = Parts::number(5);
/// The sources that finance it, without the details of those: a row for each of its lines.
pub const SOURCES: Parts = Parts::number(6);

/// The columns of an initiative with these parts. The reason of a rejection, which is for
/// its owner, is never among them.
pub fn columns(parts: Parts) -> Vec<Column> {
    Model::columns(|column| match column {
        Column::Id
        | Column::Slug
        | Column::Title
        | Column::Summary
        | Column::Scope
        | Column::Stage
        | Column::LeadOrganizationId
        | Column::CommuneInsee
        | Column::UpdatedAt => true,
        Column::Description => parts.have(DESCRIPTION),
        Column::Latitude
        | Column::Longitude
        | Column::LocationPrecision
        | Column::OutsideTerritory
        | Column::GeoX
        | Column::GeoY
        | Column::GeoZ => parts.have(PLACE),
        Column::RejectionReason | Column::GeoCell => false,
        _ => parts.have(DETAILS),
    })
}

/// The parts of the organization that leads it, where that is read with it.
pub fn of_lead(parts: Parts) -> Option<Parts> {
    parts.have(LEAD).then_some(if parts.have(LEAD_COMMUNE) {
        organizations::parts::COMMUNE
    } else {
        Parts::NONE
    })
}
