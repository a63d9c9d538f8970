//! The scores as a picture: a stacked histogram in SVG, readable on light and on dark pages.

use std::fmt::Write as _;

use rust_c2s_api::identity::Thresholds;

use super::figures::{Outcome, STEP, STEPS};

const WIDTH: usize = 800;
const HEIGHT: usize = 450;
/// The plot's edges.
const LEFT: usize = 70;
const RIGHT: usize = 780;
const TOP: usize = 126;
const BOTTOM: usize = 386;
const GAP: f64 = 2.0;

/// The page may be light or dark, so the picture brings its own ground.
const HEAD: &str = r##"<title>Leads by score</title>
<desc>A histogram of the scores of all judged leads in steps of five points, stacked by what became of them.</desc>
<style>
text { font: 13px system-ui, "Segoe UI", "Liberation Sans", sans-serif; fill: #44494f; }
.title { font-size: 16px; font-weight: 600; fill: #1b1f23; }
.ground { fill: #ffffff; }
.grid { stroke: #e1e4e8; }
.axis { stroke: #6a737d; }
.mark { stroke: #1b1f23; stroke-dasharray: 5 4; }
.nobody { fill: #9aa5b1; }
.review-other { fill: #f2c879; }
.review-sender { fill: #d98a00; }
.accept-other { fill: #c8102e; }
.accept-sender { fill: #2166ac; }
@media (prefers-color-scheme: dark) {
  text { fill: #b6bec8; }
  .title { fill: #f0f3f6; }
  .ground { fill: #14181d; }
  .grid { stroke: #2b323a; }
  .axis { stroke: #8b949e; }
  .mark { stroke: #f0f3f6; }
  .nobody { fill: #66717d; }
  .review-other { fill: #80601f; }
  .review-sender { fill: #e3a33a; }
  .accept-other { fill: #ff5c6c; }
  .accept-sender { fill: #4d9de0; }
}
</style>
"##;

pub(super) fn svg(steps: &[[usize; 5]; STEPS]) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\">\n{HEAD}"
    );
    let all: usize = steps.iter().flatten().sum();
    let highest = steps.iter().map(|counts| counts.iter().sum()).max();
    let (top, tick) = scale(highest.unwrap_or(0));
    writeln!(
        out,
        "<rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\"/>"
    )
    .unwrap();
    text(
        &mut out,
        "title",
        (LEFT, 30),
        "start",
        &format!("{all} invented leads by score"),
    );
    legend(&mut out);
    for count in (0..=top).step_by(tick) {
        let y = height_of(count, top);
        line(&mut out, "grid", (at(LEFT), y), (at(RIGHT), y));
        let baseline = at(4) + y;
        writeln!(
            out,
            "<text x=\"{}\" y=\"{baseline:.1}\" text-anchor=\"end\">{count}</text>",
            LEFT - 8
        )
        .unwrap();
    }
    for (step, counts) in steps.iter().enumerate() {
        bar(&mut out, step, counts, top);
    }
    score_axis(&mut out);
    thresholds(&mut out);
    out.push_str("</svg>\n");
    out
}

/// The value at the top of the scale, and the distance of its lines.
fn scale(highest: usize) -> (usize, usize) {
    let ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];
    let few = |tick: &usize| highest.div_ceil(*tick) <= 6;
    let tick = ticks.into_iter().find(few).unwrap_or(10_000);
    (highest.div_ceil(tick).max(1) * tick, tick)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a few hundred pixels and some thousand leads"
)]
fn at(number: usize) -> f64 {
    number as f64
}

fn height_of(count: usize, top: usize) -> f64 {
    at(BOTTOM) - at(count) * at(BOTTOM - TOP) / at(top)
}

fn place_of(score: usize) -> f64 {
    at(LEFT) + at(score) * at(RIGHT - LEFT) / 100.0
}

const fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Nobody => "nobody",
        Outcome::ReviewOfAnother => "review-other",
        Outcome::ReviewOfTheSender => "review-sender",
        Outcome::AcceptedAnother => "accept-other",
        Outcome::AcceptedTheSender => "accept-sender",
    }
}

/// In columns by verdict, the sender above anybody else.
fn legend(out: &mut String) {
    for (place, outcome) in Outcome::ALL.into_iter().rev().enumerate() {
        let (x, y) = (LEFT + place / 2 * 230, 46 + place % 2 * 22);
        let class = class(outcome);
        let name = outcome.text();
        writeln!(
            out,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"12\" height=\"12\" rx=\"2\"/>"
        )
        .unwrap();
        text(out, "", (x + 18, y + 11), "start", name);
    }
}

fn bar(out: &mut String, step: usize, counts: &[usize; 5], top: usize) {
    let x = place_of(step * STEP) + GAP / 2.0;
    let width = place_of(STEP) - place_of(0) - GAP;
    let mut below = 0;
    for (outcome, count) in Outcome::ALL.into_iter().zip(counts) {
        if *count > 0 {
            let y = height_of(below + count, top);
            let height = height_of(below, top) - y;
            let class = class(outcome);
            writeln!(
                out,
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
            )
            .unwrap();
        }
        below += count;
    }
}

fn score_axis(out: &mut String) {
    line(out, "axis", (at(LEFT), at(BOTTOM)), (at(RIGHT), at(BOTTOM)));
    for score in (0..=100).step_by(10) {
        let x = place_of(score);
        line(out, "axis", (x, at(BOTTOM)), (x, at(BOTTOM + 5)));
        writeln!(
            out,
            "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{score}</text>",
            BOTTOM + 21
        )
        .unwrap();
    }
    let middle = usize::midpoint(LEFT, RIGHT);
    let label = "score of the best candidate, in steps of 5";
    text(out, "", (middle, BOTTOM + 48), "middle", label);
    let middle = usize::midpoint(TOP, BOTTOM);
    writeln!(
        out,
        "<text transform=\"translate(20 {middle}) rotate(-90)\" text-anchor=\"middle\">leads</text>"
    )
    .unwrap();
}

fn thresholds(out: &mut String) {
    let thresholds = Thresholds::default();
    let marks = [
        (thresholds.review, "review from"),
        (thresholds.accept, "accept from"),
    ];
    for (score, name) in marks {
        let x = place_of(usize::from(score));
        line(out, "mark", (x, at(TOP - 8)), (x, at(BOTTOM)));
        writeln!(
            out,
            "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{name} {score}</text>",
            TOP - 14
        )
        .unwrap();
    }
}

fn line(out: &mut String, class: &str, from: (f64, f64), to: (f64, f64)) {
    let ((x1, y1), (x2, y2)) = (from, to);
    writeln!(
        out,
        "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
    )
    .unwrap();
}

fn text(out: &mut String, class: &str, (x, y): (usize, usize), anchor: &str, words: &str) {
    writeln!(
        out,
        "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{words}</text>"
    )
    .unwrap();
}
