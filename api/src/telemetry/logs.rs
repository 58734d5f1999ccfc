//! Structured logs.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use crate::settings::LogFormat;

/// Sends the logs of the process to standard error.
///
/// # Errors
/// When `directives` is not a list of `tracing` directives.
pub fn init(directives: &str, format: LogFormat) -> Result<(), ParseError> {
    let filter = EnvFilter::try_new(directives)?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second call, as in tests, keeps the first subscriber.
    let _ = match format {
        LogFormat::Pretty => subscriber.try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
    Ok(())
}
