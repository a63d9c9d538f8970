//! Who else fits.

use super::lead_name::LeadName;
use super::likeness::{Grade, Likeness};
use super::name::ComparableName;
use super::people::{People, Ties};
use super::score::{Assessed, Lead};

/// How many people fit a name, by how near they come and how many contacts they have: enough to know
/// of each whether somebody else fits, whoever that is.
#[derive(Default)]
struct Fitting {
    by_one: [usize; Grade::FITTING],
    by_both: [usize; Grade::FITTING],
    /// Whether somebody has a contact whose name agrees but for a suffix that the lead may have left
    /// out: the son who uses his father's phone.
    son: Ties,
}

/// Who else fits, with a CPF and without.
pub(super) struct Rivals {
    with_cpf: Fitting,
    without_cpf: Fitting,
    /// Contacts of somebody with neither name nor CPF.
    unknown: Ties,
}

impl Fitting {
    fn add(&mut self, grade: Option<Grade>, ties: Ties, lead: &Lead) {
        let no_suffix = lead.name.as_ref().is_some_and(LeadName::has_no_suffix);
        if grade == Some(Grade::SuffixDiffers) && no_suffix {
            self.son.phone |= ties.phone;
            self.son.email |= ties.email;
        }
        let counts = if ties.both() {
            &mut self.by_both
        } else {
            &mut self.by_one
        };
        if let Some(place) = grade.and_then(Grade::place) {
            counts[place] += 1;
        }
    }

    /// Whether somebody else fits who is not further from the lead than a person of this place and
    /// these contacts. Who has both contacts is nearer than their namesakes who have one (API.md
    /// "Identity": namesakes are separated by the other contact); against a person of one contact,
    /// whoever fits and has both counts. `own` is 1 when the person is counted here.
    fn has_rival(&self, place: usize, ties: Ties, own: usize) -> bool {
        let count = |counts: &[usize]| counts.iter().sum::<usize>();
        if ties.both() {
            return count(&self.by_both[..=place]) > own || count(&self.by_one[..place]) > 0;
        }
        let son = (self.son.phone && !ties.phone) || (self.son.email && !ties.email);
        son || count(&self.by_one[..=place]) > own || count(&self.by_both) > 0
    }
}

impl Rivals {
    pub(super) fn of(lead: &Lead, people: &People<'_>, assessed: &[Assessed<'_>]) -> Self {
        let mut rivals = Self {
            with_cpf: Fitting::default(),
            without_cpf: Fitting::default(),
            unknown: Ties::default(),
        };
        for one in assessed {
            rivals.with_cpf.add(one.grade, one.person.claims, lead);
        }
        let mut nearest = [None; 2];
        for (ties, name) in people.without_cpf() {
            let name = name.and_then(ComparableName::of);
            let likeness = lead
                .name
                .as_ref()
                .and_then(|lead| Likeness::of_person(lead, name.iter()));
            let grade = likeness.map(|likeness| likeness.grade);
            rivals.without_cpf.add(grade, ties, lead);
            rivals.unknown.phone |= name.is_none() && ties.phone;
            rivals.unknown.email |= name.is_none() && ties.email;
            let nearest = &mut nearest[usize::from(ties.email)];
            *nearest = [*nearest, grade].into_iter().flatten().min();
        }
        // who has no CPF and fits on either contact may be one and the same
        if let [Some(by_phone), Some(by_email)] = nearest {
            let both = Ties {
                phone: true,
                email: true,
            };
            let further = by_phone.max(by_email);
            rivals.without_cpf.add(Some(further), both, lead);
        }
        rivals
    }

    /// Whether somebody with a CPF fits as well.
    pub(super) fn with_cpf(&self, one: &Assessed<'_>) -> bool {
        let place = one.grade.and_then(Grade::place);
        let claims = one.person.claims;
        place.is_some_and(|place| self.with_cpf.has_rival(place, claims, 1))
    }

    /// Whether somebody without a CPF fits as well, or shares all contacts without a name.
    pub(super) fn without_cpf(&self, one: &Assessed<'_>) -> bool {
        let Some(place) = one.grade.and_then(Grade::place) else {
            return false;
        };
        let claims = one.person.claims;
        let unknown = if claims.both() {
            self.unknown.both()
        } else {
            (self.unknown.phone && claims.phone) || (self.unknown.email && claims.email)
        };
        unknown || self.without_cpf.has_rival(place, claims, 0)
    }

    /// Whether somebody without a CPF may be the lead at all.
    pub(super) fn is_somebody_without_cpf(&self) -> bool {
        let counts = self.without_cpf.by_one.iter();
        counts.sum::<usize>() > 0 || self.unknown != Ties::default()
    }
}
