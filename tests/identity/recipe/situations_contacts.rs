//! Contacts of others, and contacts of many.

use super::Situation;
use super::names;
use super::people::Person;
use super::scene::Scene;
use super::spellings::typed;
use crate::labelled::Careful::{Accept, Nobody, Review};

pub(super) const SITUATIONS: &[Situation] = &[
    ("spouses_contact", Nobody, spouses_contact),
    ("spouses_phone_own_email", Accept, spouses_phone_own_email),
    ("couple_on_both_contacts", Accept, couple_on_both_contacts),
    ("couple_in_the_name", Review, couple_in_the_name),
    ("two_people_one_fits", Accept, two_people_one_fits),
    ("two_people_none_fits", Nobody, two_people_none_fits),
    ("switchboard", Review, switchboard),
    ("switchboard_email_tells", Accept, switchboard_email_tells),
    ("switchboard_nobody_fits", Nobody, switchboard_nobody_fits),
    ("recycled_number", Nobody, recycled_number),
    (
        "recycled_number_common_first_name",
        Nobody,
        recycled_number_common_first_name,
    ),
    (
        "recycled_number_own_email",
        Accept,
        recycled_number_own_email,
    ),
];

/// The whole name or the first and the last, typed somehow.
fn types(scene: &mut Scene, person: &Person) {
    let name = if scene.random.percent(50) {
        person.full()
    } else {
        person.short()
    };
    let name = typed(&mut scene.random, &name);
    scene.sends(person, &name);
}

fn spouses_contact(scene: &mut Scene) {
    let person = scene.person();
    types(scene, &person);
    let spouse = scene.relative(&person, &[]);
    let mut people = scene.bystanders(1, &person, &[&spouse]);
    people.push(spouse);
    scene.on_one(people);
}

fn spouses_phone_own_email(scene: &mut Scene) {
    let person = scene.person();
    types(scene, &person);
    let spouse = scene.relative(&person, &[]);
    if scene.random.percent(70) {
        scene.on_both(vec![spouse], vec![person]);
    } else {
        scene.on_both(vec![person], vec![spouse]);
    }
}

fn couple_on_both_contacts(scene: &mut Scene) {
    let person = scene.person();
    types(scene, &person);
    let spouse = scene.relative(&person, &[]);
    let couple = vec![person, spouse];
    scene.on_both(couple.clone(), couple);
}

/// "João e Maria Silva": one of them is on the contact, or both are.
fn couple_in_the_name(scene: &mut Scene) {
    let person = scene.person();
    let mut spouse = scene.stranger(&[&person]);
    spouse.surnames.clone_from(&person.surnames);
    let spouse = scene.register(spouse);
    let between = scene.random.pick(&["e", "&", "/"]);
    let name = format!("{} {between} {}", person.given, spouse.short());
    let name = typed(&mut scene.random, &name);
    scene.sends(&person, &name);
    if scene.random.percent(50) {
        scene.on_one(vec![person]);
    } else {
        scene.on_one(vec![person, spouse]);
    }
}

/// Phone and e-mail of two strangers; one of them bears the typed name.
fn two_people_one_fits(scene: &mut Scene) {
    let person = scene.person();
    types(scene, &person);
    let other = scene.stranger(&[&person]);
    let mut own = scene.bystanders(1, &person, &[&other]);
    own.push(person);
    if scene.random.percent(50) {
        scene.on_both(own, vec![other]);
    } else {
        scene.on_both(vec![other], own);
    }
}

fn two_people_none_fits(scene: &mut Scene) {
    let person = scene.person();
    types(scene, &person);
    let one = scene.relative(&person, &[]);
    let other = scene.stranger(&[&person, &one]);
    if scene.random.percent(50) {
        scene.on_both(vec![one], vec![other]);
    } else {
        scene.on_both(vec![other], vec![one]);
    }
}

/// So many people that have nothing to do with the sender.
fn colleagues(scene: &mut Scene, of: &Person) -> Vec<Person> {
    let count = 4 + scene.random.below(8);
    let mut all: Vec<Person> = Vec::new();
    for _ in 0..count {
        let colleague = scene.stranger(&[of]);
        all.push(colleague);
    }
    all
}

fn switchboard(scene: &mut Scene) {
    let person = scene.person();
    types(scene, &person);
    let mut people = colleagues(scene, &person);
    people.push(person);
    scene.on_one(people);
}

fn switchboard_email_tells(scene: &mut Scene) {
    let person = scene.person();
    types(scene, &person);
    let mut people = colleagues(scene, &person);
    people.push(person.clone());
    scene.on_both(people, vec![person]);
}

fn switchboard_nobody_fits(scene: &mut Scene) {
    let person = scene.person();
    types(scene, &person);
    let people = colleagues(scene, &person);
    scene.on_one(people);
}

/// The number was somebody else's; the provider still names the holder of before.
fn recycled_number(scene: &mut Scene) {
    let person = scene.person();
    types(scene, &person);
    let mut people = vec![scene.stranger(&[&person])];
    if scene.random.percent(40) {
        let holder = people[0].clone();
        people.push(scene.relative(&holder, &[&person]));
    }
    scene.on_one(people);
}

/// Both are Maria, as so many are; no surname agrees.
fn recycled_number_common_first_name(scene: &mut Scene) {
    let given = scene.random.pick(names::VERY_COMMON);
    let woman = matches!(given, "Maria" | "Ana");
    let mut person = scene.person_called(given, woman);
    person.second = None;
    let person = scene.register(person);
    let mut holder = scene.stranger(&[&person]);
    holder.given.clone_from(&person.given);
    holder.second = None;
    let holder = scene.register(holder);
    let name = typed(&mut scene.random, &person.full());
    scene.sends(&person, &name);
    let mut people = scene.bystanders(1, &holder, &[&person]);
    people.push(holder);
    scene.on_one(people);
}

fn recycled_number_own_email(scene: &mut Scene) {
    let person = scene.person();
    types(scene, &person);
    let holder = scene.stranger(&[&person]);
    let mut people = scene.bystanders(1, &holder, &[&person]);
    people.push(holder);
    scene.on_both(people, vec![person]);
}
