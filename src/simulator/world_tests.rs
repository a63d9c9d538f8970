#![expect(clippy::unwrap_used, reason = "tests")]
//! The world is what it claims to be.

use std::collections::BTreeSet;

use rstest::rstest;

use super::*;

/// Written another way than the generator, so that one checks the other.
pub(super) fn has_valid_check_digits(cpf: &str) -> bool {
    let digits: Vec<usize> = cpf.bytes().map(|byte| usize::from(byte - b'0')).collect();
    let check = |length: usize| {
        let sum: usize = (0..length).map(|at| digits[at] * (length + 1 - at)).sum();
        sum * 10 % 11 % 10 == digits[length]
    };
    digits.len() == 11 && check(9) && check(10)
}

#[test]
fn the_same_seed_makes_the_same_world() {
    let world = World::generate(7, 300).unwrap();
    assert_eq!(world, World::generate(7, 300).unwrap());
    assert_ne!(world, World::generate(8, 300).unwrap());
}

#[test]
fn everybody_has_a_valid_cpf_and_contacts_of_their_own() {
    let world = World::generate(1, 2_000).unwrap();
    assert_eq!(world.people().len(), 2_000);
    let cpfs: BTreeSet<&str> = world
        .people()
        .iter()
        .map(|person| person.cpf.as_str())
        .collect();
    assert_eq!(cpfs.len(), 2_000);
    let emails: BTreeSet<&str> = world
        .people()
        .iter()
        .flat_map(|person| &person.emails)
        .map(String::as_str)
        .collect();
    assert_eq!(
        emails.len(),
        world
            .people()
            .iter()
            .map(|person| person.emails.len())
            .sum::<usize>()
    );
    for person in world.people() {
        assert!(has_valid_check_digits(&person.cpf), "{person:?}");
        assert!(
            person
                .emails
                .iter()
                .all(|email| email.ends_with("@example.com")),
            "{person:?}"
        );
        assert!(
            person
                .phones
                .iter()
                .all(|phone| phone.len() == 11 && &phone[2..3] == "9"),
            "{person:?}"
        );
    }
    let first_and_last: BTreeSet<&str> = world
        .people()
        .iter()
        .map(|person| person.name.as_str())
        .collect();
    assert_eq!(
        first_and_last.len(),
        1_999,
        "only the namesakes share a name"
    );
}

#[test]
fn each_situation_has_its_lead_and_the_rest_of_the_people_one_each() {
    let world = World::generate(1, 300).unwrap();
    for situation in Situation::ALL {
        let lead = world.lead(*situation);
        assert_eq!(lead.situation, *situation);
        assert_eq!(lead.id, situation.lead_id());
        assert_eq!(lead.json["id"], lead.id);
        assert!(!situation.about().is_empty());
    }
    assert_eq!(
        Situation::Plain.lead_id(),
        "00000000000000000000000000000a01"
    );
    let ids: BTreeSet<&str> = world.leads().iter().map(|lead| lead.id.as_str()).collect();
    assert_eq!(ids.len(), world.leads().len());
    assert!(world.leads().len() > 250);
    let bulk = &world.leads()[Situation::ALL.len()..];
    assert_eq!(bulk[0].id, "0000000000000000000000000000b001");
    assert!(
        bulk.iter()
            .any(|lead| lead.situation == Situation::ProfileMissing)
    );
    assert!(
        bulk.iter()
            .any(|lead| lead.json["attributes"]["product"].is_null())
    );
}

/// What a lead promises must hold in the answers: the CPF to be accepted is among the candidates of
/// each contact that is to be looked up, save where two people or Work API's phone are the point.
#[test]
fn the_promised_person_is_behind_the_contacts() {
    let world = World::generate(3, 500).unwrap();
    for lead in world.leads() {
        let Some(cpf) = &lead.cpf else { continue };
        let known = |contact: &String| {
            let answers = world.contacts.get(contact).map_or(&[][..], Vec::as_slice);
            answers
                .iter()
                .any(|answer| format!("{:0>11}", answer.cpf) == *cpf)
        };
        let contacts: Vec<&String> = lead.lookup_phone.iter().chain(&lead.lookup_email).collect();
        match lead.situation {
            Situation::WorkPhoneOnly => assert!(!contacts.into_iter().any(known)),
            Situation::TwoPeople => assert_eq!(
                contacts
                    .into_iter()
                    .filter(|contact| known(contact))
                    .count(),
                1
            ),
            _ => assert!(
                !contacts.is_empty() && contacts.into_iter().all(known),
                "{lead:?}"
            ),
        }
    }
}

#[rstest]
#[case(PhoneSpelling::National, "11987654321")]
#[case(PhoneSpelling::CountryCode, "5511987654321")]
#[case(PhoneSpelling::DoubleCountryCode, "555511987654321")]
#[case(PhoneSpelling::Formatted, "(11) 98765-4321")]
#[case(PhoneSpelling::International, "+55 (11) 98765-4321")]
#[case(PhoneSpelling::TrunkZero, "011987654321")]
#[case(PhoneSpelling::MissingNinthDigit, "1187654321")]
fn a_phone_is_spelled(#[case] spelling: PhoneSpelling, #[case] written: &str) {
    assert_eq!(spelling.write("11987654321"), written);
}

#[test]
fn area_code_55_comes_with_and_without_country_code() {
    let world = World::generate(1, 300).unwrap();
    let phone = |situation| {
        let lead = world.lead(situation);
        (
            lead.json["attributes"]["customer"]["phone"]
                .as_str()
                .unwrap()
                .to_owned(),
            lead.lookup_phone.clone().unwrap(),
        )
    };
    let (written, national) = phone(Situation::PhoneAreaCode55);
    assert_eq!(written, national);
    assert!(national.starts_with("559"));
    let (written, national) = phone(Situation::PhoneAreaCode55CountryCode);
    assert_eq!(written, format!("55{national}"));
    assert!(national.starts_with("559"));
}

#[test]
fn forbidden_and_personal_values_are_complete_and_apart() {
    let world = World::generate(1, 300).unwrap();
    let forbidden: BTreeSet<String> = world.forbidden_values().into_iter().collect();
    for value in [
        "CANARIO COR",
        "CANARIO VACINA",
        "VIZINHO CANARIO",
        "IRMAO CANARIO",
        "CANARIO SECAO NOVA",
    ] {
        assert!(forbidden.contains(value), "{value}");
    }
    let personal: BTreeSet<String> = world.personal_values().into_iter().collect();
    assert!(personal.is_disjoint(&forbidden));
    let plain = world
        .person(world.lead(Situation::Plain).cpf.as_ref().unwrap())
        .unwrap();
    for value in [
        &plain.name,
        &plain.provider_name(),
        &plain.cpf,
        &plain.phones[0],
        &plain.emails[0],
    ] {
        assert!(personal.contains(value), "{value}");
    }
}
