//! Serves connections one by one, so that one of them can be reset at the socket.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// The connection a request came on.
#[derive(Clone, Debug)]
pub(super) struct Connection(CancellationToken);

impl Connection {
    /// Resets the connection; nothing more is sent on it, and this never returns.
    pub(super) async fn reset(&self) -> Response {
        self.0.cancel();
        std::future::pending().await
    }
}

/// Accepts until told to stop; all connections end with it.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                tasks.spawn(serve_connection(stream, router.clone(), stop.clone()));
            }
            // Out of descriptors, or a client that left: the next accept may do better.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

async fn serve_connection(stream: TcpStream, router: Router, stop: CancellationToken) {
    let reset = CancellationToken::new();
    let connection = Connection(reset.clone());
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(connection.clone());
        let answer = router.clone().oneshot(request.map(Body::new));
        let boxed: Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>> =
            Box::pin(answer);
        boxed
    });
    let mut http = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let with_reset = tokio::select! {
        // Broken on purpose (truncation) or by the client: there is nobody to tell.
        _ended = poll_fn(|context| http.poll_without_shutdown(context)) => false,
        () = reset.cancelled() => true,
        () = stop.cancelled() => false,
    };
    let stream = http.into_parts().io.into_inner();
    if with_reset && stream.set_zero_linger().is_err() {
        // The socket is gone already: then it closes without a reset, which no test can tell apart.
        drop(stream);
    }
}
