//! Operations and their rules.

use entity::values::Role;

/// How an account stands to what an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Theirs, or themselves.
    Own,
    /// In the territory that a member keeps.
    Territory,
    /// Neither.
    Other,
}

/// To what a role may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Never,
    /// To what is their own.
    Own,
    /// To what is their own or in their territory.
    Territory,
    /// To anything.
    Any,
}

impl Reach {
    /// Whether it holds for what stands so.
    pub fn holds(self, relation: Relation) -> bool {
        match self {
            Self::Never => false,
            Self::Own => relation == Relation::Own,
            Self::Territory => relation != Relation::Other,
            Self::Any => true,
        }
    }
}

/// Who may do something, by role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub project_holder: Reach,
    pub member: Reach,
    pub staff: Reach,
    pub admin: Reach,
    pub api_client: Reach,
    /// Whether it may be done without an account.
    pub visitor: bool,
}

impl Rule {
    /// Anybody, signed in or not.
    pub const PUBLIC: Self = Self {
        visitor: true,
        ..Self::of([Reach::Any, Reach::Any, Reach::Any, Reach::Any])
    };
    /// Each person, about what is their own.
    pub const OWN: Self = Self::of([Reach::Own, Reach::Own, Reach::Own, Reach::Own]);
    /// Each person.
    pub const PERSONS: Self = Self::of([Reach::Any, Reach::Any, Reach::Any, Reach::Any]);
    /// Owners, members in their territory, and who reviews.
    pub const KEEPERS: Self = Self::of([Reach::Own, Reach::Territory, Reach::Any, Reach::Any]);
    /// Who reviews.
    pub const STAFF: Self = Self::of([Reach::Never, Reach::Never, Reach::Any, Reach::Any]);
    /// Administrators.
    pub const ADMIN: Self = Self::of([Reach::Never, Reach::Never, Reach::Never, Reach::Any]);

    /// A rule for project holders, members, staff and administrators; API clients only read.
    pub const fn of([project_holder, member, staff, admin]: [Reach; 4]) -> Self {
        Self {
            project_holder,
            member,
            staff,
            admin,
            api_client: Reach::Never,
            visitor: false,
        }
    }

    /// Whether an account of this role, which stands so to what it is about, may.
    pub fn allows(self, role: Role, relation: Relation) -> bool {
        self.reach(role).holds(relation)
    }

    /// To what this role may.
    pub fn reach(self, role: Role) -> Reach {
        match role {
            Role::ProjectHolder => self.project_holder,
            Role::Member => self.member,
            Role::Staff => self.staff,
            Role::Admin => self.admin,
            Role::ApiClient => self.api_client,
        }
    }
}

/// Something that not everybody may do or see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The mutation as the public schema names it, or `Type.field`, or a request of HTTP as
    /// `METHOD /path`.
    pub name: &'static str,
    pub rule: Rule,
}

impl Operation {
    /// An operation under a rule.
    pub const fn new(name: &'static str, rule: Rule) -> Self {
        Self { name, rule }
    }
}
