//! Funding in the public schema.

mod enums;
mod facets;
mod filter;
mod financing;
mod query;
mod rule;
mod source;
mod territory;

pub use filter::{FundingSourceFilter, FundingSourceOrder};
pub use financing::{FinancingLine, sources_of};
pub use query::FundingQuery;
pub use source::{FundingSource, FundingSourceConnection};
