//! Closed lists of values of members.

use entity::values;

use crate::graphql_enum;

graphql_enum! {
    /// Whether a member of the network is elected.
    MemberKind of values::MemberKind, filter MemberKindFilter {
        /// Elected.
        Elected,
        /// Staff of an elected member or of a body.
        Staff,
    }
}

graphql_enum! {
    /// The kind of body where a mandate is held.
    BodyKind of values::BodyKind {
        /// A commune.
        Commune,
        /// An intercommunality.
        Intercommunality,
        /// A département.
        Departement,
        /// The network itself.
        Network,
        /// The state.
        State,
    }
}
