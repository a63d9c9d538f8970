//! The right person, written in one of the ways people write; one contact unless said otherwise.

use super::Situation;
use super::pairs;
use super::people::{self, Person};
use super::scene::Scene;
use super::spellings::{capitalised, chaos, decomposed, fold, typed};
use crate::labelled::Careful::{Accept, Review};

pub(super) const SITUATIONS: &[Situation] = &[
    ("exact_name", Accept, exact_name),
    ("exact_name_both_contacts", Accept, exact_name_both_contacts),
    ("missing_middle", Accept, missing_middle),
    ("accents_and_particles", Accept, accents_and_particles),
    ("letter_case_chaos", Accept, letter_case_chaos),
    ("emoji_and_titles", Accept, emoji_and_titles),
    ("initials_in_the_middle", Accept, initials_in_the_middle),
    ("initial_as_first_name", Review, initial_as_first_name),
    ("order_turned", Accept, order_turned),
    ("apostrophe_or_hyphen", Accept, apostrophe_or_hyphen),
    ("invisible_marks", Accept, invisible_marks),
    ("very_long_name", Accept, very_long_name),
    ("foreign_name", Accept, foreign_name),
    ("middle_name_as_first", Review, middle_name_as_first),
];

fn exact_name(scene: &mut Scene) {
    let person = scene.person();
    let name = typed(&mut scene.random, &person.full());
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

/// The phone is shared by many, and still the full name and the e-mail tell.
fn exact_name_both_contacts(scene: &mut Scene) {
    let person = scene.person();
    let name = typed(&mut scene.random, &person.full());
    scene.sends(&person, &name);
    let mut by_phone = scene.bystanders(5, &person, &[]);
    by_phone.push(person.clone());
    let around: Vec<&Person> = by_phone.iter().collect();
    let mut by_email = scene.bystanders(1, &person, &around);
    by_email.push(person);
    scene.on_both(by_phone, by_email);
}

/// A person with a second given name and two surnames at least.
fn with_middles(scene: &mut Scene) -> Person {
    let mut person = scene.person();
    let second = people::second_name(&mut scene.random, person.woman, &[&person.given]);
    person.second = Some(second);
    if person.surnames.len() < 2 {
        let surname = people::other_surname(&mut scene.random, &person.surnames);
        person.surnames.push(surname);
    }
    scene.register(person)
}

fn missing_middle(scene: &mut Scene) {
    let person = with_middles(scene);
    let second = person.second.as_deref().unwrap_or_default();
    let name = match scene.turn % 3 {
        0 => person.short(),
        1 => format!("{} {second} {}", person.given, person.last()),
        _ => format!("{} {}", person.given, person.family()),
    };
    let name = typed(&mut scene.random, &name);
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

/// Particles left out or put in, accents dropped, or sent as marks of their own.
fn accents_and_particles(scene: &mut Scene) {
    let accented: &[(&str, bool)] = &[
        ("João", false),
        ("José", false),
        ("Antônia", true),
        ("Sebastião", false),
        ("Cláudia", true),
        ("Letícia", true),
        ("Vinícius", false),
        ("Sônia", true),
    ];
    let (given, woman) = scene.random.pick(accented);
    let mut person = scene.person_called(given, woman);
    let surnames: &[&str] = &[
        "da Conceição",
        "de Araújo",
        "dos Santos",
        "de Assunção",
        "da Silva",
    ];
    person.surnames = vec![scene.random.pick(surnames).to_owned()];
    if scene.random.percent(50) {
        let middle = people::other_surname(&mut scene.random, &person.surnames);
        person.surnames.insert(0, middle);
    }
    let person = scene.register(person);
    let full = person.full();
    let without: Vec<&str> = full
        .split(' ')
        .filter(|word| !matches!(*word, "da" | "de" | "do" | "dos"))
        .collect();
    let name = match scene.turn % 4 {
        0 => without.join(" "),
        1 => fold(&without.join(" ")),
        2 => decomposed(&full),
        _ => capitalised(&full.replace(" de ", " e ").replace(" da ", " DE ")),
    };
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

fn letter_case_chaos(scene: &mut Scene) {
    let person = scene.person();
    let name = if scene.random.percent(60) {
        person.full()
    } else {
        person.short()
    };
    let name = chaos(&mut scene.random, &name);
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

fn emoji_and_titles(scene: &mut Scene) {
    let person = scene.person();
    let name = typed(&mut scene.random, &person.short());
    let doctor = if person.woman { "Dra." } else { "Dr." };
    let sir = if person.woman { "Sra." } else { "Sr." };
    let professor = if person.woman { "Profa." } else { "Prof." };
    let name = match scene.turn % 8 {
        0 => format!("{doctor} {name}"),
        1 => format!("{name} 🏠"),
        2 => format!("✨{name}✨"),
        3 => format!("{sir} {name}"),
        4 => format!("❤️ {name} 🙏🏽"),
        5 => format!("{professor} {name}"),
        6 => format!("🇧🇷 {name}"),
        _ => format!("{} {name} 😊", doctor.trim_end_matches('.')),
    };
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

fn initials_in_the_middle(scene: &mut Scene) {
    let person = with_middles(scene);
    let initial = |word: &str| word.chars().next().map(String::from).unwrap_or_default();
    let second = initial(person.second.as_deref().unwrap_or_default());
    let middle = initial(people::bare_surname(&person.surnames[0]));
    let name = match scene.turn % 4 {
        0 => format!("{} {second}. {}", person.given, person.last()),
        1 => format!("{} {second}. {middle}. {}", person.given, person.last()),
        2 => format!("{} {second} {}", person.given, person.last()),
        _ => format!("{} {middle}. {}", person.given, person.last()),
    };
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

fn initial_as_first_name(scene: &mut Scene) {
    let person = scene.person();
    let initial = person.given.chars().next().unwrap_or('J');
    let name = if scene.random.percent(70) {
        format!("{initial}. {}", person.last())
    } else {
        format!("{initial} {}", person.last())
    };
    scene.sends(&person, &name);
    scene.on_one(vec![person]);
}

fn order_turned(scene: &mut Scene) {
    let person = scene.person();
    let givens = person.givens().collect::<Vec<_>>().join(" ");
    let name = match scene.turn % 4 {
        0 => format!("{} {}", people::bare_surname(person.last()), person.given),
        1 => format!("{}, {givens}", person.family()),
        2 => format!("{} {givens}", person.family()),
        _ => format!("{}, {}", people::bare_surname(person.last()), person.given),
    };
    let name = typed(&mut scene.random, &name);
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

fn apostrophe_or_hyphen(scene: &mut Scene) {
    let mut person = scene.person();
    let (surname, listed) = scene.random.pick(pairs::APOSTROPHES);
    person.surnames = vec![surname.to_owned()];
    let mut person = scene.register(person);
    let name = typed(&mut scene.random, &person.short());
    let givens = person.givens().collect::<Vec<_>>().join(" ");
    let written = format!("{} {listed}", fold(&givens).to_uppercase());
    person.in_profile.clone_from(&written);
    person.listed = Some(written);
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

/// Marks without width, and marks that turn the direction of writing.
fn invisible_marks(scene: &mut Scene) {
    const MARKS: &[char] = &[
        '\u{200b}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{202e}', '\u{feff}',
    ];
    let person = scene.person();
    let plain = typed(&mut scene.random, &person.full());
    let mut name = String::from(scene.random.pick(MARKS));
    for letter in plain.chars() {
        name.push(letter);
        if scene.random.percent(15) {
            name.push(scene.random.pick(MARKS));
        }
    }
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

/// Up to 200 characters of name; half of the providers cut it off behind 60.
fn very_long_name(scene: &mut Scene) {
    let mut person = scene.person();
    while person.full().chars().count() < 150 {
        let surname = people::other_surname(&mut scene.random, &person.surnames);
        person.surnames.push(surname);
    }
    let mut person = scene.register(person);
    if scene.turn % 2 == 1 {
        let written = person.listed.clone().unwrap_or_default();
        let mut cut = String::new();
        for word in written.split(' ') {
            if cut.chars().count() + word.chars().count() < 60 {
                cut = format!("{cut} {word}").trim().to_owned();
            } else {
                break;
            }
        }
        person.listed = Some(cut);
    }
    let name = typed(&mut scene.random, &person.full());
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

fn foreign_name(scene: &mut Scene) {
    let (given, surname) = pairs::FOREIGN[scene.turn % pairs::FOREIGN.len()];
    let mut person = scene.person_called(given, false);
    person.second = None;
    person.surnames = vec![surname.to_owned()];
    if scene.random.percent(30) {
        let surname = people::other_surname(&mut scene.random, &person.surnames);
        person.surnames.insert(0, surname);
    }
    let person = scene.register(person);
    let name = typed(&mut scene.random, &person.full());
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

/// Known to all by the second given name: a brother could bear it as his first.
fn middle_name_as_first(scene: &mut Scene) {
    let person = with_middles(scene);
    let second = person.second.as_deref().unwrap_or_default();
    let name = typed(&mut scene.random, &format!("{second} {}", person.last()));
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}
