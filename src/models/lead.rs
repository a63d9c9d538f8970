//! A lead as the CRM holds it.

use chrono::{DateTime, Utc};

use super::{Email, EmailError, FreeText, LeadId, Money, PersonName, Phone, PhoneError};

/// A contact of a lead: absent, refused with the reason, or usable. A refused one is never looked
/// up: a malformed number cannot be told apart from one that nobody has (UPSTREAMS.md §2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact<T, E> {
    /// The CRM has none.
    Absent,
    /// What the CRM has cannot be one.
    Refused(E),
    /// A usable contact.
    Usable(T),
}

impl<T, E> Contact<T, E> {
    /// The contact, if it is usable.
    pub const fn usable(&self) -> Option<&T> {
        match self {
            Self::Usable(contact) => Some(contact),
            Self::Absent | Self::Refused(_) => None,
        }
    }
}

/// A lead, read from the CRM. All but the id may be missing: a lead without e-mail, phone, name
/// or product is normal and is processed (UPSTREAMS.md §1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// The CRM's id.
    pub id: LeadId,
    /// The customer's name as typed; `None` when there is none or it cannot be one.
    pub name: Option<PersonName>,
    /// The first usable of the customer's phones, or why there is none.
    pub phone: Contact<Phone, PhoneError>,
    /// The customer's e-mail, or why there is none.
    pub email: Contact<Email, EmailError>,
    /// What the customer wrote.
    pub description: Option<FreeText>,
    /// The property asked about.
    pub product: Option<Product>,
    /// The broker the lead belongs to.
    pub seller: Option<Seller>,
    /// The channel it came by, as the CRM names it.
    pub source: Option<FreeText>,
    /// The campaign it came by.
    pub campaign: Option<FreeText>,
    /// When the CRM created it.
    pub created_at: Option<DateTime<Utc>>,
    /// When the CRM last changed it.
    pub updated_at: Option<DateTime<Utc>>,
    /// The texts of `messages[]` and `log[]`: where a message of ours is found again.
    pub notes: Vec<FreeText>,
}

/// The property a lead asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its title.
    pub description: Option<FreeText>,
    /// The brokerage's reference of the property.
    pub reference: Option<FreeText>,
    /// The asking price.
    pub price: Option<Money>,
}

/// The broker of a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seller {
    /// The CRM's id of the broker.
    pub id: Option<FreeText>,
    /// The broker's name.
    pub name: Option<FreeText>,
}
