//! The configuration: read once from the environment, all problems reported together.

mod c2s;
mod database;
mod diretrix;
mod pipeline;
mod privacy;
mod server;
mod work_api;

pub use crate::models::MessageField;
pub use c2s::C2sConfig;
pub use database::{DatabaseConfig, DatabaseLocation};
pub use diretrix::DiretrixConfig;
pub use pipeline::PipelineConfig;
pub use privacy::PrivacyConfig;
pub use server::{ApiKey, ApiKeys, Environment, LogFormat, Scope, ServerConfig, TrustProxy};
pub use work_api::WorkApiConfig;

/// Everything that can be set. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address, access, limits, logs.
    pub server: ServerConfig,
    /// Where the database is.
    pub database: DatabaseConfig,
    /// The CRM.
    pub c2s: C2sConfig,
    /// Contact → CPF.
    pub diretrix: DiretrixConfig,
    /// CPF → profile.
    pub work_api: WorkApiConfig,
    /// Retries, waits, the message.
    pub pipeline: PipelineConfig,
    /// Data protection.
    pub privacy: PrivacyConfig,
}
