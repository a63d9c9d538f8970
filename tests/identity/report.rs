//! How well the rules do on the labelled set and on leads that they have not seen:
//! `docs/identity/REPORT.md` and `docs/identity/scores.svg`.

mod chart;
mod figures;
mod messages;

use std::fmt::Write as _;

use figures::{JudgedSet, Outcome, STEP, STEPS, UNSEEN, by_situation, differing, distribution};

use crate::PER_SITUATION;
use crate::generated::agrees;
use crate::labelled::Careful;

/// Further seeds, which the report does not show.
const NOT_REPORTED: [u64; 3] = [4_711, 20_270_101, 987_654_321];

#[test]
fn the_report_is_as_committed() {
    let sets = JudgedSet::all();
    agrees(
        "docs/identity/scores.svg",
        &chart::svg(&distribution(&sets)),
    );
    agrees("docs/identity/REPORT.md", &report(&sets));
}

#[test]
fn nobody_is_mistaken_and_what_a_careful_person_accepts_is_accepted() {
    let further = NOT_REPORTED.map(JudgedSet::of_seed);
    for set in JudgedSet::all().iter().chain(&further) {
        let mistaken = set.mistaken();
        assert!(mistaken.is_empty(), "{}: {mistaken:?}", set.name);
        let (found, due) = set.recalled();
        assert!(found * 100 >= due * 95, "{}: {found} of {due}", set.name);
    }
}

fn report(sets: &[JudgedSet]) -> String {
    let mut out = head();
    summary(&mut out, sets);
    scores(&mut out, &distribution(sets));
    situations(&mut out, sets);
    differences(&mut out, sets);
    out
}

fn head() -> String {
    let [first, second, third] = UNSEEN;
    format!(
        "# Identity report

How the rules of [identity](README.md) judge invented leads whose sender is known: the committed set, and {PER_SITUATION} leads per
situation of three other seeds ({first}, {second}, {third}). The [recipe](../../tests/fixtures/identity/RECIPE.md) says how leads are
drawn, and what a careful person would do with each. Invented leads show that the rules do what they are meant to; how
often each situation happens among real leads they do not tell.

Written by `tests/identity/report.rs`; a test fails when it differs, when anybody is mistaken for another, or when
less than 95 % of what a careful person accepts is accepted. To repeat it:

```sh by-hand
make identity-report
```
"
    )
}

fn summary(out: &mut String, sets: &[JudgedSet]) {
    out.push_str(
        "
## Summary

| leads | how many | accepted | review | nobody | wrong person accepted | precision | recall | as the label says |
|---|---|---|---|---|---|---|---|---|
",
    );
    for set in sets {
        let all = set.leads.len();
        let [accepted, review, nobody] = [Careful::Accept, Careful::Review, Careful::Nobody]
            .map(|verdict| set.count(|_, outcome| outcome.verdict() == verdict));
        let wrong = set.mistaken().len();
        let precision = percent(accepted - wrong, accepted);
        let (found, due) = set.recalled();
        let recall = percent(found, due);
        let alike = set.count(|lead, outcome| outcome.verdict() == lead.careful);
        let alike = percent(alike, all);
        let name = &set.name;
        writeln!(
            out,
            "| {name} | {all} | {accepted} | {review} | {nobody} | {wrong} | {precision} | {recall} ({found} of {due}) | {alike} |"
        )
        .unwrap();
    }
    out.push_str(
        "
*Precision*: of the accepted, the share whose person sent the lead. *Recall*: of the leads that a careful person
accepts, the share that is accepted with the person who sent them. Percentages are cut, not rounded.
",
    );
}

fn scores(out: &mut String, steps: &[[usize; 5]; STEPS]) {
    out.push_str(
        "
## Scores

![Leads by score: nobody below 30, reviews from 30 to 69, accepted from 70 on](scores.svg)

All leads above. The score is the best candidate's; of somebody whom the second look turned down it is the first
look's, so that the dead are nobody above 70. \"The sender first\": the candidate who is proposed first sent the lead.

| score |",
    );
    for outcome in Outcome::ALL {
        write!(out, " {} |", outcome.text()).unwrap();
    }
    out.push_str("\n|---|---|---|---|---|---|\n");
    for (step, counts) in steps.iter().enumerate() {
        let from = step * STEP;
        let to = if step + 1 == STEPS {
            100
        } else {
            from + STEP - 1
        };
        let counts = counts.map(or_blank);
        writeln!(out, "| {from}–{to} | {} |", counts.join(" | ")).unwrap();
    }
}

fn situations(out: &mut String, sets: &[JudgedSet]) {
    write!(
        out,
        "
## Situations

Of {PER_SITUATION} leads each: accepted / review / nobody. The label is what a careful person does.

| situation | label |"
    )
    .unwrap();
    columns(out, 2, sets);
    for (situation, careful, cells) in by_situation(sets) {
        write!(out, "| `{situation}` | {} |", word(careful)).unwrap();
        for [accepted, review, nobody] in cells {
            write!(out, " {accepted} / {review} / {nobody} |").unwrap();
        }
        out.push('\n');
    }
}

fn differences(out: &mut String, sets: &[JudgedSet]) {
    out.push_str("\n## Where the verdict is not the label's\n\n");
    let rows = differing(sets);
    if rows.is_empty() {
        out.push_str("Nowhere.\n");
        return;
    }
    out.push_str("| situation | label | verdict |");
    columns(out, 3, sets);
    for ((situation, label, verdict), counts) in rows {
        let counts: Vec<String> = counts.into_iter().map(or_blank).collect();
        let counts = counts.join(" | ");
        let (label, verdict) = (word(label), word(verdict));
        writeln!(out, "| `{situation}` | {label} | {verdict} | {counts} |").unwrap();
    }
}

/// The rest of a table's head: a column for each set.
fn columns(out: &mut String, before: usize, sets: &[JudgedSet]) {
    for set in sets {
        write!(out, " {} |", set.name).unwrap();
    }
    writeln!(out, "\n|{}", "---|".repeat(before + sets.len())).unwrap();
}

const fn word(verdict: Careful) -> &'static str {
    match verdict {
        Careful::Accept => "accept",
        Careful::Review => "review",
        Careful::Nobody => "none",
    }
}

fn or_blank(count: usize) -> String {
    if count == 0 {
        String::new()
    } else {
        count.to_string()
    }
}

/// With one decimal, cut: 100 % is said only of all.
fn percent(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let thousandths = part * 1_000 / whole;
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}
