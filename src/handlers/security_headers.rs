//! What every answer tells a browser: that it is data, and is neither framed, guessed at nor kept.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};

use super::docs;

/// Of answers that are data: a browser that shows one loads and runs nothing.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Of the documentation page: its own files, the document it shows, and images that stand in its
/// stylesheet. No script inside the page, of styles only those of the logo, and nothing of another
/// address.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

const FOR_ALL: [(HeaderName, &str); 4] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (X_FRAME_OPTIONS, "DENY"),
    // A year. Browsers heed it over HTTPS alone, so it says nothing on a developer's machine.
    (STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
];

/// Adds them, whoever under this answered.
pub(super) async fn add(request: Request, next: Next) -> Response {
    let is_page = docs::is_page(request.uri().path());
    let (policy, kept) = if is_page {
        // The files change with the binary, under the same names.
        (PAGE_POLICY, "no-cache")
    } else {
        (DATA_POLICY, "no-store")
    };
    let mut response = next.run(request).await;
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        // axum adds it to whatever is answered in place of a missing method: a stranger's 401 would tell which
        // addresses there are.
        response.headers_mut().remove(ALLOW);
    }
    let of_this = [(CONTENT_SECURITY_POLICY, policy), (CACHE_CONTROL, kept)];
    for (name, value) in FOR_ALL.into_iter().chain(of_this) {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use rstest::rstest;
    use tower::ServiceExt;

    use crate::handlers::router;
    use crate::handlers::tests::{READY, Stub, request};

    #[rstest]
    #[case::data("GET", "/health", 200, false)]
    #[case::document("GET", "/api-docs/openapi.json", 200, false)]
    #[case::problem("GET", "/api/v1/leads/process", 400, false)]
    #[case::panic("GET", "/api/v1/leads/process?id=panics", 500, false)]
    #[case::no_route("GET", "/nothing", 404, false)]
    #[case::not_the_page("GET", "/docs-of-another", 404, false)]
    #[case::no_method("DELETE", "/health", 405, false)]
    #[case::redirect("GET", "/docs", 308, true)]
    #[case::page("GET", "/docs/", 200, true)]
    #[case::script("GET", "/docs/swagger-ui-bundle.js", 200, true)]
    #[tokio::test]
    async fn every_answer_has_them(
        #[case] method: &str,
        #[case] uri: &str,
        #[case] status: u16,
        #[case] is_page: bool,
    ) {
        let router = router(Stub::default().state(&[], READY));
        let answer = router.oneshot(request(method, uri)).await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
        let headers = answer.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["x-frame-options"], "DENY");
        assert_eq!(headers["strict-transport-security"], "max-age=31536000");
        let kept = if is_page { "no-cache" } else { "no-store" };
        assert_eq!(headers["cache-control"], kept);
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(policy.contains("script-src 'self'"), is_page, "{policy}");
        assert!(
            !policy.contains("unsafe") && !policy.contains("http"),
            "{policy}"
        );
    }
}
