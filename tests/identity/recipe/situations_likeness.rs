//! Somebody else whose name is like the sender's: in a letter, in its order, but for the suffix.

use super::Situation;
use super::names;
use super::pairs;
use super::people::{Person, bare_surname};
use super::scene::Scene;
use super::spellings::{fold, typed};
use crate::labelled::Careful::{Accept, Nobody, Review};

pub(super) const SITUATIONS: &[Situation] = &[
    (
        "first_name_one_letter_from_another_real_name",
        Review,
        first_name_one_letter_from_another_real_name,
    ),
    (
        "order_turned_another_first_name",
        Review,
        order_turned_another_first_name,
    ),
    ("suffix_abbreviated", Review, suffix_abbreviated),
    (
        "suffix_abbreviated_beside_father",
        Accept,
        suffix_abbreviated_beside_father,
    ),
    ("suffix_cut_at_the_provider", Review, suffix_cut),
    ("estate", Nobody, estate),
];

/// The contact is that person's, or both are.
fn on_one_or_both(scene: &mut Scene, person: Person) {
    if scene.random.percent(60) {
        scene.on_one(vec![person]);
    } else {
        scene.on_both(vec![person.clone()], vec![person]);
    }
}

/// Telma uses the phone of her sister Selma: no slip, both are names.
fn first_name_one_letter_from_another_real_name(scene: &mut Scene) {
    let pair = scene.random.pick(pairs::REAL_NAMES_ALIKE);
    let turned = scene.random.percent(50);
    let (own, other) = if turned { (pair.1, pair.0) } else { pair };
    let mut person = scene.person_called(own.0, own.1);
    person.second = None;
    let person = scene.register(person);
    let mut sibling = scene.person_called(other.0, other.1);
    sibling.second = None;
    sibling.surnames.clone_from(&person.surnames);
    let sibling = scene.register(sibling);
    let name = typed(&mut scene.random, &person.full());
    scene.sends(&person, &name);
    on_one_or_both(scene, sibling);
}

/// "Souza Ana Paula" is no turned Paula Souza, though every word of hers is in it.
fn order_turned_another_first_name(scene: &mut Scene) {
    const NAMES: &[(&str, &str, bool)] = &[
        ("Ana", "Paula", true),
        ("João", "Carlos", false),
        ("José", "Roberto", false),
        ("Maria", "Fernanda", true),
        ("Luiz", "Eduardo", false),
        ("Ana", "Beatriz", true),
        ("Maria", "Helena", true),
        ("João", "Pedro", false),
        ("Antônio", "Marcos", false),
        ("Carlos", "Henrique", false),
    ];
    let (given, second, woman) = NAMES[scene.turn % NAMES.len()];
    let mut person = scene.person_called(given, woman);
    person.second = Some(second.to_owned());
    let person = scene.register(person);
    let mut relative = scene.person_called(second, woman);
    relative.second = None;
    relative.surnames = vec![person.last().to_owned()];
    let relative = scene.register(relative);
    let name = match scene.turn % 3 {
        0 => format!("{} {given} {second}", bare_surname(person.last())),
        1 => format!("{} {given} {second}", person.family()),
        _ => format!("{}, {given} {second}", bare_surname(person.last())),
    };
    let name = typed(&mut scene.random, &name);
    scene.sends(&person, &name);
    on_one_or_both(scene, relative);
}

fn man(scene: &mut Scene) -> Person {
    let given = scene.random.pick(names::MEN);
    scene.person_called(given, false)
}

/// The same name with a suffix.
fn named_after(scene: &mut Scene, father: &Person, suffix: &'static str) -> Person {
    let mut son = father.clone();
    son.cpf = String::new();
    son.suffix = Some(suffix);
    scene.register(son)
}

/// The son sends, his suffix short, behind the whole name or the first and the last.
fn son_sends(scene: &mut Scene, father: &Person, son: &Person, short: &str) {
    let name = if scene.random.percent(50) {
        father.full()
    } else {
        father.short()
    };
    let name = typed(&mut scene.random, &format!("{name} {short}"));
    scene.sends(son, &name);
}

/// However short the suffix: it is the son's, and only the father is there.
fn suffix_abbreviated(scene: &mut Scene) {
    const SHORT: &[(&str, &str)] = &[
        ("F.", "Filho"),
        ("Fº", "Filho"),
        ("Fil.", "Filho"),
        ("J.R.", "Júnior"),
        ("Jun.", "Júnior"),
        ("Jnr", "Júnior"),
        ("Nto", "Neto"),
        ("Sobr.", "Sobrinho"),
        ("2º", "Segundo"),
        ("F", "Filho"),
    ];
    let (short, suffix) = SHORT[scene.turn % SHORT.len()];
    let father = man(scene);
    let son = named_after(scene, &father, suffix);
    son_sends(scene, &father, &son, short);
    on_one_or_both(scene, father);
}

/// Both are there, and the short suffix can be no other.
fn suffix_abbreviated_beside_father(scene: &mut Scene) {
    const SHORT: &[(&str, &str)] = &[("Fil.", "Filho"), ("Jun.", "Júnior"), ("Sobr.", "Sobrinho")];
    let (short, suffix) = SHORT[scene.turn % SHORT.len()];
    let father = man(scene);
    let son = named_after(scene, &father, suffix);
    son_sends(scene, &father, &son, short);
    let mut people = scene.bystanders(1, &son, &[]);
    people.extend([father, son]);
    scene.on_one(people);
}

/// The provider's field was too short for the son's suffix; the father sends. The profile is cut
/// too, or has the whole name.
fn suffix_cut(scene: &mut Scene) {
    const CUT: &[(&str, &str)] = &[
        ("FIL", "Filho"),
        ("JUN", "Júnior"),
        ("SOBR", "Sobrinho"),
        ("FILH", "Filho"),
        ("JUNIO", "Júnior"),
        ("NET", "Neto"),
    ];
    let (cut, suffix) = CUT[scene.turn % CUT.len()];
    let father = man(scene);
    let mut son = named_after(scene, &father, suffix);
    let written = format!("{} {cut}", fold(&father.full()).to_uppercase());
    if scene.random.percent(50) {
        son.in_profile.clone_from(&written);
    }
    son.listed = Some(written);
    let name = typed(&mut scene.random, &father.full());
    scene.sends(&father, &name);
    on_one_or_both(scene, son);
}

/// Somebody of the family, or a namesake, has the number of the dead, whose estate is registered.
fn estate(scene: &mut Scene) {
    const ENDS: &[&str] = &[" ESPOLIO", " - ESPOLIO", " (ESPOLIO)", " ESPÓLIO"];
    let person = scene.person();
    let name = typed(&mut scene.random, &person.full());
    scene.sends(&person, &name);
    let mut dead = scene.namesake(&person);
    let end = ENDS[scene.turn % ENDS.len()];
    dead.in_profile = format!("{}{end}", dead.in_profile.to_uppercase());
    on_one_or_both(scene, dead);
}
