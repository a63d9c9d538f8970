//! What a call says about the upstream as a whole.

use std::time::Duration;

use crate::upstream::UpstreamErrorKind;

/// What a call said about the upstream as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::upstream) enum Verdict {
    /// A complete good answer, "there is nobody" included.
    Good,
    /// An answer about this one request: the upstream is there, and no better or worse for it.
    AboutTheRequest,
    /// It may be away, or refuses us.
    Failed,
    /// It will refuse everything until somebody acts.
    FailedForGood,
    /// It asks us to stay away for so long.
    StayAway(Duration),
}

impl Verdict {
    /// The verdict of a failed call that was sent.
    pub(in crate::upstream) const fn of(
        kind: UpstreamErrorKind,
        retry_after: Option<Duration>,
    ) -> Self {
        use UpstreamErrorKind as Kind;
        match (kind, retry_after) {
            (Kind::RateLimited | Kind::Unavailable(503), Some(wait)) => Self::StayAway(wait),
            (Kind::NoCredits, _) => Self::FailedForGood,
            (
                Kind::TooLarge
                | Kind::WrongPerson
                | Kind::NotInContract
                | Kind::Status(400..=499)
                // Never sent, so never asked about.
                | Kind::NoTurn
                | Kind::LetGo
                | Kind::Held,
                _,
            ) => Self::AboutTheRequest,
            // A redirect too: a maintenance page, or an address that moved. An error inside a 200
            // of no known kind may be anything, as a 500 may.
            (
                Kind::NotSent
                | Kind::Timeout
                | Kind::Broken
                | Kind::CutOff
                | Kind::Unreadable(_)
                | Kind::Denied
                | Kind::RateLimited
                | Kind::Unavailable(_)
                | Kind::Reported
                | Kind::Status(_),
                _,
            ) => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const WAIT: Duration = Duration::from_secs(7);

    #[rstest]
    #[case(UpstreamErrorKind::NotSent, Verdict::Failed)]
    #[case(UpstreamErrorKind::Timeout, Verdict::Failed)]
    #[case(UpstreamErrorKind::Broken, Verdict::Failed)]
    #[case(UpstreamErrorKind::CutOff, Verdict::Failed)]
    #[case(UpstreamErrorKind::Unreadable("x"), Verdict::Failed)]
    #[case(UpstreamErrorKind::Denied, Verdict::Failed)]
    #[case(UpstreamErrorKind::RateLimited, Verdict::Failed)]
    #[case(UpstreamErrorKind::Unavailable(500), Verdict::Failed)]
    #[case(UpstreamErrorKind::Unavailable(503), Verdict::Failed)]
    #[case(UpstreamErrorKind::Reported, Verdict::Failed)]
    #[case(UpstreamErrorKind::Status(302), Verdict::Failed)]
    #[case(UpstreamErrorKind::NoCredits, Verdict::FailedForGood)]
    #[case(UpstreamErrorKind::Status(404), Verdict::AboutTheRequest)]
    #[case(UpstreamErrorKind::Status(408), Verdict::AboutTheRequest)]
    #[case(UpstreamErrorKind::Status(422), Verdict::AboutTheRequest)]
    #[case(UpstreamErrorKind::Status(425), Verdict::AboutTheRequest)]
    #[case(UpstreamErrorKind::NotInContract, Verdict::AboutTheRequest)]
    #[case(UpstreamErrorKind::WrongPerson, Verdict::AboutTheRequest)]
    #[case(UpstreamErrorKind::TooLarge, Verdict::AboutTheRequest)]
    fn what_a_failure_says(#[case] kind: UpstreamErrorKind, #[case] verdict: Verdict) {
        assert_eq!(Verdict::of(kind, None), verdict);
    }

    #[rstest]
    #[case(UpstreamErrorKind::RateLimited, Verdict::StayAway(WAIT))]
    #[case(UpstreamErrorKind::Unavailable(503), Verdict::StayAway(WAIT))]
    #[case(UpstreamErrorKind::Unavailable(500), Verdict::Failed)]
    #[case(UpstreamErrorKind::NoCredits, Verdict::FailedForGood)]
    #[case(UpstreamErrorKind::Status(404), Verdict::AboutTheRequest)]
    fn what_a_retry_after_says(#[case] kind: UpstreamErrorKind, #[case] verdict: Verdict) {
        assert_eq!(Verdict::of(kind, Some(WAIT)), verdict);
    }
}
