//! Names and answers that nobody means.

use std::time::{Duration, Instant};

use super::*;

#[rstest]
#[case::ten_thousand_letters("A".repeat(10_000))]
#[case::hundred_initials("A ".repeat(100))]
#[case::initials_of_all_letters("A B C D E F G H I J K L M N O P Q R S T U V W X Y Z ".repeat(3))]
#[case::hundred_repeats("JOAO ".repeat(40))]
#[case::titles_only("DR ".repeat(60))]
#[case::and_only("E ".repeat(90))]
#[case::commas("Ana, ".repeat(40))]
#[case::right_to_left("\u{202E}محمد بن سلمان‎".repeat(5))]
#[case::zero_width("Jo\u{200B}ao\u{FEFF} Sil\u{2060}va".to_owned())]
#[case::ideographs("王小明".repeat(60))]
#[case::combining("a\u{300}\u{301}\u{302}".repeat(45))]
#[case::emoji("👨‍👩‍👧 Ana".repeat(20))]
fn strange_names_are_decided_at_once(#[case] strange: String) {
    let held = format!("0 {strange}; 1 JOAO SILVA; - {strange}");
    let started = Instant::now();
    let decided = decision(&strange, Some(&held), Some(&held));
    assert!(started.elapsed() < Duration::from_millis(500));
    let repeated = decision(&strange, Some(&held), Some(&held));
    assert_eq!(decided, repeated);
}

/// A thousand people of one phone, and as many without a CPF. Generous for a busy machine and a build without
/// optimisation (0.2 s there; a release build takes 3 ms for a thousand, measured).
#[rstest]
#[case::namesakes("Joao Silva", "JOAO SILVA")]
#[case::strangers("Ubiratan Drummond", "JOAO SILVA")]
#[case::endless(
    "ABCD EFGH IJKL MNOP QRST UVWX YZAB CDEF",
    "ABXD EFXH IJXL MNXP QRXT UVXX YZXB CDXF"
)]
fn a_thousand_people_of_one_phone(#[case] lead: &str, #[case] held: &str) {
    let mut answer = Answer::default();
    for number in 0..1_000 {
        let digits = (0..100).map(|check| format!("{number:09}{check:02}"));
        let cpf = digits.filter_map(|digits| Cpf::parse(&digits).ok()).next();
        // of nine equal digits there is no CPF
        let Some(cpf) = cpf else { continue };
        answer.people.push(Candidate {
            cpf,
            name: name(held),
        });
    }
    answer.without_cpf = vec![name(held); 1_000];
    let started = Instant::now();
    let decided = decide_on(lead, Some("joao.silva@example.com"), Some(&answer), None);
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(!matches!(decided, Decision::Accept(_)));
}
