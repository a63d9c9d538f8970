//! Faults on demand: which call, which fault, how often.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::calls::{Operation, Upstream};

/// What goes wrong.
///
/// `Status`, `Hang`, `Reset`, `InBand` and `Body` come instead of the work: nothing is stored.
/// All others come after it: a message is stored, and the answer then suffers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// This HTTP status with a text, and `Retry-After` in seconds if given.
    Status(u16, Option<u64>),
    /// No answer, ever.
    Hang,
    /// 200 and then one byte each 100 ms, for ever.
    Drip,
    /// The connection is reset (RST) before any answer.
    Reset,
    /// The right answer breaks off in the middle.
    Truncated,
    /// The right status, with HTML in place of JSON.
    Garbage,
    /// Work API only: HTTP 200 with an error in the body; 403 (token), 404 or 429 (credits). Any other
    /// number comes as `{"status":number,"erro":…}`.
    InBand(u16),
    /// Work API only: the in-band 403 of a module that is not in the contract.
    ModuleNotInContract,
    /// The work is done, then the connection is reset.
    StoredThenReset,
    /// The work is done, then no answer, ever.
    StoredThenHang,
    /// The right answer, this much later (milliseconds in JSON).
    Slow(#[serde(with = "milliseconds")] Duration),
    /// This status and this body, as they stand.
    Body(u16, String),
}

/// Which calls a fault falls on, and how many of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    upstream: Upstream,
    #[serde(default)]
    operation: Option<Operation>,
    #[serde(default)]
    key: Option<String>,
    fault: Fault,
    /// Calls that still suffer; `None`: all, until the faults are cleared.
    #[serde(default)]
    times: Option<u32>,
}

impl FaultRule {
    /// Every call to this upstream, until [`super::Simulator::clear_faults`].
    #[must_use]
    pub fn always(upstream: Upstream, fault: Fault) -> Self {
        Self {
            upstream,
            operation: None,
            key: None,
            fault,
            times: None,
        }
    }

    /// Only this operation.
    #[must_use]
    pub fn operation(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Only calls that ask for exactly this key (lead id, digits, e-mail, CPF, as sent).
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    /// Only the next `times` calls that fit.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    fn fits(&self, upstream: Upstream, operation: Operation, key: &str) -> bool {
        self.upstream == upstream
            && self.operation.is_none_or(|wanted| wanted == operation)
            && self.key.as_deref().is_none_or(|wanted| wanted == key)
            && self.times != Some(0)
    }
}

/// The rules in force; of several that fit, the oldest is used up first.
#[derive(Debug, Default)]
pub(super) struct FaultBook(Vec<FaultRule>);

impl FaultBook {
    pub(super) fn add(&mut self, rule: FaultRule) {
        self.0.push(rule);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn take(
        &mut self,
        upstream: Upstream,
        operation: Operation,
        key: &str,
    ) -> Option<Fault> {
        let rule = self
            .0
            .iter_mut()
            .find(|rule| rule.fits(upstream, operation, key))?;
        if let Some(left) = &mut rule.times {
            *left -= 1;
        }
        Some(rule.fault.clone())
    }
}

mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        duration: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        duration.as_millis().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}
