//! The recipe of the labelled set, described in `tests/fixtures/identity/RECIPE.md`.
//!
//! It draws a world and lets somebody send a lead; who that is, is known because it was drawn.
//! Nothing here uses the rules of the crate or their tables.

mod emails;
mod names;
mod pairs;
mod people;
mod random;
mod scene;
mod situations_contacts;
mod situations_family;
mod situations_field;
mod situations_likeness;
mod situations_marriage;
mod situations_namesakes;
mod situations_nickname;
mod situations_no_name;
mod situations_providers;
mod situations_short;
mod situations_spelling;
mod situations_typing;
mod spellings;

use random::Random;
use scene::Scene;

use crate::labelled::{Careful, LabelledLead};

/// A situation: its name, what a careful person does, and how it is drawn.
type Situation = (&'static str, Careful, fn(&mut Scene));

/// All situations, in the order of RECIPE.md.
const SITUATIONS: &[&[Situation]] = &[
    situations_spelling::SITUATIONS,
    situations_typing::SITUATIONS,
    situations_nickname::SITUATIONS,
    situations_no_name::SITUATIONS,
    situations_marriage::SITUATIONS,
    situations_namesakes::SITUATIONS,
    situations_family::SITUATIONS,
    situations_contacts::SITUATIONS,
    situations_providers::SITUATIONS,
    situations_field::SITUATIONS,
    situations_short::SITUATIONS,
    situations_likeness::SITUATIONS,
];

/// So many leads of every situation. The same seed makes the same leads, byte for byte.
pub(crate) fn leads(seed: u64, per_situation: usize) -> Vec<LabelledLead> {
    let mut leads = Vec::new();
    for (name, careful, draw) in SITUATIONS.iter().copied().flatten() {
        for turn in 0..per_situation {
            let id = format!("{name}-{:02}", turn + 1);
            let mut scene = Scene::new(Random::of(seed, &id), turn);
            draw(&mut scene);
            leads.push(scene.finish(id, name, *careful));
        }
    }
    leads
}

/// The name of every situation, with its verdict.
pub(crate) fn situations() -> impl Iterator<Item = (&'static str, Careful)> {
    let all = SITUATIONS.iter().copied().flatten();
    all.map(|(name, careful, _)| (*name, *careful))
}
