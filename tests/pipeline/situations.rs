//! What each situation comes to: whom the lead is taken for, what it cost, what the broker reads.

use rust_c2s_api::simulator::{Operation, Situation, Upstream, World};

use crate::support::Service;

/// State and number of paid calls of each situation. A message is posted for the completed ones
/// only. Paid: Diretrix for each contact, Work API by phone when Diretrix knows nobody, and the
/// profile of an accepted CPF.
const EXPECTED: &[(Situation, &str, usize)] = &[
    (Situation::Plain, "completed", 3),
    (Situation::NullEmail, "completed", 2),
    (Situation::NullPhone, "completed", 2),
    (Situation::Namesake, "review", 2),
    (Situation::TwoPeople, "completed", 3),
    (Situation::NoName, "completed", 3),
    (Situation::UnknownContact, "unidentified", 3),
    (Situation::ProfileMissing, "unidentified", 3),
    (Situation::WorkPhoneOnly, "completed", 4),
    (Situation::Suffix, "review", 1),
    (Situation::FatherAndSon, "completed", 2),
    (Situation::Deceased, "unidentified", 3),
    (Situation::Minor, "completed", 3),
    (Situation::LongLists, "completed", 3),
    (Situation::EstimatedIncome, "completed", 3),
    (Situation::OddShapes, "completed", 2),
    (Situation::NullProduct, "completed", 2),
    (Situation::BadContacts, "unidentified", 0),
    (Situation::ClientName, "completed", 3),
    (Situation::FirstNameOnly, "completed", 3),
    (Situation::SharedPhone, "review", 1),
    (Situation::CapitalEmail, "completed", 3),
    (Situation::NoContacts, "completed", 3),
    (Situation::NoFinances, "completed", 3),
    (Situation::UnknownSex, "completed", 3),
    (Situation::BadAddress, "completed", 3),
    (Situation::PhoneDoubleCountryCode, "completed", 2),
    (Situation::PhoneFormatted, "completed", 2),
    (Situation::PhoneTrunkZero, "completed", 2),
    (Situation::PhoneMissingNinthDigit, "completed", 2),
    (Situation::PhoneAreaCode55, "completed", 2),
    (Situation::PhoneAreaCode55CountryCode, "completed", 2),
];

/// What the upstreams were asked so far.
struct Asked {
    paid: usize,
    phones: Vec<String>,
    emails: Vec<String>,
}

impl Asked {
    fn of(service: &Service) -> Self {
        let calls = service.simulator.calls();
        let keys = |operation| {
            let keys = calls.keys(Upstream::Diretrix, operation);
            keys.into_iter().map(str::to_owned).collect()
        };
        Self {
            paid: calls.paid(),
            phones: keys(Operation::Phone),
            emails: keys(Operation::Email),
        }
    }
}

#[tokio::test]
async fn every_situation_comes_to_what_it_should() {
    let listed: Vec<Situation> = EXPECTED.iter().map(|expected| expected.0).collect();
    assert_eq!(listed, Situation::ALL, "the table leaves none out");
    let service = Service::start().await;
    let world = service.simulator.world().clone();
    let mut messages = 0;

    for (situation, state, paid) in EXPECTED {
        let before = Asked::of(&service);
        let answer = service.process_situation(*situation).await;
        let after = Asked::of(&service);

        let lead = world.lead(*situation);
        let cpfs: Vec<&str> = lead.cpf.iter().map(String::as_str).collect();
        assert_eq!(answer.state(), *state, "{situation:?}: {}", answer.body);
        assert_eq!(answer.status, 200, "{situation:?}");
        assert_eq!(answer.cpfs(), cpfs, "{situation:?}");
        assert_eq!(answer.body["entities_stored"], cpfs.len(), "{situation:?}");
        answer.assert_five_keys();
        assert_eq!(after.paid - before.paid, *paid, "{situation:?} paid");
        let phones: Vec<String> = lead.lookup_phone.clone().into_iter().collect();
        let emails: Vec<String> = lead.lookup_email.clone().into_iter().collect();
        let (old_phones, old_emails) = (before.phones.len(), before.emails.len());
        assert_eq!(after.phones[old_phones..], phones, "{situation:?}");
        assert_eq!(after.emails[old_emails..], emails, "{situation:?}");
        let received = service.simulator.messages(&lead.id);
        assert_eq!(received.len(), cpfs.len(), "{situation:?}: messages");
        if let (Some(message), Some(cpf)) = (received.first(), &lead.cpf) {
            assert_names_only(&world, cpf, &message.body);
            messages += 1;
        }
    }

    println!(
        "{} situations, {messages} messages, {} paid calls",
        EXPECTED.len(),
        service.simulator.calls().paid()
    );
    service.stop().await;
}

#[tokio::test]
async fn every_other_lead_of_the_world_is_taken_for_the_right_person() {
    let service = Service::start().await;
    let world = service.simulator.world().clone();
    let leads = &world.leads()[Situation::ALL.len()..];
    assert!(leads.len() > 20, "there are leads to try");

    let answers = leads.iter().map(|lead| service.process(&lead.id));
    let answers = futures::future::join_all(answers).await;
    for (lead, answer) in leads.iter().zip(answers) {
        let cpfs: Vec<&str> = lead.cpf.iter().map(String::as_str).collect();
        assert_eq!(answer.cpfs(), cpfs, "{}: {}", lead.id, answer.body);
        for message in service.simulator.messages(&lead.id) {
            assert_names_only(&world, cpfs[0], &message.body);
        }
    }
    service.stop().await;
}

/// The message names the accepted person and the mother, and nobody else who lives in the world.
fn assert_names_only(world: &World, accepted: &str, message: &str) {
    let person = world.person(accepted).unwrap();
    assert!(message.contains(&person.provider_name()));
    let rest = message
        .replace(&person.provider_name(), "")
        .replace(&person.mother, "");
    for other in world.people().iter().filter(|one| one.cpf != accepted) {
        assert!(!rest.contains(&other.provider_name()), "a name: {message}");
        assert!(!rest.contains(&other.name), "a name: {message}");
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        assert!(!digits.contains(&other.cpf), "a CPF: {message}");
    }
}
