//! How the outside is called: one place that sends ([`http`](self)), a breaker and a pace for each
//! upstream, one error for all of it, and the CRM. The two paid upstreams sit behind `lookups`, on the same parts.

mod alert_webhook;
mod breaker;
pub mod c2s;
mod connecting;
mod error;
mod health;
mod http;
mod json;
mod pace;
mod retry_after;
#[cfg(test)]
pub(crate) mod test_server;

pub use alert_webhook::AlertWebhook;
pub use breaker::{BreakerRules, BreakerState};
pub use error::{SetupError, Upstream, UpstreamError, UpstreamErrorKind};
pub use health::UpstreamHealth;
pub(crate) use http::{Answer, Http, Limits, at_path, record_call};
pub use http::{Permission, longest_wait};
pub(crate) use json::{
    is_absent, items_at, money_at, object_at, parse_object, parse_value, text_at, text_of,
};
