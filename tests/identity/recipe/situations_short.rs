//! Names cut short, run together, or too short to tell.

use super::Situation;
use super::people::Person;
use super::scene::Scene;
use super::spellings::typed;
use crate::labelled::Careful::{Accept, Review};

pub(super) const SITUATIONS: &[Situation] = &[
    (
        "double_given_name_of_faith_one_contact",
        Review,
        double_given_name_of_faith_one_contact,
    ),
    (
        "initial_as_first_name_both_contacts",
        Review,
        initial_as_first_name_both_contacts,
    ),
    ("abbreviated_given_name", Accept, abbreviated_given_name),
    ("abbreviated_middle", Accept, abbreviated_middle),
    ("glued_particles", Accept, glued_particles),
    (
        "nameless_sharer_without_cpf_on_both",
        Review,
        nameless_sharer_without_cpf_on_both,
    ),
];

/// João Batista Pereira types "João Batista": Batista is no surname here.
fn double_given_name_of_faith_one_contact(scene: &mut Scene) {
    const NAMES: &[(&str, &str, bool)] = &[
        ("João", "Batista", false),
        ("Francisco", "de Assis", false),
        ("Maria", "de Jesus", true),
        ("Maria", "da Penha", true),
        ("Maria", "das Neves", true),
        ("Maria", "das Graças", true),
        ("Maria", "do Carmo", true),
        ("Antônio", "de Pádua", false),
        ("Maria", "da Conceição", true),
        ("João", "Evangelista", false),
    ];
    let (given, second, woman) = NAMES[scene.turn % NAMES.len()];
    let mut person = scene.person_called(given, woman);
    person.second = Some(second.to_owned());
    let person = scene.register(person);
    let name = typed(&mut scene.random, &format!("{given} {second}"));
    scene.sends(&person, &name);
    scene.on_one(vec![person]);
}

/// "J. Silva": of a Jorge as of a José.
fn initial_as_first_name_both_contacts(scene: &mut Scene) {
    let person = scene.person();
    let initial = person.given.chars().next().unwrap_or('J');
    let name = if scene.random.percent(70) {
        format!("{initial}. {}", person.last())
    } else {
        format!("{initial} {}", person.last())
    };
    scene.sends(&person, &name);
    scene.on_both(vec![person.clone()], vec![person]);
}

/// The usual short forms of the most usual first names.
fn abbreviated_given_name(scene: &mut Scene) {
    const SHORT: &[(&str, &str, Option<&str>, bool)] = &[
        ("Ma.", "Maria", Some("de Fátima"), true),
        ("Fco", "Francisco", None, false),
        ("Ma", "Maria", None, true),
        ("Mª", "Maria", Some("Aparecida"), true),
        ("Fco.", "Francisco", Some("Antônio"), false),
        ("Fca", "Francisca", None, true),
        ("Ant.", "Antônio", Some("Carlos"), false),
        ("Ma.", "Maria", None, true),
    ];
    let (short, given, second, woman) = SHORT[scene.turn % SHORT.len()];
    let mut person = scene.person_called(given, woman);
    person.second = second.map(str::to_owned);
    let person = scene.register(person);
    let as_typed = Person {
        given: short.to_owned(),
        ..person.clone()
    };
    let name = typed(&mut scene.random, &as_typed.full());
    scene.sends(&person, &name);
    beside_nobody_called(scene, person, short);
}

/// Nobody else there has a name that could be cut short so: a Manoel is no "Ma".
fn beside_nobody_called(scene: &mut Scene, person: Person, short: &str) {
    let called_so = Person {
        given: short.trim_end_matches(['.', 'ª']).to_owned(),
        ..Person::default()
    };
    let mut people = scene.bystanders(2, &person, &[&called_so]);
    people.push(person);
    scene.on_one(people);
}

fn abbreviated_middle(scene: &mut Scene) {
    const SHORT: &[(&str, &str, &str, bool)] = &[
        ("Maria", "Ap.", "Aparecida", true),
        ("Maria", "Conc.", "da Conceição", true),
        ("Maria", "Aparec.", "Aparecida", true),
        ("Ana", "Crist.", "Cristina", true),
        ("Carlos", "Alb.", "Alberto", false),
        ("Luiz", "Aug.", "Augusto", false),
        ("José", "Ant.", "Antônio", false),
        ("Maria", "Ap", "Aparecida", true),
    ];
    let (given, short, second, woman) = SHORT[scene.turn % SHORT.len()];
    let mut person = scene.person_called(given, woman);
    person.second = Some(second.to_owned());
    let person = scene.register(person);
    let name = typed(
        &mut scene.random,
        &format!("{given} {short} {}", person.last()),
    );
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

/// The particle and the surname as one word: Dasilva.
fn glued_particles(scene: &mut Scene) {
    const SURNAMES: &[(&str, &str)] = &[
        ("da Silva", "Dasilva"),
        ("dos Anjos", "Dosanjos"),
        ("dos Santos", "Dossantos"),
        ("de Souza", "Desouza"),
        ("da Luz", "Daluz"),
        ("da Costa", "Dacosta"),
        ("do Nascimento", "Donascimento"),
        ("de Oliveira", "Deoliveira"),
    ];
    let (surname, glued) = SURNAMES[scene.turn % SURNAMES.len()];
    let mut person = scene.person();
    person.surnames = vec![surname.to_owned()];
    let person = scene.register(person);
    let name = format!("{} {glued}", person.given);
    let name = typed(&mut scene.random, &name);
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

/// Both contacts are also somebody's of whom the provider knows neither name nor CPF.
fn nameless_sharer_without_cpf_on_both(scene: &mut Scene) {
    let person = scene.person();
    let name = typed(&mut scene.random, &person.given);
    scene.sends(&person, &name);
    let mut nameless = scene.stranger(&[&person]);
    nameless.listed = None;
    nameless.cpf_known = false;
    let both = vec![person, nameless];
    scene.on_both(both.clone(), both);
}
