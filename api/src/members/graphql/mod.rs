//! Members in the public schema.

mod enums;
mod facets;
mod filter;
mod inputs;
mod mandate;
mod member;
mod mutation;
mod query;

pub use filter::{MemberFilter, MemberOrder};
pub use member::{Member, MemberConnection};
pub use mutation::MemberMutation;
pub use query::MemberQuery;
