//! The queries, as each server is asked them, and what is asked in them.

use std::collections::HashMap;

use anyhow::{Context as _, ensure};
use maillage::id::{GlobalId, Kind};
use maillage::paging::{Position, SortValue};
use serde_json::{Value, json};
use tokio_postgres::Client;
use uuid::Uuid;

/// One query, as each server is asked it.
pub struct Query {
    pub name: &'static str,
    /// What it shows.
    pub title: &'static str,
    pub maillage: &'static str,
    pub postgraphile: &'static str,
    pub limit: &'static str,
}

macro_rules! query {
    ($name:literal, $title:literal) => {
        Query {
            name: $name,
            title: $title,
            maillage: include_str!(concat!("../queries/maillage/", $name, ".graphql")),
            postgraphile: include_str!(concat!("../queries/postgraphile/", $name, ".graphql")),
            limit: include_str!(concat!("../queries/limit/", $name, ".sql")),
        }
    };
}

/// All queries.
pub const QUERIES: &[Query] = &[
    query!("q1", "20 newest with their number"),
    query!("q1n", "20 newest without their number"),
    query!("q2", "one initiative and what is around it"),
    query!("q3", "commune and theme, second page"),
    query!("q4", "the page after row 100,000"),
    query!("q5", "full text, 20 best"),
    query!("q6", "50 nearest in a box of 1.5 km"),
    query!("q7", "numbers by commune and scope"),
];

/// What is asked: taken from the data, so that every query has a full answer.
pub struct Subject {
    initiative: Uuid,
    commune: String,
    theme: String,
    /// The last row of the first page of that commune and theme.
    first_page: Uuid,
    /// Row 100,000, or the one in the middle of fewer.
    far: Uuid,
    /// How many rows are before it, itself included.
    far_offset: i64,
    /// The stems of the words searched, as the index has them.
    question: String,
    /// The cursors that PostGraphile gives, by name of the query.
    peer_cursors: HashMap<&'static str, String>,
}

/// The words searched.
const TEXT: &str = "ressourcerie aînés";
/// A box of 1.5 km around the centre of Sceaux: south, west, north, east, and its middle.
const BOX: [f64; 6] = [48.7713, 2.2797, 48.7847, 2.3003, 48.778, 2.29];

impl Subject {
    /// Chooses what is asked of the database of `client`.
    ///
    /// # Errors
    /// When it cannot be read, or has too little content.
    pub async fn choose(client: &Client) -> anyhow::Result<Self> {
        let one = client
            .query_opt(
                "select i.id from initiative i
                 where publication = 'PUBLISHED' and slug like 'epicerie%'
                   and (select count(*) from member where organization_id = i.lead_organization_id) = 5
                   and (select count(*) from financing_line where initiative_id = i.id) >= 2
                 order by id limit 1",
                &[],
            )
            .await?
            .context("no initiative with members and funding")?;
        let (commune, theme) = (
            "92071",
            "select slug from theme t join initiative_theme it
             on it.theme_id = t.id group by slug order by count(*) desc, slug limit 1",
        );
        let theme: String = client.query_one(theme, &[]).await?.get(0);
        let first_page = client
            .query_opt(
                "select i.id from initiative i
                 join initiative_commune c on c.initiative_id = i.id
                 join initiative_theme t on t.initiative_id = i.id
                 where i.publication = 'PUBLISHED' and c.commune_insee = $1
                   and t.theme_id = (select id from theme where slug = $2)
                 order by i.id desc offset 19 limit 1",
                &[&commune, &theme],
            )
            .await?
            .context("too few initiatives in the commune")?;
        let published: i64 = client
            .query_one(
                "select count(*) from initiative where publication = 'PUBLISHED'",
                &[],
            )
            .await?
            .get(0);
        let far_offset = (published / 2).min(100_000);
        let far = client
            .query_one(
                "select id from initiative where publication = 'PUBLISHED'
                 order by id desc offset $1 limit 1",
                &[&(far_offset - 1)],
            )
            .await?;
        Ok(Self {
            initiative: one.get(0),
            commune: commune.to_owned(),
            theme,
            first_page: first_page.get(0),
            far: far.get(0),
            far_offset,
            question: "ressourcer & ain".to_owned(),
            peer_cursors: HashMap::new(),
        })
    }

    /// What to ask PostGraphile for its cursors, by name of the query that needs them.
    pub fn peer_pages(&self) -> [(&'static str, Value); 2] {
        let first = QUERIES
            .iter()
            .find(|query| query.name == "q3")
            .map_or("", |query| query.postgraphile);
        let far = format!(
            "{{ initiatives: allInitiatives(first: 1, offset: {}, orderBy: ROW_ID_DESC, \
               condition: {{publication: \"PUBLISHED\"}}) {{ page: pageInfo {{ endCursor }} }} }}",
            self.far_offset - 1
        );
        [
            (
                "q3",
                json!({
                    "query": first,
                    "variables": { "commune": self.commune, "theme": self.theme },
                }),
            ),
            ("q4", json!({ "query": far })),
        ]
    }

    /// Keeps the cursor that PostGraphile gave for a query.
    pub fn keep_cursor(&mut self, name: &'static str, answer: &Value) -> anyhow::Result<()> {
        let cursor = answer
            .pointer("/data/initiatives/page/endCursor")
            .and_then(Value::as_str)
            .with_context(|| format!("PostGraphile gives no cursor for {name}: {answer}"))?;
        self.peer_cursors.insert(name, cursor.to_owned());
        Ok(())
    }

    /// The variables of a query for Maillage.
    pub fn for_maillage(&self, name: &str) -> Value {
        let cursor = |id: Uuid| {
            Position {
                order: "CREATED_AT_DESC".to_owned(),
                value: SortValue::Id,
                id,
            }
            .cursor()
        };
        match name {
            "q2" => {
                let id = GlobalId {
                    kind: Kind::Initiative,
                    uuid: self.initiative,
                };
                json!({ "id": id.to_string() })
            }
            "q3" => json!({
                "commune": self.commune, "theme": self.theme, "after": cursor(self.first_page),
            }),
            "q4" => json!({ "after": cursor(self.far) }),
            "q5" => json!({ "text": TEXT }),
            "q6" => box_variables(),
            _ => json!({}),
        }
    }

    /// The variables of a query for PostGraphile.
    pub fn for_postgraphile(&self, name: &str) -> Value {
        let cursor = || self.peer_cursors.get(name);
        match name {
            "q2" => json!({ "id": self.initiative }),
            "q3" => json!({
                "commune": self.commune, "theme": self.theme, "after": cursor(),
            }),
            "q4" => json!({ "after": cursor() }),
            "q5" => json!({ "question": self.question }),
            "q6" => box_variables(),
            _ => json!({}),
        }
    }

    /// The arguments of the statement of a query.
    pub fn for_limit(&self, name: &str) -> Vec<String> {
        match name {
            "q2" => vec![self.initiative.to_string()],
            "q3" => vec![
                self.commune.clone(),
                self.theme.clone(),
                self.first_page.to_string(),
            ],
            "q4" => vec![self.far.to_string()],
            "q5" => vec![self.question.clone()],
            "q6" => BOX.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        }
    }
}

fn box_variables() -> Value {
    let [south, west, north, east, latitude, longitude] = BOX;
    json!({
        "south": south, "west": west, "north": north, "east": east,
        "latitude": latitude, "longitude": longitude,
    })
}

/// What an answer says, whichever server wrote it.
///
/// # Errors
/// When the answer tells of an error, or says nothing.
pub fn content(name: &str, answer: &Value) -> anyhow::Result<Value> {
    ensure!(answer.get("errors").is_none(), "{name}: {answer}");
    let data = answer.get("data").unwrap_or(answer);
    let mut content = plain(data);
    if name == "q7" {
        content = counts(data);
    }
    if name == "q5" {
        // Each ranks in its own way: that there are as many is all that can be compared.
        let found = data.pointer("/initiatives/nodes").and_then(Value::as_array);
        content = json!(found.map(Vec::len));
    }
    let size = content.to_string().len();
    ensure!(
        size > 1 && content != Value::Null,
        "{name}: an empty answer: {answer}"
    );
    Ok(content)
}

/// A value without what differs between servers but means the same: cursors, nulls, the
/// wrapping of lists and of single values, the form of identifiers.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(&String, Value)> = fields
                .iter()
                .filter(|(name, _)| *name != "endCursor")
                .map(|(name, value)| (name, plain(value)))
                .filter(|(_, value)| !value.is_null())
                .collect();
            match fields.as_mut_slice() {
                [] => Value::Null,
                [(name, value)] if *name != "initiative" => value.take(),
                _ => fields
                    .into_iter()
                    .flat_map(|(name, value)| match (name.as_str(), value) {
                        ("location", Value::Object(inner)) => inner.into_iter().collect(),
                        (_, value) => vec![(name.clone(), value)],
                    })
                    .collect::<serde_json::Map<_, _>>()
                    .into(),
            }
        }
        Value::Array(values) => {
            let mut values: Vec<Value> = values.iter().map(plain).collect();
            if values.iter().all(Value::is_string) {
                values.sort_by_key(ToString::to_string);
                if let [one] = values.as_slice() {
                    return one.clone();
                }
            }
            if values.is_empty() {
                return Value::Null;
            }
            values.into()
        }
        Value::String(text) => match text.parse::<GlobalId>() {
            Ok(id) => id.uuid.to_string().into(),
            Err(_) => value.clone(),
        },
        // A whole number may be written with a fraction of zero.
        Value::Number(number) => number.as_f64().map_or_else(|| value.clone(), Into::into),
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

/// The numbers of the last query, in one order.
fn counts(data: &Value) -> Value {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |value: Option<&Value>| value.and_then(Value::as_i64).unwrap_or_default();
    let mut counts: Vec<(String, String, i64)> = Vec::new();
    if let Some(communes) = data
        .pointer("/initiatives/facets/communes")
        .and_then(Value::as_array)
    {
        for commune in communes {
            for scope in commune
                .get("scopes")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                counts.push((
                    text(commune.pointer("/commune/inseeCode")),
                    text(scope.get("scope")),
                    number(scope.get("count")),
                ));
            }
        }
    }
    let rows = data.pointer("/counts/nodes").or(data.get("counts"));
    for row in rows.and_then(Value::as_array).into_iter().flatten() {
        counts.push((
            text(row.get("communeInsee")),
            text(row.get("scope")),
            number(row.get("published")),
        ));
    }
    counts.sort();
    json!(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_content_is_the_same_whatever_its_wrapping() {
        let maillage = json!({"data": {"initiatives": {"total": 2, "page": {"endCursor": "x", "hasNextPage": true},
            "nodes": [{"title": "A", "themes": [{"slug": "b"}, {"slug": "a"}], "commune": null}]}}});
        let peer = json!({"data": {"initiatives": {"total": 2, "page": {"endCursor": "y", "hasNextPage": true},
            "nodes": [{"title": "A", "themes": {"nodes": [{"theme": {"slug": "a"}}, {"theme": {"slug": "b"}}]}}]}}});
        assert_eq!(
            content("q1", &maillage).unwrap(),
            content("q1", &peer).unwrap()
        );
        let other = json!({"data": {"initiatives": {"total": 3, "page": {"hasNextPage": true}, "nodes": []}}});
        assert_ne!(
            content("q1", &maillage).unwrap(),
            content("q1", &other).unwrap()
        );
    }

    #[test]
    fn an_error_is_no_answer() {
        assert!(content("q1", &json!({"errors": [{"message": "no"}]})).is_err());
        assert!(content("q1", &json!({"data": {}})).is_err());
    }
}
