//! Leads whose name field holds no name of a person.

use super::Situation;
use super::people::{Person, bare_surname};
use super::scene::Scene;
use super::spellings::fold;
use crate::labelled::Careful::{Accept, Nobody, Review};

pub(super) const SITUATIONS: &[Situation] = &[
    (
        "contact_as_name_both_contacts",
        Accept,
        contact_as_name_both_contacts,
    ),
    (
        "contact_as_name_one_contact",
        Review,
        contact_as_name_one_contact,
    ),
    (
        "placeholder_both_contacts",
        Accept,
        placeholder_both_contacts,
    ),
    ("placeholder_one_contact", Review, placeholder_one_contact),
    (
        "placeholder_several_people",
        Nobody,
        placeholder_several_people,
    ),
    ("placeholder_two_people", Nobody, placeholder_two_people),
    (
        "placeholder_couple_on_both_contacts",
        Nobody,
        placeholder_couple_on_both_contacts,
    ),
    (
        "company_as_name_both_contacts",
        Accept,
        company_as_name_both_contacts,
    ),
    (
        "company_as_name_one_contact",
        Review,
        company_as_name_one_contact,
    ),
];

/// Exactly one person is on both contacts; another may be on the phone.
fn agree_on_one(scene: &mut Scene, person: Person) {
    let mut by_phone = if scene.random.percent(30) {
        scene.bystanders(1, &person, &[])
    } else {
        Vec::new()
    };
    by_phone.push(person.clone());
    scene.on_both(by_phone, vec![person]);
}

/// The fields of the form were mixed up: a phone, an e-mail, digits, or nothing but signs.
fn contact_as_name(scene: &mut Scene) -> Person {
    let person = scene.person();
    let number = 60_000_000 + scene.random.below(39_999_999);
    let (front, back) = (number / 10_000, number % 10_000);
    let name = match scene.turn % 7 {
        0 => format!("119{number}"),
        1 => format!("(11) 9{front}-{back:04}"),
        2 => format!("{}{}@example.com", fold(&person.given), number % 1_000),
        3 => format!("WhatsApp 11 9{front}-{back:04}"),
        4 => format!("+55 11 9{front} {back:04}"),
        5 => (number % 100_000).to_string(),
        _ => "...".to_owned(),
    };
    scene.sends(&person, &name);
    person
}

fn contact_as_name_both_contacts(scene: &mut Scene) {
    let person = contact_as_name(scene);
    agree_on_one(scene, person);
}

fn contact_as_name_one_contact(scene: &mut Scene) {
    let person = contact_as_name(scene);
    scene.on_one(vec![person]);
}

fn placeholder(scene: &mut Scene) -> Person {
    const PLACEHOLDERS: &[&str] = &[
        "Cliente",
        "Unknown",
        "Lead 123",
        "Teste",
        "Site",
        "cliente site",
        "LEAD",
        "TESTE",
        "unknown",
        "Lead Facebook",
        "Cliente 4512",
        "Sem nome",
    ];
    let person = scene.person();
    if scene.turn % 7 == 6 {
        scene.sends_no_name(&person);
    } else {
        let name = scene.random.pick(PLACEHOLDERS);
        scene.sends(&person, name);
    }
    person
}

fn placeholder_both_contacts(scene: &mut Scene) {
    let person = placeholder(scene);
    agree_on_one(scene, person);
}

fn placeholder_one_contact(scene: &mut Scene) {
    let person = placeholder(scene);
    scene.on_one(vec![person]);
}

fn placeholder_several_people(scene: &mut Scene) {
    let person = placeholder(scene);
    let count = 1 + scene.random.below(3);
    let mut people = scene.crowd(count, &person, &[]);
    for other in &mut people {
        other.cpf_known = true;
    }
    people.push(person);
    scene.on_one(people);
}

fn placeholder_two_people(scene: &mut Scene) {
    let person = placeholder(scene);
    let other = scene.stranger(&[&person]);
    if scene.random.percent(50) {
        scene.on_both(vec![person], vec![other]);
    } else {
        scene.on_both(vec![other], vec![person]);
    }
}

fn placeholder_couple_on_both_contacts(scene: &mut Scene) {
    let person = placeholder(scene);
    let spouse = scene.relative(&person, &[]);
    let couple = vec![person, spouse];
    scene.on_both(couple.clone(), couple);
}

fn company_as_name(scene: &mut Scene) -> Person {
    let person = scene.person();
    let surname = bare_surname(person.last());
    let name = match scene.turn % 8 {
        0 => format!("{surname} Construtora Ltda"),
        1 => format!("Imobiliária {surname}"),
        2 => format!("{surname} Empreendimentos"),
        3 => format!("Padaria {surname}"),
        4 => format!("Comercial {surname} EIRELI"),
        5 => format!("{surname} & Filhos Ltda."),
        6 => format!("CONDOMINIO EDIFICIO {}", surname.to_uppercase()),
        _ => format!("{surname} Advogados S/A"),
    };
    scene.sends(&person, &name);
    person
}

fn company_as_name_both_contacts(scene: &mut Scene) {
    let person = company_as_name(scene);
    agree_on_one(scene, person);
}

fn company_as_name_one_contact(scene: &mut Scene) {
    let person = company_as_name(scene);
    scene.on_one(vec![person]);
}
