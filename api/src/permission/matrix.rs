//! All operations, and the table of who may do them.

use std::fmt::Write as _;

use entity::values::Role;

use super::operation::{Operation, Reach};
use crate::{
    accounts, bulk, contacts, duplicates, files, freshness, funding, initiatives, members,
    organizations, review, spaces, themes,
};

/// The operations of all domains.
pub const ALL: &[&[Operation]] = &[
    accounts::policy::OPERATIONS,
    review::policy::OPERATIONS,
    initiatives::policy::OPERATIONS,
    spaces::policy::OPERATIONS,
    organizations::policy::OPERATIONS,
    funding::policy::OPERATIONS,
    members::policy::OPERATIONS,
    themes::policy::OPERATIONS,
    files::policy::OPERATIONS,
    contacts::policy::OPERATIONS,
    freshness::policy::OPERATIONS,
    bulk::policy::OPERATIONS,
    duplicates::policy::OPERATIONS,
];

const HEAD: &str = "# Who may do what

Printed from the rules of the program: a test holds that this file is up to date, that it
names every mutation and every field which is not public, and tries each “no” over HTTP.

“own”: what the account owns, or the account itself. “territory”: that, and what lies in the
commune or intercommunality that a member keeps. What an account may not see does not exist
for it: the answer is then `NOT_FOUND` and not `FORBIDDEN`.

";

/// The table of who may do what, in Markdown.
pub fn matrix() -> String {
    let mut text = HEAD.to_owned();
    text.push_str("| operation | visitor |");
    for role in Role::ALL {
        // Writing to a String cannot fail.
        let _ = write!(text, " {} |", name(*role));
    }
    text.push_str("\n|---|---|");
    text.push_str(&"---|".repeat(Role::ALL.len()));
    text.push('\n');
    for operation in ALL.iter().copied().flatten() {
        let visitor = if operation.rule.visitor { "yes" } else { "no" };
        let _ = write!(text, "| `{}` | {visitor} |", operation.name);
        for role in Role::ALL {
            let _ = write!(text, " {} |", told(operation.rule.reach(*role)));
        }
        text.push('\n');
    }
    text
}

fn name(role: Role) -> &'static str {
    match role {
        Role::ProjectHolder => "project holder",
        Role::Member => "member",
        Role::Staff => "staff",
        Role::Admin => "administrator",
        Role::ApiClient => "API client",
    }
}

fn told(reach: Reach) -> &'static str {
    match reach {
        Reach::Never => "no",
        Reach::Own => "own",
        Reach::Territory => "territory",
        Reach::Any => "yes",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_committed_matrix_is_up_to_date() {
        let committed = include_str!("../../../docs/authorisation.md");
        assert!(
            matrix() == committed,
            "docs/authorisation.md is stale: cargo run -p maillage -- permissions > docs/authorisation.md"
        );
    }

    #[test]
    fn every_mutation_is_in_the_matrix_once() {
        let mutations: BTreeSet<String> = crate::graphql::mutation_names();
        let all: Vec<&str> = ALL.iter().copied().flatten().map(|one| one.name).collect();
        let named: BTreeSet<String> = all.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(all.len(), named.len(), "an operation is named twice");
        let of_mutations: BTreeSet<String> = named
            .into_iter()
            .filter(|name| !name.contains(['.', ' ']))
            .collect();
        assert_eq!(of_mutations, mutations);
    }
}
