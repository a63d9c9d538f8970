//! Letters that are wrong, or that others write otherwise.

use super::Situation;
use super::names;
use super::pairs;
use super::people::{bare_surname, other_surname};
use super::scene::Scene;
use super::spellings::{distance, fold, slip, typed};
use crate::labelled::Careful::{Accept, Review};

pub(super) const SITUATIONS: &[Situation] = &[
    ("spelling_variant", Accept, spelling_variant),
    ("surname_typo", Accept, surname_typo),
    ("first_name_typo", Accept, first_name_typo),
    ("typo_into_another_name", Review, typo_into_another_name),
    (
        "other_name_one_letter_away",
        Review,
        other_name_one_letter_away,
    ),
    ("typo_of_several_names", Review, typo_of_several_names),
];

/// Luiz and Luis, Souza and Sousa: first name, surname, or both.
fn spelling_variant(scene: &mut Scene) {
    let (one, other, woman) = scene.random.pick(pairs::VARIANTS);
    let (left, right) = scene.random.pick(pairs::SURNAME_VARIANTS);
    let turned = scene.random.percent(50);
    let (written, given) = if turned { (one, other) } else { (other, one) };
    let (surname, own_surname) = if turned { (left, right) } else { (right, left) };
    let of_first = scene.turn % 3 != 1;
    let of_last = !scene.turn.is_multiple_of(3);
    let mut person = if of_first {
        scene.person_called(given, woman)
    } else {
        scene.person()
    };
    let last = if of_last {
        own_surname.to_owned()
    } else {
        person.last().to_owned()
    };
    person.surnames = vec![last.clone()];
    let person = scene.register(person);
    let first = if of_first { written } else { &person.given };
    let last = if of_last { surname } else { &last };
    let name = typed(&mut scene.random, &format!("{first} {last}"));
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

/// One letter of the last surname is wrong, and it became no other surname.
fn surname_typo(scene: &mut Scene) {
    let mut person = scene.person();
    while bare_surname(person.last()).chars().count() < 6 {
        person.surnames = vec![other_surname(&mut scene.random, &[])];
    }
    let person = scene.register(person);
    let surname = bare_surname(person.last());
    let wrong = loop {
        let wrong = slip(&mut scene.random, surname);
        let known = names::SURNAMES.iter().chain(names::RARE_SURNAMES);
        let as_others = known.filter(|(_, other)| distance(&fold(other), &fold(&wrong)) < 2);
        if as_others.count() <= 1 && fold(&wrong) != fold(surname) {
            break wrong;
        }
    };
    let name = typed(&mut scene.random, &format!("{} {wrong}", person.given));
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

fn first_name_typo(scene: &mut Scene) {
    let (given, wrong, woman) = pairs::SLIPS[scene.turn % pairs::SLIPS.len()];
    let person = scene.person_called(given, woman);
    let name = typed(&mut scene.random, &format!("{wrong} {}", person.family()));
    scene.sends(&person, &name);
    scene.on_one_with_bystanders(&person);
}

/// Paula slips and types Paulo. Nobody can know; Paulo may be her husband.
fn typo_into_another_name(scene: &mut Scene) {
    let (woman, man) = scene.random.pick(pairs::ONE_LETTER_APART);
    let is_woman = scene.random.percent(50);
    let (own, other) = if is_woman { (woman, man) } else { (man, woman) };
    let mut person = scene.person_called(own, is_woman);
    person.second = None;
    let person = scene.register(person);
    let name = typed(&mut scene.random, &format!("{other} {}", person.family()));
    scene.sends(&person, &name);
    scene.on_one(vec![person]);
}

/// Paulo uses the phone of his wife Paula; it looks like the slip above.
fn other_name_one_letter_away(scene: &mut Scene) {
    let (woman, man) = scene.random.pick(pairs::ONE_LETTER_APART);
    let is_woman = scene.random.percent(50);
    let (own, other) = if is_woman { (woman, man) } else { (man, woman) };
    let mut person = scene.person_called(own, is_woman);
    person.second = None;
    let person = scene.register(person);
    let mut spouse = scene.person_called(other, !is_woman);
    spouse.second = None;
    spouse.surnames.clone_from(&person.surnames);
    let spouse = scene.register(spouse);
    let name = typed(&mut scene.random, &person.full());
    scene.sends(&person, &name);
    if scene.random.percent(50) {
        scene.on_one(vec![spouse]);
    } else {
        scene.on_both(vec![spouse.clone()], vec![spouse]);
    }
}

/// "Renat Souza": Renata or Renato?
fn typo_of_several_names(scene: &mut Scene) {
    let (wrong, woman, man) = scene.random.pick(pairs::HALF_NAMES);
    let is_woman = scene.random.percent(50);
    let mut person = scene.person_called(if is_woman { woman } else { man }, is_woman);
    person.second = None;
    let person = scene.register(person);
    let name = typed(&mut scene.random, &format!("{wrong} {}", person.last()));
    scene.sends(&person, &name);
    scene.on_one(vec![person]);
}
