//! Money in centavos.

use serde::{Deserialize, Serialize};

/// An amount in centavos of a real; never a float.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// An amount of so many centavos.
    #[must_use]
    pub const fn from_centavos(centavos: i64) -> Self {
        Self(centavos)
    }

    /// The amount in centavos.
    #[must_use]
    pub const fn centavos(self) -> i64 {
        self.0
    }

    /// Reads an amount as the providers write it: `1234,56`, `1.234,56`, `R$ 500.000`, `1000.00`,
    /// `1234`. With a comma, dots are thousands; without one, dots before groups of three are
    /// (UPSTREAMS.md §1 and §3). `None` for anything else, negative amounts included.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("R$").unwrap_or(text).trim();
        let (whole, cents) = match text.split_once(',') {
            Some((whole, cents)) => (without_thousands(whole)?, cents),
            None => match without_thousands(text) {
                Some(whole) => (whole, ""),
                None => {
                    let (whole, cents) = text.split_once('.')?;
                    (whole.to_owned(), cents)
                }
            },
        };
        if cents.len() > 2 || !all_digits(cents) || !all_digits(&whole) || whole.is_empty() {
            return None;
        }
        let cents: i64 = format!("{cents:0<2}").parse().ok()?;
        let whole: i64 = whole.parse().ok()?;
        whole.checked_mul(100)?.checked_add(cents).map(Self)
    }

    /// The amount times a factor, rounded to the centavo. `None` when the factor is not a number,
    /// or the result cannot be an amount.
    #[must_use]
    pub fn scaled(self, thousandths: u32) -> Option<Self> {
        let product = i128::from(self.0) * i128::from(thousandths);
        i64::try_from((product + 500) / 1_000).ok().map(Self)
    }

    /// As a broker reads it: `R$ 1.234,56`.
    #[must_use]
    pub fn formatted(self) -> String {
        let (whole, cents) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        let digits = whole.to_string();
        let mut grouped = String::new();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                grouped.push('.');
            }
            grouped.push(digit);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}R$ {grouped},{cents:02}")
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// The digits of a whole number, when its dots, if any, separate groups of three.
fn without_thousands(text: &str) -> Option<String> {
    let mut groups = text.split('.');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let plain = rest.is_empty() && all_digits(first);
    let grouped = (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    (plain || grouped).then(|| text.replace('.', ""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::comma("1234,56", Some(123_456))]
    #[case::thousands("1.234,56", Some(123_456))]
    #[case::millions("1.234.567,8", Some(123_456_780))]
    #[case::reais("R$ 500.000", Some(50_000_000))]
    #[case::point("1000.00", Some(100_000))]
    #[case::whole("2000", Some(200_000))]
    #[case::zero("0,00", Some(0))]
    #[case::empty("", None)]
    #[case::words("sob consulta", None)]
    #[case::negative("-1,00", None)]
    #[case::bad_groups("1.23,45", None)]
    #[case::huge("99999999999999999999", None)]
    fn reads_an_amount(#[case] text: &str, #[case] centavos: Option<i64>) {
        assert_eq!(Money::parse(text).map(Money::centavos), centavos);
    }

    #[rstest]
    #[case(0, "R$ 0,00")]
    #[case(123_456, "R$ 1.234,56")]
    #[case(100_000_005, "R$ 1.000.000,05")]
    #[case(99_999, "R$ 999,99")]
    fn writes_an_amount(#[case] centavos: i64, #[case] text: &str) {
        assert_eq!(Money::from_centavos(centavos).formatted(), text);
    }

    #[test]
    fn scales_and_rounds() {
        let scaled = Money::from_centavos(123_456).scaled(1_900);
        assert_eq!(scaled, Some(Money::from_centavos(234_566)));
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(centavos in 0i64..i64::MAX) {
            let money = Money::from_centavos(centavos);
            prop_assert_eq!(Money::parse(&money.formatted()), Some(money));
        }
    }
}
