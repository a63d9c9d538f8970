//! Which runs may be in this process at the same time.

use std::sync::Arc;

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// Ordinary runs run beside each other, a suspect one alone: should it kill the process, nothing else
/// dies with it. Who waits to be alone goes before whoever comes later.
#[derive(Debug, Clone, Default)]
pub(super) struct Company(Arc<RwLock<()>>);

/// The right to run, until dropped.
#[derive(Debug)]
#[expect(
    dead_code,
    reason = "the guards are held for the time they live and never read"
)]
pub(super) enum Place {
    /// Beside others.
    Beside(OwnedRwLockReadGuard<()>),
    /// With the process to oneself.
    Alone(OwnedRwLockWriteGuard<()>),
}

impl Company {
    /// A place beside others; none while somebody is alone or waits to be.
    pub(super) fn beside(&self) -> Option<Place> {
        let place = Arc::clone(&self.0).try_read_owned();
        place.ok().map(Place::Beside)
    }

    /// The process to oneself, if nothing runs.
    pub(super) fn alone_now(&self) -> Option<Place> {
        let place = Arc::clone(&self.0).try_write_owned();
        place.ok().map(Place::Alone)
    }

    /// The process to oneself, once all that runs has ended.
    pub(super) async fn alone(self) -> Place {
        Place::Alone(self.0.write_owned().await)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn ordinary_runs_share_and_a_suspect_one_waits_for_them() {
        let company = Company::default();
        let first = company.beside();
        let second = company.beside();
        assert!(first.is_some() && second.is_some());
        assert!(company.alone_now().is_none());
        let mut alone = Box::pin(company.clone().alone());
        assert!(alone.as_mut().now_or_never().is_none());
        assert!(
            company.beside().is_none(),
            "nobody goes before who waits to be alone"
        );
        drop((first, second));
        let alone = alone.as_mut().now_or_never();
        assert!(alone.is_some());
        assert!(company.beside().is_none() && company.alone_now().is_none());
        drop(alone);
        assert!(company.beside().is_some());
    }

    #[test]
    fn who_gives_up_waiting_is_in_nobodys_way() {
        let company = Company::default();
        let running = company.beside();
        let mut alone = Box::pin(company.clone().alone());
        assert!(alone.as_mut().now_or_never().is_none());
        drop(alone);
        assert!(running.is_some() && company.beside().is_some());
    }
}
