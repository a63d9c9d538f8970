//! What the providers do not know, know wrongly, or did not answer.

use super::Situation;
use super::people::Person;
use super::scene::Scene;
use super::spellings::{provider, typed};
use crate::labelled::Careful::{Accept, Nobody, Review};

pub(super) const SITUATIONS: &[Situation] = &[
    ("nobody_known", Nobody, nobody_known),
    ("candidate_without_name", Review, candidate_without_name),
    (
        "fitting_person_without_cpf",
        Review,
        fitting_person_without_cpf,
    ),
    ("rejected_before", Nobody, rejected_before),
    (
        "bystander_rejected_before",
        Accept,
        bystander_rejected_before,
    ),
    ("lookup_failed", Review, lookup_failed),
    ("dead_holder", Nobody, dead_holder),
    ("profile_contradicts", Review, profile_contradicts),
];

/// The sender, who types the whole name.
fn sender(scene: &mut Scene) -> Person {
    let person = scene.person();
    let name = typed(&mut scene.random, &person.full());
    scene.sends(&person, &name);
    person
}

fn nobody_known(scene: &mut Scene) {
    sender(scene);
    if scene.random.percent(50) {
        scene.on_one(Vec::new());
    } else {
        scene.on_both(Vec::new(), Vec::new());
    }
}

/// The only person of the contact has a CPF and no name.
fn candidate_without_name(scene: &mut Scene) {
    let mut person = sender(scene);
    person.listed = None;
    scene.on_one(vec![person]);
}

fn fitting_person_without_cpf(scene: &mut Scene) {
    let mut person = sender(scene);
    person.cpf_known = false;
    let mut people = scene.bystanders(1, &person, &[]);
    people.push(person);
    scene.on_one(people);
}

/// A person looked at this contact before and said: it is not this one.
fn rejected_before(scene: &mut Scene) {
    let person = sender(scene);
    let candidate = scene.namesake(&person);
    scene.reject(&candidate);
    let mut people = scene.bystanders(1, &person, &[]);
    people.push(candidate);
    scene.on_one(people);
}

fn bystander_rejected_before(scene: &mut Scene) {
    let person = sender(scene);
    let other = scene.relative(&person, &[]);
    scene.reject(&other);
    scene.on_one(vec![person, other]);
}

/// The name agrees on the contact that answered; what the other one would say is missing.
fn lookup_failed(scene: &mut Scene) {
    let person = sender(scene);
    let mut people = scene.bystanders(1, &person, &[]);
    people.push(person);
    scene.on_one_other_fails(people);
}

/// Somebody of the family, or a namesake, has the number of the dead.
fn dead_holder(scene: &mut Scene) {
    let person = sender(scene);
    let mut dead = scene.namesake(&person);
    dead.deceased = true;
    if scene.random.percent(60) {
        scene.on_one(vec![dead]);
    } else {
        scene.on_both(vec![dead.clone()], vec![dead]);
    }
}

/// The provider of contacts gives the sender's name with somebody else's CPF.
fn profile_contradicts(scene: &mut Scene) {
    let person = sender(scene);
    let other = scene.stranger(&[&person]);
    let mut mixed_up = scene.namesake(&person);
    mixed_up.in_profile = provider(&mut scene.random, &other.full());
    if scene.random.percent(60) {
        scene.on_one(vec![mixed_up]);
    } else {
        scene.on_both(vec![mixed_up.clone()], vec![mixed_up]);
    }
}
