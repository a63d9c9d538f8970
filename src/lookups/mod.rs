//! The one door to paid answers.
#![cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "the facade with its cache and single flight is not here yet"
    )
)]

mod answer;
mod diretrix;
mod work_api;
