#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use rstest::rstest;

use super::*;

#[test]
fn every_entry_of_the_lists_is_read() {
    for list in [given::GIVEN_NAMES, surnames::SURNAMES] {
        let entries = list.split_whitespace().count();
        assert_eq!(counted(list).count(), entries);
        for (name, share) in counted(list) {
            assert!(is_folded(name) && share > UNCOUNTED, "{name}:{share}");
        }
    }
    let further: Vec<_> = further::FURTHER_NAMES.split_whitespace().collect();
    assert!(further.is_sorted() && further.iter().all(|word| is_folded(word)));
    assert!(
        further
            .iter()
            .all(|word| canonical(word).is_none_or(|name| name == *word))
    );
    for list in [variants::SPELLINGS, variants::NICKNAMES] {
        let words = list.split_whitespace().collect::<Vec<_>>();
        assert!(words.iter().all(|word| is_folded(word)));
        assert!(groups(list).all(|(_, mut others)| others.next().is_some()));
    }
}

#[test]
fn each_spelling_is_of_one_name() {
    let words: Vec<_> = variants::SPELLINGS.split_whitespace().collect();
    let distinct: BTreeSet<_> = words.iter().collect();
    assert_eq!(distinct.len(), words.len());
}

#[rstest]
#[case("DASILVA", Some("SILVA"))]
#[case("DOSANJOS", Some("ANJOS"))]
#[case("DANTAS", None)]
#[case("DAMARES", None)]
fn a_glued_particle(#[case] word: &str, #[case] surname: Option<&str>) {
    assert_eq!(without_particle(word), surname);
}

#[rstest]
#[case("JOAOPAULO", Some(("JOAO", "PAULO")))]
#[case("ANALUCIA", Some(("ANA", "LUCIA")))]
#[case("MARIANA", None)]
#[case("UBIRATAN", None)]
fn two_names_in_a_word(#[case] word: &str, #[case] names: Option<(&str, &str)>) {
    assert_eq!(two_given_names(word), names);
}

fn is_folded(word: &str) -> bool {
    word.bytes().all(|letter| letter.is_ascii_uppercase())
}

#[rstest]
#[case("MARIA", "MARIO", true)]
#[case("FERNANDO", "FERNADO", true)]
#[case("FERNANDO", "FERNANDDO", true)]
#[case("FERNANDO", "FRENANDO", true)]
#[case("FERNANDO", "XFERNANDO", true)]
#[case("FERNANDO", "FERNANDO", false)]
#[case("FERNANDO", "FREANNDO", false)]
#[case("CLARA", "CARLA", false)]
#[case("ANA", "ANE", false)]
#[case("ANA", "ANNA", false)]
fn a_letter_apart(#[case] one: &str, #[case] other: &str, #[case] expected: bool) {
    assert_eq!(one_letter_apart(one, other), expected);
    assert_eq!(one_letter_apart(other, one), expected);
}

#[rstest]
#[case("MARIA", "MARIO", true)]
#[case("DANIEL", "DANIELA", true)]
#[case("ALANA", "ALAN", true)]
#[case("TELMA", "SELMA", true)]
#[case("FERNANDO", "FERNADO", false)]
#[case("JULIANA", "JULIANE", true)]
#[case("MARIANA", "MARINA", false)]
fn another_form(#[case] one: &str, #[case] other: &str, #[case] expected: bool) {
    assert_eq!(is_another_form(one, other), expected);
}

#[test]
fn what_is_known_of_a_name() {
    assert_eq!(canonical("LUIZ").unwrap(), canonical("LUIS").unwrap());
    assert_eq!(canonical("SOUZA"), canonical("SOUSA"));
    assert!(is_nickname_of("BETO", "ROBERTO") && !is_nickname_of("ROBERTO", "BETO"));
    assert!(share_of_given("MARIA") > share_of_given("HUGO"));
    assert!(share_of_given("HUGO") > share_of_given("ASTOLFO"));
    assert!(share_of_further("SILVA") > share_of_further("PIRES"));
    assert_eq!(given_names_near("FERNADO").len(), 1);
    assert!(given_names_near("RENAT").len() > 1);
}

proptest! {
    #[test]
    fn a_word_is_a_letter_apart_after_any_one_slip(
        word in "[A-Z]{5,12}", at in 0usize..5, letter in "[a-z]",
    ) {
        let mut inserted = word.clone();
        inserted.insert_str(at, &letter);
        let mut removed = word.clone();
        removed.remove(at);
        let mut changed = word.clone();
        changed.replace_range(at..=at, &letter);
        for slip in [inserted, removed, changed] {
            prop_assert!(one_letter_apart(&word, &slip));
        }
    }
}
