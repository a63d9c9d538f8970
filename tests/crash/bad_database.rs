//! A database that answers, and does no work: errors in between, read-only, a full disk.

mod wire;

use futures::future::join_all;
use rust_c2s_api::simulator::WorldLead;
use sqlx::{AssertSqlSafe, Connection};

use crate::caller::Make;
use crate::database::PATIENCE;
use crate::report::Report;
use crate::running::eventually;
use crate::simulator::{Upstreams, paid_calls};
use crate::size::Size;
use crate::stage::{Service, Stage};
use wire::ErringWay;

fn leads() -> usize {
    Size::asked_for().of(12, 60)
}

async fn stage() -> Stage {
    let upstreams = Upstreams {
        leads: leads(),
        latency_ms: 60,
    };
    Stage::set(upstreams).await
}

/// Half of the leads are on their way when the database turns bad, the others come while it is.
/// Nobody is told of a success that is none; once it is good again, all are delivered once.
async fn play(
    stage: &Stage,
    service: Service,
    turn_bad: impl AsyncFnOnce(),
    turn_good: impl AsyncFnOnce(),
) -> String {
    let leads = stage.simulator.plain_leads(leads());
    let (before, meanwhile) = leads.split_at(leads.len() / 2);
    let mut make = Make::new();
    make.aim_at(&service.address);
    for lead in before {
        make.trigger(&lead.id);
    }
    eventually("some leads run", async || stage.owned().await > 2).await;

    turn_bad().await;
    let told = trigger_and_judge(stage, &service, meanwhile).await;
    turn_good().await;

    for lead in meanwhile {
        make.trigger(&lead.id);
    }
    make.all_taken().await;
    stage.until_finished(leads.len(), PATIENCE).await;
    stage.assert_each_has_one_message(&leads).await;
    let calls = stage.simulator.calls().await;
    let repeats: usize = paid_calls(&calls)
        .values()
        .map(|calls| calls.len() - 1)
        .sum();
    service.stop().await;
    format!(
        "{} leads delivered once, {repeats} paid calls repeated; meanwhile answered {told}",
        leads.len()
    )
}

/// 503 (nothing accepted), 202 (held), or the truth.
async fn trigger_and_judge(stage: &Stage, service: &Service, leads: &[WorldLead]) -> String {
    let triggers = leads
        .iter()
        .map(|lead| stage.caller.trigger(&service.address, &lead.id, 2));
    let mut told = Vec::new();
    for (lead, answer) in leads.iter().zip(join_all(triggers).await) {
        let (status, answer) = answer.unwrap();
        let state = answer["state"].as_str().unwrap_or("nothing accepted");
        match status {
            503 => assert_eq!(answer["success"], false, "{answer}"),
            202 => {}
            200 => {
                assert_eq!(state, "completed", "{answer}");
                let received = stage.simulator.messages().await.remove(&lead.id);
                assert_eq!(
                    received,
                    Some(1),
                    "told of a success that is none: {answer}"
                );
            }
            _ => panic!("{status}: {answer}"),
        }
        told.push(format!("{status} {state}"));
    }
    told.sort();
    told.dedup();
    told.join(", ")
}

/// What the server may answer when it does no work.
fn sqlstates() -> &'static [&'static str] {
    // disk_full, internal_error, io_error, read_only_sql_transaction, lock_not_available
    let all = &["53100", "XX000", "58030", "25006", "55P03"];
    Size::asked_for().of(&all[..2], all)
}

/// Plays it with one SQLSTATE; what it counted.
async fn play_with_errors(sqlstate: &'static str) -> String {
    let stage = stage().await;
    let way = ErringWay::to(&stage.database).await;
    let service = stage.service_on(way.url()).await;
    let bad = async || way.answer_every_third_with(sqlstate);
    let good = async || way.pass_on_everything();
    let told = play(&stage, service, bad, good).await;
    let refused = way.refused();
    assert!(refused > 0, "no statement was refused");
    format!("{sqlstate}: {refused} statements refused; {told}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_on_every_third_statement_are_no_success() {
    let played = sqlstates()
        .iter()
        .map(|sqlstate| play_with_errors(sqlstate));
    let lines = join_all(played).await;
    let mut report = Report::of("every third statement is answered with an error");
    lines.iter().for_each(|line| report.line(line));
    report.tell();
}

/// Says it from another database: in one that is read-only it could not be taken back.
async fn set_read_only(stage: &Stage, read_only: bool) {
    let options = stage.database.direct_options();
    let name = options.get_database().unwrap().to_owned();
    let mut connection = sqlx::PgConnection::connect_with(&options.database("postgres"))
        .await
        .unwrap();
    // a name that the harness made
    let set = format!("alter database {name} set default_transaction_read_only = {read_only}");
    sqlx::query(AssertSqlSafe(set))
        .execute(&mut connection)
        .await
        .unwrap();
    let end = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
    sqlx::query(end)
        .bind(name)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_database_is_no_success() {
    let stage = stage().await;
    let service = stage.service().await;

    let bad = async || set_read_only(&stage, true).await;
    let good = async || set_read_only(&stage, false).await;
    let told = play(&stage, service, bad, good).await;

    let mut report = Report::of("a read-only database");
    report.line(told);
    report.tell();
}

/// What the pipeline writes to.
const WRITTEN: [&str; 5] = [
    "ops.leads",
    "ops.lookups",
    "ops.outbox",
    "ops.provider_calls",
    "core.parties",
];

/// As far as a full disk can be simulated: rows cannot be added or changed.
async fn fill_the_disk(stage: &Stage) {
    let function = "
        create function public.no_space() returns trigger language plpgsql as $$
        begin raise exception 'no space left on device' using errcode = '53100'; end $$";
    sqlx::query(function)
        .execute(stage.database.pool())
        .await
        .unwrap();
    for table in WRITTEN {
        let full = format!(
            "create trigger no_space before insert or update on {table}
             for each row execute function public.no_space()"
        );
        sqlx::query(AssertSqlSafe(full))
            .execute(stage.database.pool())
            .await
            .unwrap();
    }
}

async fn empty_the_disk(stage: &Stage) {
    let empty = "drop function public.no_space() cascade";
    sqlx::query(empty)
        .execute(stage.database.pool())
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_no_success() {
    let stage = stage().await;
    let service = stage.service().await;

    let bad = async || fill_the_disk(&stage).await;
    let good = async || empty_the_disk(&stage).await;
    let told = play(&stage, service, bad, good).await;

    let mut report = Report::of("a full disk");
    report.line(told);
    report.tell();
}
