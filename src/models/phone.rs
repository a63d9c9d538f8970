//! Brazilian telephone numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::text::digits_of;

/// A Brazilian number as national digits: area code (DDD) and subscriber, 10 digits for a
/// landline, 11 for a mobile, never the country code. Shown masked (`(11) *****-0001`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// Why a text is no Brazilian number. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Letters or other characters no number is written with.
    #[error("a phone number is written with digits and + ( ) - . / only")]
    Character,
    /// Begins with the code of another country.
    #[error("this is the number of another country")]
    Foreign,
    /// Too few or too many digits, also after country code and trunk zeros are dropped.
    #[error("a Brazilian number has 10 or 11 digits with its area code, this has {0}")]
    Length(usize),
    /// The area code, or the first digit of the subscriber, does not exist in the numbering plan.
    #[error("no such number in the Brazilian numbering plan")]
    NotInPlan,
    /// One digit repeated: typed to fill the field.
    #[error("one digit repeated is no number")]
    Placeholder,
}

impl Phone {
    /// Reads a number in any of the spellings of UPSTREAMS.md §1 and §2: with or without
    /// punctuation, country code 55 once or twice, trunk zeros, and mobiles of before 2016 without
    /// their ninth digit. A leading 55 goes only while more than 11 digits remain, since 55 is an
    /// area code too (Rio Grande do Sul).
    ///
    /// # Errors
    /// [`PhoneError`] when this cannot be a Brazilian number; it is then not looked up at all.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let text = text.trim();
        if text.chars().any(|c| !is_phone_character(c)) {
            return Err(PhoneError::Character);
        }
        let digits = digits_of(text);
        if text.starts_with('+') && !digits.trim_start_matches('0').starts_with("55") {
            return Err(PhoneError::Foreign);
        }
        let national = with_ninth_digit(national_digits(&digits));
        if !matches!(national.len(), 10 | 11) {
            return Err(PhoneError::Length(national.len()));
        }
        let last_eight = &national.as_bytes()[national.len() - 8..];
        if last_eight
            .iter()
            .all(|digit| Some(digit) == last_eight.first())
        {
            return Err(PhoneError::Placeholder);
        }
        if is_in_plan(&national) {
            Ok(Self(national))
        } else {
            Err(PhoneError::NotInPlan)
        }
    }

    /// Reads the numbering plan into memory, which the first number to be parsed would else wait
    /// for (0.6 s in a debug build, measured). Blocks meanwhile.
    pub fn load_numbering_plan() {
        // any number: the first one loads the tables and compiles the patterns of Brazil
        std::hint::black_box(is_in_plan("11900000001"));
    }

    /// Area code and subscriber, digits only, as stored and as asked for at the providers.
    #[must_use]
    pub fn national(&self) -> &str {
        &self.0
    }

    /// The area code (DDD).
    #[must_use]
    pub fn area_code(&self) -> &str {
        &self.0[..2]
    }

    /// Whether this is a mobile (11 digits with its area code).
    #[must_use]
    pub fn is_mobile(&self) -> bool {
        self.0.len() == 11
    }

    /// As a broker reads it: `(11) 90000-0001`.
    #[must_use]
    pub fn formatted(&self) -> String {
        let (area, subscriber) = self.0.split_at(2);
        let (front, back) = subscriber.split_at(subscriber.len() - 4);
        format!("({area}) {front}-{back}")
    }

    /// As a log may see it: `(11) *****-0001`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("({}) *****-{}", &self.0[..2], &self.0[self.0.len() - 4..])
    }
}

fn is_phone_character(c: char) -> bool {
    c.is_ascii_digit() || c.is_whitespace() || matches!(c, '+' | '(' | ')' | '-' | '.' | '/')
}

fn national_digits(digits: &str) -> &str {
    let mut rest = digits.trim_start_matches('0');
    while rest.len() > 11 {
        match rest.strip_prefix("55") {
            Some(shorter) => rest = shorter.trim_start_matches('0'),
            None => break,
        }
    }
    rest
}

/// Mobiles have begun with a 9 and had nine digits everywhere since 2016 (Anatel, Resolução 553);
/// older ones of eight digits began with 6 to 9.
fn with_ninth_digit(national: &str) -> String {
    match national.as_bytes() {
        [_, _, b'6'..=b'9', rest @ ..] if rest.len() == 7 => {
            format!("{}9{}", &national[..2], &national[2..])
        }
        _ => national.to_owned(),
    }
}

fn is_in_plan(national: &str) -> bool {
    // With the country code spelt out: by region alone, the library takes area code 55 for it.
    phonenumber::parse(None, format!("+55{national}"))
        .is_ok_and(|number| phonenumber::is_valid(&number))
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

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
    #[case::national("11900000001", Ok("11900000001"))]
    #[case::formatted("(11) 90000-0001", Ok("11900000001"))]
    #[case::country_code("5511900000001", Ok("11900000001"))]
    #[case::plus("+55 11 90000-0001", Ok("11900000001"))]
    #[case::double_55("555511900000001", Ok("11900000001"))]
    #[case::plus_double_55("+55 (55) 11 90000-0001", Ok("11900000001"))]
    #[case::international_zeros("0055 11 90000 0001", Ok("11900000001"))]
    #[case::trunk_zero("011900000001", Ok("11900000001"))]
    #[case::country_and_trunk_zero("55 011 90000-0001", Ok("11900000001"))]
    #[case::ddd_55("55991234567", Ok("55991234567"))]
    #[case::ddd_55_with_country("5555991234567", Ok("55991234567"))]
    #[case::ddd_55_old_mobile("5591234567", Ok("55991234567"))]
    #[case::ddd_55_landline("5532123456", Ok("5532123456"))]
    #[case::ninth_digit_missing("1181234567", Ok("11981234567"))]
    #[case::ninth_digit_missing_with_55("551181234567", Ok("11981234567"))]
    #[case::landline("1120000001", Ok("1120000001"))]
    #[case::no_area_code("900000001", Err(PhoneError::Length(9)))]
    #[case::foreign("+1 212 555 0100", Err(PhoneError::Foreign))]
    #[case::no_such_area("20900000001", Err(PhoneError::NotInPlan))]
    #[case::carrier_code("0 15 11 90000-0001", Err(PhoneError::Length(13)))]
    #[case::repeated("11999999999", Err(PhoneError::Placeholder))]
    #[case::zeros("00000000000", Err(PhoneError::Length(0)))]
    #[case::letters("SEM INFORMAÇÃO", Err(PhoneError::Character))]
    #[case::slash_n("S/N", Err(PhoneError::Character))]
    #[case::empty("", Err(PhoneError::Length(0)))]
    #[case::mobile_without_9("11800000001", Err(PhoneError::NotInPlan))]
    fn reads_a_number(#[case] text: &str, #[case] expected: Result<&str, PhoneError>) {
        let read = Phone::parse(text);
        assert_eq!(read.as_ref().map(Phone::national).map_err(|e| *e), expected);
    }

    #[test]
    fn shows_itself_masked() {
        let phone = Phone::parse("11900000001").map(|p| (format!("{p:?}"), p.formatted()));
        let expected = (
            "Phone((11) *****-0001)".to_owned(),
            "(11) 90000-0001".to_owned(),
        );
        assert_eq!(phone, Ok(expected));
    }

    proptest! {
        #[test]
        fn reading_again_changes_nothing(text in "[0-9+() -]{0,18}") {
            if let Ok(phone) = Phone::parse(&text) {
                let again = Phone::parse(phone.national());
                prop_assert_eq!(again, Ok(phone));
            }
        }

        #[test]
        fn every_spelling_is_one_number(last in 0u32..100_000_000) {
            let national = format!("119{last:08}");
            let plain = Phone::parse(&national);
            for prefix in ["55", "5555", "+55", "0", "055"] {
                prop_assert_eq!(&Phone::parse(&format!("{prefix}{national}")), &plain);
            }
        }

        #[test]
        fn never_panics(text in ".*") {
            let read = Phone::parse(&text);
            prop_assert!(read.is_err() || read.is_ok());
        }
    }
}
