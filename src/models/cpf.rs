//! CPF: the number by which Brazil knows a person.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::text::digits_of;

/// A CPF: eleven digits whose two check digits hold (Receita Federal's modulo 11). Compared and
/// stored as digits; shown masked (`***.456.789-**`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cpf(String);

/// Why a text is no CPF. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CpfError {
    /// Not 11 digits, also not after adding leading zeros that a provider lost.
    #[error("a CPF has 11 digits, this has {0}")]
    Length(usize),
    /// Something other than digits, dots, dash and blanks.
    #[error("a CPF is written with digits, dots and a dash only")]
    Character,
    /// The check digits do not hold, or all digits are the same.
    #[error("the check digits of this CPF do not hold")]
    CheckDigits,
}

impl Cpf {
    /// Reads a CPF with or without punctuation. Up to three leading zeros that a provider stored
    /// as a number and lost are put back (Diretrix does, UPSTREAMS.md §2).
    ///
    /// # Errors
    /// [`CpfError`] when the text cannot be a CPF.
    pub fn parse(text: &str) -> Result<Self, CpfError> {
        let text = text.trim();
        if text
            .chars()
            .any(|c| !(c.is_ascii_digit() || matches!(c, '.' | '-' | ' ')))
        {
            return Err(CpfError::Character);
        }
        let digits = digits_of(text);
        if !(8..=11).contains(&digits.len()) {
            return Err(CpfError::Length(digits.len()));
        }
        let digits = format!("{digits:0>11}");
        if check_digits_hold(&digits) {
            Ok(Self(digits))
        } else {
            Err(CpfError::CheckDigits)
        }
    }

    /// Reads a field that holds a CPF or a CNPJ: a CPF only with 11 digits, or 14 that begin
    /// `000`. Cutting the end off a CNPJ would make somebody else's CPF (UPSTREAMS.md §3).
    ///
    /// # Errors
    /// [`CpfError`] when the field holds no CPF.
    pub fn parse_cpf_or_cnpj(text: &str) -> Result<Self, CpfError> {
        let digits = digits_of(text);
        match digits.len() {
            11 => Self::parse(text),
            14 => digits
                .strip_prefix("000")
                .ok_or(CpfError::Length(14))
                .and_then(Self::parse),
            other => Err(CpfError::Length(other)),
        }
    }

    /// The eleven digits, as stored and as asked for at the providers.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// As a broker reads it: `529.982.247-25`.
    #[must_use]
    pub fn formatted(&self) -> String {
        let d = &self.0;
        format!("{}.{}.{}-{}", &d[..3], &d[3..6], &d[6..9], &d[9..])
    }

    /// As a log or an anonymous caller may see it: `***.982.247-**`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("***.{}.{}-**", &self.0[3..6], &self.0[6..9])
    }
}

fn check_digits_hold(digits: &str) -> bool {
    let digits: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    let same = digits.iter().all(|d| Some(d) == digits.first());
    digits.len() == 11
        && !same
        && (9..=10).all(|n| {
            let weights = (2..=u32::try_from(n).unwrap_or(0) + 1).rev();
            let sum: u32 = digits[..n].iter().zip(weights).map(|(d, w)| d * w).sum();
            digits[n] == (sum * 10) % 11 % 10
        })
}

impl fmt::Debug for Cpf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cpf({})", self.masked())
    }
}

impl From<Cpf> for String {
    fn from(cpf: Cpf) -> Self {
        cpf.0
    }
}

impl TryFrom<String> for Cpf {
    type Error = CpfError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::bare("52998224725", Ok("52998224725"))]
    #[case::formatted(" 529.982.247-25 ", Ok("52998224725"))]
    #[case::lost_zeros("1234567890", Ok("01234567890"))]
    #[case::wrong_digit("52998224724", Err(CpfError::CheckDigits))]
    #[case::all_same("11111111111", Err(CpfError::CheckDigits))]
    #[case::too_short("1234567", Err(CpfError::Length(7)))]
    #[case::cnpj("11222333000181", Err(CpfError::Length(14)))]
    #[case::letters("529a98224725", Err(CpfError::Character))]
    #[case::empty("", Err(CpfError::Length(0)))]
    fn reads_a_cpf(#[case] text: &str, #[case] expected: Result<&str, CpfError>) {
        let read = Cpf::parse(text);
        assert_eq!(read.as_ref().map(Cpf::digits).map_err(|e| *e), expected);
    }

    #[rstest]
    #[case::zero_padded("00052998224725", Ok("52998224725"))]
    #[case::bare("52998224725", Ok("52998224725"))]
    #[case::company("11222333000181", Err(CpfError::Length(14)))]
    #[case::too_short("5299822472", Err(CpfError::Length(10)))]
    fn a_cnpj_is_no_cpf(#[case] text: &str, #[case] expected: Result<&str, CpfError>) {
        let read = Cpf::parse_cpf_or_cnpj(text);
        assert_eq!(read.as_ref().map(Cpf::digits).map_err(|e| *e), expected);
    }

    proptest! {
        #[test]
        fn a_changed_check_digit_is_noticed(base in 0u64..1_000_000_000, at in 9usize..11, by in 1u32..10) {
            let valid: Vec<String> = (0..100)
                .map(|check| format!("{base:09}{check:02}"))
                .filter(|text| Cpf::parse(text).is_ok())
                .collect();
            prop_assume!(!valid.is_empty());
            prop_assert_eq!(valid.len(), 1);
            let changed: String = valid[0].chars().enumerate().map(|(i, c)| {
                let digit = c.to_digit(10).unwrap_or(0);
                char::from_digit(if i == at { (digit + by) % 10 } else { digit }, 10).unwrap_or('0')
            }).collect();
            prop_assert!(Cpf::parse(&changed).is_err());
        }

        #[test]
        fn never_panics_and_never_shows_itself(text in ".*") {
            if let Ok(cpf) = Cpf::parse(&text) {
                let shown = format!("{cpf:?}");
                prop_assert!(!shown.contains(cpf.digits()));
            }
        }
    }
}
