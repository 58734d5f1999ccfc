//! What holds of the repository's own files: the direction of dependencies, the one way
//! to a row, and what must not be written anywhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The top folder of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files below `folder` with one of these endings, by their path from the top.
fn files(folder: &str, endings: &[&str]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the repository") {
            let path = entry.expect("an entry of a folder").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                if !["target", "node_modules", ".git", "results"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let text = fs::read_to_string(&path).expect("a text file");
                let name = path
                    .strip_prefix(root())
                    .expect("below the top")
                    .display()
                    .to_string();
                found.insert(name, text);
            }
        }
    }
    assert!(!found.is_empty(), "no files below {folder}");
    found
}

/// The lines of a source that are code and not of its unit tests.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .filter(|line| !line.trim_start().starts_with("//"))
}

#[test]
fn models_and_stores_know_nothing_of_graphql_and_http() {
    let inner = [
        "model.rs",
        "listing.rs",
        "store.rs",
        "policy.rs",
        "service.rs",
    ];
    let mut read = 0;
    for (name, text) in files("api/src", &inner) {
        read += 1;
        for line in code(&text) {
            assert!(
                !line.contains("async_graphql") && !line.contains("actix_web"),
                "{name}: {line}"
            );
        }
    }
    assert!(read > 5, "only {read} files read");
}

#[test]
fn entities_and_migrations_depend_on_nothing_of_ours() {
    let entity = fs::read_to_string(root().join("entity/Cargo.toml")).expect("a manifest");
    let migration = fs::read_to_string(root().join("migration/Cargo.toml")).expect("a manifest");
    for (manifest, forbidden) in [
        (
            &entity,
            ["maillage", "async-graphql", "actix-web", "migration"],
        ),
        (
            &migration,
            ["maillage", "async-graphql", "actix-web", "entity"],
        ),
    ] {
        let dependencies = manifest
            .split("[dependencies]")
            .nth(1)
            .expect("dependencies");
        for name in forbidden {
            assert!(!dependencies.contains(name), "{name} in {dependencies}");
        }
    }
}

#[test]
fn a_domain_never_uses_another_one_s_store() {
    for (name, text) in files("api/src", &[".rs"]) {
        let domain = name.split('/').nth(2).unwrap_or_default();
        for line in code(&text) {
            let Some((before, _)) = line.split_once("::store") else {
                continue;
            };
            let other = before.rsplit("crate::").next().unwrap_or_default();
            let foreign = before.contains("crate::") && other != domain;
            assert!(!foreign, "{name}: {line}");
        }
    }
}

/// Content that is not public from its beginning, each with the one file that may read it.
const GUARDED: [(&str, &str); 6] = [
    ("organization", "api/src/organizations/store.rs"),
    ("initiative", "api/src/initiatives/store.rs"),
    ("coworking_space", "api/src/spaces/store.rs"),
    ("funding_source", "api/src/funding/store.rs"),
    ("member", "api/src/members/store.rs"),
    ("contact_point", "api/src/contacts/store.rs"),
];

/// Whether a line of code begins to read the rows of `table`.
fn reads(line: &str, table: &str) -> bool {
    ["::Entity::find", "::Model::bare"].iter().any(|way| {
        let beginning = format!("{table}{way}");
        line.split_once(&beginning).is_some_and(|(before, _)| {
            !before.ends_with(|before: char| before.is_alphanumeric() || before == '_')
        })
    })
}

#[test]
fn there_is_one_way_to_a_row_and_it_asks_who_wants_it() {
    // Imports and the first content write what they read; nothing of it is answered.
    let writers = ["api/src/import/", "api/src/seed/"];
    let sources = files("api/src", &[".rs"]);
    for (table, allowed) in GUARDED {
        let mut places = Vec::new();
        for (name, text) in &sources {
            let count = code(text).filter(|line| reads(line, table)).count();
            if count > 0 && !writers.iter().any(|writer| name.starts_with(writer)) {
                places.push((name.as_str(), count));
            }
        }
        assert_eq!(places, [(allowed, 1)], "{table}");
    }
}

#[test]
fn the_readme_lists_every_setting() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let table = root().join("api/src/settings/table.rs");
    let settings = fs::read_to_string(table).expect("the settings");
    let mut names = 0;
    for rest in settings.split("name: \"").skip(1) {
        let name = rest.split('"').next().unwrap_or_default();
        if name
            .chars()
            .all(|character| character.is_ascii_uppercase() || character == '_')
        {
            names += 1;
            assert!(
                readme.contains(&format!("| `{name}` |")),
                "{name} is not in the README"
            );
        }
    }
    assert!(names > 20, "only {names} settings read");
}

#[test]
fn every_decision_is_numbered_once() {
    let mut numbers = Vec::new();
    for (name, text) in files("docs/decisions", &[".md"]) {
        let number = name.rsplit('/').next().unwrap_or_default();
        let number: u32 = number
            .split('-')
            .next()
            .unwrap_or_default()
            .parse()
            .expect("a number");
        assert!(text.starts_with(&format!("# {number}. ")), "{name}");
        numbers.push(number);
    }
    let count = u32::try_from(numbers.len()).expect("few");
    assert_eq!(numbers, (1..=count).collect::<Vec<_>>());
}
