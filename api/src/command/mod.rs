//! The command line: what each command does, and how it ends.

mod import;
mod keys;
mod migrate;
mod serve;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use crate::app::App;
use crate::clock::Clock;
use crate::database::Purpose;
use crate::settings::{self, Settings};
use crate::telemetry::logs;
use crate::{graphql, permission, search, seed};

pub use migrate::{pending as pending_migrations, up as apply_migrations};

/// The shared registry of the social and solidarity economy, as a GraphQL API.
///
/// Without a command, `maillage` serves. Without settings, it keeps its data in the file
/// maillage.sqlite of the working directory, which it creates, migrates and fills with
/// a demonstration at first start.
#[derive(Parser)]
#[command(name = "maillage", version, after_long_help = settings::help())]
struct Arguments {
    /// TOML file of settings; the environment goes over it.
    #[arg(long, global = true, value_name = "FILE", env = "MAILLAGE_CONFIG")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Answer GraphQL requests over HTTP (the default).
    Serve,
    /// Bring the database to another version of the schema, or tell where it stands.
    Migrate {
        #[command(subcommand)]
        direction: migrate::Direction,
    },
    /// Fill an empty registry with the reference data of the Hauts-de-Seine and the demonstration.
    Seed {
        /// Leave the demonstration out: the territory and the themes only.
        #[arg(long)]
        reference_only: bool,
    },
    /// Make the search index anew from what is public.
    Reindex,
    /// Read a registry from a file, as a mapping says. Done twice, it changes nothing.
    Import(import::Arguments),
    /// Tell of the keys that sign access tokens, or begin to sign with a new one.
    Keys {
        #[command(subcommand)]
        action: keys::Action,
    },
    /// Make an account, so that a first administrator can invite the others.
    User {
        #[command(subcommand)]
        action: user::Action,
    },
    /// Print the GraphQL schema (SDL).
    Schema,
    /// Print who may do what (Markdown).
    Permissions,
}

/// Runs the command that the arguments of the process name.
pub async fn run() -> ExitCode {
    match execute(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::debug!(?error, "the command failed");
            report(&error);
            ExitCode::FAILURE
        }
    }
}

async fn execute(arguments: Arguments) -> anyhow::Result<()> {
    let settings = Settings::load(arguments.config.as_deref())?;
    logs::init(&settings.log, settings.log_format)
        .context("the setting LOG is not a list of tracing directives")?;
    let clock = Clock::system();
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::serve(settings, clock).await,
        Command::Migrate { direction } => migrate::migrate(settings, clock, direction).await,
        Command::Seed { reference_only } => {
            let app = App::open(settings, clock, Purpose::Batch).await?;
            if reference_only {
                seed::seed_reference_data(&app).await?;
            } else {
                seed::seed(&app).await?;
            }
            Ok(())
        }
        Command::Reindex => {
            let app = App::open(settings, clock, Purpose::Batch).await?;
            let done = search::reindex(&app.database, app.clock.now()).await?;
            print(&format!(
                "{} documents indexed, {} removed\n",
                done.documents, done.removed
            ));
            Ok(())
        }
        Command::Import(arguments) => import::import(settings, clock, arguments).await,
        Command::Permissions => {
            print(&permission::matrix());
            Ok(())
        }
        Command::Keys { action } => keys::keys(&settings, &clock, action),
        Command::User { action } => user::user(settings, clock, action).await,
        Command::Schema => {
            print(&graphql::sdl());
            Ok(())
        }
    }
}

/// Prints an answer of a command.
#[expect(
    clippy::print_stdout,
    reason = "standard output is where commands answer"
)]
pub(crate) fn print(text: &str) {
    print!("{text}");
}

#[expect(
    clippy::print_stderr,
    reason = "standard error is where commands say why they failed"
)]
fn report(error: &anyhow::Error) {
    eprintln!("maillage: {error:#}");
}
