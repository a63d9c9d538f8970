//! Leads of the labelled set through the whole service: who is taken for whom, and what the CRM is told of whom.

use std::collections::BTreeSet;

use rust_c2s_api::simulator::{Candidate, Person, SimulatedLead, Simulator};
use serde_json::json;

#[path = "../identity/labelled.rs"]
#[expect(dead_code, reason = "the tests of the set write it")]
mod lead_set;

use lead_set::{Careful, LabelledLead, LabelledProfile, Lookup};

use crate::support::Service;

/// One lead of each situation, but of those that need more than upstreams can show: a failed lookup, and somebody
/// who was turned down before.
fn one_of_each() -> Vec<LabelledLead> {
    let set = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/identity/leads.jsonl"
    );
    let leads = lead_set::read(&std::fs::read_to_string(set).unwrap()).unwrap();
    let mut seen = BTreeSet::new();
    let shows = |lookup: &Option<Lookup>| match lookup {
        Some(Lookup::Failed(_)) => false,
        Some(Lookup::Answered(answered)) => answered.rejected.is_empty(),
        None => true,
    };
    let leads = leads.into_iter();
    let leads = leads.filter(|lead| shows(&lead.by_phone) && shows(&lead.by_email));
    leads
        .filter(|lead| seen.insert(lead.situation.clone()))
        .collect()
}

fn answered(simulator: &Simulator, contact: Option<&String>, lookup: Option<&Lookup>) {
    let (Some(contact), Some(Lookup::Answered(answered))) = (contact, lookup) else {
        return;
    };
    let named = answered
        .people
        .iter()
        .map(|one| (one.cpf.as_str(), one.name.as_ref()));
    // Eleven digits whose check digits do not hold.
    let unusable = answered
        .without_cpf
        .iter()
        .map(|name| ("52998224724", name.as_ref()));
    let candidates = named.chain(unusable).map(|(cpf, name)| Candidate {
        cpf: cpf.to_owned(),
        nome: name.cloned().unwrap_or_default(),
    });
    simulator.put_contact_answer(contact, candidates.collect());
}

fn known(simulator: &Simulator, number: u64, profile: &LabelledProfile) {
    let person = Person {
        cpf: profile.cpf.clone(),
        phones: profile.phones.clone(),
        emails: profile.emails.clone(),
        deceased: profile.deceased,
        ..Person::invented(number)
    };
    let mut answer = Simulator::profile_of(&person);
    answer["DadosBasicos"]["nome"] = json!(profile.name);
    simulator.put_profile(&profile.cpf, answer);
}

/// The lead is left, and the upstreams answer as its line says.
fn staged(simulator: &Simulator, number: u64, lead: &LabelledLead) -> String {
    let id = format!("labelled-{number}");
    let mut left = SimulatedLead::new(&id).name(lead.lead.name.clone());
    left = left
        .phone(lead.lead.phone.clone())
        .email(lead.lead.email.clone());
    simulator.put_lead(left).unwrap();
    answered(simulator, lead.lead.phone.as_ref(), lead.by_phone.as_ref());
    answered(simulator, lead.lead.email.as_ref(), lead.by_email.as_ref());
    for profile in &lead.profiles {
        known(simulator, number, profile);
    }
    id
}

/// A CPF as a message writes it.
fn formatted(cpf: &str) -> String {
    format!("{}.{}.{}-{}", &cpf[..3], &cpf[3..6], &cpf[6..9], &cpf[9..])
}

/// Whoever was not accepted is in nothing that was posted, by name or by CPF.
fn names_nobody_else(posted: &str, lead: &LabelledLead, accepted: Option<&str>) {
    let own = lead
        .profiles
        .iter()
        .find(|one| Some(one.cpf.as_str()) == accepted);
    for other in lead
        .profiles
        .iter()
        .filter(|one| Some(one.cpf.as_str()) != accepted)
    {
        assert!(!posted.contains(&other.cpf), "{}: {posted}", lead.id);
        assert!(
            !posted.contains(&formatted(&other.cpf)),
            "{}: {posted}",
            lead.id
        );
        let is_namesake = own.is_some_and(|own| own.name.contains(&other.name));
        assert!(
            is_namesake || !posted.contains(&other.name),
            "{}: {posted}",
            lead.id
        );
    }
}

#[tokio::test]
async fn nobody_is_mistaken_and_nobody_else_is_named() {
    let service = Service::start_with(&[("NOTE_WHEN_UNSURE", "true")]).await;
    let (mut acceptable, mut accepted) = (0, 0);
    for (number, lead) in (1..).zip(one_of_each()) {
        let lead_id = staged(&service.simulator, number, &lead);

        let run = service.process(&lead_id).await;

        let cpfs = run.cpfs();
        let posted = service.only_message(&lead_id);
        names_nobody_else(&posted, &lead, cpfs.first().copied());
        if lead.careful == Careful::Accept {
            acceptable += 1;
            accepted += usize::from(run.says_done());
        } else {
            assert!(!run.says_done(), "{}: {}", lead.id, run.body);
        }
        if run.says_done() {
            assert_eq!(cpfs.first().copied(), lead.truth.as_deref(), "{}", lead.id);
            assert!(posted.contains("🔎 Identificação: "), "{posted}");
        }
    }
    println!("{accepted} of {acceptable} that a careful person accepts were completed");
    assert!(acceptable > 20 && accepted * 100 >= acceptable * 95);
    service.stop().await;
}
