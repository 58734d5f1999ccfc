//! Real files of public registers, which are not part of the repository.

use std::path::{Path, PathBuf};

use anyhow::ensure;

/// Where the real file of this name is, if it is here. Where it must be, its absence fails.
pub fn real(name: &str) -> anyhow::Result<Option<PathBuf>> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared/data/real").join(name))
        .find(|path| path.exists());
    if found.is_some() {
        return Ok(found);
    }
    ensure!(
        std::env::var("CI").map_or(true, |value| value != "true"),
        "shared/data/real/{name} is required where CI=true"
    );
    say(&format!("left out: shared/data/real/{name} is not here"));
    Ok(None)
}

#[expect(clippy::print_stderr, reason = "the report of the tests")]
fn say(text: &str) {
    eprintln!("{text}");
}
