//! However many rows there are, an answer takes the same number of SQL statements.
//!
//! The schema itself is asked what it has: every field that leads to an object is asked of
//! many objects at once, with few rows and with many. A field of `Query` of which nobody
//! has said how it is asked, and a field that no row of the test fills, make it fail.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::{Context as _, bail, ensure};
use entity::values::Role;
use maillage::clock::Clock;
use serde_json::Value;
use tests::fixtures::{COMMON_WORD, Fixtures, MIDDLE};
use tests::{Backend, Outcome, Server, cases};

cases![statements_do_not_grow_with_rows_anywhere_in_the_schema];

/// Rows of each kind.
const FEW: u32 = 2;
const MANY: u32 = 40;

/// Objects of one kind that are asked by their identifiers.
const IDENTIFIED: usize = 10;

/// One account or import by its identifier: no nodes, and `accounts` and `imports` ask all
/// that they have.
const LEFT_OUT: [&str; 2] = ["account", "import"];

/// How each field of `Query` is asked: every way of those that have several.
const ASKED: [(&str, &str); 45] = [
    ("viewer", ""),
    ("contactConsentWording", ""),
    ("myData", ""),
    ("accounts", "(first: 100)"),
    ("imports", "(first: 10)"),
    // What is loaded of contents of several types meets or not, as the moment has it.
    ("reviewQueue", "(first: 100, filter: {kinds: [INITIATIVE]})"),
    (
        "reviewQueue",
        "(first: 100, filter: {kinds: [ORGANIZATION]})",
    ),
    (
        "reviewQueue",
        "(first: 100, filter: {kinds: [COWORKING_SPACE]})",
    ),
    (
        "reviewQueue",
        "(first: 100, filter: {kinds: [FUNDING_SOURCE]})",
    ),
    ("reviewQueue", "(first: 100, filter: {kinds: [MEMBER]})"),
    (
        "organizationDuplicates",
        r#"(first: 10, input: {name: "Organization 1", sites: [{place: {commune: "00000"}}]})"#,
    ),
    (
        "initiativeDuplicates",
        r#"(first: 10, input: {title: "Initiative 1", communes: ["00000"]})"#,
    ),
    (
        "coworkingSpaceDuplicates",
        r#"(first: 10, input: {name: "Space 1", place: {
            commune: "00000", location: {latitude: 48, longitude: 2}}})"#,
    ),
    (
        "probableDuplicates",
        "(first: 100, filter: {kind: ORGANIZATION})",
    ),
    (
        "probableDuplicates",
        "(first: 100, filter: {kind: COWORKING_SPACE})",
    ),
    (
        "probableDuplicates",
        "(first: 100, filter: {kind: INITIATIVE, verdict: DIFFERENT})",
    ),
    ("rateLimit", ""),
    ("commune", r#"(inseeCode: "00000")"#),
    ("communes", "(first: 100)"),
    ("intercommunality", r#"(siren: "000000000")"#),
    ("intercommunalities", ""),
    ("departement", r#"(code: "000")"#),
    ("departements", ""),
    ("station", r#"(slug: "station-0")"#),
    (
        "nearestStations",
        "(location: {latitude: 48.2, longitude: 2}, first: 100, maxMetres: 100000)",
    ),
    ("organization", r#"(slug: "organization-of-0")"#),
    ("organizations", "(first: 100)"),
    ("theme", r#"(slug: "theme-0")"#),
    ("themes", ""),
    ("initiative", r#"(slug: "initiative-of-1")"#),
    ("initiatives", "(first: 100)"),
    ("member", r#"(slug: "member-of-0")"#),
    ("members", "(first: 100)"),
    ("coworkingSpace", r#"(slug: "space-00001")"#),
    ("coworkingSpaces", "(first: 100)"),
    ("fundingSource", r#"(slug: "source-0")"#),
    ("fundingSources", "(first: 100)"),
    ("fundingRules", ""),
    // One page of many rows would not have those of each type.
    (
        "search",
        r#"(first: 100, text: "partage", types: [INITIATIVE])"#,
    ),
    (
        "search",
        r#"(first: 100, text: "partage", types: [ORGANIZATION])"#,
    ),
    (
        "search",
        r#"(first: 100, text: "partage", types: [COWORKING_SPACE])"#,
    ),
    (
        "search",
        r#"(first: 100, text: "partage", types: [FUNDING_SOURCE])"#,
    ),
    (
        "search",
        r#"(first: 100, text: "partage", types: [MEMBER])"#,
    ),
    ("node", "(id: $id)"),
    ("nodes", "(ids: $ids)"),
];

/// The schema, as introspection tells it.
struct Schema {
    /// The fields of each object type.
    objects: BTreeMap<String, Vec<Field>>,
    /// The object types that an interface or a union may be.
    abstracts: BTreeMap<String, Vec<String>>,
    /// Object types with a global identifier.
    nodes: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Field {
    name: String,
    of: String,
    is_leaf: bool,
    is_list: bool,
    /// Each with the fields of its input type, and whether it must be given.
    arguments: BTreeMap<String, (Vec<String>, bool)>,
}

/// What is selected of an object.
#[derive(Clone, Debug, Default)]
struct Selection {
    fields: Vec<Selected>,
    /// By type, where the object may be of several.
    of_types: BTreeMap<String, Vec<Selected>>,
}

#[derive(Clone, Debug)]
struct Selected {
    /// The type and the name of the field.
    owner: String,
    name: String,
    alias: Option<String>,
    arguments: String,
    below: Selection,
}

/// How lists are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asking {
    Plainly,
    ByPlace,
    ByText,
}

/// How often each field was answered with something, by `Type.field`.
type Answered = BTreeMap<String, u64>;

impl Schema {
    async fn of(server: &Server) -> anyhow::Result<Self> {
        const TYPE: &str =
            "{ name kind ofType { name kind ofType { name kind ofType { name kind } } } }";
        let data = server
            .data(&format!(
                "{{ __schema {{ types {{ name kind interfaces {{ name }} \
                     possibleTypes {{ name }} inputFields {{ name }} \
                     fields {{ name type {TYPE} args {{ name defaultValue type {TYPE} }} }} }} }} }}"
            ))
            .await?;
        let types = data["__schema"]["types"].as_array().context("types")?;
        let names = |list: &Value| -> Vec<String> {
            let names = list.as_array().into_iter().flatten();
            names
                .filter_map(|one| Some(one["name"].as_str()?.to_owned()))
                .collect()
        };
        let inputs: BTreeMap<&str, Vec<String>> = types
            .iter()
            .filter_map(|of| Some((of["name"].as_str()?, names(&of["inputFields"]))))
            .collect();
        let mut schema = Self {
            objects: BTreeMap::new(),
            abstracts: BTreeMap::new(),
            nodes: BTreeSet::new(),
        };
        for of in types {
            let name = of["name"].as_str().context("a name")?.to_owned();
            if name.starts_with("__") {
                continue;
            }
            match of["kind"].as_str() {
                Some("OBJECT") => {
                    let fields = of["fields"].as_array().context("fields")?.iter();
                    let fields = fields.map(|field| Field::read(field, &inputs));
                    let fields = fields.collect::<anyhow::Result<_>>()?;
                    if names(&of["interfaces"]).iter().any(|one| one == "Node") {
                        schema.nodes.insert(name.clone());
                    }
                    schema.objects.insert(name, fields);
                }
                Some("INTERFACE" | "UNION") => {
                    schema.abstracts.insert(name, names(&of["possibleTypes"]));
                }
                _ => {}
            }
        }
        if let Some(query) = schema.objects.get_mut("Query") {
            query.retain(|field| !LEFT_OUT.contains(&field.name.as_str()));
        }
        schema.keep_what_is_read();
        Ok(schema)
    }

    /// Forgets the objects to which no query leads: what mutations answer.
    fn keep_what_is_read(&mut self) {
        let mut next = VecDeque::from(["Query".to_owned()]);
        let mut reached = BTreeSet::new();
        while let Some(of) = next.pop_front() {
            let fields = self.objects.get(&of).into_iter().flatten();
            next.extend(
                fields
                    .map(|field| field.of.clone())
                    .filter(|of| !reached.contains(of)),
            );
            let types = self.abstracts.get(&of).into_iter().flatten();
            next.extend(types.filter(|of| !reached.contains(*of)).cloned());
            reached.insert(of);
        }
        self.objects.retain(|of, _| reached.contains(of));
    }

    fn fields(&self, of: &str) -> anyhow::Result<&[Field]> {
        let fields = self.objects.get(of);
        Ok(fields.with_context(|| format!("{of} is no object type"))?)
    }

    /// Whether objects of a type are lists in pages.
    fn is_connection(&self, of: &str) -> bool {
        let fields = self.objects.get(of).into_iter().flatten();
        fields.into_iter().any(|field| field.name == "pageInfo")
    }

    /// Whether objects of a type tell nothing but values: no list in pages, and no object
    /// that has an identifier.
    fn is_plain(&self, of: &str) -> bool {
        !self.nodes.contains(of)
            && self.objects.get(of).is_some_and(|fields| {
                !self.is_connection(of)
                    && fields
                        .iter()
                        .all(|field| field.is_leaf || self.is_plain(&field.of))
            })
    }

    /// The fields of a type that lead to other objects, each of which is asked by itself.
    fn leading(&self, of: &str) -> anyhow::Result<Vec<Field>> {
        let fields = self.fields(of)?.iter();
        let leading = fields.filter(|field| !field.is_leaf && !self.is_plain(&field.of));
        Ok(leading.cloned().collect())
    }

    /// What is selected below a field: everything, up to objects that have an identifier,
    /// and of those all values.
    fn below(&self, field: &Field, asking: Asking) -> anyhow::Result<Selection> {
        if field.is_leaf {
            return Ok(Selection::default());
        }
        let mut selection = Selection::default();
        if let Some(types) = self.abstracts.get(&field.of) {
            for of in types {
                let fields = self.all(of, asking, true)?;
                selection.of_types.insert(of.clone(), fields);
            }
        } else {
            selection.fields = self.all(&field.of, asking, false)?;
        }
        Ok(selection)
    }

    fn all(&self, of: &str, asking: Asking, is_aliased: bool) -> anyhow::Result<Vec<Selected>> {
        let is_node = self.nodes.contains(of);
        let mut selected = Vec::new();
        for field in self.fields(of)? {
            if is_node && !field.is_leaf && !self.is_plain(&field.of) {
                continue;
            }
            selected.push(Selected {
                owner: of.to_owned(),
                name: field.name.clone(),
                // Fields of one name may be of other types in other objects.
                alias: is_aliased.then(|| format!("{of}_{}", field.name)),
                arguments: field.ask_somehow(of, asking)?,
                below: self.below(field, asking)?,
            });
        }
        Ok(selected)
    }

    /// The shortest way from `Query` to many objects of a type: the fields that lead there.
    fn way(&self, to: &str) -> anyhow::Result<Vec<(String, Field)>> {
        let mut ways = VecDeque::from([("Query".to_owned(), false, Vec::new())]);
        let mut seen = BTreeSet::new();
        while let Some((of, is_many, way)) = ways.pop_front() {
            if of == to && is_many {
                return Ok(way);
            }
            if !seen.insert((of.clone(), is_many)) {
                continue;
            }
            for field in self.objects.get(&of).into_iter().flatten() {
                // Below one object there need not be many.
                let is_one = of == "Query" && !field.is_list && !self.is_connection(&field.of);
                if field.is_leaf || is_one {
                    continue;
                }
                let mut way = way.clone();
                way.push((of.clone(), field.clone()));
                ways.push_back((field.of.clone(), is_many || field.is_list, way));
            }
        }
        bail!("no list leads to {to}")
    }
}

impl Field {
    fn read(field: &Value, inputs: &BTreeMap<&str, Vec<String>>) -> anyhow::Result<Self> {
        let unwrapped = |of: &Value| -> anyhow::Result<(String, String, bool, bool)> {
            let is_required = of["kind"] == "NON_NULL";
            let (mut of, mut is_list) = (of, false);
            while !of["ofType"].is_null() {
                is_list |= of["kind"] == "LIST";
                of = &of["ofType"];
            }
            let text = |key: &str| of[key].as_str().map(str::to_owned).context("a type");
            Ok((text("name")?, text("kind")?, is_list, is_required))
        };
        let (of, kind, is_list, _) = unwrapped(&field["type"])?;
        let mut arguments = BTreeMap::new();
        for argument in field["args"].as_array().into_iter().flatten() {
            let (of, _, _, is_required) = unwrapped(&argument["type"])?;
            let is_required = is_required && argument["defaultValue"].is_null();
            let name = argument["name"].as_str().context("a name")?.to_owned();
            let fields = inputs.get(of.as_str()).cloned().unwrap_or_default();
            arguments.insert(name, (fields, is_required));
        }
        Ok(Self {
            name: field["name"].as_str().context("a name")?.to_owned(),
            of,
            is_leaf: matches!(kind.as_str(), "SCALAR" | "ENUM"),
            is_list,
            arguments,
        })
    }

    fn filters(&self, by: &str) -> bool {
        let filter = self.arguments.get("filter");
        filter.is_some_and(|(fields, _)| fields.iter().any(|field| field == by))
    }

    /// Whether a list can be asked so.
    fn can_be_asked(&self, asking: Asking) -> bool {
        match asking {
            Asking::Plainly => true,
            Asking::ByPlace => self.filters("near"),
            Asking::ByText => self.filters("text"),
        }
    }

    /// The arguments with which a field is asked: one text for each way.
    fn given(&self, owner: &str) -> anyhow::Result<Vec<String>> {
        if owner == "Query" {
            let asked = ASKED.iter().filter(|(name, _)| *name == self.name);
            let texts = asked.map(|(_, text)| text.trim_matches(['(', ')']).to_owned());
            let texts: Vec<String> = texts.collect();
            ensure!(
                !texts.is_empty(),
                "nobody said how Query.{} is asked: say it in ASKED",
                self.name
            );
            return Ok(texts);
        }
        if self.name == "differences" {
            return Ok(vec!["from: 1, to: 2".to_owned()]);
        }
        let required = self.arguments.iter().find(|(_, (_, required))| *required);
        if let Some((argument, _)) = required {
            bail!(
                "nobody said which {argument} {owner}.{} is asked",
                self.name
            );
        }
        let given: Vec<&str> = [("first", "first: 100"), ("maxMetres", "maxMetres: 100000")]
            .into_iter()
            .filter(|(argument, _)| self.arguments.contains_key(*argument))
            .map(|(_, text)| text)
            .collect();
        Ok(vec![given.join(", ")])
    }

    /// The same, as they stand in a query that asks lists so.
    fn ask(&self, given: &str, asking: Asking) -> String {
        let mut arguments = Vec::new();
        arguments.extend((!given.is_empty()).then(|| given.to_owned()));
        let order = match asking {
            Asking::ByPlace if self.filters("near") => {
                let (latitude, longitude) = MIDDLE;
                arguments.push(format!(
                    "filter: {{near: {{location: {{latitude: {latitude}, \
                     longitude: {longitude}}}, maxMetres: 100000}}}}"
                ));
                Some("DISTANCE")
            }
            Asking::ByText if self.filters("text") => {
                arguments.push(format!("filter: {{text: \"{COMMON_WORD}\"}}"));
                Some("RELEVANCE")
            }
            _ => None,
        };
        if let Some(order) = order
            && self.arguments.contains_key("order")
        {
            arguments.push(format!("order: {order}"));
        }
        match arguments.as_slice() {
            [] => String::new(),
            given => format!("({})", given.join(", ")),
        }
    }

    /// The same, of a field of which one way is enough.
    fn ask_somehow(&self, owner: &str, asking: Asking) -> anyhow::Result<String> {
        let given = self.given(owner)?;
        Ok(self.ask(given.first().context("a way to ask")?, asking))
    }
}

impl Selection {
    fn text(&self) -> String {
        let texts = |fields: &[Selected]| {
            let texts: Vec<String> = fields.iter().map(Selected::text).collect();
            texts.join(" ")
        };
        let mut text = texts(&self.fields);
        if !self.of_types.is_empty() {
            text.push_str("__typename");
        }
        for (of, fields) in &self.of_types {
            text.push_str(&format!(" ... on {of} {{ {} }}", texts(fields)));
        }
        text
    }

    /// Takes note of what an object answered.
    fn note(&self, object: &Value, answered: &mut Answered) {
        let of_type = object["__typename"]
            .as_str()
            .and_then(|of| self.of_types.get(of));
        for field in self.fields.iter().chain(of_type.into_iter().flatten()) {
            let value = &object[field.alias.as_ref().unwrap_or(&field.name)];
            field.note(value, answered);
        }
    }
}

impl Selected {
    fn text(&self) -> String {
        let alias = self.alias.as_ref().map(|alias| format!("{alias}: "));
        let below = self.below.text();
        let below = if below.is_empty() {
            below
        } else {
            format!(" {{ {below} }}")
        };
        let alias = alias.unwrap_or_default();
        format!("{alias}{}{}{below}", self.name, self.arguments)
    }

    /// Takes note of what the field answered: nothing, one value or several.
    fn note(&self, value: &Value, answered: &mut Answered) {
        match value {
            Value::Null => {}
            Value::Array(values) => {
                for value in values {
                    self.note(value, answered);
                }
            }
            value => {
                let times = answered
                    .entry(format!("{}.{}", self.owner, self.name))
                    .or_default();
                *times += 1;
                self.below.note(value, answered);
            }
        }
    }
}

/// A query for everything below one field, asked of `Query` or of many objects.
fn query(
    schema: &Schema,
    owner: &str,
    field: &Field,
    given: &str,
    asking: Asking,
) -> anyhow::Result<Selection> {
    let mut selected = Selected {
        owner: owner.to_owned(),
        name: field.name.clone(),
        alias: None,
        arguments: field.ask(given, asking),
        below: schema.below(field, asking)?,
    };
    let way = match owner {
        "Query" => Vec::new(),
        _ => schema.way(owner)?,
    };
    for (owner, field) in way.into_iter().rev() {
        selected = Selected {
            arguments: field.ask_somehow(&owner, Asking::Plainly)?,
            owner,
            name: field.name,
            alias: None,
            below: Selection {
                fields: vec![selected],
                ..Selection::default()
            },
        };
    }
    Ok(Selection {
        fields: vec![selected],
        ..Selection::default()
    })
}

/// A query for each way to ask each field that leads to objects, by its name.
fn queries(schema: &Schema) -> anyhow::Result<Vec<(String, Selection)>> {
    let mut queries = Vec::new();
    for owner in ["Query"]
        .into_iter()
        .chain(schema.nodes.iter().map(String::as_str))
    {
        let fields = match owner {
            "Query" => schema.fields(owner)?.to_vec(),
            _ => schema.leading(owner)?,
        };
        for field in fields {
            for given in field.given(owner)? {
                for asking in [Asking::Plainly, Asking::ByPlace, Asking::ByText] {
                    if field.can_be_asked(asking) {
                        let name = format!("{owner}.{}({given}) {asking:?}", field.name);
                        let query = query(schema, owner, &field, &given, asking)?;
                        queries.push((name, query));
                    }
                }
            }
        }
    }
    for (name, _) in ASKED {
        let is_there = schema
            .fields("Query")?
            .iter()
            .any(|field| field.name == name);
        ensure!(is_there, "there is no Query.{name}");
    }
    Ok(queries)
}

/// The identifiers of some objects of each type.
async fn identifiers(
    server: &Server,
    schema: &Schema,
) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
    let mut all = BTreeMap::new();
    for of in &schema.nodes {
        let id = schema.fields(of)?.iter().find(|field| field.name == "id");
        let id = id.with_context(|| format!("{of} has no identifier"))?;
        let selection = query(schema, of, id, "", Asking::Plainly)?;
        let data = server.data(&format!("{{ {} }}", selection.text())).await?;
        let mut of_type = BTreeSet::new();
        strings(&data, &mut of_type);
        ensure!(of_type.len() >= 2, "{of}: {data}");
        let quoted = of_type.iter().take(IDENTIFIED);
        let quoted = quoted.map(|id| format!("\"{id}\"")).collect();
        all.insert(of.clone(), quoted);
    }
    Ok(all)
}

/// Every text of an answer.
fn strings(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            found.insert(text.clone());
        }
        Value::Array(values) => values.iter().for_each(|value| strings(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

/// Asks every query; answers what each of them cost, and what was answered.
async fn ask_everything(
    server: &Server,
    schema: &Schema,
) -> anyhow::Result<(BTreeMap<String, u64>, Answered)> {
    // The first question reads the words that came since.
    server
        .data(&format!(
            "{{ search(text: \"{COMMON_WORD}\") {{ totalCount }} }}"
        ))
        .await?;
    let ids = identifiers(server, schema).await?;
    let every = ids.values().flatten().map(String::as_str);
    let every = format!("[{}]", every.collect::<Vec<_>>().join(", "));
    let (mut costs, mut answered) = (BTreeMap::new(), Answered::new());
    for (name, selection) in queries(schema)? {
        let text = format!("{{ {} }}", selection.text()).replace("$ids", &every);
        let texts: Vec<(String, String)> = if text.contains("$id") {
            let firsts = ids.iter().filter_map(|(of, ids)| Some((of, ids.first()?)));
            firsts
                .map(|(of, id)| (format!("{name} {of}"), text.replace("$id", id)))
                .collect()
        } else {
            vec![(name, text)]
        };
        for (name, text) in texts {
            let asked = server.counted(&text).await;
            let (data, cost) = asked.with_context(|| name.clone())?;
            selection.note(&data, &mut answered);
            costs.insert(name, cost);
        }
    }
    Ok((costs, answered))
}

/// Asks every query as somebody who perhaps may not; answers each answer, with its query.
pub async fn answers_to_everything(
    server: &mut Server,
    reviewer: &str,
    token: Option<&str>,
) -> anyhow::Result<Vec<(String, Value)>> {
    server.ask_as(reviewer);
    let schema = Schema::of(server).await?;
    let ids = identifiers(server, &schema).await?;
    match token {
        Some(token) => server.ask_as(token),
        None => server.ask_as_visitor(),
    }
    let every = ids.values().flatten().map(String::as_str);
    let every = format!("[{}]", every.collect::<Vec<_>>().join(", "));
    let mut answers = Vec::new();
    for (name, selection) in queries(&schema)? {
        let text = format!("{{ {} }}", selection.text()).replace("$ids", &every);
        let texts = if text.contains("$id") {
            let firsts = ids.values().filter_map(|ids| ids.first());
            firsts.map(|id| text.replace("$id", id)).collect()
        } else {
            vec![text]
        };
        for text in texts {
            let answer = server.send(&text, Value::Null).await?;
            answers.push((name.clone(), answer.body));
        }
    }
    Ok(answers)
}

async fn statements_do_not_grow_with_rows_anywhere_in_the_schema(backend: Backend) -> Outcome {
    let settings = [
        ("QUERY_COST", "10000000"),
        ("QUERY_FIELDS", "100000"),
        ("QUERY_DEPTH", "50"),
        ("QUERY_TOKENS", "100000"),
        ("QUERY_ALIASES", "10000"),
        ("OPERATION_TIMEOUT_MS", "120000"),
        // So that the rate is limited, and told.
        ("RATE_LIMIT_POINTS", "1000000000"),
    ];
    let mut server = Server::start(backend, &settings, false, Clock::system()).await?;
    let fixtures = Fixtures::of(&server).await?;
    // Who reviews is answered most.
    let reviewer = server.account(Role::Staff, None).await?;
    server.ask_as(&reviewer.token);
    let schema = Schema::of(&server).await?;
    fixtures.everything(&server, 0..FEW).await?;
    fixtures.consented_by(reviewer.account).await?;
    fixtures.imports(reviewer.account, 0..FEW).await?;
    let (few, answered_by_few) = ask_everything(&server, &schema).await?;
    fixtures.everything(&server, FEW..MANY).await?;
    fixtures.imports(reviewer.account, FEW..MANY).await?;
    let (many, answered_by_many) = ask_everything(&server, &schema).await?;
    let grown: Vec<String> = few
        .iter()
        .filter_map(|(name, few)| {
            let many = many.get(name)?;
            (few != many).then(|| format!("{name}: {few} statements, then {many}"))
        })
        .collect();
    ensure!(grown.is_empty(), "{grown:#?}");
    ensure!(few.len() > 80 && few.len() == many.len(), "{few:#?}");

    // None of it was in vain: each field was answered, and more often with more rows.
    let mut vain = Vec::new();
    for (of, fields) in &schema.objects {
        for field in fields {
            let name = format!("{of}.{}", field.name);
            let times = |answered: &Answered| answered.get(&name).copied().unwrap_or_default();
            let (few, many) = (times(&answered_by_few), times(&answered_by_many));
            if few == 0 || many < few || schema.nodes.contains(of) && many == few {
                vain.push(format!("{name}: {few}, then {many}"));
            }
        }
    }
    ensure!(
        vain.is_empty(),
        "never answered, or no more often: {vain:#?}"
    );
    server.stop().await
}
