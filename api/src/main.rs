//! The command line of Maillage.

use std::process::ExitCode;

#[actix_web::main]
async fn main() -> ExitCode {
    maillage::command::run().await
}
