//! What two names have in common beside their first names.

use super::name::Word;
use super::names;

/// Whether one part of a name is off by a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Letter {
    None,
    /// By a slip: the word typed is no other name.
    Slip,
    /// It makes another name that people have (PIRES, PERES).
    OtherName,
}

/// The further words of two names, matched with each other.
pub(super) struct Further<'a> {
    /// Words that only the typed name has.
    typed: Vec<&'a Word>,
    /// Words that only the register's name has.
    register: Vec<&'a Word>,
    last: (Option<&'a Word>, Option<&'a Word>),
    /// The register's words that both have in full.
    pub(super) shared: Vec<&'a Word>,
    pub(super) letter: Letter,
}

impl<'a> Further<'a> {
    /// Matches words: those that are the same first, then two that are written as one, initials, and,
    /// unless a letter is off already, one word that is off by a letter.
    pub(super) fn of(typed: Vec<&'a Word>, register: Vec<&'a Word>, may_be_off: bool) -> Self {
        let mut further = Self {
            last: (typed.last().copied(), register.last().copied()),
            typed,
            register,
            shared: Vec::new(),
            letter: Letter::None,
        };
        further.match_each(Word::is_same, true);
        further.match_joined();
        further.match_each(Word::is_initial_of_either, false);
        if may_be_off && further.contradicts() {
            further.match_off_by_a_letter();
        }
        further
    }

    /// Whether each has a word that the other lacks.
    pub(super) const fn contradicts(&self) -> bool {
        !self.typed.is_empty() && !self.register.is_empty()
    }

    /// Whether they differ as the names of one person before and after a marriage may: by the last
    /// word of each, and in no middle name.
    pub(super) fn differ_by_the_last_surname(&self) -> bool {
        let is_last = |left: &[&Word], last: Option<&Word>| {
            let left = left.last().copied();
            left.zip(last)
                .is_some_and(|(left, last)| std::ptr::eq(left, last) && !last.is_initial())
        };
        is_last(&self.typed, self.last.0)
            && is_last(&self.register, self.last.1)
            && (self.typed.len() == 1 || self.register.len() == 1)
    }

    fn match_each(&mut self, agree: fn(&Word, &Word) -> bool, in_full: bool) {
        let (register, shared) = (&mut self.register, &mut self.shared);
        self.typed.retain(|typed| {
            let Some(at) = register.iter().position(|word| agree(typed, word)) else {
                return true;
            };
            let word = register.remove(at);
            if in_full && !word.is_initial() {
                shared.push(word);
            }
            false
        });
    }

    fn match_joined(&mut self) {
        if let Some((one, at)) = joined_in(&self.typed, &self.register) {
            self.typed.remove(one);
            self.shared.push(self.register[at]);
            self.register.drain(at..at + 2);
        } else if let Some((one, at)) = joined_in(&self.register, &self.typed) {
            self.shared.push(self.register.remove(one));
            self.typed.drain(at..at + 2);
        }
    }

    fn match_off_by_a_letter(&mut self) {
        let pair = self.typed.iter().enumerate().find_map(|(one, typed)| {
            let apart = |word: &&Word| names::one_letter_apart(typed.text(), word.text());
            Some((one, self.register.iter().position(apart)?))
        });
        if let Some((one, other)) = pair {
            let (typed, word) = (self.typed.remove(one), self.register.remove(other));
            self.shared.push(word);
            self.letter = if typed.is_known_name() && word.is_known_name() {
                Letter::OtherName
            } else {
                Letter::Slip
            };
        }
    }
}

/// Where a word is that the others have as two neighbours, and where those begin.
fn joined_in(words: &[&Word], others: &[&Word]) -> Option<(usize, usize)> {
    words.iter().enumerate().find_map(|(one, word)| {
        let is_joined = |pair: &[&Word]| word.is_joined(pair[0], pair[1]);
        Some((one, others.windows(2).position(is_joined)?))
    })
}
