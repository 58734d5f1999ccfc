//! Funding in the public schema.

mod enums;
mod facets;
mod filter;
mod financing;
mod inputs;
mod mutation;
mod query;
mod rule;
mod source;
mod territory;

pub use filter::{FundingSourceFilter, FundingSourceOrder};
pub use financing::{FinancingLine, sources_of};
pub use mutation::FundingMutation;
pub use query::FundingQuery;
pub use source::{FundingSource, FundingSourceConnection, parts_asked};
