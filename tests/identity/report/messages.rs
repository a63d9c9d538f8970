//! Whoever was not accepted is in no message.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_c2s_api::message::{MessageInput, MessageOptions, Note, compose, compose_note};
use rust_c2s_api::models::{Cpf, MatchStrength, MessageField};

use super::figures::JudgedSet;
use crate::judge::{Accepted, Verdict};
use crate::labelled::LabelledLead;

#[test]
fn who_was_not_accepted_is_in_no_message() {
    let notes = [Note::UnderReview, Note::NobodyFound, Note::Correction];
    let notes = notes.map(|note| compose_note(note).with_last_line("ABC234"));
    let sets = JudgedSet::all();
    let mut composed = 0;
    for (lead, judged) in sets.iter().flat_map(|set| &set.leads) {
        for note in &notes {
            assert_eq!(named_in(note, lead, None), None, "{}", lead.id);
        }
        if let Verdict::Accept(accepted) = &judged.verdict {
            let message = message_about(accepted);
            let whole_cpf = accepted.profile.cpf.formatted();
            assert!(message.contains(&whole_cpf), "{}", lead.id);
            let named = named_in(&message, lead, Some(accepted));
            assert_eq!(named, None, "{}", lead.id);
            composed += 1;
        }
    }
    assert!(composed > 1_000, "{composed} messages");
}

#[test]
fn who_is_in_a_message_is_found_there() {
    let sets = JudgedSet::all();
    let of_several = |lead: &&LabelledLead| lead.profiles.len() > 1;
    let lead = sets[0].leads.iter().map(|(lead, _)| lead).find(of_several);
    let lead = lead.unwrap();
    let other = &lead.profiles[1];
    for text in [&other.cpf, &other.name, &other.name.to_lowercase()] {
        assert!(named_in(&format!("Nome: {text}."), lead, None).is_some());
    }
}

fn message_about(accepted: &Accepted) -> String {
    let today = NaiveDate::from_ymd_opt(2026, 11, 28).unwrap();
    let options = MessageOptions {
        fields: &MessageField::ALL,
        income_multiplier_thousandths: 1_000,
    };
    let message = compose(&MessageInput {
        profile: &accepted.profile,
        agreement: accepted.matched.agreement,
        strength: MatchStrength::Strong,
        corrects: true,
        options: &options,
        today,
        fetched_on: today,
        source: "Work API",
    });
    message.with_last_line("ABC234")
}

/// What the text has of any candidate who was not accepted. The accepted person's own name does not
/// count, also where it holds a relative's.
fn named_in(text: &str, lead: &LabelledLead, accepted: Option<&Accepted>) -> Option<String> {
    let text = text.to_uppercase();
    let text = accepted.map_or(text.clone(), |accepted| {
        text.replace(&accepted.profile.name.as_str().to_uppercase(), "")
    });
    let own_cpf = accepted.map(|accepted| accepted.profile.cpf.digits());
    let mut traces = BTreeSet::new();
    for profile in &lead.profiles {
        if own_cpf != Some(profile.cpf.as_str()) {
            let formatted = Cpf::parse(&profile.cpf).unwrap().formatted();
            traces.extend([profile.cpf.clone(), formatted, profile.name.to_uppercase()]);
        }
    }
    for answer in crate::answers(lead) {
        let listed = answer.people.iter();
        let others = listed.filter(|person| own_cpf != Some(person.cpf.as_str()));
        let names = others.map(|person| &person.name).chain(&answer.without_cpf);
        traces.extend(names.flatten().map(|name| name.to_uppercase()));
        let rejected = answer.rejected.iter();
        let rejected = rejected.filter(|cpf| own_cpf != Some(cpf.as_str()));
        traces.extend(rejected.cloned());
    }
    traces.into_iter().find(|trace| text.contains(trace))
}
