//! Logs: where they go, what may be in them, and the one line per request. Metrics: what is counted.

pub mod metrics;
mod request_summary;

use std::io;
use std::panic;

use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterExt, LevelFilter, ParseError, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::SubscriberInitExt;

pub use request_summary::{RequestLine, RequestSummary};

/// Our own log lines begin with this target.
const OURS: &str = "rust_c2s_api";

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `RUST_LOG` cannot be read.
    #[error("RUST_LOG cannot be read: set it to a level such as info")]
    Level(#[source] ParseError),
    /// Logging was set up before.
    #[error("logging is set up already: do it once, at start")]
    SetUpAlready,
}

/// Starts logging to standard error, as text or as one JSON object a line. Our own lines are
/// written from the level of `RUST_LOG` on; dependencies write info at most, whatever it says:
/// what they know of a request at debug is a URL with a token or a person's data.
///
/// # Errors
/// [`TelemetryError`] when the level cannot be read or logging was set up before.
pub fn init(json: bool, level: &str) -> Result<(), TelemetryError> {
    let subscriber = subscriber(json, level, io::stderr)?;
    subscriber
        .try_init()
        .map_err(|_| TelemetryError::SetUpAlready)?;
    panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// The subscriber that [`init`] installs, on any writer.
///
/// # Errors
/// [`TelemetryError::Level`] when the level cannot be read.
pub fn subscriber<W>(
    json: bool,
    level: &str,
    writer: W,
) -> Result<impl tracing::Subscriber + Send + Sync, TelemetryError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let wanted: Targets = level.parse().map_err(TelemetryError::Level)?;
    let allowed = Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target(OURS, LevelFilter::TRACE);
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = if json {
        let lines = lines.json().flatten_event(true);
        Box::new(lines.with_current_span(false).with_span_list(false))
    } else {
        Box::new(lines.with_ansi(false))
    };
    Ok(tracing_subscriber::registry().with(lines.with_filter(wanted.and(allowed))))
}

/// Says where a panic was, never what it said: the text may hold a value.
fn log_panic(panic: &panic::PanicHookInfo<'_>) {
    let (file, line) = panic
        .location()
        .map_or(("unknown", 0), |place| (place.file(), place.line()));
    tracing::error!(file, line, "panic");
}

#[cfg(test)]
pub(crate) mod captured;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use rstest::rstest;

    use super::captured::Captured;
    use super::*;

    #[rstest]
    #[case::info("info", "ours-info dependency-info")]
    #[case::trace("trace", "ours-info ours-trace dependency-info")]
    #[case::asked_for("info,sqlx=trace", "ours-info dependency-info")]
    #[case::off("off", "")]
    #[case::ours_only("rust_c2s_api=trace", "ours-info ours-trace")]
    fn dependencies_write_info_at_most(#[case] level: &str, #[case] expected: &str) {
        let captured = Captured::default();
        let subscriber = subscriber(true, level, captured.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!("ours-info");
            tracing::trace!("ours-trace");
            tracing::info!(target: "sqlx::query", "dependency-info");
            tracing::debug!(target: "sqlx::query", "dependency-debug");
            tracing::trace!(target: "hyper", "dependency-trace");
        });
        let lines = captured.lines();
        let said = lines.iter().filter_map(|line| line["message"].as_str());
        assert_eq!(said.collect::<Vec<_>>().join(" "), expected);
    }

    #[test]
    fn a_panic_tells_where_and_not_what() {
        let captured = Captured::default();
        let subscriber = subscriber(true, "info", captured.clone()).unwrap();
        let before = panic::take_hook();
        panic::set_hook(Box::new(log_panic));
        let panicked = tracing::subscriber::with_default(subscriber, || {
            panic::catch_unwind(|| panic!("planted"))
        });
        panic::set_hook(before);
        assert!(panicked.is_err());
        let lines = captured.lines();
        assert_eq!(lines[0]["message"], "panic");
        assert!(lines[0]["file"].as_str().unwrap().ends_with("telemetry.rs"));
        assert!(!captured.text().contains("planted"));
    }

    #[test]
    fn an_unreadable_level_is_an_error() {
        assert!(subscriber(false, "ours=loud", io::sink).is_err());
    }
}
