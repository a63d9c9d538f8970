//! Some leads need a person: nobody else will mend them.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::lead_pipeline::CRASHED_TOO_OFTEN;
use crate::models::{LeadId, LeadState};
use crate::storage::{DueAlert, WaitingReviews};
use crate::upstream::c2s::UpstreamError;

/// Why a lead needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Three posts of its message are of unknown outcome, and it does not stand in the CRM.
    DeliveryUnknown,
    /// Its runs end with their process.
    CrashedTooOften,
    /// It was given up before the broker was told that a message was about somebody else.
    NotCorrected,
}

impl Trouble {
    /// What is the matter with a lead that ended so that it needs a person.
    pub(super) fn of(lead: &DueAlert) -> Option<Self> {
        let reason = lead.reason.as_deref();
        match lead.state {
            LeadState::DeliveryUnknown => Some(Self::DeliveryUnknown),
            LeadState::Failed if reason == Some(CRASHED_TOO_OFTEN) => Some(Self::CrashedTooOften),
            LeadState::Failed if lead.correction_due => Some(Self::NotCorrected),
            _ => None,
        }
    }

    /// The word in alerts and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DeliveryUnknown => "delivery_unknown",
            Self::CrashedTooOften => CRASHED_TOO_OFTEN,
            Self::NotCorrected => "not_corrected",
        }
    }

    /// What the operator reads.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::DeliveryUnknown => {
                "três envios da mensagem ficaram sem confirmação e ela não aparece no Contact2Sale: \
                 confira o lead e, se for o caso, repita-o (rust-c2s-api leads replay)"
            }
            Self::CrashedTooOften => {
                "o processo caiu em cada tentativa de tratar este lead, que foi abandonado: \
                 guarde os logs e avise quem mantém o serviço"
            }
            Self::NotCorrected => {
                "o corretor leu um perfil que depois foi descartado, e a correção não pôde ser enviada ao \
                 Contact2Sale: avise-o e repita o lead (rust-c2s-api leads replay)"
            }
        }
    }
}

/// What a person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// A fixed word, such as `delivery_unknown`.
    pub code: &'static str,
    /// The lead it is about, if it is about one.
    pub lead_id: Option<LeadId>,
    /// What the operator reads; no personal data.
    pub text: String,
}

impl Alert {
    /// About a lead that needs a person.
    pub(super) fn about(lead_id: &LeadId, trouble: Trouble) -> Self {
        Self {
            code: trouble.as_str(),
            text: format!("lead {lead_id}: {}", trouble.text()),
            lead_id: Some(lead_id.clone()),
        }
    }

    /// About reviews that wait for a person.
    pub(super) fn waiting(reviews: WaitingReviews) -> Self {
        let waiting = match reviews.count {
            1 => "1 lead espera".to_owned(),
            count => format!("{count} leads esperam"),
        };
        let hours = reviews.oldest.as_secs() / 3_600;
        Self {
            code: "reviews_waiting",
            lead_id: None,
            text: format!(
                "{waiting} que alguém confira quem é a pessoa (o mais antigo há {hours} h): rust-c2s-api reviews list"
            ),
        }
    }
}

type Telling = BoxFuture<'static, Result<(), UpstreamError>>;

/// Tells a person.
#[derive(Clone)]
pub struct Alarm(Option<Arc<dyn Fn(Alert) -> Telling + Send + Sync>>);

impl Alarm {
    /// Only the log tells.
    #[must_use]
    pub const fn silent() -> Self {
        Self(None)
    }

    /// The log, and whoever this function tells.
    pub fn new<F>(tell: impl Fn(Alert) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), UpstreamError>> + Send + 'static,
    {
        Self(Some(Arc::new(move |alert| Box::pin(tell(alert)))))
    }

    /// Tells of it, once.
    ///
    /// # Errors
    /// [`UpstreamError`] when nobody could be told; the log has it all the same.
    pub(super) async fn tell(&self, alert: Alert) -> Result<(), UpstreamError> {
        match &alert.lead_id {
            Some(lead_id) => {
                tracing::error!(%lead_id, alert = alert.code, "a person has to look at this lead");
            }
            None => tracing::warn!(alert = alert.code, "reviews wait for a person"),
        }
        match &self.0 {
            Some(tell) => tell(alert).await,
            None => Ok(()),
        }
    }
}
