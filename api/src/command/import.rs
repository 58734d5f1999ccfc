//! `maillage import`.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::app::App;
use crate::bulk::{MARK, plain};
use crate::clock::Clock;
use crate::database::Purpose;
use crate::import::{
    self, Duplicate, Finding, Gravity, Mapping, Observer, Options, Outcome, Progress, Report,
    RowReport,
};
use crate::settings::Settings;

#[derive(Args)]
pub struct Arguments {
    /// Name of a mapping that Maillage knows (see --list), or path of a TOML file.
    #[arg(required_unless_present = "list")]
    mapping: Option<String>,

    /// The file to read.
    #[arg(required_unless_present = "list")]
    file: Option<PathBuf>,

    /// List the mappings that Maillage knows.
    #[arg(long)]
    list: bool,

    /// Read everything, report everything, and keep nothing.
    #[arg(long)]
    dry_run: bool,

    /// Overwrite what people changed since the source was last imported.
    #[arg(long)]
    source_wins: bool,

    /// Write what was found, row by row, to this CSV file.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Of a workbook, read the sheet of this name rather than the first one.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,

    /// Of a territory, read only the communes of this département, by its code.
    #[arg(long, value_name = "CODE")]
    departement: Option<String>,
}

pub async fn import(settings: Settings, clock: Clock, arguments: Arguments) -> anyhow::Result<()> {
    let (Some(name), Some(path)) = (&arguments.mapping, &arguments.file) else {
        super::print(&list()?);
        return Ok(());
    };
    let mapping = mapping(name)?.imported_on(clock.today());
    let mut file =
        File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut follower = Follower::new(arguments.report.as_deref())?;
    let app = App::open(settings, clock, Purpose::Batch).await?;
    let options = Options {
        dry_run: arguments.dry_run,
        departement: arguments.departement,
        sheet: arguments.sheet,
        actor: None,
        job: None,
        source_wins: arguments.source_wins,
    };
    let report = import::import(&app, &mapping, &mut file, &options, &mut follower)
        .await
        .with_context(|| format!("{} was not imported to its end", path.display()))?;
    follower.finish()?;
    super::print(&summary(&mapping, &report, options.dry_run));
    Ok(())
}

fn list() -> anyhow::Result<String> {
    let mut text = String::new();
    for mapping in Mapping::embedded()? {
        writeln!(text, "{:<40}{}", mapping.name, mapping.title)?;
    }
    Ok(text)
}

/// The mapping of this name, or of the file at this path.
fn mapping(name: &str) -> anyhow::Result<Mapping> {
    if let Some(mapping) = Mapping::named(name)? {
        return Ok(mapping);
    }
    if !std::path::Path::new(name).exists() {
        bail!("there is no mapping {name}; `maillage import --list` lists them");
    }
    let text = std::fs::read_to_string(name).with_context(|| format!("{name} cannot be read"))?;
    Mapping::parse(&text).with_context(|| format!("{name} cannot be used"))
}

/// Moves the progress bar, and writes the report.
struct Follower {
    bar: ProgressBar,
    report: Option<csv::Writer<File>>,
    failure: Option<csv::Error>,
}

impl Follower {
    fn new(report: Option<&std::path::Path>) -> anyhow::Result<Self> {
        let report = match report {
            Some(path) => {
                let mut file = File::create(path)
                    .with_context(|| format!("{} cannot be written", path.display()))?;
                file.write_all(MARK)?;
                let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(file);
                writer.write_record(import::REPORT_COLUMNS)?;
                Some(writer)
            }
            None => None,
        };
        // Hidden by itself where standard error is not a terminal.
        let bar = ProgressBar::new(0);
        bar.set_style(ProgressStyle::with_template(
            "{bar:40} {bytes}/{total_bytes} {msg} {eta}",
        )?);
        Ok(Self {
            bar,
            report,
            failure: None,
        })
    }

    fn write(&mut self, record: [&str; 7]) {
        if let Some(writer) = &mut self.report
            && let Err(error) = writer.write_record(record.map(plain))
        {
            self.failure = Some(error);
        }
    }

    fn finish(mut self) -> anyhow::Result<()> {
        self.bar.finish_and_clear();
        if let Some(error) = self.failure {
            return Err(error).context("the report cannot be written");
        }
        if let Some(writer) = &mut self.report {
            writer.flush().context("the report cannot be written")?;
        }
        Ok(())
    }
}

impl Observer for Follower {
    fn row(&mut self, row: &RowReport) {
        let line = row.line.to_string();
        self.write([
            &line,
            "row",
            row.outcome.as_str(),
            "",
            &row.external_id,
            "",
            "",
        ]);
    }

    fn finding(&mut self, finding: &Finding) {
        self.write([
            &finding.line.to_string(),
            finding.code.gravity().as_str(),
            finding.code.as_str(),
            &finding.column,
            &finding.value,
            finding.kept.as_deref().unwrap_or_default(),
            finding.code.reason(),
        ]);
    }

    fn duplicate(&mut self, duplicate: &Duplicate) {
        let reason = format!("alike by {:.2}: {}", duplicate.score, duplicate.other_name);
        self.write([
            &duplicate.line.to_string(),
            "probable duplicate",
            duplicate.reason.as_str(),
            "",
            &duplicate.name,
            &duplicate.other_name,
            &reason,
        ]);
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        self.bar.set_length(progress.total_bytes);
        self.bar.set_position(progress.bytes);
        self.bar.set_message(format!("{} rows", progress.rows));
        ControlFlow::Continue(())
    }
}

/// What an import did, for a reader.
fn summary(mapping: &Mapping, report: &Report, dry_run: bool) -> String {
    let mut lines = vec![format!("{}: {}", mapping.name, mapping.title)];
    let separator = match report.separator {
        Some('\t') => ", separated by tabs".to_owned(),
        Some(separator) => format!(", separated by {separator}"),
        None => String::new(),
    };
    let line_ends = match report.line_ends {
        Some(line_ends) => format!(", line ends {}", line_ends.as_str()),
        None => String::new(),
    };
    lines.push(format!("file: {}{line_ends}{separator}", report.encoding));
    if report.replacement_characters > 0 {
        lines.push(format!(
            "destroyed characters (U+FFFD) kept: {}",
            report.replacement_characters
        ));
    }
    lines.push(format!("rows: {}", counted(&report.rows)));
    for (kind, counts) in &report.entities {
        lines.push(format!("{kind}: {}", counted(counts)));
    }
    let gravities = [
        Gravity::RowRefused,
        Gravity::ValueRefused,
        Gravity::Skipped,
        Gravity::Flagged,
        Gravity::Understood,
    ];
    for gravity in gravities {
        for (code, count) in &report.findings {
            if code.gravity() == gravity {
                lines.push(format!(
                    "{}: {count} × {} ({})",
                    gravity.as_str(),
                    code.as_str(),
                    code.reason()
                ));
            }
        }
    }
    if report.left_out > 0 {
        lines.push(format!(
            "contact data left out: {} cells. {}",
            report.left_out, mapping.left_out.reason
        ));
    }
    lines.push(format!(
        "probable duplicates of other sources: {}, none merged",
        report.duplicates
    ));
    lines.push(format!(
        "source: {} ({}), {}",
        mapping.source.attribution, mapping.source.licence, mapping.source.url
    ));
    if dry_run {
        lines.push("dry run: nothing was kept".to_owned());
    }
    lines.push(String::new());
    lines.join("\n")
}

fn counted(counts: &import::Counts) -> String {
    format!(
        "{} in all, {} {}, {} {}, {} {}, {} {}, {} {}",
        counts.total(),
        counts.created,
        Outcome::Created.as_str(),
        counts.updated,
        Outcome::Updated.as_str(),
        counts.unchanged,
        Outcome::Unchanged.as_str(),
        counts.refused,
        Outcome::Refused.as_str(),
        counts.skipped,
        Outcome::Skipped.as_str(),
    )
}
