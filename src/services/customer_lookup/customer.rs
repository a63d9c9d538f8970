//! A person as a caller of the API may see them.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::models::{FreeText, Money, Profile, day_in_sao_paulo};
use crate::storage::StoredCustomer;

/// From this age on a person's finances may be shown (Código Civil, art. 5).
const OF_AGE: u32 = 18;

/// Where Work API tells of a person's finances.
const FINANCES_OF_WORK_API: &str = "DadosEconomicos";

/// Who an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// What is stored.
    LocalDb,
    /// Asked just now.
    Diretrix,
    /// Asked just now.
    WorkApi,
}

/// A person, and where the answer comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    /// The person, as stored.
    pub person: StoredCustomer,
    /// What is known of the finances; `None` of whom nothing is known, and of whom it may not be told.
    pub finances: Option<Finances>,
    /// Who the answer comes from.
    pub sources: Vec<Source>,
    /// When it was put together.
    pub answered_at: DateTime<Utc>,
}

/// What is known of a person's finances. Not shown in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Finances {
    /// Monthly income.
    pub income: Option<Money>,
    /// In the provider's words.
    pub income_band: Option<FreeText>,
    /// In the provider's words.
    pub purchasing_power: Option<FreeText>,
    /// 0 to 1000.
    pub credit_score: Option<u16>,
    /// In the provider's words.
    pub credit_risk: Option<FreeText>,
}

/// What Work API said of a person, in its own shape. Not shown in `Debug`.
#[derive(Clone, PartialEq)]
pub struct VendorAnswer {
    /// The person's row.
    pub party_id: Uuid,
    /// The allow-listed part of the answer.
    pub payload: Value,
}

impl fmt::Debug for Finances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Finances(…)")
    }
}

impl fmt::Debug for VendorAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VendorAnswer")
            .field("party_id", &self.party_id)
            .finish_non_exhaustive()
    }
}

impl Customer {
    pub(super) fn new(
        person: StoredCustomer,
        mut sources: Vec<Source>,
        now: DateTime<Utc>,
    ) -> Self {
        sources.sort_unstable();
        let profile = person.enrichment.as_ref().map(|told| &told.profile);
        Self {
            finances: profile.and_then(|profile| finances_of(profile, day_in_sao_paulo(now))),
            person,
            sources,
            answered_at: now,
        }
    }
}

impl VendorAnswer {
    /// The answer without what may not be told of this person.
    pub(super) fn new(person: &StoredCustomer, mut payload: Value, now: DateTime<Utc>) -> Self {
        let told = person.enrichment.as_ref().map(|told| &told.profile);
        let is_of_age = told.is_some_and(|profile| is_of_age(profile, day_in_sao_paulo(now)));
        if let (false, Some(answer)) = (is_of_age, payload.as_object_mut()) {
            answer.remove(FINANCES_OF_WORK_API);
        }
        Self {
            party_id: person.party_id,
            payload,
        }
    }
}

fn finances_of(profile: &Profile, today: NaiveDate) -> Option<Finances> {
    let finances = Finances {
        income: profile.income,
        income_band: profile.income_band.clone(),
        purchasing_power: profile.purchasing_power.clone(),
        credit_score: profile.credit_score,
        credit_risk: profile.credit_risk.clone(),
    };
    let says_something = finances.income.is_some()
        || finances.income_band.is_some()
        || finances.purchasing_power.is_some()
        || finances.credit_score.is_some()
        || finances.credit_risk.is_some();
    (says_something && is_of_age(profile, today)).then_some(finances)
}

/// Not so of whose age is unknown: nothing then says that this is not a minor, as in the message.
fn is_of_age(profile: &Profile, today: NaiveDate) -> bool {
    profile.age_on(today).is_some_and(|age| age >= OF_AGE)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::models::{Address, Cpf, Email, PersonName, Phone};
    use crate::storage::{CustomerAddress, CustomerEmail, CustomerPhone};

    fn text(text: &str) -> Option<FreeText> {
        FreeText::parse(text)
    }

    fn person() -> StoredCustomer {
        let phone = Phone::parse("11987654321").ok().map(|phone| CustomerPhone {
            phone,
            active: Some(true),
            kind: text("CELULAR"),
            operator: text("OPERADORA INVENTADA"),
            source: "work_api".to_owned(),
        });
        let email = Email::parse("pessoa@example.com").ok();
        let email = email.map(|email| CustomerEmail {
            email,
            source: "work_api".to_owned(),
        });
        let address = Address {
            street_type: text("R"),
            street: text("RUA INVENTADA"),
            number: text("4711"),
            complement: None,
            neighborhood: text("BAIRRO INVENTADO"),
            city: text("CIDADE INVENTADA"),
            state: Some("SP".to_owned()),
            zip_code: Some("01004595".to_owned()),
        };
        StoredCustomer {
            party_id: Uuid::nil(),
            cpf: Cpf::parse("52998224725").ok(),
            name: PersonName::parse("Pessoa Inventada").ok(),
            birth_date: NaiveDate::from_ymd_opt(1983, 6, 15),
            sex: None,
            mother_name: PersonName::parse("Mãe Inventada").ok(),
            father_name: PersonName::parse("Pai Inventado").ok(),
            rg: text("123456789"),
            marital_status: text("CASADO"),
            emails: email.into_iter().collect(),
            phones: phone.into_iter().collect(),
            addresses: vec![CustomerAddress {
                address,
                source: None,
            }],
            enrichment: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn debug_shows_nothing_of_a_person() {
        let person = person();
        let payload = json!({"DadosBasicos": {"nome": "Pessoa Inventada", "cpf": "52998224725"}});
        let answer = VendorAnswer::new(&person, payload, DateTime::UNIX_EPOCH);
        let contacts = format!(
            "{:?} {:?} {:?}",
            person.emails, person.phones, person.addresses
        );
        let customer = Customer {
            finances: Some(Finances {
                income: Some(Money::from_centavos(1_559_173)),
                income_band: text("De R$ 1.630,00"),
                purchasing_power: text("MEDIO"),
                credit_score: Some(353),
                credit_risk: text("MEDIO"),
            }),
            person,
            sources: vec![Source::LocalDb],
            answered_at: DateTime::UNIX_EPOCH,
        };
        let shown = format!("{answer:?} {customer:?} {contacts}");
        for personal in [
            "52998224725",
            "529.982",
            "Inventad",
            "INVENTAD",
            "1983",
            "pessoa@",
            "98765",
            "4711",
            "01004595",
            "123456789",
            "CASADO",
            "1559173",
            "1.630",
            "353",
            "MEDIO",
        ] {
            assert!(!shown.contains(personal), "{personal}: {shown}");
        }
    }
}
