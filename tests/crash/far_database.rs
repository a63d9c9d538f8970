//! The database is three milliseconds away.

mod delay;

use std::time::Duration;

use serde_json::Value;

use crate::report::{Report, median};
use crate::simulator::Upstreams;
use crate::size::Size;
use crate::stage::Stage;
use delay::DelayedWay;

/// Each way; together the 3 ms of a round trip.
const EACH_WAY: Duration = Duration::from_micros(1_500);

/// The first runs prepare their statements, once per connection.
const TO_WARM_UP: usize = 20;

/// What one lead may spend in a database exactly [`ROUND_TRIP_MS`] away.
const LONGEST_MS: f64 = 45.0;
const ROUND_TRIP_MS: f64 = 3.0;

/// What a round trip may take longer than that, by the threads it goes through.
const LONGEST_OVERSHOOT_MS: f64 = 1.0;

/// At most, which tests/storage/round_trips.rs counts.
const ROUND_TRIPS: f64 = 5.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lead_spends_little_time_in_a_database_three_milliseconds_away() {
    let count = Size::asked_for().of(30, 40);
    let mut stage = Stage::set(Upstreams {
        leads: TO_WARM_UP + count,
        latency_ms: 10,
    })
    .await;
    stage.configure("LOG_FORMAT", "json");
    let way = DelayedWay::to(&stage.database, EACH_WAY).await;
    let round_trip = way.measured().await;
    let service = stage.service_on(way.url()).await;
    let leads = stage.simulator.plain_leads(TO_WARM_UP + count);
    for lead in &leads {
        stage.deliver(&service, lead).await;
    }
    let log = service.stop().await.text;

    let runs = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let times: Vec<f64> = runs.filter_map(|line| database_ms(&line)).collect();
    assert_eq!(times.len(), leads.len(), "{log}");
    let times = times[TO_WARM_UP..].to_vec();
    let longest = times.iter().copied().fold(0.0, f64::max);
    let shortest = times.iter().copied().fold(f64::MAX, f64::min);
    let middle = median(times);
    let mut report = Report::of("a database 3 ms away");
    report.line(format!(
        "a round trip of {round_trip:.1} ms; {count} fresh leads: {middle:.0} ms in the database (median; {shortest:.0} to {longest:.0} ms); at most {ROUND_TRIPS} round trips each (tests/storage/round_trips.rs)"
    ));
    report.tell();
    let overshoot = round_trip - ROUND_TRIP_MS;
    assert!(overshoot >= 0.0, "{round_trip} ms are no 3 ms");
    let overshoot = overshoot.min(LONGEST_OVERSHOOT_MS);
    // in short, on a machine that does other things too: then the least disturbed lead is judged
    let judged = Size::asked_for().of(shortest, middle) - ROUND_TRIPS * overshoot;
    assert!(judged <= LONGEST_MS, "{judged} ms in the database");
}

/// The time of a run, from its line in the log.
fn database_ms(line: &Value) -> Option<f64> {
    let fields = line.get("fields").unwrap_or(line);
    let is_run = fields["message"] == "run";
    is_run.then(|| fields["database_ms"].as_f64()).flatten()
}
