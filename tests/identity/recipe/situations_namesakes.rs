//! Several people with the typed name.

use super::Situation;
use super::people::{Person, second_name};
use super::scene::Scene;
use super::spellings::typed;
use crate::labelled::Careful::{Accept, Review};

pub(super) const SITUATIONS: &[Situation] = &[
    (
        "namesakes_other_contact_tells",
        Accept,
        namesakes_other_contact_tells,
    ),
    ("namesakes_middle_tells", Accept, namesakes_middle_tells),
    ("namesakes_nothing_tells", Review, namesakes_nothing_tells),
    (
        "namesakes_on_two_contacts",
        Review,
        namesakes_on_two_contacts,
    ),
    ("complete_namesakes", Review, complete_namesakes),
];

/// Two people with the same first name and surnames; their second given names differ.
fn namesakes(scene: &mut Scene) -> (Person, Person) {
    let mut one = scene.person();
    let given = one.given.clone();
    let second = second_name(&mut scene.random, one.woman, &[&given]);
    one.second = Some(second.clone());
    let one = scene.register(one);
    let mut other = one.clone();
    other.cpf = String::new();
    other.second = Some(second_name(
        &mut scene.random,
        one.woman,
        &[&given, &second],
    ));
    (one, scene.register(other))
}

fn namesakes_other_contact_tells(scene: &mut Scene) {
    let (one, other) = namesakes(scene);
    let name = typed(&mut scene.random, &one.short());
    scene.sends(&one, &name);
    if scene.random.percent(60) {
        scene.on_both(vec![one.clone(), other], vec![one]);
    } else {
        scene.on_both(vec![one.clone()], vec![one, other]);
    }
}

/// Whoever types the middle names excludes the other one.
fn namesakes_middle_tells(scene: &mut Scene) {
    let (one, other) = namesakes(scene);
    let name = typed(&mut scene.random, &one.full());
    scene.sends(&one, &name);
    scene.on_one(vec![one, other]);
}

fn namesakes_nothing_tells(scene: &mut Scene) {
    let (one, other) = namesakes(scene);
    let name = typed(&mut scene.random, &one.short());
    scene.sends(&one, &name);
    let both = vec![one, other];
    if scene.random.percent(60) {
        scene.on_one(both);
    } else {
        scene.on_both(both.clone(), both);
    }
}

/// The phone is one's, the e-mail the other's, and both bear the name.
fn namesakes_on_two_contacts(scene: &mut Scene) {
    let (one, other) = namesakes(scene);
    let name = typed(&mut scene.random, &one.short());
    scene.sends(&one, &name);
    if scene.random.percent(50) {
        scene.on_both(vec![one], vec![other]);
    } else {
        scene.on_both(vec![other], vec![one]);
    }
}

fn complete_namesakes(scene: &mut Scene) {
    let one = scene.person();
    let other = scene.namesake(&one);
    let name = typed(&mut scene.random, &one.full());
    scene.sends(&one, &name);
    scene.on_one(vec![one, other]);
}
