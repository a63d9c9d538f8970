//! Listening: bounded headers, and a stop that ends.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use hyper_util::rt::TokioTimer;
use tokio_util::sync::CancellationToken;

/// Time a client has to send the head of a request. Without it a half-sent one stays open for
/// ever.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// Why the service does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be had.
    #[error(
        "cannot listen on {address}: stop what listens there, or set {variables} to another address"
    )]
    Bind {
        /// What sets it.
        variables: &'static str,
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Listening ended by itself.
    #[error("the server stopped listening")]
    Listen(#[source] io::Error),
}

/// A socket that listens and is not served yet.
#[derive(Debug)]
pub struct Server {
    listener: std::net::TcpListener,
    address: SocketAddr,
    header_timeout: Duration,
}

impl Server {
    /// Takes an address; port 0 is any free one.
    ///
    /// # Errors
    /// [`ServerError::Bind`] when it cannot be had.
    pub fn bind(address: SocketAddr) -> Result<Self, ServerError> {
        Self::bind_as("HOST and PORT", address)
    }

    /// As [`Server::bind`], for the address that METRICS_ADDR sets.
    ///
    /// # Errors
    /// [`ServerError::Bind`] when it cannot be had.
    pub fn bind_for_metrics(address: SocketAddr) -> Result<Self, ServerError> {
        Self::bind_as("METRICS_ADDR", address)
    }

    fn bind_as(variables: &'static str, address: SocketAddr) -> Result<Self, ServerError> {
        let bound = std::net::TcpListener::bind(address)
            .and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (local, listener) = bound.map_err(|source| ServerError::Bind {
            variables,
            address,
            source,
        })?;
        Ok(Self {
            listener,
            address: local,
            header_timeout: HEADER_TIMEOUT,
        })
    }

    /// The address listened on.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Another time for the head of a request than ten seconds.
    #[must_use]
    pub fn with_header_timeout(mut self, timeout: Duration) -> Self {
        self.header_timeout = timeout;
        self
    }

    /// Serves until `shutdown` is cancelled, then stops in two phases: no connection is taken any
    /// more and what runs is finished; what is left after `deadline` is dropped. Returns when all
    /// connections are gone.
    ///
    /// # Errors
    /// [`ServerError::Listen`] when the socket fails.
    pub async fn serve(
        self,
        router: Router,
        shutdown: CancellationToken,
        deadline: Duration,
    ) -> Result<(), ServerError> {
        let handle = Handle::new();
        let mut server = axum_server::from_tcp(self.listener)
            .map_err(ServerError::Listen)?
            .handle(handle.clone())
            .http1_only();
        server
            .http_builder()
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_timeout)
            .keep_alive(true);
        let stop = async {
            shutdown.cancelled().await;
            handle.graceful_shutdown(Some(deadline));
            std::future::pending::<()>().await;
        };
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::select! {
            served = server.serve(service) => served.map_err(ServerError::Listen),
            () = stop => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
