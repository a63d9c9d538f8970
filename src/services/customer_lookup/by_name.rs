//! People by their names: candidates, never one of them chosen.

use super::may_be_told::KnownBy;
use super::{Candidate, Candidates, CustomerLookup, Found, LookupFailure, Page, Source};
use crate::models::PersonName;
use crate::storage::{self, FoundName, NameCursor, NameSearch};

/// How many are read at once where nobody of the wanted page may be told of.
const MANY: u16 = 100;

/// Those of some found people who may be told of.
struct Told {
    people: Vec<FoundName>,
    /// Where reading goes on, if others follow. May be of somebody who may not be told of.
    next: Option<NameCursor>,
    truncated: bool,
}

impl CustomerLookup {
    pub(super) async fn by_name(
        &self,
        name: &PersonName,
        page: &Page,
    ) -> Result<Found, LookupFailure> {
        let after = match page.cursor.as_deref().map(NameCursor::parse) {
            Some(None) => return Err(LookupFailure::UnusableCursor),
            after => after.flatten(),
        };
        let mut told = self.told(name, page.limit, after.as_ref()).await?;
        // A search ranks so few people that these are two readings at most.
        while let (true, Some(next)) = (told.people.is_empty(), &told.next) {
            told = self.told(name, MANY, Some(next)).await?;
        }
        // An empty page is an answer where others go before it, or may follow.
        if told.people.is_empty() && after.is_none() && !told.truncated {
            return Err(LookupFailure::Nobody);
        }
        let wanted = usize::from(page.limit);
        let more = told.next.is_some() || told.people.len() > wanted;
        told.people.truncate(wanted);
        // After the last who is told: a cursor carries an id, and nobody else's may be shown.
        let last = told.people.last().filter(|_| more);
        Ok(Found::Candidates(Candidates {
            next_cursor: last.map(|person| NameCursor::after(person).as_text()),
            people: told.people.iter().map(Candidate::from).collect(),
            truncated: told.truncated,
            sources: vec![Source::LocalDb],
            answered_at: self.clock.now(),
        }))
    }

    async fn told(
        &self,
        name: &PersonName,
        limit: u16,
        after: Option<&NameCursor>,
    ) -> Result<Told, LookupFailure> {
        let search = NameSearch {
            text: name.as_str(),
            limit,
            after,
        };
        let found = storage::search_names(&self.pool, &search).await?;
        let people = found.found.iter();
        let people = people.map(|person| {
            let known_by = KnownBy::of(person.cpf.as_ref(), person.party_id);
            (known_by, person)
        });
        let people = self.who_may_be_told(people.collect()).await?;
        Ok(Told {
            people: people.into_iter().cloned().collect(),
            next: found.next,
            truncated: found.truncated,
        })
    }
}
