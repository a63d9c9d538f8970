//! What things are. Pure: parsed once, at the edge, and right from then on.
//!
//! A value of one of these types was made by parsing; code that holds a [`Cpf`] need not ask
//! whether it is one. Types about people mask themselves in `Debug` and have no `Display`, so that
//! a log line or an error cannot carry them by accident (LGPD; API.md "PRIVACY").

mod allow_list;
mod analytics_view;
mod candidate;
mod cnpj;
mod cpf;
mod database_url;
mod date;
mod email;
mod given_lead;
mod lead;
mod lead_id;
mod lead_run;
mod message_field;
mod money;
mod name;
mod person;
mod person_contact;
mod phone;
mod privacy_key;
mod queue;
mod text;

pub use allow_list::AllowedPayload;
pub use analytics_view::AnalyticsView;
pub use candidate::{Candidate, ContactAgreement, ContactPeople, MatchStrength, MatchedBy};
pub use cnpj::{Cnpj, CnpjError};
pub use cpf::{Cpf, CpfError};
pub use database_url::{DatabaseUrl, DatabaseUrlError};
pub use date::{day_in_sao_paulo, parse_day, parse_instant};
pub use email::{Email, EmailError};
pub use given_lead::GivenLead;
pub use lead::{Contact, Lead, Product, Seller};
pub use lead_id::{LeadId, LeadIdError};
pub use lead_run::{LeadSource, LeadState, UnknownState};
pub use message_field::MessageField;
pub use money::Money;
pub use name::{NameError, PersonName};
pub use person::{
    Address, CompanyTie, Profile, ProfileEmail, ProfilePhone, RegistrationStatus, Sex,
};
pub use person_contact::PersonContact;
pub use phone::{Phone, PhoneError};
pub use privacy_key::{KeyedHash, PrivacyKey};
pub use queue::{EndedLeads, QueueStatus};
pub use text::{FreeText, clean, digits_of, present};
