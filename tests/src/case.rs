//! Tests that run once on each database, and tests that need no more than one.

use std::future::Future;
use std::pin::Pin;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::database::Backend;

/// What a test answers.
pub type Outcome = anyhow::Result<()>;

/// A test as it is run on one database.
pub type Body = fn(Backend) -> Pin<Box<dyn Future<Output = Outcome>>>;

/// A test and its name.
pub struct Case {
    pub name: &'static str,
    pub body: Body,
    pub runs: Runs,
}

/// Where a test is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// On each database.
    OnEach,
    /// Once, on SQLite: what it tests has nothing to do with the database.
    Once,
    /// Once, where this program is installed.
    With(&'static str),
}

/// The test functions of a module as a list of cases, named after the module. Those after
/// `once:` run on SQLite alone, those after `with "program":` where it is installed.
#[macro_export]
macro_rules! cases {
    (
        $($test:ident),+ $(,)?
        $(; once: $($once:ident),+ $(,)?)?
        $(; with $program:literal: $($with:ident),+ $(,)?)*
    ) => {
        /// The tests of this module.
        pub fn cases() -> Vec<$crate::Case> {
            vec![
                $($crate::cases!(@case $test, $crate::Runs::OnEach),)+
                $($($crate::cases!(@case $once, $crate::Runs::Once),)+)?
                $($($crate::cases!(@case $with, $crate::Runs::With($program)),)+)*
            ]
        }
    };
    (@case $test:ident, $runs:expr) => {
        $crate::Case {
            name: concat!(module_path!(), "::", stringify!($test)),
            body: |backend| Box::pin($test(backend)),
            runs: $runs,
        }
    };
}

/// Runs every case on SQLite, and on PostgreSQL where `TEST_POSTGRES_URL` tells of one.
pub fn run(cases: Vec<Case>) -> ExitCode {
    let arguments = Arguments::from_args();
    let postgres = Backend::postgres();
    let required = std::env::var("CI").is_ok_and(|value| value == "true");
    let mut left_out = 0;
    let mut trials = Vec::new();
    for case in &cases {
        let name = case.name.trim_start_matches("suite::");
        let body = case.body;
        match case.runs {
            Runs::Once => trials.push(Trial::test(format!("once::{name}"), move || {
                execute(body, Backend::Sqlite)
            })),
            Runs::With(program) if required || is_installed(program) => {
                trials.push(Trial::test(format!("once::{name}"), move || {
                    execute(body, Backend::Sqlite)
                }));
            }
            Runs::With(program) => {
                if !arguments.list {
                    tell(&format!("left out, for want of {program}: {name}"));
                }
                let trial = Trial::test(format!("once::{name}"), || Ok(()));
                trials.push(trial.with_ignored_flag(true));
            }
            Runs::OnEach => {
                trials.push(Trial::test(format!("sqlite::{name}"), move || {
                    execute(body, Backend::Sqlite)
                }));
                let name = format!("postgres::{name}");
                trials.push(match postgres.clone() {
                    Some(backend) => Trial::test(name, move || execute(body, backend)),
                    None if required => Trial::test(name, || {
                        Err(Failed::from("TEST_POSTGRES_URL is required where CI=true"))
                    }),
                    None => {
                        left_out += 1;
                        Trial::test(name, || Ok(())).with_ignored_flag(true)
                    }
                });
            }
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if left_out > 0 {
        tell(&format!(
            "left out: {left_out} tests on PostgreSQL. To include them: \
             TEST_POSTGRES_URL=postgres://postgres@127.0.0.1:5432/postgres cargo test --workspace",
        ));
    }
    conclusion.exit_code()
}

fn is_installed(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}

fn execute(body: Body, backend: Backend) -> Result<(), Failed> {
    actix_web::rt::System::new()
        .block_on(body(backend))
        .map_err(|error| Failed::from(format!("{error:#}")))
}

#[expect(clippy::print_stdout, reason = "the report of the tests")]
fn tell(text: &str) {
    println!("{text}");
}
