//! What goes wrong at the upstreams on that day.

use std::time::Duration;

use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Simulator, Situation, Upstream};
use sqlx::PgPool;

/// One fault of each kind, each on the calls for one lead, once or for ever; the answers of the
/// last kinds carry a person in their bodies.
pub(super) fn hostile_faults(simulator: &Simulator) {
    let world = simulator.world();
    let person = &world.people()[0];
    let told = format!(
        r#"{{"erro":"{} {} {}","message":"{}"}}"#,
        person.cpf,
        person.name,
        person.phone(),
        person.email()
    );
    let enriched: Vec<_> = world
        .leads()
        .iter()
        .filter_map(|lead| lead.cpf.as_ref())
        .collect();
    let work_api = [
        Fault::Hang,
        Fault::Garbage,
        Fault::Truncated,
        Fault::Drip,
        Fault::Reset,
        Fault::InBand(403),
        Fault::InBand(404),
        Fault::InBand(429),
        Fault::InBand(500),
        Fault::ModuleNotInContract,
        Fault::Status(503, Some(1)),
        Fault::Body(200, told.clone()),
        Fault::Body(500, told.clone()),
        Fault::Slow(Duration::from_millis(100)),
    ];
    for (fault, cpf) in work_api.into_iter().zip(enriched) {
        let rule = FaultRule::always(Upstream::WorkApi, fault);
        simulator.fault(rule.operation(Operation::Cpf).key(cpf).times(1));
    }
    let phones = world
        .leads()
        .iter()
        .filter_map(|lead| lead.lookup_phone.as_ref());
    let diretrix = [
        Fault::Reset,
        Fault::Hang,
        Fault::Garbage,
        Fault::Body(200, told.clone()),
        Fault::Body(400, told.clone()),
        Fault::Status(401, None),
    ];
    for (fault, phone) in diretrix.into_iter().zip(phones) {
        simulator.fault(
            FaultRule::always(Upstream::Diretrix, fault)
                .key(phone)
                .times(1),
        );
    }
    let sends = [
        (Situation::Plain, Fault::StoredThenReset),
        (Situation::NullEmail, Fault::StoredThenHang),
        (Situation::NullPhone, Fault::Body(422, told.clone())),
        (Situation::Minor, Fault::Status(500, None)),
    ];
    for (situation, fault) in sends {
        let rule = FaultRule::always(Upstream::C2s, fault).operation(Operation::CreateMessage);
        simulator.fault(rule.key(&situation.lead_id()).times(1));
    }
    let fetches = [
        (Situation::LongLists, Fault::Body(200, told.clone())),
        (Situation::NoFinances, Fault::Body(403, told)),
        (Situation::CapitalEmail, Fault::Reset),
    ];
    for (situation, fault) in fetches {
        let rule = FaultRule::always(Upstream::C2s, fault).operation(Operation::Lead);
        simulator.fault(rule.key(&situation.lead_id()).times(1));
    }
}

/// Leads that still run or will within moments. A send of unknown outcome is read back only ten
/// seconds later: these two are not waited for.
pub(super) async fn open_leads(pool: &PgPool) -> i64 {
    sqlx::query_scalar(
        "select count(*) from ops.leads
         where state in ('accepted', 'processing', 'retrying') and due_at < now() + interval '3 s'
            or owner is not null",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}
