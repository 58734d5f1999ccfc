//! Global identifiers: a prefix that names the type, and a UUID (TypeID specification).

use std::borrow::Cow;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use type_safe_id::{DynamicType, TypeSafeId};
use uuid::Uuid;

/// Types that have global identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Departement,
    Commune,
    Intercommunality,
    Station,
    Organization,
    Theme,
    Initiative,
    CoworkingSpace,
    FundingSource,
    Member,
    Account,
    Session,
    OrganizationSite,
    Mandate,
    File,
    ContactPoint,
    Import,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Departement,
        Self::Commune,
        Self::Intercommunality,
        Self::Station,
        Self::Organization,
        Self::Theme,
        Self::Initiative,
        Self::CoworkingSpace,
        Self::FundingSource,
        Self::Member,
        Self::Account,
        Self::Session,
        Self::OrganizationSite,
        Self::Mandate,
        Self::File,
        Self::ContactPoint,
        Self::Import,
    ];

    /// The type whose identifiers have this prefix.
    pub fn of_prefix(prefix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.prefix() == prefix)
    }

    /// The prefix of the identifiers of this type.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Departement => "departement",
            Self::Commune => "commune",
            Self::Intercommunality => "intercommunality",
            Self::Station => "station",
            Self::Organization => "organization",
            Self::Theme => "theme",
            Self::Initiative => "initiative",
            Self::CoworkingSpace => "space",
            Self::FundingSource => "funding",
            Self::Member => "member",
            Self::Account => "account",
            Self::Session => "session",
            Self::OrganizationSite => "site",
            Self::Mandate => "mandate",
            Self::File => "file",
            Self::ContactPoint => "contact",
            Self::Import => "import",
        }
    }
}

/// The identifier of one object of the public schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GlobalId {
    pub kind: Kind,
    pub uuid: Uuid,
}

/// Why a text is not a global identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("not a global identifier")]
    Malformed,
    #[error("the identifier of another type")]
    OtherKind,
}

impl GlobalId {
    /// Reads `text` as the identifier of an object of type `kind`.
    ///
    /// # Errors
    /// When it is not an identifier, or that of another type.
    pub fn parse_as(kind: Kind, text: &str) -> Result<Uuid, IdError> {
        let id: Self = text.parse()?;
        if id.kind == kind {
            Ok(id.uuid)
        } else {
            Err(IdError::OtherKind)
        }
    }
}

impl FromStr for GlobalId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let id: TypeSafeId<DynamicType> = text.parse().map_err(|_| IdError::Malformed)?;
        let kind = Kind::of_prefix(id.type_prefix()).ok_or(IdError::Malformed)?;
        Ok(Self {
            kind,
            uuid: id.uuid(),
        })
    }
}

impl std::fmt::Display for GlobalId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Every prefix is lower-case letters, which the unit test below holds.
        match DynamicType::new(self.kind.prefix()) {
            Ok(prefix) => TypeSafeId::from_type_and_uuid(prefix, self.uuid).fmt(formatter),
            Err(_) => Err(std::fmt::Error),
        }
    }
}

/// Declares a reference to an object of one type, written in JSON as its global identifier.
macro_rules! reference {
    ($(#[$meta:meta])* $name:ident of $kind:expr) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                GlobalId { kind: $kind, uuid: self.0 }.fmt(formatter)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(deserializer)?;
                GlobalId::parse_as($kind, &text).map(Self).map_err(D::Error::custom)
            }
        }
    };
}

reference! {
    /// A reference to an organization.
    OrganizationRef of Kind::Organization
}
reference! {
    /// A reference to an initiative.
    InitiativeRef of Kind::Initiative
}
reference! {
    /// A reference to a theme.
    ThemeRef of Kind::Theme
}
reference! {
    /// A reference to an uploaded file.
    FileRef of Kind::File
}

reference! {
    /// A reference to a site of an organization.
    SiteRef of Kind::OrganizationSite
}
reference! {
    /// A reference to a mandate of a member.
    MandateRef of Kind::Mandate
}

/// The identifier of what an official code names: the same in every registry.
pub fn of_code(kind: Kind, code: &str) -> Uuid {
    const NAMESPACE: Uuid = Uuid::from_u128(0x3f1d_7a52_8c0e_5b6a_9d41_62c7_b0e8_14f3);
    let name: Cow<'_, str> = format!("{}:{code}", kind.prefix()).into();
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_of_every_type_read_back() {
        for kind in Kind::ALL {
            let id = GlobalId {
                kind,
                uuid: of_code(kind, "92071"),
            };
            assert_eq!(id.to_string().parse::<GlobalId>(), Ok(id));
        }
    }

    #[test]
    fn an_identifier_of_another_type_is_told_from_none() {
        let commune = GlobalId {
            kind: Kind::Commune,
            uuid: of_code(Kind::Commune, "92071"),
        };
        assert_eq!(
            GlobalId::parse_as(Kind::Member, &commune.to_string()),
            Err(IdError::OtherKind)
        );
        assert_eq!(
            GlobalId::parse_as(Kind::Member, "member_1"),
            Err(IdError::Malformed)
        );
    }
}
