//! The benchmark: fills a database, starts Maillage, PostGraphile and hand-written SQL on
//! it, checks that they answer alike, and measures them in turn.

mod compare;
mod generate;
mod limit;
mod queries;
mod report;
mod servers;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use compare::Plan;
use generate::Scale;

/// Data generator and load driver of Maillage.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fills an empty PostgreSQL database, the same way each time.
    Generate {
        /// The database, as `postgres://…`.
        #[arg(long, env = "DATABASE_URL")]
        database_url: String,
        /// Number of initiatives, to 1,000,000.
        #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
        scale: u32,
        /// Where the random numbers begin.
        #[arg(long, default_value_t = 92)]
        seed: u64,
    },
    /// Answers each query by one hand-written statement: the most that can be reached.
    Limit {
        /// The database, as `postgres://…`.
        #[arg(long, env = "DATABASE_URL")]
        database_url: String,
    },
    /// Compares the three servers on a filled database.
    Run {
        /// The database, as `postgres://…`.
        #[arg(long, env = "DATABASE_URL")]
        database_url: String,
        /// The release build of Maillage.
        #[arg(long, default_value = "target/release/maillage")]
        maillage: PathBuf,
        /// Seconds of each measure.
        #[arg(long, default_value_t = 5)]
        seconds: u64,
        /// Seconds for which each server is asked each query before anything is measured:
        /// PostGraphile gets faster for some thousand requests.
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
        warm_up: u64,
        /// Rounds in which every server is measured on every query.
        #[arg(long, default_value_t = 3)]
        rounds: usize,
        /// Connections of the load generator.
        #[arg(long, default_value_t = 32)]
        connections: usize,
        /// One round of one second, to see that all works.
        #[arg(long)]
        quick: bool,
        /// Only these queries, such as `q1,q7`.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        /// Where the table is written, in Markdown.
        #[arg(long)]
        output: Option<PathBuf>,
        /// A sentence on the conditions, for the table.
        #[arg(long, default_value = "")]
        note: String,
    },
}

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Generate {
            database_url,
            scale,
            seed,
        } => {
            let scale = Scale::of(usize::try_from(scale)?);
            generate::generate(&database_url, scale, seed).await
        }
        Command::Limit { database_url } => limit::serve(&database_url).await,
        Command::Run {
            database_url,
            maillage,
            seconds,
            warm_up,
            rounds,
            connections,
            quick,
            only,
            output,
            note,
        } => {
            let plan = Plan {
                database_url,
                maillage,
                warm_up: Duration::from_secs(if quick { 1 } else { warm_up }),
                duration: Duration::from_secs(if quick { 1 } else { seconds }),
                rounds: if quick { 1 } else { rounds },
                connections,
                only,
                output,
                note,
            };
            compare::run(&plan).await
        }
    }
}

#[expect(clippy::print_stdout, reason = "what the command tells")]
fn say(text: &str) {
    println!("{text}");
}
