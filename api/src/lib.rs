//! Maillage: the registry that a département and its communes share for the social and
//! solidarity economy (économie sociale et solidaire, ESS), as a GraphQL API.

pub mod app;
pub mod change;
pub mod clock;
pub mod command;
pub mod contacts;
pub mod database;
pub mod funding;
pub mod geo;
pub mod graphql;
pub mod http;
pub mod i18n;
pub mod id;
pub mod import;
pub mod initiatives;
pub mod listing;
pub mod mail;
pub mod markdown;
pub mod members;
pub mod organizations;
pub mod paging;
pub mod place;
pub mod rate;
pub mod reference;
pub mod search;
pub mod seed;
pub mod settings;
pub mod spaces;
pub mod telemetry;
pub mod territory;
pub mod text;
pub mod themes;
pub mod viewer;
