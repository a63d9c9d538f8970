//! What somebody is looked up by.

use crate::models::{Cpf, Email, PersonName, Phone};

/// What a caller gave, as it was written. `None`: not given.
#[derive(Clone, Copy, Default)]
pub struct GivenKeys<'a> {
    /// A CPF, with or without punctuation.
    pub cpf: Option<&'a str>,
    /// An e-mail, in any case.
    pub email: Option<&'a str>,
    /// A phone, in any spelling.
    pub phone: Option<&'a str>,
    /// A name, or parts of one.
    pub name: Option<&'a str>,
}

/// The one key that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerKey {
    /// One person.
    Cpf(Cpf),
    /// Whoever has this e-mail.
    Email(Email),
    /// Whoever has this phone.
    Phone(Phone),
    /// Everybody whose name has these parts.
    Name(PersonName),
}

/// Why what was given is no key. Never holds what was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// None was given.
    #[error("one of cpf, email, phone or name is needed")]
    None,
    /// One was given that cannot be read.
    #[error("{field}: {wrong}")]
    Unusable {
        /// Which.
        field: &'static str,
        /// What is wrong and what to send.
        wrong: &'static str,
    },
}

/// What a text that is no CPF is told.
pub const NO_CPF: &str =
    "is no CPF: send 11 digits, with or without dots and dash, whose check digits hold";

const NO_EMAIL: &str = "is no e-mail address: send one as in pessoa@example.com";
const NO_PHONE: &str = "is no Brazilian number: send 10 or 11 digits with the area code";
const NO_NAME: &str = "is no name: send at least one letter and at most 200 characters";

impl GivenKeys<'_> {
    /// The key that counts: of several the first in the order CPF, e-mail, phone, name (API.md
    /// "Endpoints"). Each one given must be usable, also those that do not count: whoever mistypes one
    /// is told, and not answered about somebody else.
    ///
    /// # Errors
    /// [`KeyProblem`].
    pub fn choose(self) -> Result<CustomerKey, KeyProblem> {
        let cpf = read("cpf", self.cpf, Cpf::parse, NO_CPF)?.map(CustomerKey::Cpf);
        let email = read("email", self.email, Email::parse, NO_EMAIL)?.map(CustomerKey::Email);
        let phone = read("phone", self.phone, Phone::parse, NO_PHONE)?.map(CustomerKey::Phone);
        let name = read("name", self.name, PersonName::parse, NO_NAME)?.map(CustomerKey::Name);
        cpf.or(email).or(phone).or(name).ok_or(KeyProblem::None)
    }
}

fn read<T, E>(
    field: &'static str,
    given: Option<&str>,
    parse: impl Fn(&str) -> Result<T, E>,
    wrong: &'static str,
) -> Result<Option<T>, KeyProblem> {
    let read = given.map(parse).transpose();
    read.map_err(|_| KeyProblem::Unusable { field, wrong })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use rstest::rstest;

    use super::*;

    const NOTHING: GivenKeys<'static> = GivenKeys {
        cpf: None,
        email: None,
        phone: None,
        name: None,
    };
    const ALL: GivenKeys<'static> = GivenKeys {
        cpf: Some("529.982.247-25"),
        email: Some(" PESSOA@Example.com"),
        phone: Some("+55 (11) 90000-0012"),
        name: Some("Pessoa Exemplo"),
    };

    #[rstest]
    #[case::cpf(ALL, CustomerKey::Cpf(Cpf::parse("52998224725").unwrap()))]
    #[case::email(GivenKeys { cpf: None, ..ALL }, CustomerKey::Email(Email::parse("pessoa@example.com").unwrap()))]
    #[case::phone(GivenKeys { cpf: None, email: None, ..ALL }, CustomerKey::Phone(Phone::parse("11900000012").unwrap()))]
    #[case::name(GivenKeys { name: ALL.name, ..NOTHING }, CustomerKey::Name(PersonName::parse("Pessoa Exemplo").unwrap()))]
    fn the_first_in_order_counts(#[case] given: GivenKeys<'_>, #[case] key: CustomerKey) {
        assert_eq!(given.choose(), Ok(key));
    }

    #[rstest]
    #[case::cpf(GivenKeys { cpf: Some("52998224726"), ..ALL }, "cpf")]
    #[case::email(GivenKeys { email: Some("pessoa@"), ..ALL }, "email")]
    #[case::phone(GivenKeys { phone: Some("123"), ..ALL }, "phone")]
    #[case::name(GivenKeys { name: Some("\0"), ..ALL }, "name")]
    #[case::empty(GivenKeys { cpf: Some(""), ..NOTHING }, "cpf")]
    fn each_given_one_must_be_usable(#[case] given: GivenKeys<'_>, #[case] unusable: &str) {
        let problem = given.choose().unwrap_err();
        let named = matches!(problem, KeyProblem::Unusable { field, .. } if field == unusable);
        assert!(named, "{problem:?}");
    }

    #[test]
    fn nothing_given_is_told() {
        assert_eq!(NOTHING.choose(), Err(KeyProblem::None));
    }
}
