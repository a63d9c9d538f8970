//! How much speaks for somebody, and what a configuration changes of it.

use super::*;
use crate::models::MatchStrength;

fn score_of(lead: &str, phone: Option<&str>, email: Option<&str>) -> u8 {
    score(&decision(lead, phone, email))
}

#[rstest]
#[case(
    Some("0 JOAO MOREIRA"),
    Some("0 JOAO MOREIRA"),
    MatchedBy::Both,
    ContactAgreement::SamePerson,
    94
)]
#[case(
    Some("0 JOAO MOREIRA"),
    Some("1 ANA LIMA"),
    MatchedBy::Phone,
    ContactAgreement::DifferentPeople,
    81
)]
#[case(
    Some("1 ANA LIMA"),
    Some("0 JOAO MOREIRA"),
    MatchedBy::Email,
    ContactAgreement::DifferentPeople,
    81
)]
#[case(
    Some("0 JOAO MOREIRA"),
    Some("- ANA LIMA"),
    MatchedBy::Phone,
    ContactAgreement::DifferentPeople,
    81
)]
#[case(
    Some("0 JOAO MOREIRA; 1 ANA LIMA"),
    Some(""),
    MatchedBy::Phone,
    ContactAgreement::OneContact,
    82
)]
#[case(
    None,
    Some("0 JOAO MOREIRA"),
    MatchedBy::Email,
    ContactAgreement::OneContact,
    84
)]
fn says_what_the_contacts_say(
    #[case] phone: Option<&str>,
    #[case] email: Option<&str>,
    #[case] matched_by: MatchedBy,
    #[case] agreement: ContactAgreement,
    #[case] score: u8,
) {
    let Decision::Accept(accepted) = decision("Joao Moreira", phone, email) else {
        panic!("nobody accepted");
    };
    let said = (accepted.matched_by, accepted.agreement, accepted.score);
    assert_eq!(said, (matched_by, agreement, score));
    assert_eq!(accepted.reasons.first(), Some(&Reason::NameAgrees));
    let both = accepted.reasons.contains(&Reason::BothContacts);
    assert_eq!(both, matched_by == MatchedBy::Both);
}

#[test]
fn a_rare_name_weighs_more_than_a_common_one() {
    let (common, rare) = ("0 JOSE SILVA", "0 ZULEIDE DRUMMOND");
    let common = decision("Jose Silva", Some(common), None);
    let rare = decision("Zuleide Drummond", Some(rare), None);
    assert_decided(&common, "accept 0: common_name");
    assert_decided(&rare, "accept 0: rare_name");
    let middling = score_of("Joao Moreira", Some("0 JOAO MOREIRA"), None);
    assert!(score(&common) < middling && middling < score(&rare));
}

#[test]
fn the_weakest_that_is_accepted_by_rule_reaches_the_threshold() {
    let few = "0 JOSE SILVA; 1 ANA LIMA; 2 EVA REIS";
    let decided = decision("Jose Sliva", Some(few), Some("3 RUI DIAS"));
    assert_decided(&decided, "accept 0: common_name shared_by_a_few");
    assert_eq!(score(&decided), 70);
    let email = "zuleide.drummond@example.com";
    let answer = Answer::read("0 ZULEIDE DRUMMOND");
    let strongest = decide_on(
        "Zuleide Drummond",
        Some(email),
        Some(&answer),
        Some(&answer),
    );
    assert_eq!(score(&strongest), 98);
}

#[rstest]
#[case::both_names("joao.silva@example.com", true)]
#[case::turned("silva_joao77@example.com", true)]
#[case::initial("jsilva@example.com", true)]
#[case::accents("joão.silva@example.com", true)]
#[case::first_name_alone("joao@example.com", false)]
#[case::surname_alone("silva@example.com", false)]
#[case::another("ana.silva@example.com", false)]
#[case::domain("x@joaosilva.example.com", false)]
fn the_local_part_is_a_little_evidence(#[case] email: &str, #[case] expected: bool) {
    let answer = Answer::read("0 JOAO SILVA");
    let with = decide_on("Joao Silva", Some(email), Some(&answer), None);
    let without = decision("Joao Silva", Some("0 JOAO SILVA"), None);
    assert_eq!(reasons(&with).contains(&Reason::EmailLocalPart), expected);
    assert_eq!(score(&with) > score(&without), expected);
    let another = decide_on("Rui Dias", Some(email), Some(&answer), None);
    assert_decided(&another, "nobody");
}

/// Raised, a threshold leaves weak matches to a person; lowered, it accepts nobody who must not be.
#[test]
fn thresholds_move_no_rule() {
    let decided = |lead: &str, answer: &str, accept, review| {
        let (lead, answer) = (name(lead), Answer::read(answer));
        let evidence = Evidence {
            lead_name: lead.as_ref(),
            lead_email: None,
            by_phone: answer.asked(),
            by_email: answer.asked(),
        };
        decide(&evidence, Thresholds { accept, review })
    };
    assert_decided(&decided("Joao", "0 JOAO SILVA", 70, 30), "accept 0");
    let raised = decided("Joao", "0 JOAO SILVA", 80, 30);
    assert_eq!(
        (outcome(&raised).as_str(), score(&raised)),
        ("review 0", 75)
    );
    let raised = decided("Joao", "0 JOAO SILVA", 80, 76);
    assert_eq!(outcome(&raised), "nobody");
    assert_eq!(reasons(&raised).first(), Some(&Reason::FirstNameOnly));
    for accept in 1..=100 {
        for (lead, held) in [
            ("Joao Silva", "0 JOAO SILVA FILHO"),
            ("Joao Silva Neto", "0 JOAO SILVA"),
            ("Joao Silva", "0 ANA SILVA"),
            ("Joao Silva", "0"),
            ("Carlos Silva", "0 JOAO CARLOS SILVA"),
            ("Joao Silva", "0 JOAO SILVA; 1 JOAO SILVA"),
        ] {
            let lowered = decided(lead, held, accept, 1);
            assert!(!matches!(lowered, Decision::Accept(_)));
            assert!(score(&lowered) < accept);
        }
    }
}

#[rstest]
#[case(100, MatchedBy::Both, MatchStrength::VeryStrong)]
#[case(90, MatchedBy::Phone, MatchStrength::VeryStrong)]
#[case(89, MatchedBy::Both, MatchStrength::Strong)]
#[case(80, MatchedBy::Cpf, MatchStrength::Strong)]
#[case(79, MatchedBy::Email, MatchStrength::Sufficient)]
#[case(99, MatchedBy::Review, MatchStrength::ChosenByPerson)]
fn strength(#[case] score: u8, #[case] matched_by: MatchedBy, #[case] expected: MatchStrength) {
    assert_eq!(strength_of(score, matched_by), expected);
}

const EVERY_REASON: [Reason; 35] = [
    Reason::NameAgrees,
    Reason::NameAgreesButForALetter,
    Reason::NicknameAgrees,
    Reason::FirstNameOnly,
    Reason::BothContacts,
    Reason::EmailLocalPart,
    Reason::RareName,
    Reason::ProfileNameAgrees,
    Reason::ProfileHasContact,
    Reason::GivenCpf,
    Reason::ChosenByPerson,
    Reason::RejectedInReview,
    Reason::RejectedBefore,
    Reason::LookupFailed,
    Reason::NoCandidate,
    Reason::NoUsableName,
    Reason::ContactsDoNotAgree,
    Reason::CandidateWithoutName,
    Reason::CandidateWithoutCpf,
    Reason::FirstNameDiffers,
    Reason::OtherNameByALetter,
    Reason::SuffixDiffers,
    Reason::MiddleNameAsFirst,
    Reason::MarriedName,
    Reason::FurtherNameDiffers,
    Reason::TwoNamesInOne,
    Reason::CommonName,
    Reason::SharedByAFew,
    Reason::SharedContact,
    Reason::OtherContactOfAnother,
    Reason::SeveralAgree,
    Reason::Deceased,
    Reason::ProfileNameContradicts,
    Reason::ProfileOfAnotherCpf,
    Reason::GivenCpfDiffers,
];

#[test]
fn a_reason_has_a_code_and_a_sentence_of_its_own() {
    assert!(EVERY_REASON.is_sorted());
    let (mut codes, mut texts) = (Vec::new(), Vec::new());
    for reason in EVERY_REASON {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        assert!(reason.text().ends_with('.') && reason.text().chars().count() < 80);
        codes.push(reason.as_str());
        texts.push(reason.text());
    }
    for list in [codes, texts] {
        let distinct: std::collections::BTreeSet<_> = list.iter().collect();
        assert_eq!(distinct.len(), EVERY_REASON.len());
    }
}

#[rstest]
#[case::namesakes(&[Reason::NameAgrees, Reason::RareName, Reason::OtherContactOfAnother, Reason::SeveralAgree], Reason::SeveralAgree)]
#[case::a_common_suffix(&[Reason::SuffixDiffers, Reason::CommonName], Reason::SuffixDiffers)]
#[case::a_first_name(&[Reason::FirstNameOnly, Reason::RareName], Reason::FirstNameOnly)]
#[case::the_thresholds_alone(&[Reason::NameAgrees, Reason::CommonName], Reason::CommonName)]
fn the_decisive_one(#[case] reasons: &[Reason], #[case] expected: Reason) {
    assert_eq!(Reason::decisive(reasons), Some(expected));
    assert_eq!(Reason::decisive(&[]), None);
}
