//! CNPJ: the number by which Brazil knows a company.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::text::digits_of;

/// A CNPJ: fourteen digits whose two check digits hold (Receita Federal's modulo 11).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cnpj(String);

/// Why a text is no CNPJ. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CnpjError {
    /// Not 14 digits.
    #[error("a CNPJ has 14 digits, this has {0}")]
    Length(usize),
    /// The check digits do not hold, or all digits are the same.
    #[error("the check digits of this CNPJ do not hold")]
    CheckDigits,
}

impl Cnpj {
    /// Reads a CNPJ with or without punctuation.
    ///
    /// # Errors
    /// [`CnpjError`] when the text cannot be a CNPJ.
    pub fn parse(text: &str) -> Result<Self, CnpjError> {
        let digits = digits_of(text);
        if digits.len() != 14 {
            return Err(CnpjError::Length(digits.len()));
        }
        if check_digits_hold(&digits) {
            Ok(Self(digits))
        } else {
            Err(CnpjError::CheckDigits)
        }
    }

    /// The fourteen digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// As a broker reads it: `11.222.333/0001-81`.
    #[must_use]
    pub fn formatted(&self) -> String {
        let d = &self.0;
        let (root, branch) = (&d[..8], &d[8..12]);
        format!(
            "{}.{}.{}/{branch}-{}",
            &root[..2],
            &root[2..5],
            &root[5..],
            &d[12..]
        )
    }
}

fn check_digits_hold(digits: &str) -> bool {
    const WEIGHTS: [u32; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
    let digits: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    let same = digits.iter().all(|d| Some(d) == digits.first());
    digits.len() == 14
        && !same
        && (12..=13).all(|n| {
            let weights = &WEIGHTS[13 - n..];
            let sum: u32 = digits[..n].iter().zip(weights).map(|(d, w)| d * w).sum();
            let rest = sum % 11;
            digits[n] == if rest < 2 { 0 } else { 11 - rest }
        })
}

impl fmt::Debug for Cnpj {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cnpj(**.{}.***/****-**)", &self.0[2..5])
    }
}

impl From<Cnpj> for String {
    fn from(cnpj: Cnpj) -> Self {
        cnpj.0
    }
}

impl TryFrom<String> for Cnpj {
    type Error = CnpjError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::bare("11222333000181", Ok("11.222.333/0001-81"))]
    #[case::formatted("11.444.777/0001-61", Ok("11.444.777/0001-61"))]
    #[case::wrong_digit("11222333000182", Err(CnpjError::CheckDigits))]
    #[case::all_same("00000000000000", Err(CnpjError::CheckDigits))]
    #[case::cpf("52998224725", Err(CnpjError::Length(11)))]
    fn reads_a_cnpj(#[case] text: &str, #[case] expected: Result<&str, CnpjError>) {
        let read = Cnpj::parse(text).map(|cnpj| cnpj.formatted());
        assert_eq!(read.as_deref().map_err(|e| *e), expected);
    }
}
