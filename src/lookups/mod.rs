//! The one door to paid answers.
//!
//! A question is first a row of `ops.lookups`: whoever writes it asks, everybody else waits for
//! the answer, on this instance or another. Nobody outside this module can call a paid provider.

mod answer;
mod asker;
mod contacts;
mod diretrix;
mod error;
mod inquiry;
mod known;
mod profile;
mod run_notes;
mod settle;
mod work_api;

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use sqlx::PgPool;

pub use asker::Inquiry;
pub use contacts::{ContactFindings, LeadToFind, Sought};
pub use error::LookupError;
pub use inquiry::PeopleFound;
pub use known::Known;
pub use profile::ProfileAnswer;
pub use run_notes::RunNotes;

use crate::clock::Clock;
use crate::config::Config;
use crate::models::{Money, PrivacyKey};
use crate::storage::{LookupKey, LookupState, LookupTerms};
use crate::upstream::{BreakerRules, Permission, SetupError, UpstreamHealth};

/// How long an answer stays in this process's memory at most (API.md "PRIVACY").
const IN_MEMORY: Duration = Duration::from_secs(60);

/// Answers kept in memory at once.
const ANSWERS_IN_MEMORY: u64 = 10_000;

/// Asks the providers, at most once for each contact or CPF while the answer is fresh.
#[derive(Clone)]
pub struct Lookups {
    pool: PgPool,
    diretrix: Arc<diretrix::Diretrix>,
    work_api: Arc<work_api::WorkApi>,
    privacy_key: PrivacyKey,
    clock: Clock,
    terms: Terms,
    settled: Cache<LookupKey, LookupState>,
}

/// On what terms the providers are asked.
#[derive(Debug, Clone)]
struct Terms {
    fresh: Duration,
    lease: Duration,
    diretrix_price: Money,
    work_api_price: Money,
    purpose: String,
    legal_basis: String,
}

impl Terms {
    fn for_storage(&self) -> LookupTerms<'_> {
        LookupTerms {
            fresh: self.fresh,
            lease: self.lease,
            purpose: &self.purpose,
            legal_basis: &self.legal_basis,
            diretrix_price: self.diretrix_price,
            work_api_price: self.work_api_price,
        }
    }
}

impl Lookups {
    /// Sets up the door.
    ///
    /// # Errors
    /// [`SetupError`] when an HTTP client cannot be made.
    pub fn new(
        config: &Config,
        pool: PgPool,
        privacy_key: PrivacyKey,
        permission: &Permission,
        clock: Clock,
    ) -> Result<Self, SetupError> {
        let rules = BreakerRules::of(&config.pipeline);
        Ok(Self {
            pool,
            diretrix: Arc::new(diretrix::Diretrix::new(
                &config.diretrix,
                rules,
                permission.clone(),
            )?),
            work_api: Arc::new(work_api::WorkApi::new(
                &config.work_api,
                rules,
                permission.clone(),
            )?),
            privacy_key,
            clock,
            terms: Terms {
                fresh: Duration::from_secs(u64::from(config.pipeline.fresh_days) * 86_400),
                lease: config.pipeline.lease,
                diretrix_price: config.diretrix.price,
                work_api_price: config.work_api.price,
                purpose: config.privacy.purpose.clone(),
                legal_basis: config.privacy.legal_basis.clone(),
            },
            settled: Cache::builder()
                .max_capacity(ANSWERS_IN_MEMORY)
                .time_to_live(IN_MEMORY)
                .build(),
        })
    }

    /// How Diretrix and Work API do.
    #[must_use]
    pub fn health(&self) -> [UpstreamHealth; 2] {
        [self.diretrix.health(), self.work_api.health()]
    }
}
