#![expect(clippy::unwrap_used, reason = "tests")]
use std::collections::BTreeSet;

use metrics::with_local_recorder;
use rstest::rstest;

use super::*;
use crate::models::QueueStatus;

/// What is recorded by this, as it would be scraped.
fn recorded(record: impl FnOnce()) -> String {
    let recorder = recorder().unwrap();
    with_local_recorder(&recorder, || {
        describe();
        begin_at_zero();
        record();
    });
    recorder.handle().render()
}

#[track_caller]
fn assert_says(text: &str, line: &str) {
    assert!(text.lines().any(|said| said == line), "no {line}: {text}");
}

fn written(now: &Now) -> String {
    let started = DateTime::UNIX_EPOCH + Duration::from_millis(1_500);
    gauges::write(now, started, Duration::from_secs(61))
}

fn queue() -> QueueStatus {
    QueueStatus {
        open: [
            (LeadState::Accepted, 1),
            (LeadState::Processing, 2),
            (LeadState::Retrying, 3),
            (LeadState::BudgetHold, 0),
        ],
        due: 1,
        waiting: 3,
        oldest_due: Some(Duration::from_millis(2_500)),
        oldest_undelivered: None,
    }
}

fn full() -> Now {
    Now {
        database_up: true,
        queue: Some(queue()),
        ended: None,
        refreshed: Some([
            (
                AnalyticsView::Parties,
                Some(DateTime::UNIX_EPOCH + Duration::from_millis(2_500)),
            ),
            (AnalyticsView::Leads, None),
        ]),
        pool: PoolNow {
            open: 3,
            idle: 2,
            max: 10,
        },
        upstreams: vec![UpstreamNow {
            upstream: "c2s",
            breaker: "probing",
            spacing: Duration::from_millis(250),
            in_flight: 4,
        }],
    }
}

#[test]
fn what_is_to_come_is_there_from_the_start() {
    let text = recorded(|| ());
    assert_says(
        &text,
        r#"rust_c2s_runs_total{outcome="delivery_unknown"} 0"#,
    );
    assert_says(
        &text,
        r#"rust_c2s_lookups_total{provider="work_api",kind="profile",result="joined"} 0"#,
    );
    assert_says(
        &text,
        r#"rust_c2s_spend_centavos_total{provider="diretrix"} 0"#,
    );
    assert_says(&text, "# TYPE rust_c2s_runs_total counter");
    assert!(text.contains("# HELP rust_c2s_runs_total "));
}

#[test]
fn what_is_counted_adds_up_by_its_words() {
    let text = recorded(|| {
        for outcome in ["found", "found", "work_api_timeout"] {
            let latency = Duration::from_millis(300);
            upstream_called("work_api", "profile", outcome, latency);
        }
        upstream_called("work_api", "profile", "work_api_no_turn", Duration::ZERO);
        question_answered("diretrix", "phone", AnswerFrom::Other);
        spent("work_api", Money::from_centavos(100));
        spent("work_api", Money::from_centavos(40));
        run_ended(LeadState::Completed);
        delivered(Instant::now());
        let took = Duration::from_secs(40);
        view_refreshed(AnalyticsView::Parties, RefreshOutcome::Done(took));
        view_refreshed(AnalyticsView::Parties, RefreshOutcome::Skipped);
    });
    for line in [
        r#"rust_c2s_upstream_calls_total{upstream="work_api",operation="profile",outcome="found"} 2"#,
        r#"rust_c2s_upstream_calls_total{upstream="work_api",operation="profile",outcome="work_api_timeout"} 1"#,
        r#"rust_c2s_upstream_calls_total{upstream="work_api",operation="profile",outcome="work_api_no_turn"} 1"#,
        r#"rust_c2s_upstream_call_duration_seconds_bucket{upstream="work_api",operation="profile",le="0.25"} 0"#,
        r#"rust_c2s_upstream_call_duration_seconds_bucket{upstream="work_api",operation="profile",le="0.5"} 3"#,
        r#"rust_c2s_upstream_call_duration_seconds_count{upstream="work_api",operation="profile"} 3"#,
        r#"rust_c2s_lookups_total{provider="diretrix",kind="phone",result="joined"} 1"#,
        r#"rust_c2s_lookups_total{provider="diretrix",kind="phone",result="miss"} 0"#,
        r#"rust_c2s_spend_centavos_total{provider="work_api"} 140"#,
        r#"rust_c2s_runs_total{outcome="completed"} 1"#,
        "rust_c2s_delivery_duration_seconds_count 1",
        r#"rust_c2s_analytics_refreshes_total{view="core.mv_party_analytics",outcome="done"} 1"#,
        r#"rust_c2s_analytics_refreshes_total{view="core.mv_party_analytics",outcome="skipped"} 1"#,
        r#"rust_c2s_analytics_refreshes_total{view="analytics.mv_mkt_lead_star",outcome="failed"} 0"#,
        r#"rust_c2s_analytics_refresh_duration_seconds_count{view="core.mv_party_analytics"} 1"#,
    ] {
        assert_says(&text, line);
    }
}

#[rstest]
#[case(101, "1xx")]
#[case(200, "2xx")]
#[case(304, "3xx")]
#[case(404, "4xx")]
#[case(499, "left")]
#[case(500, "5xx")]
#[case(503, "5xx")]
fn a_status_is_counted_by_its_class(#[case] status: u16, #[case] class: &str) {
    let text = recorded(|| request_answered("GET", "/ready", status, Duration::ZERO));
    let line = format!(
        r#"rust_c2s_http_requests_total{{method="GET",route="/ready",status="{class}"}} 1"#
    );
    assert_says(&text, &line);
}

#[test]
fn what_holds_now_is_written() {
    let text = written(&full());
    for line in [
        "rust_c2s_database_up 1",
        r#"rust_c2s_leads{state="retrying"} 3"#,
        r#"rust_c2s_leads{state="budget_hold"} 0"#,
        r#"rust_c2s_queue_depth{when="due"} 1"#,
        r#"rust_c2s_queue_depth{when="later"} 3"#,
        "rust_c2s_queue_oldest_due_seconds 2.5",
        "rust_c2s_delivery_oldest_seconds 0",
        r#"rust_c2s_analytics_refreshed_timestamp_seconds{view="core.mv_party_analytics"} 2.5"#,
        "rust_c2s_pool_connections 3",
        "rust_c2s_pool_idle_connections 2",
        "rust_c2s_pool_max_connections 10",
        r#"rust_c2s_upstream_breaker{upstream="c2s",state="closed"} 0"#,
        r#"rust_c2s_upstream_breaker{upstream="c2s",state="open"} 0"#,
        r#"rust_c2s_upstream_breaker{upstream="c2s",state="probing"} 1"#,
        r#"rust_c2s_upstream_spacing_seconds{upstream="c2s"} 0.25"#,
        r#"rust_c2s_upstream_calls_in_flight{upstream="c2s"} 4"#,
        "rust_c2s_process_start_time_seconds 1.5",
        "rust_c2s_uptime_seconds 61",
        "# TYPE rust_c2s_leads gauge",
    ] {
        assert_says(&text, line);
    }
    assert!(!text.contains(r#"state="completed""#), "not counted");
    assert!(!text.contains("mv_mkt_lead_star"), "not refreshed yet");
}

#[test]
fn what_the_database_does_not_tell_is_absent() {
    let known = written(&Now {
        queue: Some(queue()),
        ..Now::default()
    });
    assert!(known.contains("rust_c2s_queue_depth"));
    let text = written(&Now::default());
    assert_says(&text, "rust_c2s_database_up 0");
    for name in [
        "rust_c2s_leads",
        "rust_c2s_queue",
        "rust_c2s_delivery",
        "rust_c2s_upstream",
    ] {
        assert!(!text.contains(name), "{name}: {text}");
    }
}

/// The names of the families in a text of Prometheus.
fn families(text: &str) -> BTreeSet<String> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types
        .map(|rest| rest.split(' ').next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_documentation_names_each_metric_and_no_other() {
    let mut there = families(&recorded(|| {
        upstream_called("c2s", "lead", "found", Duration::ZERO);
        delivered(Instant::now());
        request_answered("GET", "/ready", 200, Duration::ZERO);
        view_refreshed(AnalyticsView::Leads, RefreshOutcome::Done(Duration::ZERO));
    }));
    there.extend(families(&written(&full())));
    let document = include_str!("../../../docs/testing/PERFORMANCE_MONITORING.md");
    let word = |c: char| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit();
    let names = document.split(|c| !word(c));
    let named: BTreeSet<String> = names
        .filter(|name| name.starts_with("rust_c2s_") && *name != "rust_c2s_api")
        .map(|name| name.strip_suffix("_bucket").unwrap_or(name).to_owned())
        .collect();
    assert_eq!(named, there);
}
