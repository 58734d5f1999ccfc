//! Programs of npm that tests run, installed as their lock file says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use tokio::process::Command;
use tokio::sync::Mutex;

/// What was installed by this process.
static INSTALLED: Mutex<BTreeSet<PathBuf>> = Mutex::const_new(BTreeSet::new());

/// The folder `name` beside the tests, with its packages installed.
pub async fn installed(name: &str) -> anyhow::Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let mut installed = INSTALLED.lock().await;
    if !installed.contains(&folder) {
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .output()
            .await?;
        ensure!(
            output.status.success(),
            "npm ci: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        installed.insert(folder.clone());
    }
    Ok(folder)
}
