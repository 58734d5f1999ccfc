//! Initiatives, as a front end reads them.

mod financing;
mod lists;
mod numbers;
mod objects;
mod visibility;

/// The tests of this topic.
pub fn cases() -> Vec<tests::Case> {
    [
        financing::cases(),
        lists::cases(),
        numbers::cases(),
        objects::cases(),
        visibility::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
