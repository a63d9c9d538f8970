//! People who may be meant: told so that a caller can say more, never one of them chosen.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::CustomerKey;
use crate::models::{Candidate as NamedByProvider, PersonName};
use crate::storage::{FoundName, KnownPerson, NameCursor};

/// The most candidates of one contact that are told. Who shares a contact with more says little of it.
pub(super) const MOST_OF_A_CONTACT: u16 = 100;

/// Somebody who may be meant: no contacts, no day of birth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The person's row, if the person is stored.
    pub party_id: Option<Uuid>,
    /// The name, if one is known.
    pub name: Option<PersonName>,
    /// `***.982.247-**`.
    pub masked_cpf: Option<String>,
    /// How well a name answers the search, 1 to 100; of a contact's people nothing is said.
    pub score: Option<u8>,
}

/// Some of the people who may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates {
    /// The people, in an order that stays.
    pub people: Vec<Candidate>,
    /// Whether there are more than can be told.
    pub truncated: bool,
    /// Where the next page begins, if there is one.
    pub next_cursor: Option<String>,
    /// Who named them.
    pub sources: Vec<super::Source>,
    /// When the answer was put together.
    pub answered_at: DateTime<Utc>,
}

/// Which part of the candidates is wanted. Without a `Debug`: a caller may write anything as a cursor.
#[derive(Clone, PartialEq, Eq)]
pub struct Page {
    /// How many at most, 1 to 100.
    pub limit: u16,
    /// Where to begin, as an earlier answer said.
    pub cursor: Option<String>,
}

impl Page {
    /// Whether its cursor, if there is one, is spelled as those of the lists that this key is answered with.
    /// A CPF is answered with no list: any list's cursor will do.
    pub(super) fn may_be_asked_for(&self, key: &CustomerKey) -> bool {
        let Some(cursor) = self.cursor.as_deref() else {
            return true;
        };
        let of_a_name = || NameCursor::parse(cursor).is_some();
        let of_a_contact = || position(cursor).is_ok();
        match key {
            CustomerKey::Cpf(_) => of_a_name() || of_a_contact(),
            CustomerKey::Email(_) | CustomerKey::Phone(_) => of_a_contact(),
            CustomerKey::Name(_) => of_a_name(),
        }
    }
}

/// A cursor that no answer gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnusableCursor;

impl From<&KnownPerson> for Candidate {
    fn from(person: &KnownPerson) -> Self {
        Self {
            party_id: Some(person.party_id),
            name: person.name.clone(),
            masked_cpf: person.cpf.as_ref().map(crate::models::Cpf::masked),
            score: None,
        }
    }
}

impl From<&NamedByProvider> for Candidate {
    fn from(person: &NamedByProvider) -> Self {
        Self {
            party_id: None,
            name: person.name.clone(),
            masked_cpf: Some(person.cpf.masked()),
            score: None,
        }
    }
}

impl From<&FoundName> for Candidate {
    fn from(found: &FoundName) -> Self {
        Self {
            party_id: Some(found.party_id),
            name: Some(found.name.clone()),
            masked_cpf: found.cpf.as_ref().map(crate::models::Cpf::masked),
            score: Some(found.score),
        }
    }
}

impl Candidates {
    /// One page of the people of a contact. The cursor is how many were told before.
    pub(super) fn page_of(
        all: Vec<Candidate>,
        page: &Page,
        sources: Vec<super::Source>,
        answered_at: DateTime<Utc>,
    ) -> Result<Self, UnusableCursor> {
        let most = usize::from(MOST_OF_A_CONTACT);
        let truncated = all.len() > most;
        let told_before = page.cursor.as_deref().map_or(Ok(0), position)?;
        let told = told_before + usize::from(page.limit);
        let next_cursor = (told < all.len().min(most)).then(|| told.to_string());
        let rest = all.into_iter().take(most).skip(told_before);
        Ok(Self {
            people: rest.take(usize::from(page.limit)).collect(),
            truncated,
            next_cursor,
            sources,
            answered_at,
        })
    }
}

/// Reads a cursor in its one spelling.
fn position(cursor: &str) -> Result<usize, UnusableCursor> {
    let position: usize = cursor.parse().map_err(|_| UnusableCursor)?;
    let is_one = (1..usize::from(MOST_OF_A_CONTACT)).contains(&position);
    (is_one && position.to_string() == cursor)
        .then_some(position)
        .ok_or(UnusableCursor)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn people(count: usize) -> Vec<Candidate> {
        let person = |number: usize| Candidate {
            party_id: None,
            name: PersonName::parse(&format!("Pessoa {number}")).ok(),
            masked_cpf: None,
            score: None,
        };
        (0..count).map(person).collect()
    }

    fn page(limit: u16, cursor: Option<&str>) -> Page {
        Page {
            limit,
            cursor: cursor.map(ToOwned::to_owned),
        }
    }

    proptest! {
        #[test]
        fn pages_tell_everybody_once(count in 0_usize..130, limit in 1_u16..=100) {
            let mut told = Vec::new();
            let mut next = page(limit, None);
            loop {
                let part = Candidates::page_of(people(count), &next, Vec::new(), DateTime::UNIX_EPOCH).unwrap();
                prop_assert!(part.people.len() <= usize::from(limit));
                prop_assert_eq!(part.truncated, count > 100);
                told.extend(part.people);
                match part.next_cursor {
                    Some(cursor) => next.cursor = Some(cursor),
                    None => break,
                }
            }
            let expected: Vec<Candidate> = people(count).into_iter().take(100).collect();
            prop_assert_eq!(told, expected);
        }
    }

    #[rstest]
    #[case("0")]
    #[case("020")]
    #[case("+20")]
    #[case("100")]
    #[case("-1")]
    #[case("")]
    #[case("90.0190a8a0-0000-7000-8000-000000000000")]
    fn another_cursor_is_refused(#[case] cursor: &str) {
        let refused = Candidates::page_of(
            people(3),
            &page(20, Some(cursor)),
            Vec::new(),
            DateTime::UNIX_EPOCH,
        );
        assert_eq!(refused, Err(UnusableCursor));
    }

    #[test]
    fn a_page_after_the_last_is_empty() {
        let after = Candidates::page_of(
            people(3),
            &page(20, Some("20")),
            Vec::new(),
            DateTime::UNIX_EPOCH,
        )
        .unwrap();
        assert!(after.people.is_empty() && after.next_cursor.is_none());
    }
}
