//! Contents written, reviewed and seen.

mod funding;
mod members;
mod organizations;
mod same_title;
mod spaces;
mod steps;
mod themes;

use tests::Case;

/// The tests of these modules.
pub fn cases() -> Vec<Case> {
    [
        spaces::cases(),
        organizations::cases(),
        funding::cases(),
        members::cases(),
        themes::cases(),
        same_title::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
