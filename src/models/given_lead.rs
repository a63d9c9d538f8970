//! What a caller gives of a lead.

use super::{Cpf, Email, PersonName, Phone};

/// Details of a lead that came with a request (`POST /leads`). A usable name, phones and e-mail take the
/// place of the CRM's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GivenLead {
    /// The person's name; whether it can tell people apart is a question for `identity`.
    pub name: Option<PersonName>,
    /// The person's CPF, as the caller says.
    pub cpf: Option<Cpf>,
    /// The person's e-mail.
    pub email: Option<Email>,
    /// The person's phones, in the order given; the first is looked up.
    pub phones: Vec<Phone>,
}

impl GivenLead {
    /// Whether it tells anything.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.name.is_none() && self.cpf.is_none() && self.email.is_none() && self.phones.is_empty()
    }
}
