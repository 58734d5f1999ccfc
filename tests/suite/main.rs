//! Maillage seen from outside: every case runs on SQLite and on PostgreSQL.

mod accounts;
mod bulk;
mod command_line;
mod connections;
mod contacts;
mod content;
mod duplicates;
mod files;
mod funding;
mod geography;
mod http;
mod import;
mod initiatives;
mod keys;
mod limits;
mod mail;
mod members;
mod migrations;
mod oidc;
mod organizations;
mod parts;
mod privacy;
mod readme;
mod review;
mod search;
mod spaces;
mod statements;
mod telemetry;
mod territory;
mod themes;
mod tokens;
mod writing;

fn main() -> std::process::ExitCode {
    tests::run(
        [
            accounts::cases(),
            bulk::cases(),
            command_line::cases(),
            connections::cases(),
            contacts::cases(),
            content::cases(),
            duplicates::cases(),
            files::cases(),
            funding::cases(),
            geography::cases(),
            http::cases(),
            import::cases(),
            initiatives::cases(),
            keys::cases(),
            limits::cases(),
            mail::cases(),
            members::cases(),
            migrations::cases(),
            oidc::cases(),
            organizations::cases(),
            parts::cases(),
            privacy::cases(),
            readme::cases(),
            readme::writing::cases(),
            review::cases(),
            search::cases(),
            spaces::cases(),
            statements::cases(),
            telemetry::cases(),
            territory::cases(),
            themes::cases(),
            tokens::cases(),
            writing::cases(),
        ]
        .into_iter()
        .flatten()
        .collect(),
    )
}
