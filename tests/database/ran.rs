//! Leads that really ran, for the questions to be about.

use std::collections::BTreeMap;

use futures::future::join_all;
use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Person, Situation, Upstream};
use serde_json::json;

use crate::support::evidence::newcomer;
use crate::support::{Answer, Service};

/// Retries and read-backs come after the test.
const LATER: &[(&str, &str)] = &[
    ("RETRY_BASE_MS", "3600000"),
    ("RETRY_MAX_MS", "3600000"),
    ("C2S_TIMEOUT_SECS", "60"),
];

pub(crate) struct Ran {
    pub(crate) service: Service,
    /// By lead.
    pub(crate) answers: BTreeMap<String, Answer>,
    /// A lead that was enriched.
    pub(crate) plain: String,
    /// The same person once more, told from what is stored.
    pub(crate) again: String,
    /// Work API is down for this one.
    pub(crate) retrying: String,
    /// Nobody knows whether this one's message arrived.
    pub(crate) unknown_send: String,
    /// What no answer may tell: names, CPFs, contacts.
    pub(crate) personal: Vec<String>,
}

impl Ran {
    /// Every lead of the simulator's world, one of each kind of trouble, and one who comes again.
    pub(crate) async fn all_leads() -> Self {
        let service = Service::start_with(LATER).await;
        let simulator = &service.simulator;
        let world = simulator.world().clone();
        let (retrying, unknown_send) = (newcomer(simulator, 1), newcomer(simulator, 2));
        let down = FaultRule::always(Upstream::WorkApi, Fault::Status(503, Some(3_600)));
        simulator.fault(down.key(&retrying.person.cpf));
        let lost = FaultRule::always(Upstream::C2s, Fault::StoredThenReset);
        let lost = lost.operation(Operation::CreateMessage);
        simulator.fault(lost.key(&unknown_send.lead_id));

        let mut leads: Vec<String> = world.leads().iter().map(|lead| lead.id.clone()).collect();
        leads.push(unknown_send.lead_id.clone());
        let answers = join_all(leads.iter().map(|lead_id| service.process(lead_id))).await;
        let mut answers: BTreeMap<String, Answer> = leads.into_iter().zip(answers).collect();

        let mut same = world.lead(Situation::Plain).json.clone();
        same["id"] = json!("again");
        let again = simulator.put_lead(same).unwrap();
        // The last one: an upstream that asks for a pause is called for nobody until it is over.
        for lead_id in [&again, &retrying.lead_id] {
            let answer = service.process(lead_id).await;
            answers.insert(lead_id.clone(), answer);
        }
        let mut personal = world.personal_values();
        personal.extend(
            [&retrying, &unknown_send]
                .into_iter()
                .flat_map(|one| identifying(&one.person)),
        );
        Self {
            service,
            answers,
            personal,
            plain: Situation::Plain.lead_id(),
            again,
            retrying: retrying.lead_id,
            unknown_send: unknown_send.lead_id,
        }
    }
}

fn identifying(person: &Person) -> [String; 4] {
    [
        person.name.clone(),
        person.cpf.clone(),
        person.phone().to_owned(),
        person.email().to_owned(),
    ]
}
