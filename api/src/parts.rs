//! Parts of a row that are read only where they are asked.

use std::ops::BitOr;

/// Parts of a row, each a bit that its domain names. What belongs to no part is always read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Parts(u8);

impl Parts {
    /// No part.
    pub const NONE: Self = Self(0);

    /// The part of this number, 0 to 7.
    pub const fn number(number: u8) -> Self {
        Self(1 << number)
    }

    /// Whether all of `parts` are among these.
    pub const fn have(self, parts: Self) -> bool {
        self.0 & parts.0 == parts.0
    }

    /// These without `parts`.
    pub const fn without(self, parts: Self) -> Self {
        Self(self.0 & !parts.0)
    }
}

impl BitOr for Parts {
    type Output = Self;

    fn bitor(self, parts: Self) -> Self {
        Self(self.0 | parts.0)
    }
}

impl FromIterator<Parts> for Parts {
    fn from_iter<I: IntoIterator<Item = Self>>(all: I) -> Self {
        all.into_iter().fold(Self::NONE, Self::bitor)
    }
}
