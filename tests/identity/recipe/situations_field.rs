//! The name field holds a name and more: notes, places, companies, a second person.

use super::Situation;
use super::people::{Person, bare_surname};
use super::scene::Scene;
use super::spellings::{fold, typed};
use crate::labelled::Careful::{Accept, Nobody, Review};

pub(super) const SITUATIONS: &[Situation] = &[
    (
        "name_with_noise_of_another_on_both_contacts",
        Nobody,
        name_with_noise_of_another_on_both_contacts,
    ),
    (
        "name_with_noise_one_contact",
        Accept,
        name_with_noise_one_contact,
    ),
    ("place_after_the_name", Accept, place_after_the_name),
    (
        "two_people_written_otherwise",
        Review,
        two_people_written_otherwise,
    ),
    ("company_with_a_name", Review, company_with_a_name),
];

/// The whole name or the first and the last, typed somehow.
fn name_of(scene: &mut Scene, person: &Person) -> String {
    let name = if scene.random.percent(50) {
        person.full()
    } else {
        person.short()
    };
    typed(&mut scene.random, &name)
}

/// The sender, who types the name among things that a form, an agent or a portal puts beside it.
fn name_with_noise(scene: &mut Scene) -> Person {
    let person = scene.person();
    let name = name_of(scene, &person);
    let number = 60_000_000 + scene.random.below(39_999_999);
    let (front, back) = (number / 10_000, number % 10_000);
    let email = format!("{}{}@example.com", fold(&person.given), number % 1_000);
    let text = match scene.turn % 12 {
        0 => format!("{name} 119{number}"),
        1 => format!("{name} - cliente"),
        2 => format!("{name} (WhatsApp)"),
        3 => format!("Nome: {name}"),
        4 => format!("{name} do site"),
        5 => format!("Lead Facebook {name}"),
        6 => format!("{name} {email}"),
        7 => format!("Cliente {name}"),
        8 => format!("(11) 9{front}-{back:04} {name}"),
        9 => format!("{name} Lead Facebook"),
        10 => format!("{name} WhatsApp 11 9{front} {back:04}"),
        _ => format!("{email} {name}"),
    };
    scene.sends(&person, &text);
    person
}

/// The noise does not make the name unreadable: both contacts are somebody else's.
fn name_with_noise_of_another_on_both_contacts(scene: &mut Scene) {
    let person = name_with_noise(scene);
    let other = if scene.random.percent(50) {
        scene.relative(&person, &[])
    } else {
        scene.stranger(&[&person])
    };
    let mut by_phone = scene.bystanders(1, &person, &[&other]);
    by_phone.push(other.clone());
    scene.on_both(by_phone, vec![other]);
}

fn name_with_noise_one_contact(scene: &mut Scene) {
    let person = name_with_noise(scene);
    scene.on_one_with_bystanders(&person);
}

/// Where somebody lives, or who sent them.
fn place_after_the_name(scene: &mut Scene) {
    const BEHIND: &[&str] = &[
        ", SP",
        " - Osasco",
        " (indicação)",
        ", São Paulo",
        " - Guarulhos",
        " (Tatuapé)",
        ", RJ",
        " - Campinas",
        " (indicacao)",
        ", Belo Horizonte",
        " - SP",
        " (Zona Sul)",
    ];
    let person = scene.person();
    let name = name_of(scene, &person);
    let behind = BEHIND[scene.turn % BEHIND.len()];
    scene.sends(&person, &format!("{name}{behind}"));
    scene.on_one_with_bystanders(&person);
}

/// Two of one family name themselves, not with a bare "e"; the contacts are the first one's.
fn two_people_written_otherwise(scene: &mut Scene) {
    let person = scene.person();
    let mut second = scene.stranger(&[&person]);
    second.surnames.clone_from(&person.surnames);
    let second = scene.register(second);
    let (one, other) = (person.short(), second.short());
    let article = if second.woman { "a" } else { "o" };
    let name = match scene.turn % 10 {
        0 => format!("{one} e {other}"),
        1 => format!("{one} ou {other}"),
        2 => format!("{one} com {other}"),
        3 => format!("{one} - {other}"),
        4 => format!("{one} ({})", second.given),
        5 => format!("{one} e {article} {other}"),
        6 => format!("{one} / {other}"),
        7 => format!("{one}, {other}"),
        8 => format!("{one} com {}", second.given),
        _ => format!("{one} • {other}"),
    };
    let name = typed(&mut scene.random, &name);
    scene.sends(&person, &name);
    if scene.random.percent(50) {
        scene.on_one(vec![person]);
    } else {
        scene.on_both(vec![person.clone()], vec![person]);
    }
}

/// The firm is called as its owner is, or as the owner's family.
fn company_with_a_name(scene: &mut Scene) {
    let person = scene.person();
    let name = format!("{} {}", person.given, bare_surname(person.last()));
    let surname = bare_surname(person.last());
    let firm = match scene.turn % 10 {
        0 => format!("{name} Modas"),
        1 => format!("{name} Imóveis"),
        2 => format!("{surname} Advogados Associados"),
        3 => format!("{name} Veículos"),
        4 => format!("{name} Corretora de Seguros"),
        5 => format!("{name} Materiais de Construção"),
        6 => format!("{name} Estética"),
        7 => format!("{name} Representações ME"),
        8 => format!("{name} Contabilidade"),
        _ => format!("{name} Auto Peças"),
    };
    let firm = typed(&mut scene.random, &firm);
    scene.sends(&person, &firm);
    scene.on_one(vec![person]);
}
