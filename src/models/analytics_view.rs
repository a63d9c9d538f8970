//! The views that marketing reads.

/// A view that marketing reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnalyticsView {
    /// One row per party.
    Parties,
    /// One row per lead; reads the other one.
    Leads,
}

impl AnalyticsView {
    /// In the order in which they are refreshed.
    pub const ALL: [Self; 2] = [Self::Parties, Self::Leads];

    /// Its name in the database, schema included.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parties => "core.mv_party_analytics",
            Self::Leads => "analytics.mv_mkt_lead_star",
        }
    }
}
