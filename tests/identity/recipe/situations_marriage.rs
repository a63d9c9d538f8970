//! Surnames that came or went with a marriage.

use super::Situation;
use super::names;
use super::people::{Person, other_surname};
use super::scene::Scene;
use super::spellings::typed;
use crate::labelled::Careful::{Accept, Review};

pub(super) const SITUATIONS: &[Situation] = &[
    ("married_name_added", Accept, married_name_added),
    (
        "married_name_replaced_one_contact",
        Review,
        married_name_replaced_one_contact,
    ),
    (
        "married_name_replaced_both_contacts",
        Accept,
        married_name_replaced_both_contacts,
    ),
    (
        "all_surnames_replaced_both_contacts",
        Review,
        all_surnames_replaced_both_contacts,
    ),
    (
        "all_surnames_replaced_rare_first_name",
        Review,
        all_surnames_replaced_rare_first_name,
    ),
];

/// A woman without second given name and with these surnames.
fn woman(scene: &mut Scene, given: &str, surnames: Vec<String>) -> Person {
    let mut person = scene.person_called(given, true);
    person.second = None;
    person.surnames = surnames;
    scene.register(person)
}

/// Three surnames that nobody mixes up: one she keeps, and one before and one after.
fn surnames(scene: &mut Scene) -> [String; 3] {
    let kept = other_surname(&mut scene.random, &[]);
    let before = other_surname(&mut scene.random, std::slice::from_ref(&kept));
    let after = other_surname(&mut scene.random, &[kept.clone(), before.clone()]);
    [kept, before, after]
}

/// The registry has the name of before and she types the one of after, or the other way round.
fn married_name_added(scene: &mut Scene) {
    let [kept, _, after] = surnames(scene);
    let given = scene.random.pick(names::WOMEN);
    let (listed, name) = if scene.turn.is_multiple_of(2) {
        (vec![kept.clone()], format!("{given} {kept} {after}"))
    } else {
        (vec![kept.clone(), after], format!("{given} {kept}"))
    };
    let person = woman(scene, given, listed);
    let name = typed(&mut scene.random, &name);
    scene.sends(&person, &name);
    let mut people = scene.bystanders(2, &person, &[]);
    people.push(person);
    scene.on_one(people);
}

/// Registered as Maria Souza Costa, she types Maria Souza Lima.
fn replaced(scene: &mut Scene) -> Person {
    let [kept, before, after] = surnames(scene);
    let given = scene.random.pick(names::WOMEN);
    let person = woman(scene, given, vec![kept.clone(), before]);
    let name = typed(&mut scene.random, &format!("{given} {kept} {after}"));
    scene.sends(&person, &name);
    person
}

fn married_name_replaced_one_contact(scene: &mut Scene) {
    let person = replaced(scene);
    scene.on_one(vec![person]);
}

fn married_name_replaced_both_contacts(scene: &mut Scene) {
    let person = replaced(scene);
    let mut by_phone = scene.bystanders(1, &person, &[]);
    by_phone.push(person.clone());
    scene.on_both(by_phone, vec![person]);
}

/// Nothing but the first name is left of the name of before.
fn all_replaced(scene: &mut Scene, given: &str) -> Person {
    let [kept, before, after] = surnames(scene);
    let person = woman(scene, given, vec![before]);
    let name = typed(&mut scene.random, &format!("{given} {kept} {after}"));
    scene.sends(&person, &name);
    person
}

fn all_surnames_replaced_both_contacts(scene: &mut Scene) {
    let given = scene.random.pick(names::WOMEN);
    let person = all_replaced(scene, given);
    scene.on_both(vec![person.clone()], vec![person]);
}

fn all_surnames_replaced_rare_first_name(scene: &mut Scene) {
    let given = scene.random.pick(names::RARE_WOMEN);
    let person = all_replaced(scene, given);
    scene.on_one(vec![person]);
}
