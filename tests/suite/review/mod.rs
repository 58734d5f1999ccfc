//! Contents from their draft to the public, and who may take them there.

mod conflicts;
mod crash;
mod life;
mod permissions;

use tests::Case;

/// The tests of this module.
pub fn cases() -> Vec<Case> {
    [
        conflicts::cases(),
        crash::cases(),
        life::cases(),
        permissions::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
