//! How people write a phone number into a form.

/// The spellings of a lead's phone that are met (UPSTREAMS.md §1 and §2); all of them mean the same
/// national number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneSpelling {
    /// `11987654321`
    National,
    /// `5511987654321`
    CountryCode,
    /// `555511987654321`
    DoubleCountryCode,
    /// `(11) 98765-4321`
    Formatted,
    /// `+55 (11) 98765-4321`
    International,
    /// `011987654321`
    TrunkZero,
    /// `1187654321`: the ninth digit is missing.
    MissingNinthDigit,
}

impl PhoneSpelling {
    pub(super) const ALL: [Self; 7] = [
        Self::National,
        Self::CountryCode,
        Self::DoubleCountryCode,
        Self::Formatted,
        Self::International,
        Self::TrunkZero,
        Self::MissingNinthDigit,
    ];

    /// Writes the national digits (11 of them, a mobile) in this spelling.
    #[must_use]
    pub fn write(self, national: &str) -> String {
        match self {
            Self::National => national.to_owned(),
            Self::CountryCode => format!("55{national}"),
            Self::DoubleCountryCode => format!("5555{national}"),
            Self::Formatted => formatted(national),
            Self::International => format!("+55 {}", formatted(national)),
            Self::TrunkZero => format!("0{national}"),
            Self::MissingNinthDigit => format!("{}{}", &national[..2], &national[3..]),
        }
    }
}

fn formatted(national: &str) -> String {
    format!(
        "({}) {}-{}",
        &national[..2],
        &national[2..7],
        &national[7..]
    )
}

/// Spellings in which a log would give the number away, beside the digits themselves.
pub(super) fn display_forms(national: &str) -> Vec<String> {
    if national.len() != 11 {
        return Vec::new();
    }
    vec![
        formatted(national),
        format!("{}-{}", &national[2..7], &national[7..]),
        PhoneSpelling::MissingNinthDigit.write(national),
    ]
}
