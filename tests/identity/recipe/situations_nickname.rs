//! Leads that give less than a first name and a surname.

use super::Situation;
use super::pairs;
use super::people::Person;
use super::scene::Scene;
use super::spellings::typed;
use crate::labelled::Careful::{Accept, Review};

pub(super) const SITUATIONS: &[Situation] = &[
    ("first_name_both_contacts", Accept, first_name_both_contacts),
    ("first_name_one_contact", Review, first_name_one_contact),
    (
        "double_first_name_both_contacts",
        Accept,
        double_first_name_both_contacts,
    ),
    (
        "double_first_name_one_contact",
        Review,
        double_first_name_one_contact,
    ),
    ("nickname_both_contacts", Accept, nickname_both_contacts),
    ("nickname_one_contact", Review, nickname_one_contact),
    (
        "nickname_alone_both_contacts",
        Review,
        nickname_alone_both_contacts,
    ),
];

/// The sender is on both contacts; somebody else may be on the phone too.
fn on_both(scene: &mut Scene, person: Person) {
    let mut by_phone = scene.bystanders(1, &person, &[]);
    by_phone.push(person.clone());
    scene.on_both(by_phone, vec![person]);
}

fn first_name_both_contacts(scene: &mut Scene) {
    let person = scene.person();
    let name = typed(&mut scene.random, &person.given);
    scene.sends(&person, &name);
    on_both(scene, person);
}

fn first_name_one_contact(scene: &mut Scene) {
    let person = scene.person();
    let name = typed(&mut scene.random, &person.given);
    scene.sends(&person, &name);
    scene.on_one(vec![person]);
}

/// A person of two given names that everybody says together.
fn double_first_name(scene: &mut Scene) -> Person {
    const NAMES: &[(&str, &str, bool)] = &[
        ("Ana", "Paula", true),
        ("Maria", "Clara", true),
        ("Ana", "Beatriz", true),
        ("João", "Pedro", false),
        ("José", "Carlos", false),
        ("Luiz", "Henrique", false),
        ("Maria", "Eduarda", true),
        ("Pedro", "Henrique", false),
        ("Carlos", "Eduardo", false),
    ];
    let (given, second, woman) = scene.random.pick(NAMES);
    let mut person = scene.person_called(given, woman);
    person.second = Some(second.to_owned());
    let person = scene.register(person);
    let name = typed(&mut scene.random, &format!("{given} {second}"));
    scene.sends(&person, &name);
    person
}

fn double_first_name_both_contacts(scene: &mut Scene) {
    let person = double_first_name(scene);
    on_both(scene, person);
}

fn double_first_name_one_contact(scene: &mut Scene) {
    let person = double_first_name(scene);
    scene.on_one(vec![person]);
}

/// The sender, and the nickname they are known by.
fn nickname(scene: &mut Scene, with_surname: bool) -> (Person, &'static str) {
    let (nickname, given, woman) = scene.random.pick(pairs::NICKNAMES);
    let mut person = scene.person_called(given, woman);
    person.second = None;
    let person = scene.register(person);
    let name = if with_surname {
        format!("{nickname} {}", person.last())
    } else {
        nickname.to_owned()
    };
    let name = typed(&mut scene.random, &name);
    scene.sends(&person, &name);
    (person, nickname)
}

fn nickname_both_contacts(scene: &mut Scene) {
    let (person, nickname) = nickname(scene, true);
    // whoever else is there must not be called so too: Zeferino is a Zé
    let called_so = Person {
        given: nickname.to_owned(),
        ..Person::default()
    };
    let mut by_phone = scene.bystanders(1, &person, &[&called_so]);
    by_phone.push(person.clone());
    scene.on_both(by_phone, vec![person]);
}

fn nickname_one_contact(scene: &mut Scene) {
    let with_surname = !scene.turn.is_multiple_of(3);
    let (person, _) = nickname(scene, with_surname);
    scene.on_one(vec![person]);
}

fn nickname_alone_both_contacts(scene: &mut Scene) {
    let (person, _) = nickname(scene, false);
    scene.on_both(vec![person.clone()], vec![person]);
}
