//! Why a person was accepted or not.

use serde::{Deserialize, Serialize};

/// One piece of evidence, for or against. The codes are stable and hold no personal data, so they
/// may be stored, logged and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// First name and a surname are the lead's, nothing contradicts.
    NameAgrees,
    /// The first name is the lead's, nothing contradicts, and no surname is shared.
    FirstNameOnly,
    /// Phone and e-mail both belong to the person.
    BothContacts,
    /// The profile's own name agrees with the lead's.
    ProfileNameAgrees,
    /// The CPF came with the lead.
    GivenCpf,
    /// Neither contact is known to belong to anybody.
    NoCandidate,
    /// The lead has no name that could tell people apart.
    NoUsableName,
    /// Phone and e-mail do not agree on a person, and without that nobody could be told apart.
    ContactsDoNotAgree,
    /// The provider holds no name of a candidate.
    CandidateWithoutName,
    /// Another first name.
    FirstNameDiffers,
    /// FILHO, JÚNIOR, NETO, … on one side only, or not the same: a relative.
    SuffixDiffers,
    /// Same first name, but middle names or surnames contradict.
    FurtherNameDiffers,
    /// The contact belongs to more than three people, and the other contact does not confirm.
    SharedContact,
    /// More than one person fits.
    SeveralAgree,
    /// The profile's holder is dead: a recycled number.
    Deceased,
    /// The profile's name is not the lead's or not the candidate's; of a given CPF: it does not agree with
    /// the given name.
    ProfileNameContradicts,
    /// The profile is of another CPF than the accepted one.
    ProfileOfAnotherCpf,
    /// The contacts lead to another CPF than the one that came with the lead.
    GivenCpfDiffers,
}

impl Reason {
    /// The stable code, such as `name_agrees`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NameAgrees => "name_agrees",
            Self::FirstNameOnly => "first_name_only",
            Self::BothContacts => "both_contacts",
            Self::ProfileNameAgrees => "profile_name_agrees",
            Self::GivenCpf => "given_cpf",
            Self::NoCandidate => "no_candidate",
            Self::NoUsableName => "no_usable_name",
            Self::ContactsDoNotAgree => "contacts_do_not_agree",
            Self::CandidateWithoutName => "candidate_without_name",
            Self::FirstNameDiffers => "first_name_differs",
            Self::SuffixDiffers => "suffix_differs",
            Self::FurtherNameDiffers => "further_name_differs",
            Self::SharedContact => "shared_contact",
            Self::SeveralAgree => "several_agree",
            Self::Deceased => "deceased",
            Self::ProfileNameContradicts => "profile_name_contradicts",
            Self::ProfileOfAnotherCpf => "profile_of_another_cpf",
            Self::GivenCpfDiffers => "given_cpf_differs",
        }
    }
}
