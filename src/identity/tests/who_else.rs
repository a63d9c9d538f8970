//! Who else is on the contacts, who was turned down, and what could not be asked.

use super::one_contact::on_either_contact;
use super::*;

#[rstest]
#[case::nobody("Joao Silva", "", "nobody: no_candidate")]
#[case::nameless("Joao Silva", "0", "review 0: candidate_without_name")]
#[case::particles_only("Joao Silva", "0 DE", "review 0: candidate_without_name")]
#[case::nameless_of_two("Joao Silva", "0; 1 ANA LIMA", "nobody")]
#[case::nameless_beside("Joao Silva", "0 JOAO SILVA; 1", "accept 0")]
#[case::son_beside_his_father("Joao Silva Filho", "0 JOAO SILVA; 1 JOAO SILVA FILHO", "accept 1")]
#[case::father_beside_his_son("Joao Silva", "0 JOAO SILVA FILHO; 1 JOAO SILVA", "accept 1")]
#[case::namesakes(
    "Joao Silva",
    "0 JOAO SILVA; 1 JOAO SILVA",
    "review 0 1: several_agree"
)]
#[case::namesakes_of_more_words(
    "Joao Pereira Silva",
    "0 JOAO SILVA; 1 JOAO PEREIRA SILVA",
    "review 0 1"
)]
#[case::namesakes_by_a_letter("Joao Moreira", "0 JOAO MOREIRA; 1 JOAO MOREIRO", "review 0 1")]
#[case::not_so_near("Joao Moreira", "0 JOAO MOREIRA; 1 JOAO", "accept 0")]
#[case::two_share("Joao Silva", "1 ANA LIMA; 0 JOAO SILVA", "accept 0: shared_by_a_few")]
#[case::three_share("Joao Silva", "1 ANA LIMA; 2 RUI DIAS; 0 JOAO SILVA", "accept 0")]
#[case::four_share(
    "Joao Silva",
    "1 ANA LIMA; 2 RUI DIAS; 0 JOAO SILVA; 3 EVA REIS",
    "review 0: shared_contact"
)]
#[case::four_with_one_without_cpf(
    "Joao Silva",
    "1 ANA LIMA; 2 RUI DIAS; 0 JOAO SILVA; - EVA REIS",
    "review 0: shared_contact"
)]
#[case::three_with_one_without_cpf(
    "Joao Silva",
    "1 ANA LIMA; 0 JOAO SILVA; - EVA REIS",
    "accept 0"
)]
#[case::first_name_of_two("Joao", "0 JOAO SILVA; 1 JOAO LIMA", "review 0 1: several_agree")]
#[case::nobody_but_without_cpf("Joao Silva", "- JOAO SILVA", "nobody: candidate_without_cpf")]
#[case::who_fits_has_no_cpf(
    "Joao Silva",
    "0 ANA LIMA; - JOAO SILVA",
    "nobody: candidate_without_cpf"
)]
#[case::namesake_without_cpf(
    "Joao Silva",
    "0 JOAO SILVA; - JOAO SILVA",
    "review 0: candidate_without_cpf"
)]
#[case::nameless_without_cpf("Joao Silva", "0 JOAO SILVA; -", "review 0: candidate_without_cpf")]
#[case::son_without_cpf("Joao Silva", "0 JOAO SILVA; - JOAO SILVA FILHO", "accept 0")]
fn on_one_contact(#[case] lead: &str, #[case] answer: &str, #[case] expected: &str) {
    on_either_contact(lead, answer, expected);
}

#[rstest]
#[case::the_only_one("Joao Silva", "0! JOAO SILVA", "nobody: rejected_before")]
#[case::still_shares(
    "Joao Silva",
    "0 JOAO SILVA; 1! ANA LIMA; 2 RUI DIAS; 3 EVA REIS",
    "review 0: shared_contact"
)]
#[case::no_namesake_any_more("Joao Silva", "0! JOAO SILVA; 1 JOAO SILVA", "accept 1")]
#[case::who_is_left_does_not_fit(
    "Joao Silva",
    "0! JOAO SILVA; 1 ANA LIMA",
    "nobody: rejected_before first_name_differs"
)]
#[case::without_a_name("Cliente", "0! JOAO SILVA", "nobody: rejected_before")]
fn turned_down_before(#[case] lead: &str, #[case] answer: &str, #[case] expected: &str) {
    on_either_contact(lead, answer, expected);
}

#[rstest]
#[case::of_one_contact("Joao Silva", "0! JOAO SILVA", "0 JOAO SILVA", "accept 0")]
#[case::of_one_contact_by_first_name("Joao", "0! JOAO SILVA", "0 JOAO SILVA", "review 0")]
#[case::of_one_contact_without_a_name("Site", "0! JOAO SILVA", "0 JOAO SILVA", "nobody")]
#[case::of_both(
    "Joao Silva",
    "0! JOAO SILVA",
    "0! JOAO SILVA",
    "nobody: rejected_before"
)]
#[case::other_without_cpf("Joao Silva", "0 JOAO SILVA", "- JOAO SILVA", "review 0")]
#[case::both_without_cpf(
    "Joao Silva",
    "0 JOAO SILVA; - JOAO SILVA",
    "0 JOAO SILVA; - JOAO SILVA",
    "review 0: candidate_without_cpf"
)]
#[case::one_without_cpf("Joao Silva", "0 JOAO SILVA; - JOAO SILVA", "0 JOAO SILVA", "accept 0")]
#[case::nearer_without_cpf("Joao", "0 JOAO SILVA; - JOAO", "0 JOAO SILVA", "accept 0")]
#[case::no_name_both_without_cpf(
    "Site",
    "0 JOAO SILVA; - ANA LIMA",
    "0 JOAO SILVA; -",
    "review 0: candidate_without_cpf"
)]
#[case::no_name_one_without_cpf("Site", "0 JOAO SILVA; - ANA LIMA", "0 JOAO SILVA", "accept 0")]
#[case::failed("Joao Silva", "0 JOAO SILVA", "failed", "review 0: lookup_failed")]
#[case::failed_and_weak("Joao", "0 JOAO SILVA", "failed", "review 0: lookup_failed")]
#[case::failed_and_nobody("Joao Silva", "", "failed", "nobody: lookup_failed no_candidate")]
#[case::failed_and_another("Joao Silva", "0 ANA LIMA", "failed", "nobody: lookup_failed")]
#[case::both_failed("Joao Silva", "failed", "failed", "nobody: lookup_failed")]
fn on_two_contacts(
    #[case] lead: &str,
    #[case] phone: &str,
    #[case] email: &str,
    #[case] expected: &str,
) {
    assert_decided(&decision(lead, Some(phone), Some(email)), expected);
    assert_decided(&decision(lead, Some(email), Some(phone)), expected);
}

#[test]
fn a_doubt_lists_ten_people_at_most() {
    let mut answer = Answer::default();
    for number in 0..12 {
        let digits = (0..100).map(|check| format!("{:09}{check:02}", 1000 + number));
        let cpf = digits.filter_map(|digits| Cpf::parse(&digits).ok()).next();
        answer.people.push(Candidate {
            cpf: cpf.unwrap(),
            name: name("JOAO SILVA"),
        });
    }
    let Decision::Review(doubt) = decide_on("Joao Silva", None, Some(&answer), None) else {
        panic!("no doubt");
    };
    let listed: Vec<_> = doubt.candidates.iter().map(|one| &one.cpf).collect();
    assert!(listed.len() == 10 && listed.is_sorted());
}
