//! Pages of other origins: none reads an answer, unless CORS_ORIGINS names its origin.

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::routing::Route;
use http::header::{
    ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, CONTENT_TYPE, ORIGIN, RETRY_AFTER,
};
use http::{HeaderName, HeaderValue, Method};
use tower::layer::layer_fn;
use tower::{Layer, ServiceExt, service_fn};
use tower_http::cors::CorsLayer;

/// How long a browser may go by what it was told of an origin.
const REMEMBERED_FOR: Duration = Duration::from_hours(1);

/// These routes, for pages of these origins too. What no page asks goes by without a word of it: the library would
/// answer every OPTIONS.
pub(super) fn open_to(origins: Vec<HeaderValue>, routes: Router) -> Router {
    let for_pages = layer(origins);
    routes.layer(layer_fn(move |route: Route| {
        let to_page = for_pages.layer(route.clone());
        service_fn(move |request: Request| {
            let (to_page, route) = (to_page.clone(), route.clone());
            async move {
                if is_by_a_page(&request) {
                    to_page.oneshot(request).await
                } else {
                    route.oneshot(request).await
                }
            }
        })
    }))
}

/// A page asks whether it may send a request, or sends it.
fn is_by_a_page(request: &Request) -> bool {
    let headers = request.headers();
    let asks = headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    headers.contains_key(ORIGIN) && (asks || request.method() != Method::OPTIONS)
}

/// What answers a browser's questions before a request, and tells it who may read an answer.
fn layer(origins: Vec<HeaderValue>) -> CorsLayer {
    let own = HeaderName::from_static;
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            own("x-api-key"),
            own("x-request-id"),
        ])
        .expose_headers([
            RETRY_AFTER,
            own("ratelimit"),
            own("ratelimit-policy"),
            own("x-request-id"),
        ])
        .max_age(REMEMBERED_FOR)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use axum::body::Body;
    use axum::response::Response;
    use http::{Request, StatusCode};
    use rstest::rstest;
    use tower::ServiceExt;

    use crate::handlers::router;
    use crate::handlers::tests::{READY, Stub};

    const KEYS: (&str, &str) = ("API_KEYS", "make:trigger:0123456789abcdef");
    const ORIGINS: (&str, &str) = (
        "CORS_ORIGINS",
        "https://painel.example.com, http://localhost:5173",
    );
    const TRIGGER: &str = "/api/v1/leads/process?id=a1";

    async fn send(
        variables: &[(&str, &str)],
        method: &str,
        headers: &[(&str, &str)],
    ) -> (Stub, Response) {
        let mut request = Request::builder().method(method).uri(TRIGGER);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let stub = Stub::default();
        let router = router(stub.state(variables, READY));
        let answer = router.oneshot(request.body(Body::empty()).unwrap()).await;
        (stub, answer.unwrap())
    }

    const ASK: [(&str, &str); 2] = [
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "x-api-key"),
    ];

    #[rstest]
    #[case("https://painel.example.com")]
    #[case("http://localhost:5173")]
    #[tokio::test]
    async fn a_page_of_a_named_origin_may_ask_and_read(#[case] origin: &str) {
        let variables = [KEYS, ORIGINS];
        let asking = [&[("origin", origin)][..], &ASK].concat();
        let (stub, asked) = send(&variables, "OPTIONS", &asking).await;
        assert_eq!(asked.status(), StatusCode::OK);
        let headers = asked.headers();
        assert_eq!(headers["access-control-allow-origin"], origin);
        let allowed = headers["access-control-allow-headers"].to_str().unwrap();
        assert!(allowed.contains("x-api-key"), "{allowed}");
        assert_eq!(stub.calls(), 0);

        let key = ("x-api-key", "0123456789abcdef");
        let (_, told) = send(&variables, "GET", &[("origin", origin), key]).await;
        assert_eq!(told.status(), StatusCode::OK);
        assert_eq!(told.headers()["access-control-allow-origin"], origin);
        assert!(
            !told
                .headers()
                .contains_key("access-control-allow-credentials")
        );

        // A refusal too, so that the page can say why.
        let (_, refused) = send(&variables, "GET", &[("origin", origin)]).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(refused.headers()["access-control-allow-origin"], origin);
    }

    #[rstest]
    #[case::another(&[KEYS, ORIGINS], "https://example.com")]
    #[case::another_port(&[KEYS, ORIGINS], "https://painel.example.com:8443")]
    #[case::part(&[KEYS, ORIGINS], "https://painel.example.com.br")]
    #[case::off(&[KEYS], "https://painel.example.com")]
    #[tokio::test]
    async fn a_page_of_another_origin_reads_nothing(
        #[case] variables: &[(&str, &str)],
        #[case] origin: &str,
    ) {
        let asking = [&[("origin", origin)][..], &ASK].concat();
        let key = ("x-api-key", "0123456789abcdef");
        for (method, headers) in [("OPTIONS", asking), ("GET", vec![("origin", origin), key])] {
            let (_, answer) = send(variables, method, &headers).await;
            let told = answer.headers().get("access-control-allow-origin");
            assert_eq!(told, None, "{method}");
        }
    }

    #[rstest]
    #[case::off(&[KEYS], &ASK)]
    #[case::no_page(&[KEYS, ORIGINS], &ASK)]
    #[case::no_question(&[KEYS, ORIGINS], &[("origin", "http://localhost:5173")])]
    #[tokio::test]
    async fn what_no_page_asks_is_answered_as_ever(
        #[case] variables: &[(&str, &str)],
        #[case] headers: &[(&str, &str)],
    ) {
        let (stub, answer) = send(variables, "OPTIONS", headers).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        let names = answer.headers().keys().map(http::HeaderName::as_str);
        let told = names.filter(|name| name.starts_with("access-control") || *name == "vary");
        assert_eq!(told.count(), 0);
        assert_eq!(stub.calls(), 0);
    }
}
