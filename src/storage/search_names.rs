//! People by their names, or parts of them: candidates in order, never a choice.
//!
//! `migrations/0017_name_search.sql` holds the search itself, docs/database/NAME_SEARCH.md tells of it.

use std::fmt;

use sqlx::PgPool;
use uuid::Uuid;

use super::StorageError;
use super::find_people::readable_cpf;
use super::retry::again_if_dead;
use crate::models::{Cpf, PersonName, clean};

/// How many people one search ranks; where more match, the page says that it is truncated.
const MOST_RANKED: i32 = 100;

/// The most people on a page.
const MOST_ON_A_PAGE: u16 = 100;

/// No stored name is longer, in characters (`ck_parties_full_name`).
const LONGEST_NAME: usize = 400;

/// What is searched for.
#[derive(Clone, Copy)]
pub struct NameSearch<'a> {
    /// A name, or parts of one, as somebody typed it. Case, accents and invisible characters do not
    /// count; every word of it has to occur in a name, in any place; there are no wildcards.
    pub text: &'a str,
    /// How many people a page has at most: 1 to 100; anything else is taken as the nearest.
    pub limit: u16,
    /// Where the page begins: after the last one's end.
    pub after: Option<&'a NameCursor>,
}

impl fmt::Debug for NameSearch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NameSearch")
            .field("limit", &self.limit)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

/// Somebody whose name matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundName {
    /// The party.
    pub party_id: Uuid,
    /// The name as stored.
    pub name: PersonName,
    /// The CPF, if one is known.
    pub cpf: Option<Cpf>,
    /// How well the name answers the text, 1 to 100: 100 is the whole name, 90 and more begins with
    /// the text, 70 and more has its words as whole words in their order.
    pub score: u8,
}

/// Some people, the best matches first; of equal ones by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePage {
    /// The people.
    pub found: Vec<FoundName>,
    /// Where the next page begins, if there is one.
    pub next: Option<NameCursor>,
    /// More people match, or may match, than were ranked: the text should say more. There is no
    /// next page then.
    pub truncated: bool,
}

/// Where a list of found people goes on: after this person. It names nobody to those who cannot
/// read the database: a cursor travels in URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameCursor {
    score: u8,
    party_id: Uuid,
}

impl NameCursor {
    /// After this person.
    #[must_use]
    pub const fn after(person: &FoundName) -> Self {
        Self {
            score: person.score,
            party_id: person.party_id,
        }
    }

    /// Reads a cursor; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (score, party_id) = text.split_once('.')?;
        let cursor = Self {
            score: score
                .parse()
                .ok()
                .filter(|score| (1..=100).contains(score))?,
            party_id: Uuid::try_parse(party_id).ok()?,
        };
        // One spelling only, so that a text is a cursor or none.
        (cursor.as_text() == text).then_some(cursor)
    }

    /// As the next request carries it.
    #[must_use]
    pub fn as_text(&self) -> String {
        format!("{}.{}", self.score, self.party_id.hyphenated())
    }
}

/// One page of the people whose names hold every word of a text. Whether somebody objected to being
/// shown is for the caller to ask: the suppressed are known by keyed hashes.
///
/// # Errors
/// [`StorageError`].
pub async fn search_names(
    pool: &PgPool,
    search: &NameSearch<'_>,
) -> Result<NamePage, StorageError> {
    let text = clean(search.text);
    if text.chars().count() > LONGEST_NAME {
        return Ok(NamePage::nobody());
    }
    let limit = i32::from(search.limit.clamp(1, MOST_ON_A_PAGE));
    let after = search.after;
    let row = again_if_dead(|| async {
        let row = sqlx::query_as!(
            PageRow,
            r#"select truncated as "truncated!", has_more as "has_more!", ids as "ids!: Vec<Uuid>",
                      names as "names!: Vec<String>", cpfs as "cpfs!: Vec<Option<String>>",
                      scores as "scores!: Vec<i32>"
               from core.search_names($1, $2, $3, $4, $5)"#,
            text,
            MOST_RANKED,
            limit,
            after.map(|cursor| i32::from(cursor.score)),
            after.map(|cursor| cursor.party_id),
        );
        Ok(row.fetch_one(pool).await?)
    })
    .await?;
    row.read()
}

impl NamePage {
    const fn nobody() -> Self {
        Self {
            found: Vec::new(),
            next: None,
            truncated: false,
        }
    }
}

struct PageRow {
    truncated: bool,
    has_more: bool,
    ids: Vec<Uuid>,
    names: Vec<String>,
    cpfs: Vec<Option<String>>,
    scores: Vec<i32>,
}

impl PageRow {
    fn read(self) -> Result<NamePage, StorageError> {
        let scores = self.scores.into_iter().map(u8::try_from);
        let scores: Vec<u8> = scores
            .collect::<Result<_, _>>()
            .map_err(|_| StorageError::Corrupt("score of a name"))?;
        let last = self.ids.last().zip(scores.last());
        let next = last
            .filter(|_| self.has_more)
            .map(|(id, score)| NameCursor {
                score: *score,
                party_id: *id,
            });
        let rows = self.ids.iter().zip(self.names).zip(self.cpfs).zip(scores);
        // What others wrote into the table may be no name of a person, or no CPF: one such row must
        // not hide everybody else. Whether the holder of what is no CPF objected cannot be known.
        let found = rows.filter_map(|(((id, name), cpf), score)| {
            Some(FoundName {
                party_id: *id,
                name: PersonName::parse(&name).ok()?,
                cpf: readable_cpf(*id, cpf.as_deref()).ok()?,
                score,
            })
        });
        Ok(NamePage {
            found: found.collect(),
            next,
            truncated: self.truncated,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::empty("")]
    #[case::no_score(".01890000-0000-7000-8000-000000000001")]
    #[case::score_zero("0.01890000-0000-7000-8000-000000000001")]
    #[case::score_too_high("101.01890000-0000-7000-8000-000000000001")]
    #[case::other_spelling("+9.01890000-0000-7000-8000-000000000001")]
    #[case::no_id("90.")]
    #[case::capitals("90.0189000A-0000-7000-8000-000000000001")]
    #[case::more("90.01890000-0000-7000-8000-000000000001 ")]
    fn what_is_no_cursor_is_none(#[case] text: &str) {
        assert_eq!(NameCursor::parse(text), None);
    }

    proptest! {
        #[test]
        fn a_cursor_is_read_as_it_was_written(score in 1u8..=100, id: u128) {
            let cursor = NameCursor { score, party_id: Uuid::from_u128(id) };
            prop_assert_eq!(NameCursor::parse(&cursor.as_text()), Some(cursor));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}") {
            if let Some(cursor) = NameCursor::parse(&text) {
                prop_assert_eq!(cursor.as_text(), text);
            }
        }
    }
}
