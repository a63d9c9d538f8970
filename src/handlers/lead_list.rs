//! `GET /api/v1/leads` and `GET /api/v1/leads/{id}`: how leads stand.

use axum::Extension;
use axum::extract::State;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::access::Caller;
use super::extract::{LeadInPath, Page, Parameters};
use super::json::JsonAnswer;
use super::lead_calls::ListRequest;
use super::lead_identity::LeadIdentity;
use super::lead_refusal::unreadable;
use super::lead_state::StateWord;
use super::openapi;
use super::state::AppState;
use crate::errors::AppError;
use crate::models::LeadState;
use crate::services::access_log::Look;
use crate::storage::{LeadCursor, LeadDetail, LeadSearch, LeadSummary, Step};

/// Leads, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LeadList {
    /// The leads.
    items: Vec<LeadRow>,
    /// Where to go on; null at the end.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// A lead in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LeadRow {
    /// The lead's `id` in Contact2Sale.
    #[schema(format = "lead-id")]
    lead_id: String,
    /// How it stands.
    state: StateWord,
    /// Who told of it first: `make`, `api`, …
    source: String,
    /// The last end it reached, if any.
    #[schema(required = true)]
    outcome: Option<StateWord>,
    /// Failures of this lead since it last began anew.
    #[schema(minimum = 0)]
    attempts: i32,
    /// What it cost in all its runs, in centavos.
    #[schema(minimum = 0)]
    cost_centavos: i64,
    /// When it was first heard of.
    #[schema(value_type = DateTime<Utc>)]
    first_seen_at: String,
    /// When it reached its end, if it is at one.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    finished_at: Option<String>,
}

/// A lead alone.
#[derive(Serialize, ToSchema)]
pub(super) struct LeadAlone {
    /// As in a list.
    #[serde(flatten)]
    row: LeadRow,
    /// The steps of its last run.
    steps: Vec<LeadStep>,
    /// Who it was taken for; null before that was decided, and of a person who objected.
    #[schema(required = true)]
    identity: Option<LeadIdentity>,
    /// The message about its person, as last queued for the broker.
    #[schema(required = true)]
    message: Option<String>,
}

/// A step of a run.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LeadStep {
    /// What was done, such as `lookup_phone`.
    name: String,
    /// How it went, as a code.
    outcome: String,
    /// How long it took, in milliseconds.
    latency_ms: u64,
    /// What it cost, in centavos.
    cost_centavos: i64,
}

/// Lists leads.
///
/// The newest first. `q` is a lead's id, a phone, an e-mail, or part of a name with three letters or digits in a
/// row, accents folded; of a part that more than 5,000 leads have, some are found. That somebody searched is
/// recorded.
#[utoipa::path(
    get,
    path = "/api/v1/leads",
    operation_id = "list_leads",
    tag = openapi::LEADS,
    params(
        ("state" = Option<StateWord>, Query, description = "Only leads in this state."),
        ("q" = Option<String>, Query, min_length = 1, max_length = 200, pattern = "\\S",
            description = "A lead's id, a phone in any spelling, an e-mail, or part of a name."),
        ("limit" = Option<u8>, Query, minimum = 1, maximum = 100, example = 2,
            description = "The most items to answer; 20 when not given."),
        ("cursor" = Option<String>, Query, format = "lead-cursor",
            description = "`next_cursor` of the page before.")
    ),
    responses(
        (status = 200, description = "Leads, the newest first.", body = LeadList, example = json!({
            "items": [{
                "lead_id": "00000000000000000000000000000a02",
                "state": "completed",
                "source": "make",
                "outcome": "completed",
                "attempts": 0,
                "cost_centavos": 0,
                "first_seen_at": "2026-01-15T12:00:00Z",
                "finished_at": "2026-01-15T12:00:03Z"
            }],
            "next_cursor": null
        })),
        (status = 400, description = "state: is no state of a lead: see LeadState"),
        (status = 503, description = "the database cannot be reached: ask again")
    )
)]
pub(super) async fn list_leads(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    parameters: Parameters,
) -> Result<JsonAnswer<LeadList>, AppError> {
    let request = list_request(&parameters)?;
    if request.search.is_some() {
        // Which leads somebody has is told, though no name.
        let look = Look {
            actor: caller.actor(),
            action: "leads_search",
            party_ids: &[],
            lead_id: None,
        };
        state.record(&look).await?;
    }
    let page = state.calls.leads.list.call(request).await;
    let page = page.map_err(unreadable)?;
    Ok(JsonAnswer(LeadList {
        items: page.leads.iter().map(LeadRow::of).collect(),
        next_cursor: page.next.map(|next| next.as_text()),
    }))
}

fn list_request(parameters: &Parameters) -> Result<ListRequest, AppError> {
    let bad = |field, wrong| AppError::BadRequest { field, wrong };
    let state = parameters.single("state")?.map(LeadState::parse);
    let state = state.transpose();
    let search = parameters.single("q")?.map(|typed| {
        let wrong = "is blank, or longer than 200 characters";
        LeadSearch::parse(typed).ok_or(bad("q", wrong))
    });
    let Page { limit, cursor } = parameters.page()?;
    let cursor = cursor.map(|cursor| LeadCursor::parse(&cursor).ok_or(Page::UNKNOWN_CURSOR));
    Ok(ListRequest {
        state: state.map_err(|_| bad("state", "is no state of a lead: see LeadState"))?,
        search: search.transpose()?,
        limit,
        cursor: cursor.transpose()?,
    })
}

/// Shows a lead.
///
/// How it stands, what its last run did, and the message. That somebody looked is recorded.
#[utoipa::path(
    get,
    path = "/api/v1/leads/{id}",
    operation_id = "show_lead",
    tag = openapi::LEADS,
    params(
        ("id" = String, Path, format = "lead-id", min_length = 1, max_length = 64,
            pattern = "^[A-Za-z0-9_-]{1,64}$", example = "00000000000000000000000000000a02",
            description = "The lead's `id` in Contact2Sale.")
    ),
    responses(
        (status = 200, description = "The lead.", body = LeadAlone, example = json!({
            "lead_id": "00000000000000000000000000000a02",
            "state": "completed",
            "source": "make",
            "outcome": "completed",
            "attempts": 0,
            "cost_centavos": 0,
            "first_seen_at": "2026-01-15T12:00:00Z",
            "finished_at": "2026-01-15T12:00:03Z",
            "steps": [
                {"name": "fetch_lead", "outcome": "found", "latency_ms": 84, "cost_centavos": 0},
                {"name": "lookup_phone", "outcome": "hit", "latency_ms": 310, "cost_centavos": 0},
                {"name": "lookup_profile", "outcome": "hit", "latency_ms": 1840, "cost_centavos": 0},
                {"name": "send", "outcome": "delivered", "latency_ms": 120, "cost_centavos": 0}
            ],
            "identity": {
                "decision": "accept",
                "score": 92,
                "reasons": ["name_agrees", "rare_name", "profile_name_agrees", "profile_has_contact"],
                "evidence": {
                    "matched_by": "phone", "provider": "diretrix", "phone_people": 1, "email_people": null
                },
                "review_id": null
            },
            "message": "🔎 Identificação: muito forte\n\n\
                ✅ DADOS PESSOAIS\n\
                Nome: ALINE SILVEIRA DOS MACHADO\n\
                CPF: 488.819.328-22\n\
                Data Nascimento: 15/06/1983\n\
                Sexo: Feminino\n\
                Mãe: LUANA FERNANDES XAVIER\n\n\
                💰 DADOS FINANCEIROS\n\
                Renda: R$ 15.591,73\n\
                Poder Aquisitivo: MEDIO\n\
                Faixa de Renda: De R$ 1.630,00 até R$ 4.082,00\n\
                Score de Crédito: 353\n\
                Risco: MEDIO\n\n\
                📧 EMAILS\n\
                • aline.machado2@example.com\n\n\
                📱 TELEFONES\n\
                • (11) 96687-1403 (WhatsApp ✅)\n\n\
                🏠 ENDEREÇOS\n\
                • R MODELO, 1041 - BAIRRO EXEMPLO 2 - CIDADE EXEMPLO/SP - CEP 01004-595\n\
                • DO CADASTRO RUIM - CIDADE EXEMPLO\n\n\
                Fonte: Work API em 15/01/2026 · ref. UU36BK"
        })),
        (status = 400, description = "id: is no lead id: 1 to 64 of A–Z a–z 0–9 - _"),
        (status = 404, description = "no lead of this id was ever accepted here: trigger it by \
            GET /api/v1/leads/process"),
        (status = 503, description = "the database cannot be reached: ask again")
    )
)]
pub(super) async fn show_lead(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    LeadInPath(lead_id): LeadInPath,
) -> Result<JsonAnswer<LeadAlone>, AppError> {
    let detail = state.calls.leads.show.call(lead_id.clone()).await;
    let detail = detail.map_err(unreadable)?.ok_or(AppError::NoSuchLead)?;
    state
        .record(&Look {
            actor: caller.actor(),
            action: "lead",
            party_ids: &detail.about.party_ids,
            lead_id: Some(&lead_id),
        })
        .await?;
    Ok(JsonAnswer(LeadAlone::of(&detail)))
}

impl LeadRow {
    fn of(lead: &LeadSummary) -> Self {
        Self {
            lead_id: lead.lead_id.as_str().to_owned(),
            state: StateWord(lead.state),
            source: lead.source.clone(),
            outcome: lead.outcome.map(StateWord),
            attempts: lead.attempts,
            cost_centavos: lead.cost_centavos,
            first_seen_at: instant(lead.first_seen_at),
            finished_at: lead.finished_at.map(instant),
        }
    }
}

impl LeadAlone {
    fn of(detail: &LeadDetail) -> Self {
        let step = |step: &Step| LeadStep {
            name: step.name.clone(),
            outcome: step.outcome.clone(),
            latency_ms: step.latency_ms,
            cost_centavos: step.cost_centavos,
        };
        Self {
            row: LeadRow::of(&detail.summary),
            steps: detail.steps.iter().map(step).collect(),
            identity: LeadIdentity::of(detail),
            message: detail.message.as_deref().map(str::to_owned),
        }
    }
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
