//! Maillage seen from outside: every case runs on SQLite and on PostgreSQL.

mod command_line;
mod contacts;
mod content;
mod funding;
mod geography;
mod http;
mod import;
mod initiatives;
mod keys;
mod limits;
mod members;
mod migrations;
mod organizations;
mod readme;
mod search;
mod spaces;
mod statements;
mod telemetry;
mod territory;
mod themes;
mod writing;

fn main() -> std::process::ExitCode {
    tests::run(
        [
            command_line::cases(),
            contacts::cases(),
            content::cases(),
            funding::cases(),
            geography::cases(),
            http::cases(),
            import::cases(),
            initiatives::cases(),
            keys::cases(),
            limits::cases(),
            members::cases(),
            migrations::cases(),
            organizations::cases(),
            readme::cases(),
            search::cases(),
            spaces::cases(),
            statements::cases(),
            telemetry::cases(),
            territory::cases(),
            themes::cases(),
            writing::cases(),
        ]
        .into_iter()
        .flatten()
        .collect(),
    )
}
