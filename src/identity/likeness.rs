//! What two names say of each other (API.md "Identity": likeness of the lead's name to the
//! candidate's).

use super::Reason;
use super::further::{Further, Letter};
use super::lead_name::LeadName;
use super::name::{ComparableName, TypedName, Word};
use super::names;

/// How near two names are, from nearest to furthest. Down to [`Grade::Initial`] they may be of one
/// person without anything left to explain but how people write their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// First name and a surname agree, nothing contradicts.
    Agrees,
    /// A well-known nickname of the first name, and a surname.
    Nickname,
    /// Nothing contradicts, but no surname is shared.
    FirstNameOnly,
    /// The first name typed is the second given name of the register; a surname agrees.
    MiddleAsFirst,
    /// First name and a surname agree, the last surname is another on each side.
    Married,
    /// Nothing contradicts, but one first name is the other's initial, which is none.
    Initial,
    /// A nickname, and no surname.
    NicknameOnly,
    /// All agrees, but one letter makes the surname another one that people have.
    OtherSurname,
    /// All agrees, but one letter makes the first name another one, or it may be meant for several.
    OtherFirstName,
    /// The generational suffix is not the same, the rest agrees.
    SuffixDiffers,
    /// The generational suffix is not the same, and less than all of the rest agrees.
    SuffixAndMoreDiffers,
    /// First name and last surname agree, the names between contradict: brothers.
    MiddleDiffers,
    /// Nothing but the first name is the same.
    SurnamesDiffer,
    /// Another first name.
    FirstNameDiffers,
}

impl Grade {
    /// How many grades may be of one person, see [`Grade`].
    pub(super) const FITTING: usize = 6;

    /// The place among the fitting grades, 0 for the nearest.
    pub(super) fn place(self) -> Option<usize> {
        let place = self as usize;
        (place < Self::FITTING).then_some(place)
    }

    pub(super) const fn reason(self) -> Reason {
        match self {
            Self::Agrees => Reason::NameAgrees,
            Self::Nickname | Self::NicknameOnly => Reason::NicknameAgrees,
            Self::FirstNameOnly | Self::Initial => Reason::FirstNameOnly,
            Self::MiddleAsFirst => Reason::MiddleNameAsFirst,
            Self::Married => Reason::MarriedName,
            Self::OtherSurname | Self::OtherFirstName => Reason::OtherNameByALetter,
            Self::SuffixDiffers | Self::SuffixAndMoreDiffers => Reason::SuffixDiffers,
            Self::MiddleDiffers | Self::SurnamesDiffer => Reason::FurtherNameDiffers,
            Self::FirstNameDiffers => Reason::FirstNameDiffers,
        }
    }
}

/// How many people bear all that two names share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Frequency {
    Rare,
    Middling,
    Common,
}

/// What two names say of each other; the least is the nearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Likeness {
    pub(super) grade: Grade,
    /// One part is off by a letter.
    pub(super) slip: bool,
    pub(super) frequency: Frequency,
    /// Another first name, or another suffix: nobody else's name for this person changes that.
    other_person: bool,
    /// What was typed may name somebody else too: it accepts nobody.
    pub(super) unsure: bool,
}

/// How the first name typed relates to the register's.
enum First {
    Same,
    Initial,
    Slip,
    OtherByALetter,
    Nickname,
    Middle,
    Differs,
}

impl Likeness {
    /// How a lead's name fits the names held of one person; `None` when there is none. Several names
    /// of one CPF (maiden and married) are of one person, so the nearest counts; but another first
    /// name or suffix in any of them rules the person out.
    pub(super) fn of_person<'a>(
        lead: &LeadName,
        names: impl Iterator<Item = &'a ComparableName>,
    ) -> Option<Self> {
        let each = names.filter_map(|name| match lead.whole_as_in(name) {
            Some(whole) => Some(Self::of(whole, name)),
            None => lead
                .names()
                .map(|typed| Self::of(typed, name))
                .min()
                .map(|likeness| Self {
                    unsure: lead.unsure.is_some(),
                    ..likeness
                }),
        });
        each.reduce(|one, other| match (one.other_person, other.other_person) {
            (true, true) => one.max(other),
            (true, false) => one,
            (false, true) => other,
            (false, false) => one.min(other),
        })
    }

    /// Compares a typed name with one of a register.
    ///
    /// Order matters little: "Silva Joao" is "JOAO DA SILVA", unless the typed name begins with a
    /// given name ("Carlos Roberto" is not "ROBERTO CARLOS"). Words that only one of the two has are
    /// fine; words that each has and the other lacks contradict.
    pub(super) fn of(typed: &TypedName, register: &ComparableName) -> Self {
        let (first, typed_rest) = First::of(typed, register);
        let mut register_rest: Vec<&Word> = register.further.iter().collect();
        if matches!(first, First::Middle) {
            register_rest[0] = &register.first;
        }
        let may_be_off = !matches!(first, First::Slip | First::OtherByALetter);
        let further = Further::of(typed_rest, register_rest, may_be_off);
        let suffix_is_surname = typed.name.has_only_suffix_of(register);
        let surname = suffix_is_surname || further.joined || further.has_surname(register);
        let same_suffix = typed.name.suffixes == register.suffixes && !further.may_hide_a_suffix();
        let grade = grade(&first, &further, surname);
        Self {
            grade: if same_suffix {
                grade
            } else {
                without_suffix(grade)
            },
            slip: matches!(first, First::Slip) || further.letter == Letter::Slip,
            frequency: frequency(grade, &register.first, &further.shared),
            other_person: !same_suffix
                || matches!(grade, Grade::FirstNameDiffers | Grade::OtherFirstName),
            unsure: false,
        }
    }
}

impl First {
    /// How the first names relate, and the words typed beside it.
    fn of<'a>(typed: &'a TypedName, register: &'a ComparableName) -> (Self, Vec<&'a Word>) {
        let name = &typed.name;
        let further = || name.further.iter().collect();
        if name.first.is_same(&register.first) {
            return (Self::Same, further());
        }
        if let Some(rest) = turned(name, register) {
            return (Self::Same, rest);
        }
        let is_second = register
            .further
            .first()
            .is_some_and(|second| second.is_same(&name.first) || is_nickname(&name.first, second));
        let first = if name.first.is_initial_of_either(&register.first) {
            Self::Initial
        } else if is_nickname(&name.first, &register.first) {
            Self::Nickname
        } else if is_second {
            Self::Middle
        } else {
            Self::by_a_letter(typed, &register.first)
        };
        (first, further())
    }

    /// A first name off by a letter is a slip only if it is no name itself, and the register's is
    /// the only one that it can have been meant to be.
    fn by_a_letter(typed: &TypedName, register: &Word) -> Self {
        let first = &typed.name.first;
        let is_meant = typed.meant.contains(register.canonical());
        if !is_meant && !names::one_letter_apart(first.text(), register.text()) {
            return Self::Differs;
        }
        let another = names::is_another_form(first.text(), register.text());
        if is_meant && typed.meant.len() == 1 && !another {
            Self::Slip
        } else {
            Self::OtherByALetter
        }
    }
}

fn is_nickname(typed: &Word, register: &Word) -> bool {
    names::is_nickname_of(typed.text(), register.canonical())
}

/// The words beside the register's first name in a name that is typed surname first: what stands before
/// the first name is how the register ends ("Souza Ana Paula" is not "PAULA SOUZA").
fn turned<'a>(typed: &'a ComparableName, register: &ComparableName) -> Option<Vec<&'a Word>> {
    let at = typed
        .further
        .iter()
        .position(|word| word.is_same(&register.first))?;
    let before = std::iter::once(&typed.first).chain(&typed.further[..at]);
    let held = &register.further;
    let end = held.len().checked_sub(at + 1).map(|begin| &held[begin..])?;
    let may_be_surname =
        !typed.first.is_first_name() || names::is_mostly_surname(typed.first.canonical());
    let surname_first = may_be_surname && before.zip(end).all(|(one, other)| one.is_same(other));
    surname_first.then(|| {
        let others = typed.further.iter().enumerate().filter(|(i, _)| *i != at);
        std::iter::once(&typed.first)
            .chain(others.map(|(_, word)| word))
            .collect()
    })
}

/// The grade of two names, suffixes aside.
fn grade(first: &First, further: &Further<'_>, surname: bool) -> Grade {
    let full = surname && !further.contradicts();
    let agreeing = match first {
        First::Same | First::Slip => Grade::Agrees,
        First::Initial => Grade::Initial,
        First::Nickname => Grade::Nickname,
        First::Middle => Grade::MiddleAsFirst,
        First::OtherByALetter => Grade::OtherFirstName,
        First::Differs => Grade::FirstNameDiffers,
    };
    match (first, further.contradicts()) {
        _ if full && further.letter == Letter::OtherName => agreeing.max(Grade::OtherSurname),
        _ if full => agreeing,
        (First::Initial, false) => Grade::Initial,
        (First::Same | First::Slip, false) => Grade::FirstNameOnly,
        (First::Nickname, false) => Grade::NicknameOnly,
        (First::Same, true) if surname && further.differ_by_the_last_surname() => Grade::Married,
        (First::Same, true) if surname => Grade::MiddleDiffers,
        (First::Same, true) => Grade::SurnamesDiffer,
        _ => Grade::FirstNameDiffers,
    }
}

/// What is left of a grade when the suffixes are not the same.
fn without_suffix(grade: Grade) -> Grade {
    match grade {
        Grade::Agrees => Grade::SuffixDiffers,
        nearer if nearer < Grade::SuffixDiffers => Grade::SuffixAndMoreDiffers,
        further => further,
    }
}

/// People in Brazil (census of 2022, rounded).
const PEOPLE: f64 = 200_000_000.0;
/// So many people or more of a full name make it a common one.
const COMMON: f64 = 50_000.0;
/// So many people or fewer make it a rare one.
const RARE: f64 = 2_000.0;
/// A first name that fewer than one in a thousand bears is rare by itself.
const RARE_FIRST_NAME: f64 = 0.001;

/// How many people there are of a name, as if its words were drawn independently; of a first name
/// alone, whether it is rare.
fn frequency(grade: Grade, first: &Word, shared: &[&Word]) -> Frequency {
    let of_first = names::share_of_given(first.canonical());
    if grade == Grade::SurnamesDiffer {
        return if of_first < RARE_FIRST_NAME {
            Frequency::Rare
        } else {
            Frequency::Common
        };
    }
    if grade != Grade::Agrees {
        return Frequency::Middling;
    }
    let shares = shared
        .iter()
        .map(|word| names::share_of_further(word.canonical()));
    let people = PEOPLE * of_first * shares.product::<f64>();
    if people >= COMMON {
        Frequency::Common
    } else if people <= RARE {
        Frequency::Rare
    } else {
        Frequency::Middling
    }
}
