//! `GET /metrics`: what Prometheus reads.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

use super::access::METRICS;
use super::openapi;
use super::scrape::Scrape;
use super::state::AppState;

/// The text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What Prometheus reads.
///
/// Answers 200 also while the database is away, without what only the database knows.
#[utoipa::path(
    get,
    path = METRICS,
    operation_id = "metrics",
    tag = openapi::OPERATION,
    responses((
        status = 200, description = "The text format of Prometheus, version 0.0.4.",
        body = String, content_type = "text/plain", example = "rust_c2s_database_up 1"
    ))
)]
pub(super) async fn metrics(State(state): State<AppState>) -> Response {
    answer(&state.calls.scrape).await
}

/// For whoever reaches METRICS_ADDR.
pub(super) async fn without_key(State(scrape): State<Scrape>) -> Response {
    answer(&scrape).await
}

async fn answer(scrape: &Scrape) -> Response {
    ([(CONTENT_TYPE, TEXT)], scrape.write().await).into_response()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use axum::Router;
    use http_body_util::BodyExt;
    use rstest::rstest;
    use tower::ServiceExt;

    use super::{Scrape, TEXT};
    use crate::handlers::tests::{READY, Stub, request};
    use crate::handlers::{metrics_router, router};

    const KEYS: (&str, &str) = (
        "API_KEYS",
        "make:trigger+read+admin:0123456789abcdef;scraper:metrics:fedcba9876543210",
    );
    const SCRAPER: &str = "fedcba9876543210";

    async fn status(router: &Router, method: &str, uri: &str, key: &str) -> u16 {
        let mut request = request(method, uri);
        request
            .headers_mut()
            .insert("x-api-key", key.parse().unwrap());
        let answer = router.clone().oneshot(request).await.unwrap();
        answer.status().as_u16()
    }

    fn service(variables: &[(&str, &str)]) -> Router {
        router(Stub::default().state(variables, READY))
    }

    #[rstest]
    #[case::own_machine(&[], "", 200)]
    #[case::public_without_keys(&[("HOST", "0.0.0.0")], "", 401)]
    #[case::no_key(&[KEYS], "", 401)]
    #[case::unknown_key(&[KEYS], "0123456789abcdeX", 401)]
    #[case::all_other_scopes(&[KEYS], "0123456789abcdef", 403)]
    #[case::its_scope(&[KEYS], SCRAPER, 200)]
    #[case::open_trigger(&[KEYS, ("TRIGGER_ANONYMOUS", "true")], "", 401)]
    #[tokio::test]
    async fn the_scope_metrics_opens_it(
        #[case] variables: &[(&str, &str)],
        #[case] key: &str,
        #[case] expected: u16,
    ) {
        let service = service(variables);
        assert_eq!(status(&service, "GET", "/metrics", key).await, expected);
    }

    #[tokio::test]
    async fn a_scraper_is_not_counted_and_who_guesses_its_key_is() {
        let service = service(&[KEYS, ("RATE_LIMIT_PER_SEC", "1"), ("RATE_LIMIT_BURST", "2")]);
        for _ in 0..5 {
            assert_eq!(status(&service, "GET", "/metrics", SCRAPER).await, 200);
        }
        let mut guesses = Vec::new();
        for _ in 0..3 {
            guesses.push(status(&service, "GET", "/metrics", "0123456789abcdeX").await);
        }
        assert_eq!(guesses, [401, 401, 429]);
        assert_eq!(status(&service, "GET", "/metrics", SCRAPER).await, 200);
    }

    #[tokio::test]
    async fn it_answers_the_text_of_prometheus() {
        let answer = service(&[])
            .oneshot(request("GET", "/metrics"))
            .await
            .unwrap();
        assert_eq!(answer.headers()["content-type"], TEXT);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "up 1\n");
    }

    #[tokio::test]
    async fn on_its_own_address_there_is_nothing_else() {
        let own = metrics_router(Scrape::new(async || "up 1\n".to_owned()));
        assert_eq!(status(&own, "GET", "/metrics", "").await, 200);
        assert_eq!(status(&own, "POST", "/metrics", "").await, 405);
        for uri in ["/", "/health", "/api/v1/leads/process?id=a1"] {
            assert_eq!(status(&own, "GET", uri, "").await, 404, "{uri}");
        }
    }
}
