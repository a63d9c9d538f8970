//! Why a person was accepted or not.

use serde::{Deserialize, Serialize};

/// One piece of evidence: first what speaks for a person, then what speaks against. The codes are
/// stable and hold no personal data, so they may be stored, logged and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// First name and a surname are the lead's, nothing contradicts.
    NameAgrees,
    /// One part of the name is off by a letter.
    NameAgreesButForALetter,
    /// The lead typed a well-known nickname of the first name.
    NicknameAgrees,
    /// The first name is the lead's, nothing contradicts, and no surname is shared.
    FirstNameOnly,
    /// Phone and e-mail both belong to the person.
    BothContacts,
    /// The e-mail's local part bears the person's name.
    EmailLocalPart,
    /// Few people bear the name.
    RareName,
    /// The profile's own name agrees with the lead's.
    ProfileNameAgrees,
    /// The profile has a contact of the lead.
    ProfileHasContact,
    /// The CPF came with the lead.
    GivenCpf,
    /// A person of the brokerage chose.
    ChosenByPerson,
    /// A person decided that it is nobody of those who were proposed.
    RejectedInReview,
    /// Somebody was turned down for the contact before, and is not proposed again.
    RejectedBefore,
    /// A contact could not be asked for, so that evidence is missing.
    LookupFailed,
    /// Neither contact is known to belong to anybody.
    NoCandidate,
    /// The lead has no name that could tell people apart.
    NoUsableName,
    /// Phone and e-mail do not agree on a person, and without that nobody could be told apart.
    ContactsDoNotAgree,
    /// The provider holds no name of a candidate.
    CandidateWithoutName,
    /// Somebody without a usable CPF may be the lead.
    CandidateWithoutCpf,
    /// Another first name.
    FirstNameDiffers,
    /// One letter makes the name another one, or it may be meant for several.
    OtherNameByALetter,
    /// FILHO, JÚNIOR, NETO, … on one side only, or not the same: a relative.
    SuffixDiffers,
    /// The first name typed is the person's second given name.
    MiddleNameAsFirst,
    /// The last surname is another on each side, as after a marriage.
    MarriedName,
    /// Same first name, but middle names or surnames contradict.
    FurtherNameDiffers,
    /// The lead typed the names of two people.
    TwoNamesInOne,
    /// Many people bear the name.
    CommonName,
    /// The contact belongs to two or three people.
    SharedByAFew,
    /// The contact belongs to more than three people, and the other contact does not confirm.
    SharedContact,
    /// The lead's other contact belongs to somebody else.
    OtherContactOfAnother,
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
    /// Whether it speaks for a person.
    pub(super) fn is_for(self) -> bool {
        self <= Self::ChosenByPerson
    }

    /// The one that decides among several: what speaks against comes before what only weighs, and what speaks for a
    /// person last. `None` without any.
    #[must_use]
    pub fn decisive(reasons: &[Self]) -> Option<Self> {
        let weight = |reason: &&Self| (reason.only_weighs(), reason.is_for(), **reason);
        reasons.iter().min_by_key(weight).copied()
    }

    /// Whether it moves the score, and forbids nothing by itself.
    const fn only_weighs(self) -> bool {
        matches!(
            self,
            Self::NameAgrees
                | Self::BothContacts
                | Self::EmailLocalPart
                | Self::RareName
                | Self::CommonName
                | Self::SharedByAFew
                | Self::OtherContactOfAnother
        )
    }

    /// The stable code, such as `name_agrees`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NameAgrees => "name_agrees",
            Self::NameAgreesButForALetter => "name_agrees_but_for_a_letter",
            Self::NicknameAgrees => "nickname_agrees",
            Self::FirstNameOnly => "first_name_only",
            Self::BothContacts => "both_contacts",
            Self::EmailLocalPart => "email_local_part",
            Self::RareName => "rare_name",
            Self::ProfileNameAgrees => "profile_name_agrees",
            Self::ProfileHasContact => "profile_has_contact",
            Self::GivenCpf => "given_cpf",
            Self::ChosenByPerson => "chosen_by_person",
            Self::RejectedInReview => "rejected_in_review",
            Self::RejectedBefore => "rejected_before",
            Self::LookupFailed => "lookup_failed",
            Self::NoCandidate => "no_candidate",
            Self::NoUsableName => "no_usable_name",
            Self::ContactsDoNotAgree => "contacts_do_not_agree",
            Self::CandidateWithoutName => "candidate_without_name",
            Self::CandidateWithoutCpf => "candidate_without_cpf",
            Self::FirstNameDiffers => "first_name_differs",
            Self::OtherNameByALetter => "other_name_by_a_letter",
            Self::SuffixDiffers => "suffix_differs",
            Self::MiddleNameAsFirst => "middle_name_as_first",
            Self::MarriedName => "married_name",
            Self::FurtherNameDiffers => "further_name_differs",
            Self::TwoNamesInOne => "two_names_in_one",
            Self::CommonName => "common_name",
            Self::SharedByAFew => "shared_by_a_few",
            Self::SharedContact => "shared_contact",
            Self::OtherContactOfAnother => "other_contact_of_another",
            Self::SeveralAgree => "several_agree",
            Self::Deceased => "deceased",
            Self::ProfileNameContradicts => "profile_name_contradicts",
            Self::ProfileOfAnotherCpf => "profile_of_another_cpf",
            Self::GivenCpfDiffers => "given_cpf_differs",
        }
    }

    /// One short Portuguese sentence for operators, without personal data.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::NameAgrees => "Nome e sobrenome conferem.",
            Self::NameAgreesButForALetter => "O nome confere, exceto por uma letra.",
            Self::NicknameAgrees => "O nome digitado é um apelido do nome no cadastro.",
            Self::FirstNameOnly => "Só o primeiro nome confere.",
            Self::BothContacts => "Telefone e e-mail são da mesma pessoa.",
            Self::EmailLocalPart => "O endereço de e-mail contém o nome da pessoa.",
            Self::RareName => "O nome é raro.",
            Self::ProfileNameAgrees => "O nome no cadastro completo confere.",
            Self::ProfileHasContact => "O cadastro completo contém o telefone ou o e-mail do lead.",
            Self::GivenCpf => "O CPF veio com o lead.",
            Self::ChosenByPerson => "Uma pessoa da equipe escolheu.",
            Self::RejectedInReview => "Uma pessoa da equipe descartou os candidatos.",
            Self::RejectedBefore => "Quem tem este contato já foi descartado em outra revisão.",
            Self::LookupFailed => "Uma das consultas falhou; falta informação.",
            Self::NoCandidate => "Ninguém foi encontrado pelo telefone nem pelo e-mail.",
            Self::NoUsableName => "O lead não tem um nome que identifique uma pessoa.",
            Self::ContactsDoNotAgree => "Telefone e e-mail não apontam para a mesma pessoa.",
            Self::CandidateWithoutName => "O cadastro não traz o nome da pessoa.",
            Self::CandidateWithoutCpf => "Alguém sem CPF no cadastro pode ser o lead.",
            Self::FirstNameDiffers => "O primeiro nome é outro.",
            Self::OtherNameByALetter => "Uma letra diferente leva a outro nome.",
            Self::SuffixDiffers => {
                "Filho, Júnior, Neto ou semelhante só de um lado: pode ser um parente."
            }
            Self::MiddleNameAsFirst => "O nome digitado é o segundo nome da pessoa.",
            Self::MarriedName => "O último sobrenome é outro, como após um casamento.",
            Self::FurtherNameDiffers => "O primeiro nome confere, mas os demais nomes divergem.",
            Self::TwoNamesInOne => "O lead digitou o nome de duas pessoas.",
            Self::CommonName => "O nome é muito comum.",
            Self::SharedByAFew => "O contato é de mais de uma pessoa.",
            Self::SharedContact => "O contato é de muitas pessoas.",
            Self::OtherContactOfAnother => "O outro contato está em nome de outra pessoa.",
            Self::SeveralAgree => "Mais de uma pessoa combina com o lead.",
            Self::Deceased => "A pessoa do cadastro é falecida.",
            Self::ProfileNameContradicts => "O nome no cadastro completo diverge.",
            Self::ProfileOfAnotherCpf => "O cadastro completo é de outro CPF.",
            Self::GivenCpfDiffers => "Os contatos levam a outro CPF, diferente do informado.",
        }
    }
}
