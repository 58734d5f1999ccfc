//! Closed lists of values of initiatives.

use entity::values;

use crate::graphql_enum;

graphql_enum! {
    /// How far an initiative reaches.
    Scope of values::Scope, filter ScopeFilter {
        /// A commune or some of them.
        Local,
        /// A département.
        Departmental,
        /// A région.
        Regional,
        /// The whole country.
        National,
    }
}

graphql_enum! {
    /// How far an initiative has come.
    Stage of values::Stage, filter StageFilter {
        /// An idea.
        Idea,
        /// In preparation.
        Preparation,
        /// Running.
        Running,
        /// Paused.
        Paused,
        /// Completed.
        Completed,
        /// Given up.
        Abandoned,
    }
}

graphql_enum! {
    /// What an initiative looks for.
    Need of values::Need, filter NeedFilter {
        /// Money.
        Funding,
        /// Rooms or land.
        Premises,
        /// Advice.
        Advice,
        /// Partners.
        Partners,
        /// Volunteers.
        Volunteers,
        /// To be better known.
        Visibility,
    }
}

graphql_enum! {
    /// What an organization does for an initiative.
    PartnerRole of values::PartnerRole {
        /// It carries the initiative.
        Carries,
        /// It runs the initiative from day to day.
        Runs,
        /// It supports the initiative.
        Supports,
        /// It hosts the initiative.
        Hosts,
        /// It funds the initiative.
        Funds,
    }
}

graphql_enum! {
    /// What a lesson is about.
    LessonKind of values::LessonKind {
        /// What worked.
        Worked,
        /// What blocked.
        Blocked,
        /// A condition of success.
        Condition,
    }
}
