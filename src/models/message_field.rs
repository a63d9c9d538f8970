//! The parts of the broker's message.

/// A part of the message that can be left out (`MESSAGE_FIELDS`, API.md "The message").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageField {
    /// `personal`: birth date, sex, mother. Name and CPF always stay.
    Personal,
    /// `financial`.
    Financial,
    /// `emails`.
    Emails,
    /// `phones`.
    Phones,
    /// `addresses`.
    Addresses,
    /// `companies`.
    Companies,
}

impl MessageField {
    /// All parts, in the order of the message.
    pub const ALL: [Self; 6] = [
        Self::Personal,
        Self::Financial,
        Self::Emails,
        Self::Phones,
        Self::Addresses,
        Self::Companies,
    ];
}
