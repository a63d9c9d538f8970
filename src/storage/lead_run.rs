//! What a run of a lead claims, and how it ends.

use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::reviews::ReviewToOpen;
use crate::models::{Cpf, GivenLead, LeadId, LeadState};

/// One running process of the service (`ops.instances.id`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InstanceId(pub Uuid);

/// The right to work on a lead: every write of the run is fenced by owner and run number, so that
/// nothing of a run that lost its lead can be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The lead.
    pub lead_id: LeadId,
    /// The instance that runs it.
    pub owner: InstanceId,
    /// The fence: it only ever grows.
    pub run_no: i64,
    /// Failures of this lead before this run.
    pub attempts: i32,
    /// Runs of it in a row, right before this one, that ended with their process.
    pub crashes: i32,
    /// What a caller gave of it, as it was when it was claimed; other details since ask for another run.
    pub given: Option<Box<GivenLead>>,
}

impl Claim {
    /// Whether its last two ends were crashes. Such a lead runs alone in its process: what kills the
    /// process may be this lead, and its neighbours would count a crash with it.
    #[must_use]
    pub const fn is_suspect(&self) -> bool {
        self.crashes >= 2
    }
}

/// What became of a trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// The lead is ours to run.
    Run(Claim),
    /// It runs already, here or on another instance.
    Join,
    /// It waits for a moment that must not be brought forward: a send of unknown outcome has to be
    /// read back first.
    Waiting(LeadResult),
    /// It finished a moment ago.
    Duplicate(LeadResult),
    /// A replay of a lead that was never accepted here.
    Unknown,
}

/// How a lead stands, as answers tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadResult {
    /// The lead.
    pub lead_id: LeadId,
    /// Where it is.
    pub state: LeadState,
    /// Whether the last finished run posted a message.
    pub message_sent: bool,
    /// The people stored for it.
    pub cpfs: Vec<Cpf>,
    /// Why, as a code without personal data (`work_api_timeout`, `no_candidate`, …).
    pub reason: Option<String>,
    /// When the next run is due, if one is.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When it reached its end, if it has.
    pub finished_at: Option<DateTime<Utc>>,
    /// The review that waits for a person, if one does.
    pub review_id: Option<Uuid>,
}

/// One step of a run, for the lead's timeline.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Step {
    /// What was done: `fetch_lead`, `lookup_phone`, `lookup_email`, `lookup_profile`, `persist`, `send`.
    pub name: String,
    /// How it went: a code without personal data.
    pub outcome: String,
    /// How long it took.
    pub latency_ms: u64,
    /// What it cost.
    pub cost_centavos: i64,
}

/// After so many sends of unknown outcome, each read back as absent, a message is not sent again
/// (API.md, `delivery_unknown`).
pub const MAX_UNKNOWN_SENDS: i32 = 3;

/// What became of a message in a run that will be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastSend {
    /// This run sent none. One that an earlier run sent stays as it is.
    NotTried,
    /// The CRM surely or most likely did not take it: the next run may read the lead back at once.
    NotDelivered,
    /// Nobody knows: no trigger brings the next run forward.
    Unknown,
}

/// How a run ends, when it does not end with a delivered message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunEnd {
    /// Nobody found, or nobody who may be shown.
    Unidentified {
        /// A code: `no_contact`, `no_candidate`, `no_agreement`, `profile_absent`, `deceased`, …
        reason: String,
    },
    /// Doubtful: a person decides.
    Review {
        /// A code: the first of the reasons that leave a doubt.
        reason: String,
        /// What there is to decide.
        review: Box<ReviewToOpen>,
    },
    /// The CRM does not know the lead.
    LeadMissing,
    /// The person objected or was erased.
    Suppressed,
    /// Try again after a while.
    Retry {
        /// A code: `work_api_timeout`, …
        reason: String,
        /// How long from now.
        after: Duration,
        /// Whether this was a failure of this lead, and not of an upstream as a whole.
        spends_attempt: bool,
        /// What became of the message, if this run sent one.
        send: LastSend,
    },
    /// Three sends of unknown outcome ([`MAX_UNKNOWN_SENDS`]), each read back as absent: a person looks.
    DeliveryUnknown,
    /// Given up.
    Failed {
        /// A code.
        reason: String,
    },
    /// Handed back unfinished, because this process may not or cannot run it: nothing spent, and due
    /// at once, unless a message may still land.
    HandedBack {
        /// So long after a post began, at most, its message can still land.
        lands_within: Duration,
    },
}
