//! The territory in the public schema.

mod commune;
mod departement;
mod intercommunality;
mod location;
mod query;
mod station;

pub use commune::{Commune, CommuneConnection};
pub use departement::Departement;
pub use intercommunality::Intercommunality;
pub use location::{Address, Distance, Location};
pub use query::TerritoryQuery;
pub use station::{NearbyStation, Station, nearest_stations};
