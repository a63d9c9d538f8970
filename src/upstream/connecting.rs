//! A connection that took too long to make is not used.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use tower::{BoxError, Layer, Service};

use super::Permission;

/// Looks once more whether this instance may act, when a new connection is there and the request is
/// about to be written. A process that is frozen while it connects would otherwise send when it
/// thaws, for a lead that another has by then.
#[derive(Clone)]
pub(super) struct LookAgain(pub(super) Permission);

impl<S> Layer<S> for LookAgain {
    type Service = Connecting<S>;

    fn layer(&self, inner: S) -> Connecting<S> {
        Connecting {
            inner,
            permission: self.0.clone(),
        }
    }
}

/// Makes connections, and gives up those of an instance that may no longer act.
#[derive(Clone)]
pub(super) struct Connecting<S> {
    inner: S,
    permission: Permission,
}

/// This instance may not act any more. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("the heartbeat of this instance is too old to call anybody")]
pub(super) struct TooLate;

impl TooLate {
    /// Whether this is why a call failed.
    pub(super) fn is_behind(error: &reqwest::Error) -> bool {
        let mut source = error.source();
        while let Some(error) = source {
            if error.is::<Self>() {
                return true;
            }
            source = error.source();
        }
        false
    }
}

impl<S, Target> Service<Target> for Connecting<S>
where
    S: Service<Target, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, target: Target) -> Self::Future {
        let (begun, permission) = (Instant::now(), self.permission.clone());
        let connecting = self.inner.call(target);
        Box::pin(async move {
            let connection = connecting.await?;
            if permission.allows(begun) {
                Ok(connection)
            } else {
                Err(TooLate.into())
            }
        })
    }
}
