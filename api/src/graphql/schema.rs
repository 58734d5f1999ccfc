//! The schema, put together from the domains.

use async_graphql::{EmptySubscription, MergedObject, SDLExportOptions, SchemaBuilder};

use super::limits::LimitsQuery;
use super::node::NodeQuery;
use crate::accounts::graphql::{
    AccountMutation, AccountQuery, AdministrationMutation, ErasureMutation, SessionMutation,
};
use crate::bulk::graphql::{BulkMutation, BulkQuery};
use crate::contacts::graphql::{ContactMutation, ContactQuery};
use crate::duplicates::graphql::{DuplicateMutation, DuplicateQuery};
use crate::files::graphql::FileMutation;
use crate::freshness::graphql::FreshnessMutation;
use crate::funding::graphql::{FundingMutation, FundingQuery};
use crate::initiatives::graphql::{InitiativeMutation, InitiativeQuery};
use crate::members::graphql::{MemberMutation, MemberQuery};
use crate::organizations::graphql::{OrganizationMutation, OrganizationQuery};
use crate::review::graphql::ReviewQuery;
use crate::search::graphql::SearchQuery;
use crate::spaces::graphql::{SpaceMutation, SpaceQuery};
use crate::territory::graphql::TerritoryQuery;
use crate::themes::graphql::{ThemeMutation, ThemeQuery};

/// What can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    LimitsQuery,
    NodeQuery,
    TerritoryQuery,
    OrganizationQuery,
    ThemeQuery,
    InitiativeQuery,
    MemberQuery,
    SpaceQuery,
    FundingQuery,
    SearchQuery,
    ReviewQuery,
    AccountQuery,
    ContactQuery,
    BulkQuery,
    DuplicateQuery,
);

/// What can be written.
#[derive(MergedObject, Default)]
pub struct Mutation(
    SessionMutation,
    AccountMutation,
    AdministrationMutation,
    ErasureMutation,
    InitiativeMutation,
    SpaceMutation,
    OrganizationMutation,
    FundingMutation,
    MemberMutation,
    ThemeMutation,
    FileMutation,
    ContactMutation,
    FreshnessMutation,
    BulkMutation,
    DuplicateMutation,
);

/// The executable schema.
pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// The schema in the schema definition language.
pub fn sdl() -> String {
    builder()
        .finish()
        .sdl_with_options(SDLExportOptions::new().sorted_arguments())
}

/// The schema, without what it answers from.
pub(super) fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).disable_suggestions()
}

/// The names of all mutations.
#[cfg(test)]
pub(crate) fn mutation_names() -> std::collections::BTreeSet<String> {
    use async_graphql::parser::parse_schema;
    use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

    let document = parse_schema(sdl()).unwrap();
    document
        .definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(of) if of.node.name.node == "Mutation" => Some(of.node.kind),
            _ => None,
        })
        .flat_map(|kind| match kind {
            TypeKind::Object(object) => object.fields,
            _ => Vec::new(),
        })
        .map(|field| field.node.name.node.to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_schema_is_up_to_date() {
        let committed = include_str!("../../../schema.graphql");
        assert!(
            super::sdl() == committed,
            "schema.graphql is stale: cargo run -p maillage -- schema > schema.graphql"
        );
    }

    #[test]
    fn everything_in_the_schema_is_described_by_a_sentence() {
        let query = "{ __schema { types { name kind description
            fields(includeDeprecated: true) { name description args { name description } }
            inputFields { name description } enumValues { name description } } } }";
        let answer = actix_web::rt::System::new()
            .block_on(super::builder().finish().execute(query))
            .data
            .into_json()
            .unwrap();
        let types = answer["__schema"]["types"].as_array().unwrap();
        assert!(types.len() > 30);
        let mut missing = Vec::new();
        for of in types {
            let name = of["name"].as_str().unwrap();
            let builtin = ["Int", "Float", "String", "Boolean", "ID"].contains(&name);
            if !name.starts_with("__") && !builtin {
                collect(of, name, &mut missing);
            }
        }
        assert!(
            missing.is_empty(),
            "not described by a sentence: {missing:#?}"
        );
    }

    /// Adds to `missing` the path of each part of `part` without a described sentence.
    fn collect(part: &serde_json::Value, path: &str, missing: &mut Vec<String>) {
        let described = part["description"]
            .as_str()
            .is_some_and(|text| text.trim_end().ends_with('.'));
        if !described && !["Query", "Mutation"].contains(&path) {
            missing.push(path.to_owned());
        }
        for list in ["fields", "inputFields", "enumValues", "args"] {
            for child in part[list].as_array().into_iter().flatten() {
                let name = child["name"].as_str().unwrap_or_default();
                collect(child, &format!("{path}.{name}"), missing);
            }
        }
    }
}
