//! What two names have in common beside their first names.

use super::name::{ComparableName, Word};
use super::names;
use super::words::Suffix;

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
    /// Whether a surname of two words is shared that one of them has as one (D AVILA, DAVILA).
    pub(super) joined: bool,
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
            joined: false,
        };
        further.match_each(Word::is_same, true);
        further.match_joined();
        further.match_each(Word::is_short_for_either, false);
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

    /// Whether a surname of the register is shared. Where words are left on both sides the last one is
    /// another on each, and what tells a surname is weaker.
    pub(super) fn has_surname(&self, register: &ComparableName) -> bool {
        let tells = |word: &&Word| {
            if self.contradicts() {
                register.is_surname(word)
            } else {
                register.is_known_surname(word)
            }
        };
        self.shared.iter().any(tells)
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
        let front = if let Some((one, at)) = joined_in(&self.typed, &self.register) {
            self.typed.remove(one);
            self.shared.push(self.register[at]);
            self.register.drain(at..at + 2).next()
        } else if let Some((one, at)) = joined_in(&self.register, &self.typed) {
            self.shared.push(self.register.remove(one));
            self.typed.drain(at..at + 2).next()
        } else {
            None
        };
        self.joined = front.is_some_and(|front| !front.is_first_name());
    }

    fn match_off_by_a_letter(&mut self) {
        let pair = self.typed.iter().enumerate().find_map(|(one, typed)| {
            let apart = |word: &&Word| names::one_letter_apart(typed.text(), word.text());
            Some((one, self.register.iter().position(apart)?))
        });
        let Some((one, other)) = pair else {
            return;
        };
        let (typed, word) = (self.typed[one], self.register[other]);
        let is_last =
            |word: &Word, last: Option<&Word>| last.is_some_and(|last| std::ptr::eq(last, word));
        let at_the_end = is_last(typed, self.last.0) && is_last(word, self.last.1);
        let both_known = typed.is_known_name() && word.is_known_name();
        let another_form = || names::is_another_form(typed.text(), word.text());
        let letter = if both_known || (!at_the_end && another_form()) {
            Letter::OtherName
        } else {
            Letter::Slip
        };
        // brothers and sisters are told apart by what stands between
        if !at_the_end && (letter != Letter::Slip || !is_slip_between(typed, word)) {
            return;
        }
        self.typed.remove(one);
        self.shared.push(self.register.remove(other));
        self.letter = letter;
    }

    /// Whether the last word of one of them is a letter that may stand for a suffix as well, and no initial
    /// of the other's last word.
    pub(super) fn may_hide_a_suffix(&self) -> bool {
        let in_full = |word: &Word| self.shared.iter().any(|shared| shared.is_same(word));
        let hides = |last: Option<&Word>, other: Option<&Word>| {
            let letter = last.filter(|last| Suffix::is_letter(last.text()));
            let is_its = |letter: &Word| {
                other.is_some_and(|other| other.is_initial_of_either(letter) && !in_full(other))
            };
            letter.is_some_and(|letter| !is_its(letter))
        };
        hides(self.last.0, self.last.1) || hides(self.last.1, self.last.0)
    }
}

/// Whether a word between first name and last surname is one that is off by a letter, and no other name: of
/// a surname that is counted, by a letter written once or twice, or of the only given name that it can have been meant to be.
fn is_slip_between(typed: &Word, register: &Word) -> bool {
    let is_meant = || {
        let meant = names::given_names_near(typed.text());
        meant.len() == 1 && meant.contains(register.canonical())
    };
    let is_doubled = || names::are_one_but_for_doubling(typed.text(), register.text());
    !typed.is_known_name()
        && (names::is_mostly_surname(register.canonical()) || is_doubled() || is_meant())
}

/// Where a word is that the others have as two neighbours, and where those begin.
fn joined_in(words: &[&Word], others: &[&Word]) -> Option<(usize, usize)> {
    words.iter().enumerate().find_map(|(one, word)| {
        let is_joined = |pair: &[&Word]| word.is_joined(pair[0], pair[1]);
        Some((one, others.windows(2).position(is_joined)?))
    })
}
