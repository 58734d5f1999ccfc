//! The command line of Maillage.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// An answer is made of many small values, for which this allocator is faster than that of
/// the C library: see docs/decisions/0008-few-round-trips-to-the-database.md.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[actix_web::main]
async fn main() -> ExitCode {
    maillage::command::run().await
}
