//! `GET /metrics`: what Prometheus reads.

use std::fmt;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use http::header::CONTENT_TYPE;

use super::state::AppState;

/// The text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

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

/// For whoever has the scope `metrics`.
pub(super) async fn metrics(State(state): State<AppState>) -> Response {
    answer(&state.scrape).await
}

/// For whoever reaches METRICS_ADDR.
pub(super) async fn without_key(State(scrape): State<Scrape>) -> Response {
    answer(&scrape).await
}

async fn answer(scrape: &Scrape) -> Response {
    ([(CONTENT_TYPE, TEXT)], scrape.write().await).into_response()
}
