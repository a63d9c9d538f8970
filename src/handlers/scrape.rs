//! The metrics as a function, so that a test needs no recorder.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;

/// Writes the metrics as they are now.
#[derive(Clone)]
pub struct Scrape(Arc<dyn Fn() -> BoxFuture<'static, String> + Send + Sync>);

impl Scrape {
    /// Takes the function that writes them, which has to end in time whatever is away.
    pub fn new<F>(write: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = String> + Send + 'static,
    {
        Self(Arc::new(move || Box::pin(write())))
    }

    /// The metrics, in the text format of Prometheus.
    pub async fn write(&self) -> String {
        (self.0)().await
    }
}

impl fmt::Debug for Scrape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scrape")
    }
}
