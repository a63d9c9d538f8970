//! How fast a lead is identified, on one thread: `cargo bench --bench identity`.
//!
//! `first_look` is the decision alone, of leads whose contacts and candidates are parsed already, as they
//! are in a run; what reads the names into words is part of it. `both_looks` parses everything, makes the
//! profile from JSON and looks again, which only an accepted lead needs. The items of both are leads of the
//! labelled set. `candidates_for_one_phone` is one decision, also among a thousand; its items
//! are the candidates.
#![expect(clippy::unwrap_used, reason = "a benchmark")]

#[path = "../tests/identity/judge.rs"]
#[expect(dead_code, reason = "shared with the report, which reads more of it")]
mod judge;
#[path = "../tests/identity/labelled.rs"]
#[expect(dead_code, reason = "shared with the recipe, which writes, too")]
mod labelled;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use judge::{ParsedLead, judge};
use labelled::{Answered, LabelledLead, Listed, Lookup};

fn main() {
    divan::main();
}

fn the_set() -> Vec<LabelledLead> {
    labelled::read(include_str!("../tests/fixtures/identity/leads.jsonl")).unwrap()
}

#[divan::bench]
fn first_look(bencher: Bencher<'_, '_>) {
    let leads = the_set();
    let parsed: Vec<ParsedLead<'_>> = leads.iter().map(ParsedLead::of).collect();
    bencher
        .counter(ItemsCount::new(parsed.len()))
        .bench_local(|| {
            for lead in &parsed {
                black_box(black_box(lead).first_look());
            }
        });
}

#[divan::bench]
fn both_looks(bencher: Bencher<'_, '_>) {
    let leads = the_set();
    bencher
        .counter(ItemsCount::new(leads.len()))
        .bench_local(|| {
            for lead in &leads {
                black_box(judge(black_box(lead)));
            }
        });
}

/// People of a switchboard, all with the same first name and one of them with the lead's: nothing can be
/// told from the first word.
#[divan::bench(args = [10, 100, 1_000])]
fn candidates_for_one_phone(bencher: Bencher<'_, '_>, candidates: usize) {
    let mut lead = the_set().swap_remove(0);
    let people = (0..candidates).map(|number| Listed {
        cpf: cpf(number),
        name: Some(format!("JOAO {} DA SILVA", letters(number))),
    });
    lead.lead.name = Some("João da Silva".to_owned());
    lead.by_phone = Some(Lookup::Answered(Answered {
        people: people.collect(),
        ..Answered::default()
    }));
    lead.by_email = None;
    let parsed = ParsedLead::of(&lead);
    bencher
        .counter(ItemsCount::new(candidates))
        .bench_local(|| black_box(&parsed).first_look());
}

/// A word of letters for each number.
fn letters(number: usize) -> String {
    let digits = format!("{number:04}").into_bytes();
    digits
        .into_iter()
        .map(|digit| char::from(digit - b'0' + b'A'))
        .collect()
}

/// An invented CPF with valid check digits.
fn cpf(number: usize) -> String {
    let mut cpf = format!("{:09}", 100_000_000 + number);
    for _ in 0..2 {
        let weights = (2..).zip(cpf.bytes().rev());
        let sum: u32 = weights
            .map(|(weight, digit)| weight * u32::from(digit - b'0'))
            .sum();
        cpf.push_str(&(sum * 10 % 11 % 10).to_string());
    }
    cpf
}
