//! Who a lead was taken for, as `GET /api/v1/leads/{id}` shows it.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::models::LeadState;
use crate::storage::{LeadDetail, StoredIdentity};

/// Who a lead was taken for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LeadIdentity {
    /// What was decided.
    decision: Decided,
    /// How much speaks for the person, 0–100: an order, no probability. Null of nobody.
    #[schema(required = true, minimum = 0, maximum = 100)]
    score: Option<u8>,
    /// What speaks for or against, as codes.
    reasons: Vec<String>,
    /// What the person was found by; null of nobody.
    #[schema(required = true)]
    evidence: Option<LeadEvidence>,
    /// The review that waits for a person; null when none does.
    #[schema(required = true)]
    review_id: Option<Uuid>,
}

/// What a lead's person was found by.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LeadEvidence {
    /// Which of the lead's contacts led to the person: `phone`, `email`, `both`; `cpf`: it was given with the lead;
    /// `review`: a person chose.
    matched_by: String,
    /// Who named the person: `diretrix` or `work_api`.
    provider: String,
    /// How many people the phone has; null when it was not asked for.
    #[schema(required = true, minimum = 0)]
    phone_people: Option<u32>,
    /// How many people the e-mail has; null when it was not asked for.
    #[schema(required = true, minimum = 0)]
    email_people: Option<u32>,
}

/// A decision about who a lead is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Decided {
    /// One person.
    Accept,
    /// A person has to decide.
    Review,
    /// Nobody who may be shown.
    None,
}

impl LeadIdentity {
    /// Of the last run: the person of an earlier one stays stored with a lead that nobody was found for since.
    pub(super) fn of(detail: &LeadDetail) -> Option<Self> {
        let nobody = |decision| Self {
            decision,
            score: None,
            reasons: detail.last_error.iter().cloned().collect(),
            evidence: None,
            review_id: None,
        };
        if let Some(review) = &detail.review {
            return Some(Self {
                score: review.score,
                reasons: review.reasons.clone(),
                review_id: Some(review.review_id),
                ..nobody(Decided::Review)
            });
        }
        match detail.summary.outcome {
            Some(LeadState::Unidentified) => Some(nobody(Decided::None)),
            Some(LeadState::Review) => Some(nobody(Decided::Review)),
            _ => detail.identity.as_ref().map(|identity| Self {
                decision: Decided::Accept,
                score: identity.score,
                reasons: identity.reasons.clone(),
                evidence: Some(LeadEvidence::of(identity)),
                review_id: None,
            }),
        }
    }
}

impl LeadEvidence {
    fn of(identity: &StoredIdentity) -> Self {
        Self {
            matched_by: identity.matched_by.clone(),
            provider: identity.provider.clone(),
            phone_people: identity.phone_people,
            email_people: identity.email_people,
        }
    }
}
