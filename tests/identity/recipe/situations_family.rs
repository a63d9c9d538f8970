//! Fathers and sons, twins, brothers and sisters, cousins.

use super::Situation;
use super::names;
use super::pairs;
use super::people::{Person, bare_surname, other_surname, second_name};
use super::scene::Scene;
use super::spellings::typed;
use crate::labelled::Careful::{Accept, Nobody, Review};

pub(super) const SITUATIONS: &[Situation] = &[
    ("father_and_son", Accept, father_and_son),
    ("three_generations", Accept, three_generations),
    ("fathers_phone", Review, fathers_phone),
    ("fathers_phone_and_email", Review, fathers_phone_and_email),
    ("son_leaves_suffix_out", Review, son_leaves_suffix_out),
    ("other_suffix", Review, other_suffix),
    ("twins_with_names_alike", Review, twins_with_names_alike),
    ("twins_with_other_names", Nobody, twins_with_other_names),
    ("siblings", Nobody, siblings),
    (
        "brothers_with_double_names",
        Review,
        brothers_with_double_names,
    ),
    ("cousins", Review, cousins),
];

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

/// As typed, with the suffix in full or short.
fn with_suffix(scene: &mut Scene, person: &Person) -> String {
    let name = if scene.random.percent(50) {
        let suffix = person.suffix.unwrap_or_default();
        format!("{} {suffix}", person.short()).trim().to_owned()
    } else {
        person.full()
    };
    let name = typed(&mut scene.random, &name);
    match name.strip_suffix("Júnior") {
        Some(before) if scene.random.percent(50) => format!("{before}Jr."),
        _ => name,
    }
}

/// One contact of both; the suffix, or its absence, tells.
fn father_and_son(scene: &mut Scene) {
    let father = man(scene);
    let suffix = scene.random.pick(&["Filho", "Júnior"]);
    let son = named_after(scene, &father, suffix);
    let sender = if scene.turn.is_multiple_of(2) {
        &son
    } else {
        &father
    };
    let name = with_suffix(scene, sender);
    scene.sends(sender, &name);
    let mut people = scene.bystanders(1, sender, &[]);
    people.extend([father, son]);
    scene.on_one(people);
}

fn three_generations(scene: &mut Scene) {
    let grandfather = man(scene);
    let son = named_after(scene, &grandfather, "Filho");
    let last = scene.random.pick(&["Neto", "Sobrinho"]);
    let grandson = named_after(scene, &grandfather, last);
    let sender = match scene.turn % 3 {
        0 => &grandson,
        1 => &son,
        _ => &grandfather,
    };
    let name = with_suffix(scene, sender);
    scene.sends(sender, &name);
    scene.on_one(vec![grandfather, son, grandson]);
}

/// Only the father is there; the son writes his suffix.
fn fathers_phone(scene: &mut Scene) {
    let father = man(scene);
    let suffix = scene.random.pick(&["Filho", "Júnior", "Neto", "Sobrinho"]);
    let son = named_after(scene, &father, suffix);
    let name = with_suffix(scene, &son);
    scene.sends(&son, &name);
    let mut people = scene.bystanders(1, &father, &[]);
    people.push(father);
    scene.on_one(people);
}

fn fathers_phone_and_email(scene: &mut Scene) {
    let father = man(scene);
    let suffix = scene.random.pick(&["Filho", "Júnior"]);
    let son = named_after(scene, &father, suffix);
    let name = with_suffix(scene, &son);
    scene.sends(&son, &name);
    scene.on_both(vec![father.clone()], vec![father]);
}

/// The son himself; it looks as if the father used his phone.
fn son_leaves_suffix_out(scene: &mut Scene) {
    let father = man(scene);
    let suffix = scene.random.pick(&["Filho", "Júnior", "Neto"]);
    let son = named_after(scene, &father, suffix);
    let name = typed(&mut scene.random, &father.full());
    scene.sends(&son, &name);
    if scene.random.percent(60) {
        scene.on_one(vec![son]);
    } else {
        scene.on_both(vec![son.clone()], vec![son]);
    }
}

/// The son's phone, the grandson's lead.
fn other_suffix(scene: &mut Scene) {
    let grandfather = man(scene);
    let son = named_after(scene, &grandfather, "Filho");
    let last = scene.random.pick(&["Neto", "Sobrinho"]);
    let grandson = named_after(scene, &grandfather, last);
    let (sender, holder) = if scene.random.percent(50) {
        (grandson, son)
    } else {
        (son, grandson)
    };
    let name = with_suffix(scene, &sender);
    scene.sends(&sender, &name);
    scene.on_one(vec![holder]);
}

/// Two of one family: the same surnames, these given names.
fn born_together(scene: &mut Scene, (one, other): (&str, &str)) -> (Person, Person) {
    let mut pair = [one, other].map(|names| {
        let mut words = names.split(' ').map(str::to_owned);
        let mut person = scene.person_called(&words.next().unwrap_or_default(), true);
        person.second = words.next();
        person
    });
    pair[1].surnames = pair[0].surnames.clone();
    let [one, other] = pair;
    (scene.register(one), scene.register(other))
}

fn twins(scene: &mut Scene, names: &[(&str, &str)]) {
    let names = scene.random.pick(names);
    let names = if scene.random.percent(50) {
        names
    } else {
        (names.1, names.0)
    };
    let (sender, twin) = born_together(scene, names);
    let name = typed(&mut scene.random, &sender.full());
    scene.sends(&sender, &name);
    scene.on_one(vec![twin]);
}

fn twins_with_names_alike(scene: &mut Scene) {
    twins(scene, pairs::TWINS_ALIKE);
}

fn twins_with_other_names(scene: &mut Scene) {
    twins(scene, pairs::TWINS_OTHER);
}

/// A brother's or sister's contacts, one or both.
fn siblings(scene: &mut Scene) {
    let person = scene.person();
    let mut sibling = scene.stranger(&[&person]);
    sibling.surnames.clone_from(&person.surnames);
    let sibling = scene.register(sibling);
    let name = typed(&mut scene.random, &person.full());
    scene.sends(&person, &name);
    if scene.random.percent(60) {
        let mut people = scene.bystanders(1, &person, &[&sibling]);
        people.push(sibling);
        scene.on_one(people);
    } else {
        scene.on_both(vec![sibling.clone()], vec![sibling]);
    }
}

/// José Carlos uses the phone of José Antônio.
fn brothers_with_double_names(scene: &mut Scene) {
    let mut person = scene.person();
    let given = person.given.clone();
    let second = second_name(&mut scene.random, person.woman, &[&given]);
    let third = second_name(&mut scene.random, person.woman, &[&given, &second]);
    person.second = Some(second);
    let person = scene.register(person);
    let mut brother = person.clone();
    brother.cpf = String::new();
    brother.second = Some(third);
    let brother = scene.register(brother);
    let name = typed(&mut scene.random, &person.full());
    scene.sends(&person, &name);
    scene.on_one(vec![brother]);
}

/// The same first name and last surname; the surnames in the middle are their mothers'.
fn cousins(scene: &mut Scene) {
    let mut person = scene.person();
    person.second = None;
    let last = person.last().to_owned();
    let mother = other_surname(&mut scene.random, std::slice::from_ref(&last));
    let aunt = other_surname(&mut scene.random, &[last.clone(), mother.clone()]);
    let own = bare_surname(&mother).to_owned();
    person.surnames = vec![own, last.clone()];
    let person = scene.register(person);
    let mut cousin = person.clone();
    cousin.cpf = String::new();
    cousin.surnames = vec![bare_surname(&aunt).to_owned(), last];
    let cousin = scene.register(cousin);
    let name = typed(&mut scene.random, &person.full());
    scene.sends(&person, &name);
    scene.on_one(vec![cousin]);
}
