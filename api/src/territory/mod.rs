//! The territory: départements, communes, intercommunalities and stations.

mod gazetteer;
pub mod graphql;
mod loaders;
mod model;
mod store;

pub use gazetteer::{Gazetteer, Territory};
pub use model::{
    Commune, Competence, Departement, Intercommunality, Membership, NearbyStation, Station,
    StationLine, TerritoryRef, covers,
};
pub use store::{commune_names, departement_names, in_force, intercommunality_names};
