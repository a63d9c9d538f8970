//! A bought person, in the form `core.store_person` takes it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{NewIds, StorageError};
use crate::models::{
    Address, AllowedPayload, FreeText, PersonName, Profile, ProfileEmail, ProfilePhone, Sex,
};

pub(super) fn person_json(
    profile: &Profile,
    payload: &AllowedPayload,
    fetched_at: DateTime<Utc>,
    new_ids: &NewIds,
) -> Result<Value, StorageError> {
    let contacts = profile.emails.len() + profile.phones.len();
    if new_ids.contacts.len() != contacts || new_ids.addresses.len() != profile.addresses.len() {
        return Err(StorageError::Corrupt("set of ids for a profile's rows"));
    }
    let normalized = serde_json::to_value(profile).map_err(|_| StorageError::Corrupt("profile"))?;
    let name = |name: &Option<PersonName>| name.as_ref().map(|name| name.as_str().to_owned());
    let registration = profile.registration_status.as_ref();
    Ok(json!({
        "party": {
            "id": new_ids.party,
            "cpf_cnpj": profile.cpf.digits(),
            "full_name": profile.name.as_str(),
            "sex": profile.sex.map(Sex::as_str),
            "birth_date": profile.birth_date,
            "mother_name": name(&profile.mother_name),
            "father_name": name(&profile.father_name),
            "rg": profile.rg.as_ref().map(FreeText::as_str),
            "registration_status_date": registration.and_then(|status| status.since),
            "enriched_at": fetched_at,
        },
        "marital_status": profile.marital_status.as_ref().map(FreeText::as_str),
        "contacts": contacts_json(profile, new_ids),
        "addresses": addresses_json(&profile.addresses, new_ids),
        "raw_payload": payload.as_json(),
        "normalized_data": normalized,
        "completeness_percent": completeness_percent(profile),
        "credit_score": profile.credit_score,
    }))
}

fn contacts_json(profile: &Profile, new_ids: &NewIds) -> Value {
    let emails = profile.emails.iter().map(|email| {
        json!({
            "kind": "email",
            "value": email.email.as_str(),
            "is_whatsapp": false,
            "confidence_percent": email_confidence(email),
            "metadata": {
                "priority": email.priority.as_ref().map(FreeText::as_str),
                "quality": email.quality.as_ref().map(FreeText::as_str),
                "personal": email.personal,
            },
        })
    });
    let phones = profile.phones.iter().map(|phone| {
        json!({
            "kind": "phone",
            "value": phone.phone.national(),
            "is_whatsapp": phone.whatsapp,
            "confidence_percent": phone_confidence(phone),
            "metadata": {
                "active": phone.active,
                "type": phone.kind.as_ref().map(FreeText::as_str),
                "operator": phone.operator.as_ref().map(FreeText::as_str),
            },
        })
    });
    let with_id = emails
        .chain(phones)
        .zip(&new_ids.contacts)
        .map(|(mut contact, id)| {
            contact["contact_id"] = json!(id);
            contact
        });
    Value::Array(with_id.collect())
}

fn addresses_json(addresses: &[Address], new_ids: &NewIds) -> Value {
    let rows = addresses.iter().zip(&new_ids.addresses);
    let rows = rows.filter_map(|(address, id)| {
        let text = |text: &Option<FreeText>| text.as_ref().map(|text| text.as_str().to_owned());
        let formatted = formatted(address)?;
        // One bad part must not cost the person: what does not fit is left out.
        let state = address
            .state
            .as_ref()
            .filter(|state| state.len() == 2 && state.bytes().all(|b| b.is_ascii_uppercase()));
        let zip_code = address
            .zip_code
            .as_ref()
            .filter(|zip| zip.len() == 8 && zip.bytes().all(|b| b.is_ascii_digit()));
        Some(json!({
            "address_id": id,
            "street_type": text(&address.street_type),
            "street": text(&address.street),
            "number": text(&address.number),
            "complement": text(&address.complement),
            "neighborhood": text(&address.neighborhood),
            "city": text(&address.city),
            "state": state,
            "zip_code": zip_code,
            "formatted_address": formatted,
        }))
    });
    Value::Array(rows.collect())
}

/// The address in one line; `None` when nothing but a state or a CEP is known of it.
fn formatted(address: &Address) -> Option<String> {
    let parts = [
        &address.street_type,
        &address.street,
        &address.number,
        &address.complement,
        &address.neighborhood,
        &address.city,
    ];
    let parts: Vec<&str> = parts
        .into_iter()
        .flatten()
        .map(FreeText::as_str)
        .chain(address.state.as_deref())
        .collect();
    let knows_a_place = address.street.is_some() || address.city.is_some();
    (knows_a_place || address.zip_code.is_some()).then(|| parts.join(", "))
}

/// How complete a profile is, in percent: the share of the things a profile can tell that this one
/// does. Having no company is no gap.
fn completeness_percent(profile: &Profile) -> u8 {
    let told = [
        profile.birth_date.is_some(),
        profile.sex.is_some(),
        profile.mother_name.is_some(),
        profile.father_name.is_some(),
        profile.rg.is_some(),
        profile.voter_id.is_some(),
        profile.marital_status.is_some(),
        profile.education.is_some(),
        profile.nationality.is_some(),
        profile.registration_status.is_some(),
        profile.income.is_some(),
        profile.purchasing_power.is_some(),
        profile.income_band.is_some(),
        profile.credit_score.is_some(),
        profile.credit_risk.is_some(),
        profile.occupation.is_some(),
        !profile.emails.is_empty(),
        !profile.phones.is_empty(),
        !profile.addresses.is_empty(),
    ];
    let known = told.iter().filter(|is_told| **is_told).count();
    u8::try_from(known * 100 / told.len()).unwrap_or(100)
}

/// How likely an e-mail still reaches the person, in percent. The labels are the vendor's
/// (UPSTREAMS.md §3), the numbers our own; an unknown label tells nothing.
fn email_confidence(email: &ProfileEmail) -> u8 {
    let label = |text: &Option<FreeText>| text.as_ref().map(|text| text.as_str().to_uppercase());
    let by_priority = match label(&email.priority).as_deref() {
        Some("MUITO ALTA") => 90,
        Some("ALTA") => 80,
        Some("MEDIA" | "MÉDIA") => 60,
        Some("BAIXA") => 40,
        Some("MUITO BAIXA") => 25,
        _ => 50,
    };
    match label(&email.quality).as_deref() {
        Some("OTIMO" | "ÓTIMO") => by_priority + 10,
        Some("BOM") => by_priority + 5,
        Some("RUIM") => by_priority - 20,
        Some("PESSIMO" | "PÉSSIMO") => by_priority - 25,
        _ => by_priority,
    }
}

/// How likely a phone still reaches the person, in percent: the vendor's status, and WhatsApp, which
/// somebody uses. The numbers are our own.
fn phone_confidence(phone: &ProfilePhone) -> u8 {
    let by_status = match phone.active {
        Some(true) => 75,
        Some(false) => 20,
        None => 50,
    };
    by_status + if phone.whatsapp { 20 } else { 0 }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use rstest::rstest;

    use super::*;
    use crate::models::{Email, Phone};

    #[rstest]
    #[case::best(Some("MUITO ALTA"), Some("OTIMO"), 100)]
    #[case::middling(Some("MEDIA"), Some("BOM"), 65)]
    #[case::worst(Some("MUITO BAIXA"), Some("PESSIMO"), 0)]
    #[case::unlabelled(None, None, 50)]
    #[case::new_word(Some("NOVA"), Some("OUTRA"), 50)]
    fn labels_of_an_email_are_read(
        #[case] priority: Option<&str>,
        #[case] quality: Option<&str>,
        #[case] percent: u8,
    ) {
        let email = ProfileEmail {
            email: Email::parse("pessoa@example.com").unwrap(),
            priority: priority.and_then(FreeText::parse),
            quality: quality.and_then(FreeText::parse),
            personal: None,
        };
        assert_eq!(email_confidence(&email), percent);
    }

    #[rstest]
    #[case::used(Some(true), true, 95)]
    #[case::active(Some(true), false, 75)]
    #[case::unknown(None, false, 50)]
    #[case::dead(Some(false), false, 20)]
    fn labels_of_a_phone_are_read(
        #[case] active: Option<bool>,
        #[case] whatsapp: bool,
        #[case] percent: u8,
    ) {
        let phone = ProfilePhone {
            phone: Phone::parse("11900000012").unwrap(),
            whatsapp,
            active,
            kind: None,
            operator: None,
        };
        assert_eq!(phone_confidence(&phone), percent);
    }
}
