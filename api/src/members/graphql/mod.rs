//! Members in the public schema.

mod enums;
mod facets;
mod filter;
mod mandate;
mod member;
mod query;

pub use filter::{MemberFilter, MemberOrder};
pub use member::{Member, MemberConnection};
pub use query::MemberQuery;
