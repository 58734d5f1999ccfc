//! Maillage seen from outside: every case runs on SQLite and on PostgreSQL.

mod command_line;
mod contacts;
mod content;
mod funding;
mod http;
mod import;
mod initiatives;
mod limits;
mod members;
mod migrations;
mod organizations;
mod search;
mod telemetry;
mod territory;
mod themes;

fn main() -> std::process::ExitCode {
    tests::run(
        [
            command_line::cases(),
            contacts::cases(),
            content::cases(),
            funding::cases(),
            http::cases(),
            import::cases(),
            initiatives::cases(),
            limits::cases(),
            members::cases(),
            migrations::cases(),
            organizations::cases(),
            search::cases(),
            telemetry::cases(),
            territory::cases(),
            themes::cases(),
        ]
        .into_iter()
        .flatten()
        .collect(),
    )
}
