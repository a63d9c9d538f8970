//! What can go wrong with an upstream, and what that means for the lead.

use std::fmt;
use std::time::Duration;

/// An outside system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Upstream {
    /// Contact2Sale, the CRM.
    C2s,
    /// Diretrix, contact → CPF.
    Diretrix,
    /// Work API, CPF → profile.
    WorkApi,
    /// Who is told of what no retry mends (`ALERT_WEBHOOK_URL`).
    AlertWebhook,
}

impl Upstream {
    /// The word in codes, logs and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::C2s => "c2s",
            Self::Diretrix => "diretrix",
            Self::WorkApi => "work_api",
            Self::AlertWebhook => "alert_webhook",
        }
    }
}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A client that could not be made of its configuration. Shows no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The base URL cannot have a path, such as `mailto:x`.
    #[error("the base URL of {0} must be http:// or https://")]
    BaseUrl(Upstream),
    /// The token, user or password has characters that no HTTP header can carry.
    #[error("the credentials of {0} hold characters that an HTTP header cannot carry")]
    Credentials(Upstream),
    /// The TLS stack or the system's certificates could not be loaded.
    #[error(
        "the HTTP client of {0} could not be started; are the system's certificates installed?"
    )]
    Client(Upstream),
}

/// A failed call. Holds neither URL, header, body nor anything personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{upstream} {operation}: {kind}")]
pub struct UpstreamError {
    /// Who was asked.
    pub upstream: Upstream,
    /// For what, such as `lead` or `profile`.
    pub operation: &'static str,
    /// What went wrong.
    pub kind: UpstreamErrorKind,
    /// How long to stay away: what the upstream asks for in `Retry-After`, clamped, or the rest of
    /// the breaker's window.
    pub retry_after: Option<Duration>,
    /// How long the call took, without the wait for its turn.
    pub latency: Duration,
    /// Whether it was the probe of an upstream that is known to be away.
    pub probe: bool,
}

/// The ways a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamErrorKind {
    /// No connection: refused, unknown host, TLS. Surely nothing was sent.
    #[error("no connection could be made, nothing was sent; check the base URL and the network")]
    NotSent,
    /// The calls in flight did not end in time for this one to have its turn. Nothing was sent.
    #[error("the calls in flight did not end in time, nothing was sent")]
    NoTurn,
    /// This instance may no longer act for its leads, as its heartbeat is too old. Nothing was sent.
    #[error("the heartbeat of this instance is too old to call anybody, nothing was sent")]
    LetGo,
    /// The breaker is open: the upstream fails or refuses us, and is left alone for a while. Nothing
    /// was sent.
    #[error("the upstream has been failing, nothing was sent")]
    Held,
    /// Sent, and not a status line within the time limit.
    #[error("no answer within the time limit")]
    Timeout,
    /// Sent, and the connection broke before a status line came.
    #[error("the connection broke before an answer came")]
    Broken,
    /// The answer began, and its body broke off or did not end within the time limit.
    #[error("the answer broke off")]
    CutOff,
    /// The body is longer than we read.
    #[error("the answer is too large")]
    TooLarge,
    /// A complete answer that could not be read; the text says how, in fixed words.
    #[error("could not read the answer: {0}")]
    Unreadable(&'static str),
    /// A profile of somebody other than the person asked for.
    #[error("the answer is about another person; nothing of it was kept")]
    WrongPerson,
    /// Token, user or password refused, or the quota used up.
    #[error("access refused; check the credentials and the contract")]
    Denied,
    /// The contract does not include what was asked (UPSTREAMS.md §3).
    #[error("this is not in the contract")]
    NotInContract,
    /// The account has no credits left.
    #[error("no credits left; buy more at the provider")]
    NoCredits,
    /// 429: too many calls.
    #[error("too many calls")]
    RateLimited,
    /// 5xx.
    #[error("the upstream failed with status {0}")]
    Unavailable(u16),
    /// An error told inside a body of status 200, of no known kind.
    #[error("the upstream reported an error")]
    Reported,
    /// Any other status.
    #[error("unexpected status {0}")]
    Status(u16),
}

impl UpstreamErrorKind {
    /// What a status that is no success means.
    #[must_use]
    pub const fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::Denied,
            429 => Self::RateLimited,
            500..=599 => Self::Unavailable(status),
            other => Self::Status(other),
        }
    }

    /// Whether it says nothing of the upstream, be it good or bad.
    pub(super) const fn says_nothing(self) -> bool {
        matches!(self, Self::NotInContract | Self::LetGo)
    }

    const fn word(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::NoTurn => "no_turn",
            Self::LetGo => "let_go",
            Self::Held => "held",
            Self::Timeout => "timeout",
            Self::Broken => "broken",
            Self::CutOff => "cut_off",
            Self::TooLarge => "too_large",
            Self::Unreadable(_) => "unreadable",
            Self::WrongPerson => "wrong_person",
            Self::Denied => "denied",
            Self::NotInContract => "not_in_contract",
            Self::NoCredits => "no_credits",
            Self::RateLimited => "rate_limited",
            Self::Unavailable(_) => "unavailable",
            Self::Reported => "reported_error",
            Self::Status(_) => "status",
        }
    }
}

impl UpstreamError {
    /// Whether asking again later can help. Not so for an answer that would be the same again: a
    /// status that is final, another person, a body too large. A contract can be mended, as a
    /// refused token can.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self.kind {
            UpstreamErrorKind::TooLarge | UpstreamErrorKind::WrongPerson => false,
            UpstreamErrorKind::Status(status) => matches!(status, 408 | 425),
            _ => true,
        }
    }

    /// Whether the failure is the upstream's and not this lead's, so that the retry spends no
    /// attempt: an outage (no connection; 502 to 504, by which a gateway speaks of the service and
    /// not of the request; too many calls; no credits; an open breaker), or a refused token of C2S
    /// or Diretrix.
    /// Work API's 403 says many things and is counted (ARCHITECTURE.md "The way of a lead").
    #[must_use]
    pub const fn holds_the_queue(&self) -> bool {
        match self.kind {
            UpstreamErrorKind::NotSent
            | UpstreamErrorKind::NoTurn
            | UpstreamErrorKind::LetGo
            | UpstreamErrorKind::Held
            | UpstreamErrorKind::RateLimited
            | UpstreamErrorKind::NoCredits
            | UpstreamErrorKind::Unavailable(502..=504) => true,
            UpstreamErrorKind::Denied => !matches!(self.upstream, Upstream::WorkApi),
            // Known to be away, by the failures of other requests: whoever finds it still so is not
            // to blame.
            UpstreamErrorKind::Timeout
            | UpstreamErrorKind::Broken
            | UpstreamErrorKind::CutOff
            | UpstreamErrorKind::Unreadable(_)
            | UpstreamErrorKind::Unavailable(_) => self.probe,
            _ => false,
        }
    }

    /// Whether the provider may have answered, and so charged, although we hold no answer: such a
    /// call enters the ledger as `unknown` and counts as spent (API.md "Configuration").
    #[must_use]
    pub const fn may_have_been_answered(&self) -> bool {
        matches!(
            self.kind,
            UpstreamErrorKind::Timeout
                | UpstreamErrorKind::Broken
                | UpstreamErrorKind::CutOff
                | UpstreamErrorKind::TooLarge
                | UpstreamErrorKind::Unreadable(_)
                | UpstreamErrorKind::WrongPerson
        )
    }

    /// Whether the provider refused to work for us, which costs nothing (ledger: `denied`).
    #[must_use]
    pub const fn is_denied(&self) -> bool {
        matches!(
            self.kind,
            UpstreamErrorKind::Denied
                | UpstreamErrorKind::NotInContract
                | UpstreamErrorKind::NoCredits
                | UpstreamErrorKind::RateLimited
        )
    }

    /// Whether surely nothing was sent.
    #[must_use]
    pub const fn is_unsent(&self) -> bool {
        matches!(
            self.kind,
            UpstreamErrorKind::NotSent
                | UpstreamErrorKind::NoTurn
                | UpstreamErrorKind::LetGo
                | UpstreamErrorKind::Held
        )
    }

    /// A stable word for logs, the database and answers, such as `work_api_timeout` or
    /// `c2s_status_422`.
    #[must_use]
    pub fn code(&self) -> String {
        let (upstream, word) = (self.upstream, self.kind.word());
        match self.kind {
            UpstreamErrorKind::Status(status) | UpstreamErrorKind::Unavailable(status) => {
                format!("{upstream}_{word}_{status}")
            }
            _ => format!("{upstream}_{word}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn error(upstream: Upstream, kind: UpstreamErrorKind) -> UpstreamError {
        UpstreamError {
            upstream,
            operation: "test",
            kind,
            retry_after: None,
            latency: Duration::ZERO,
            probe: false,
        }
    }

    #[rstest]
    #[case(UpstreamErrorKind::Timeout, true)]
    #[case(UpstreamErrorKind::Unavailable(500), true)]
    #[case(UpstreamErrorKind::Unreadable("x"), true)]
    #[case(UpstreamErrorKind::WrongPerson, false)]
    #[case(UpstreamErrorKind::Status(422), false)]
    fn a_probe_of_an_upstream_that_is_away_spends_no_attempt(
        #[case] kind: UpstreamErrorKind,
        #[case] holds: bool,
    ) {
        let failed = error(Upstream::Diretrix, kind);
        assert!(!failed.holds_the_queue());
        let probe = UpstreamError {
            probe: true,
            ..failed
        };
        assert_eq!(probe.holds_the_queue(), holds);
    }

    #[rstest]
    #[case(Upstream::C2s, UpstreamErrorKind::NotSent, true, true, false)]
    #[case(Upstream::C2s, UpstreamErrorKind::Held, true, true, false)]
    #[case(Upstream::WorkApi, UpstreamErrorKind::Held, true, true, false)]
    #[case(Upstream::C2s, UpstreamErrorKind::Denied, true, true, false)]
    #[case(Upstream::C2s, UpstreamErrorKind::Status(422), false, false, false)]
    #[case(Upstream::C2s, UpstreamErrorKind::Status(408), true, false, false)]
    #[case(Upstream::Diretrix, UpstreamErrorKind::Denied, true, true, false)]
    #[case(
        Upstream::Diretrix,
        UpstreamErrorKind::Unavailable(500),
        true,
        false,
        false
    )]
    #[case(
        Upstream::Diretrix,
        UpstreamErrorKind::Unavailable(503),
        true,
        true,
        false
    )]
    #[case(Upstream::WorkApi, UpstreamErrorKind::Denied, true, false, false)]
    #[case(
        Upstream::WorkApi,
        UpstreamErrorKind::NotInContract,
        true,
        false,
        false
    )]
    #[case(Upstream::WorkApi, UpstreamErrorKind::NoCredits, true, true, false)]
    #[case(Upstream::WorkApi, UpstreamErrorKind::RateLimited, true, true, false)]
    #[case(Upstream::WorkApi, UpstreamErrorKind::Timeout, true, false, true)]
    #[case(Upstream::WorkApi, UpstreamErrorKind::CutOff, true, false, true)]
    #[case(
        Upstream::WorkApi,
        UpstreamErrorKind::Unreadable("x"),
        true,
        false,
        true
    )]
    #[case(Upstream::WorkApi, UpstreamErrorKind::WrongPerson, false, false, true)]
    #[case(Upstream::WorkApi, UpstreamErrorKind::TooLarge, false, false, true)]
    #[case(Upstream::WorkApi, UpstreamErrorKind::Reported, true, false, false)]
    fn says_what_follows(
        #[case] upstream: Upstream,
        #[case] kind: UpstreamErrorKind,
        #[case] retryable: bool,
        #[case] holds: bool,
        #[case] maybe_answered: bool,
    ) {
        let error = error(upstream, kind);
        assert_eq!(
            (
                error.is_retryable(),
                error.holds_the_queue(),
                error.may_have_been_answered()
            ),
            (retryable, holds, maybe_answered)
        );
    }

    #[rstest]
    #[case(Upstream::WorkApi, UpstreamErrorKind::Timeout, "work_api_timeout")]
    #[case(Upstream::WorkApi, UpstreamErrorKind::Held, "work_api_held")]
    #[case(Upstream::Diretrix, UpstreamErrorKind::Denied, "diretrix_denied")]
    #[case(Upstream::C2s, UpstreamErrorKind::Status(422), "c2s_status_422")]
    #[case(
        Upstream::C2s,
        UpstreamErrorKind::Unavailable(503),
        "c2s_unavailable_503"
    )]
    #[case(
        Upstream::C2s,
        UpstreamErrorKind::Unreadable("no data"),
        "c2s_unreadable"
    )]
    fn has_a_stable_code(
        #[case] upstream: Upstream,
        #[case] kind: UpstreamErrorKind,
        #[case] code: &str,
    ) {
        assert_eq!(error(upstream, kind).code(), code);
    }
}
