//! Where everything stood when a process was killed or frozen, as the database has it right after.

use std::collections::{BTreeMap, BTreeSet};

use rust_c2s_api::simulator::{Operation, Upstream, WorldLead};

use crate::simulator::PaidKey;
use crate::stage::Stage;

/// The part of its way that a lead was on (DATABASE.md, the transactions of a fresh lead).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Window {
    /// Triggered, and nothing committed.
    BeforeT1,
    /// Accepted, nothing asked.
    T1ToT2,
    /// Diretrix is asked.
    T2ToT3,
    /// Work API is asked.
    T3ToT4,
    /// The message is on its way.
    T4ToT5,
}

impl Window {
    pub(crate) const ALL: [(Self, &'static str); 5] = [
        (Self::BeforeT1, "before T1"),
        (Self::T1ToT2, "T1–T2"),
        (Self::T2ToT3, "T2–T3"),
        (Self::T3ToT4, "T3–T4"),
        (Self::T4ToT5, "T4–T5"),
    ];
}

/// The moment after a kill, or a freeze.
pub(crate) struct Moment {
    /// By the simulator's clock.
    pub(crate) at_ms: f64,
    /// The leads of the dead process, and those that it had not taken yet.
    pub(crate) in_flight: BTreeMap<Window, usize>,
    /// The questions it was asking.
    pub(crate) pending: BTreeSet<PaidKey>,
    /// The questions that were answered by then.
    pub(crate) settled: BTreeSet<PaidKey>,
}

/// What the leads of a world are looked up by.
pub(crate) struct Keys<'a>(BTreeMap<&'a str, &'a WorldLead>);

impl<'a> Keys<'a> {
    pub(crate) fn of(leads: &'a [WorldLead]) -> Self {
        Self(leads.iter().map(|lead| (lead.id.as_str(), lead)).collect())
    }

    /// The key of a lead's question, as the simulator sees it.
    fn of_lookup(&self, lead_id: &str, provider: &str, kind: &str) -> PaidKey {
        let lead = self.0[lead_id];
        let (operation, key) = match kind {
            "phone" => (Operation::Phone, &lead.lookup_phone),
            "email" => (Operation::Email, &lead.lookup_email),
            _ => (Operation::Cpf, &lead.cpf),
        };
        let upstream = match provider {
            "diretrix" => Upstream::Diretrix,
            _ => Upstream::WorkApi,
        };
        let key = key.clone().unwrap();
        PaidKey {
            upstream,
            operation,
            key,
        }
    }
}

/// Of the process that started last: it is the one that was killed or frozen.
const IN_FLIGHT: &str = "
    with dead as (select id from ops.instances order by started_at desc limit 1)
    select case
        when exists (select from ops.outbox o
                     where o.lead_id = l.lead_id and o.state = 'sending' and o.owner = l.owner) then 4
        when exists (select from ops.lookups k where k.lead_id = l.lead_id and k.owner = l.owner
                     and k.state = 'pending' and k.kind = 'profile') then 3
        when exists (select from ops.lookups k where k.lead_id = l.lead_id and k.owner = l.owner
                     and k.state = 'pending') then 2
        else 1 end
    from ops.leads l join dead on dead.id = l.owner";

const LOOKUPS: &str = "
    with dead as (select id from ops.instances order by started_at desc limit 1)
    select k.lead_id, k.provider, k.kind, k.state = 'pending'
    from ops.lookups k
    where k.state <> 'pending' or k.owner = (select id from dead)";

impl Moment {
    /// Reads it, at once. `not_taken` are the leads whose trigger had no answer.
    pub(crate) async fn read(stage: &Stage, keys: &Keys<'_>, not_taken: &BTreeSet<String>) -> Self {
        let at_ms = stage.simulator.now_ms().await;
        let pool = stage.database.pool();
        let mut in_flight = BTreeMap::new();
        let windows: Vec<i32> = sqlx::query_scalar(IN_FLIGHT).fetch_all(pool).await.unwrap();
        for window in windows {
            let (window, _) = Window::ALL[usize::try_from(window).unwrap()];
            *in_flight.entry(window).or_default() += 1;
        }
        let known: Vec<String> = sqlx::query_scalar("select lead_id from ops.leads")
            .fetch_all(pool)
            .await
            .unwrap();
        let known: BTreeSet<_> = known.into_iter().collect();
        let before = not_taken.difference(&known).count();
        in_flight.insert(Window::BeforeT1, before);
        let (mut pending, mut settled) = (BTreeSet::new(), BTreeSet::new());
        let lookups: Vec<(String, String, String, bool)> =
            sqlx::query_as(LOOKUPS).fetch_all(pool).await.unwrap();
        for (lead_id, provider, kind, is_pending) in lookups {
            let key = keys.of_lookup(&lead_id, &provider, &kind);
            let to = if is_pending {
                &mut pending
            } else {
                &mut settled
            };
            to.insert(key);
        }
        Self {
            at_ms,
            in_flight,
            pending,
            settled,
        }
    }
}
