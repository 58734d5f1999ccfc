//! What the README says, done: its queries and answers, its commands, its names.

pub mod writing;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use maillage::import::{Gravity, Mapping};
use serde_json::{Value, json};
use tests::{Backend, Binary, Outcome, Server, cases};

cases![
    its_queries_are_answered_as_it_says,
    its_imports_do_what_it_says;
    once:
    it_names_every_mapping_and_its_source,
    it_names_commands_and_settings_that_there_are,
    it_gives_every_scalar_a_type,
    its_links_lead_somewhere,
    the_page_on_security_names_tests_and_settings_that_there_are,
];

/// The top folder of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn readme() -> anyhow::Result<String> {
    Ok(std::fs::read_to_string(root().join("README.md"))?)
}

/// The README and the documents, by name.
fn documents() -> anyhow::Result<Vec<(PathBuf, String)>> {
    let mut paths = vec![root().join("README.md")];
    for folder in ["docs", "docs/decisions"] {
        for entry in std::fs::read_dir(root().join(folder))? {
            paths.push(entry?.path());
        }
    }
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    ensure!(paths.len() > 5, "only {paths:?}");
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path)?;
            Ok((path, text))
        })
        .collect()
}

/// A block of code.
#[derive(Debug)]
struct Block {
    /// The heading under which it stands.
    heading: String,
    language: String,
    text: String,
}

fn blocks(document: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut heading = String::new();
    let mut open = false;
    for line in document.lines() {
        match line.trim_start().strip_prefix("```") {
            Some(_) if open => open = false,
            Some(language) => {
                open = true;
                blocks.push(Block {
                    heading: heading.clone(),
                    language: language.to_owned(),
                    text: String::new(),
                });
            }
            None if open => {
                if let Some(block) = blocks.last_mut() {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
            }
            None => {
                if line.starts_with('#') {
                    line.trim_start_matches(['#', ' ']).clone_into(&mut heading);
                }
            }
        }
    }
    blocks
}

/// Something that the README sends, and what it says of the answer.
#[derive(Debug)]
struct Sent {
    heading: String,
    request: Request,
    answers: Vec<Value>,
}

#[derive(Debug)]
enum Request {
    Operation {
        query: String,
        variables: Value,
    },
    /// An upload to the path of this address.
    File {
        path: String,
    },
}

fn sent(document: &str) -> anyhow::Result<Vec<Sent>> {
    let mut all: Vec<Sent> = Vec::new();
    // Whether the next block of JSON is the variables of the query before it.
    let mut variables_follow = false;
    for block in blocks(document) {
        let told = || format!("under {:?}: {}", block.heading, block.text);
        let request = match block.language.as_str() {
            "graphql" => {
                variables_follow = block.text.contains("($");
                Some(Request::Operation {
                    query: block.text.clone(),
                    variables: Value::Null,
                })
            }
            "sh" => commanded(&block.text).with_context(told)?,
            "json" => {
                let value: Value = serde_json::from_str(&block.text).with_context(told)?;
                let last = all.last_mut().with_context(told)?;
                match &mut last.request {
                    Request::Operation { variables, .. } if variables_follow => *variables = value,
                    _ => last.answers.push(value),
                }
                variables_follow = false;
                None
            }
            _ => None,
        };
        all.extend(request.map(|request| Sent {
            heading: block.heading.clone(),
            request,
            answers: Vec::new(),
        }));
    }
    Ok(all)
}

/// What a call of curl sends.
fn commanded(command: &str) -> anyhow::Result<Option<Request>> {
    if let Some((_, rest)) = command.split_once("--json '") {
        let (body, _) = rest.split_once('\'').context("the end of the body")?;
        let body: Value = serde_json::from_str(body)?;
        return Ok(Some(Request::Operation {
            query: body["query"].as_str().context("a query")?.to_owned(),
            variables: body["variables"].clone(),
        }));
    }
    if command.contains("--data-binary @") {
        let (_, rest) = command.split_once("8080").context("an address")?;
        let path = rest
            .split(['\'', ' '])
            .next()
            .unwrap_or_default()
            .to_owned();
        return Ok(Some(Request::File { path }));
    }
    Ok(None)
}

/// Whether `whole` has all that `part` has: the fields of each object, and the items of
/// each list in their order. What is left out of `part` may be anything.
fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part
            .iter()
            .all(|(name, part)| whole.get(name).is_some_and(|whole| holds(whole, part))),
        (Value::Array(whole), Value::Array(part)) => {
            let mut rest = whole.iter();
            part.iter().all(|part| rest.any(|whole| holds(whole, part)))
        }
        (Value::Number(whole), Value::Number(part)) => whole.as_f64() == part.as_f64(),
        _ => whole == part,
    }
}

/// The cursors at which lists of `data` go on.
fn ends(data: &Value) -> Vec<&str> {
    match data {
        Value::Object(fields) => {
            let here = data["pageInfo"]["endCursor"].as_str();
            let below = fields.values().flat_map(ends);
            here.into_iter().chain(below).collect()
        }
        Value::Array(items) => items.iter().flat_map(ends).collect(),
        _ => Vec::new(),
    }
}

async fn its_queries_are_answered_as_it_says(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let all = sent(&readme()?)?;
    let of_visitors: Vec<_> = all
        .iter()
        .filter(|one| !writing::HEADINGS.contains(&one.heading.as_str()))
        .collect();
    ensure!(of_visitors.len() >= 6, "only {} queries", of_visitors.len());
    let mut next_pages = 0;
    for one in of_visitors {
        let Request::Operation { query, variables } = &one.request else {
            anyhow::bail!("{one:?} is for who has an account");
        };
        ensure!(!one.answers.is_empty(), "no answer to {query}");
        let answer = server.send(query, variables.clone()).await?;
        ensure!(
            answer.status == 200 && answer.body.get("errors").is_none(),
            "{query}\n{}",
            answer.body
        );
        for expected in &one.answers {
            let some = expected["data"]
                .as_object()
                .is_some_and(|data| !data.is_empty());
            ensure!(some, "nothing in {expected}");
            ensure!(
                holds(&answer.body, expected),
                "{query}\nis said to answer\n{expected:#}\nand answers\n{:#}",
                answer.body
            );
        }
        if query.contains("$after") {
            let cursors = ends(&answer.body["data"]);
            let [cursor] = cursors[..] else {
                anyhow::bail!("{cursors:?} in {}", answer.body);
            };
            let mut variables = variables.clone();
            variables["after"] = json!(cursor);
            let next = server.data_with(query, variables).await?;
            let first = &answer.body["data"];
            let lists = first.as_object().context("data")?;
            for name in lists.keys() {
                let nodes = next[name]["nodes"].as_array().context("nodes")?;
                ensure!(
                    !nodes.is_empty()
                        && nodes
                            .iter()
                            .all(|node| !holds(&first[name]["nodes"], &json!([node])))
                        && next[name]["totalCount"] == first[name]["totalCount"],
                    "{first}\n{next}"
                );
            }
            next_pages += 1;
        }
    }
    ensure!(next_pages == 1, "{next_pages} second pages");
    server.stop().await
}

/// The arguments that a line gives to the program, if it is the program that it calls.
fn arguments(line: &str) -> Option<Vec<&str>> {
    let line = line.split(" #").next().unwrap_or_default().trim();
    let rest = ["maillage ", "target/release/maillage ", "cargo run -- "]
        .iter()
        .find_map(|program| line.strip_prefix(program))?;
    let words = rest.split_whitespace();
    Some(words.take_while(|word| *word != ">").collect())
}

/// Where a file that the README imports is, if it is here.
fn imported(name: &str) -> Option<PathBuf> {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/decoupage")
        .join(name);
    let real = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared/data/real").join(name));
    std::iter::once(fixture)
        .chain(real)
        .find(|path| path.is_file())
}

#[expect(clippy::print_stderr, reason = "the report of the tests")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// Fails unless the lines of `part` are in `whole`, in their order.
fn has_lines(whole: &str, part: &str) -> anyhow::Result<()> {
    let mut rest = whole.trim_start_matches('\u{feff}').lines();
    for line in part.lines() {
        ensure!(
            rest.any(|other| other == line),
            "{line:?} is not in\n{whole}"
        );
    }
    Ok(())
}

async fn its_imports_do_what_it_says(backend: Backend) -> Outcome {
    let mut run = 0;
    let mut read: Option<(String, String)> = None;
    let of_imports = ["Importing", "Another département"];
    for block in blocks(&readme()?) {
        if !of_imports.contains(&block.heading.as_str()) {
            continue;
        }
        match (block.language.as_str(), &read) {
            ("sh", _) => {
                let (commands, result) = run_block(&backend, &block).await?;
                run += commands;
                read = result;
            }
            ("text", Some((said, _))) => has_lines(said, &block.text)?,
            ("csv", Some((_, report))) => has_lines(report, &block.text)?,
            ("text" | "csv", None) => {}
            (other, _) => anyhow::bail!("a block of {other:?} under {}", block.heading),
        }
    }
    ensure!(run >= 4, "only {run} commands were run");
    Ok(())
}

/// Runs the commands of a block on a database of their own: how many they are, and what
/// they said and reported, unless a file that they read is not here.
async fn run_block(
    backend: &Backend,
    block: &Block,
) -> anyhow::Result<(usize, Option<(String, String)>)> {
    let database = backend.create().await?;
    let binary = Binary::new(&[("DATABASE_URL", database.url.as_str())])?;
    let mut commands = vec![vec!["migrate", "up"]];
    let own: Vec<_> = block.text.lines().filter_map(arguments).collect();
    if !own.iter().any(|words| words.first() == Some(&"seed")) {
        commands.push(vec!["seed"]);
    }
    let count = own.len();
    commands.extend(own);
    let mut said = String::new();
    let mut complete = true;
    for words in commands {
        if let Some(name) = words.get(2).filter(|_| words[0] == "import") {
            let Some(path) = imported(name) else {
                ensure!(
                    std::env::var("CI").map_or(true, |value| value != "true"),
                    "{name} is required where CI=true"
                );
                say(&format!("left out: {name} is not here"));
                complete = false;
                continue;
            };
            std::fs::copy(path, binary.folder.path().join(name))?;
        }
        let output = binary.run(&words).await?;
        ensure!(
            output.status.success(),
            "{words:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        said.push_str(&String::from_utf8_lossy(&output.stdout));
    }
    let report = std::fs::read_to_string(binary.folder.path().join("report.csv"));
    database.remove().await?;
    Ok((count, complete.then(|| (said, report.unwrap_or_default()))))
}

/// The first cells of the tables under a heading, without their backquotes.
fn first_cells(document: &str, heading: &str) -> Vec<(String, String)> {
    let mut under = false;
    let mut cells = Vec::new();
    for line in document.lines() {
        if line.starts_with('#') {
            under = line.trim_start_matches(['#', ' ']) == heading;
        }
        if under
            && let Some(rest) = line.strip_prefix("| `")
            && let Some((name, _)) = rest.split_once('`')
        {
            cells.push((name.to_owned(), line.to_owned()));
        }
    }
    cells
}

async fn it_names_every_mapping_and_its_source(_: Backend) -> Outcome {
    let rows = first_cells(&readme()?, "Importing");
    let mappings = Mapping::embedded()?;
    for mapping in &mappings {
        let row = rows.iter().find(|(name, _)| *name == mapping.name);
        let (_, row) = row.with_context(|| format!("no row of {}", mapping.name))?;
        ensure!(
            row.contains(&format!("({})", mapping.source.url)),
            "{} is not in {row}",
            mapping.source.url
        );
    }
    let gravities = [
        Gravity::Understood,
        Gravity::Flagged,
        Gravity::ValueRefused,
        Gravity::Skipped,
        Gravity::RowRefused,
    ]
    .map(Gravity::as_str);
    let known: BTreeSet<&str> = mappings
        .iter()
        .map(|mapping| mapping.name.as_str())
        .chain(gravities)
        .collect();
    let named: BTreeSet<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
    ensure!(named == known, "{named:?} and {known:?}");
    Ok(())
}

/// Whether the help of a command tells of another one below it.
fn tells_of(help: &str, command: &str) -> bool {
    help.lines().any(|line| {
        line.strip_prefix("  ").is_some_and(|line| {
            line.split_whitespace().next() == Some(command) && !line.starts_with([' ', '-'])
        })
    })
}

async fn it_names_commands_and_settings_that_there_are(_: Backend) -> Outcome {
    let binary = Binary::new(&[])?;
    let help = binary.run(&["--help"]).await?;
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let mut called = 0;
    for (path, text) in documents()? {
        let lines = blocks(&text)
            .into_iter()
            .filter(|block| block.language == "sh")
            .flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>());
        let inline = text.split('`').filter(|part| !part.contains('\n'));
        for line in lines.chain(inline.map(str::to_owned)) {
            let Some(words) = arguments(&line) else {
                continue;
            };
            let (command, rest) = words.split_first().context("a command")?;
            ensure!(tells_of(&help, command), "{}: {line}", path.display());
            let of_command = binary.run(&[command, "--help"]).await?;
            let mut of_command = String::from_utf8_lossy(&of_command.stdout).into_owned();
            if let Some(below) = rest.first().filter(|word| tells_of(&of_command, word)) {
                let of_both = binary.run(&[command, below, "--help"]).await?;
                of_command = String::from_utf8_lossy(&of_both.stdout).into_owned();
            }
            for option in rest.iter().filter(|word| word.starts_with("--")) {
                ensure!(of_command.contains(*option), "{}: {line}", path.display());
            }
            called += 1;
        }
    }
    ensure!(called >= 10, "only {called} commands were found");
    let settings = first_cells(&readme()?, "Settings");
    ensure!(settings.len() > 20, "{settings:?}");
    for (name, _) in settings {
        ensure!(
            help.lines().any(|line| line.trim() == name),
            "there is no setting {name}"
        );
    }
    Ok(())
}

async fn it_gives_every_scalar_a_type(_: Backend) -> Outcome {
    let schema = std::fs::read_to_string(root().join("schema.graphql"))?;
    let scalars: Vec<&str> = schema
        .lines()
        .filter_map(|line| line.strip_prefix("scalar "))
        .collect();
    ensure!(scalars.len() > 3, "{scalars:?}");
    let blocks = blocks(&readme()?);
    let config = blocks
        .iter()
        .find(|block| block.language == "ts")
        .context("a configuration")?;
    for scalar in scalars {
        ensure!(
            config.text.contains(&format!("          {scalar}: \"")),
            "{scalar} has no type in {}",
            config.text
        );
    }
    Ok(())
}

async fn its_links_lead_somewhere(_: Backend) -> Outcome {
    let mut followed = 0;
    for (path, text) in documents()? {
        let folder = path.parent().context("a folder")?;
        for rest in text.split("](").skip(1) {
            let target = rest.split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            ensure!(
                folder.join(target).exists(),
                "{} links to {target}",
                path.display()
            );
            followed += 1;
        }
    }
    ensure!(followed >= 10, "only {followed} links");
    Ok(())
}

/// The sources below a folder, as one text.
fn sources(folder: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("node_modules") {
            text.push_str(&sources(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            text.push_str(&std::fs::read_to_string(&path)?);
        }
    }
    Ok(text)
}

async fn the_page_on_security_names_tests_and_settings_that_there_are(_: Backend) -> Outcome {
    let page = std::fs::read_to_string(root().join("docs/security.md"))?;
    let tests = sources(&root().join("tests"))? + &sources(&root().join("api/src"))?;
    let settings = maillage::settings::TABLE;
    let (mut named, mut set) = (0, 0);
    for word in page.split('`').skip(1).step_by(2) {
        if let Some((_, test)) = word.rsplit_once("::") {
            ensure!(tests.contains(&format!("fn {test}(")), "no test {word}");
            named += 1;
        } else if word.contains('_') && word == word.to_uppercase() {
            let is_there = settings.iter().any(|setting| setting.name == word);
            ensure!(is_there, "no setting {word}");
            set += 1;
        }
    }
    ensure!(named > 40 && set > 20, "{named} tests and {set} settings");
    Ok(())
}
