//! Which leads are in the air in this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::models::LeadId;

/// What a flight ends with; `None` while it is in the air.
pub(super) type Landing<T> = watch::Receiver<Option<T>>;

/// The leads that this process accepts or runs right now. Whoever triggers one of them shares its
/// flight. A lead is entered before the database hears of it, so a lead that the database holds as
/// ours and that is not here was forgotten by a failure, and can be handed back.
#[derive(Debug)]
pub(super) struct Flights<T> {
    in_air: Arc<Mutex<HashMap<LeadId, Entry<T>>>>,
}

#[derive(Debug)]
struct Entry<T> {
    holders: usize,
    landing: Option<Landing<T>>,
}

/// Keeps a lead entered until dropped.
#[derive(Debug)]
pub(super) struct InAir<T> {
    lead_id: LeadId,
    in_air: Arc<Mutex<HashMap<LeadId, Entry<T>>>>,
    /// Whether this is the flight that others share.
    shared: bool,
    /// Whether this counts as running the lead.
    holds: bool,
}

/// A flight to share, or one to start.
pub(super) enum Boarding<T> {
    /// Somebody triggered the lead a moment ago: wait for this.
    Share(Landing<T>),
    /// Nobody has: run it and tell the sender.
    Start(watch::Sender<Option<T>>, InAir<T>),
}

impl<T> Clone for Flights<T> {
    fn clone(&self) -> Self {
        Self {
            in_air: Arc::clone(&self.in_air),
        }
    }
}

impl<T> Default for Flights<T> {
    fn default() -> Self {
        Self {
            in_air: Arc::default(),
        }
    }
}

impl<T> Flights<T> {
    /// Shares the flight of a lead, or opens one.
    pub(super) fn board(&self, lead_id: &LeadId) -> Boarding<T> {
        let mut in_air = lock(&self.in_air);
        let entry = in_air.entry(lead_id.clone()).or_insert_with(Entry::empty);
        if let Some(landing) = &entry.landing {
            return Boarding::Share(landing.clone());
        }
        let (sender, receiver) = watch::channel(None);
        entry.landing = Some(receiver);
        entry.holders += 1;
        let guard = InAir {
            lead_id: lead_id.clone(),
            in_air: Arc::clone(&self.in_air),
            shared: true,
            holds: true,
        };
        Boarding::Start(sender, guard)
    }

    /// Enters a lead that the worker took from the queue.
    pub(super) fn enter(&self, lead_id: &LeadId) -> InAir<T> {
        let mut in_air = lock(&self.in_air);
        let entry = in_air.entry(lead_id.clone()).or_insert_with(Entry::empty);
        entry.holders += 1;
        InAir {
            lead_id: lead_id.clone(),
            in_air: Arc::clone(&self.in_air),
            shared: false,
            holds: true,
        }
    }

    /// Whether a lead is accepted or run here. One that is only watched is not.
    pub(super) fn holds(&self, lead_id: &LeadId) -> bool {
        let in_air = lock(&self.in_air);
        in_air.get(lead_id).is_some_and(|entry| entry.holders > 0)
    }

    /// How many leads are accepted or run here.
    pub(super) fn running(&self) -> usize {
        let in_air = lock(&self.in_air);
        in_air.values().filter(|entry| entry.holders > 0).count()
    }
}

impl<T> Entry<T> {
    const fn empty() -> Self {
        Self {
            holders: 0,
            landing: None,
        }
    }
}

impl<T> InAir<T> {
    /// Another instance runs the lead, and this flight only watches it. Should it turn out that
    /// nobody runs it, it can be handed back.
    pub(super) fn only_watch(&mut self) {
        if std::mem::take(&mut self.holds)
            && let Some(entry) = lock(&self.in_air).get_mut(&self.lead_id)
        {
            entry.holders -= 1;
        }
    }
}

impl<T> Drop for InAir<T> {
    fn drop(&mut self) {
        let mut in_air = lock(&self.in_air);
        if let Some(entry) = in_air.get_mut(&self.lead_id) {
            if self.holds {
                entry.holders -= 1;
            }
            if self.shared {
                entry.landing = None;
            }
            if entry.holders == 0 && entry.landing.is_none() {
                in_air.remove(&self.lead_id);
            }
        }
    }
}

fn lock<T>(map: &Mutex<HashMap<LeadId, Entry<T>>>) -> MutexGuard<'_, HashMap<LeadId, Entry<T>>> {
    map.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_second_shares_the_first_flight() {
        let flights = Flights::<u8>::default();
        let lead = LeadId::parse("a01").unwrap();
        let Boarding::Start(sender, guard) = flights.board(&lead) else {
            unreachable!("nobody is in the air yet")
        };
        let Boarding::Share(landing) = flights.board(&lead) else {
            unreachable!("the first is in the air")
        };
        sender.send_replace(Some(7));
        drop(guard);
        assert_eq!(*landing.borrow(), Some(7));
        assert!(!flights.holds(&lead));
        assert!(matches!(flights.board(&lead), Boarding::Start(..)));
    }

    #[test]
    fn a_lead_stays_entered_while_anyone_holds_it() {
        let flights = Flights::<u8>::default();
        let lead = LeadId::parse("a01").unwrap();
        let Boarding::Start(_sender, shared) = flights.board(&lead) else {
            unreachable!("nobody is in the air yet")
        };
        let by_worker = flights.enter(&lead);
        drop(shared);
        assert!(flights.holds(&lead));
        drop(by_worker);
        assert_eq!(flights.running(), 0);
    }

    #[test]
    fn a_lead_that_is_only_watched_is_not_held_but_shared() {
        let flights = Flights::<u8>::default();
        let lead = LeadId::parse("a01").unwrap();
        let Boarding::Start(_sender, mut watching) = flights.board(&lead) else {
            unreachable!("nobody is in the air yet")
        };
        watching.only_watch();
        assert!(!flights.holds(&lead));
        assert!(matches!(flights.board(&lead), Boarding::Share(_)));
        let by_worker = flights.enter(&lead);
        assert!(flights.holds(&lead));
        drop(watching);
        assert!(flights.holds(&lead));
        drop(by_worker);
        assert_eq!(flights.running(), 0);
        assert!(matches!(flights.board(&lead), Boarding::Start(..)));
    }
}
