#![expect(clippy::expect_used, reason = "tests")]

use rstest::rstest;
use serde_json::json;

use super::*;
use crate::models::{EmailError, Money, PhoneError};

const ID: &str = "00000000000000000000000000000a01";

fn id() -> LeadId {
    LeadId::parse(ID).expect("an id")
}

fn of(attributes: &Value) -> Lead {
    let body = json!({"data": {"id": ID, "attributes": attributes}}).to_string();
    lead(body.as_bytes(), &id()).expect("a lead")
}

fn text(text: &Option<FreeText>) -> Option<&str> {
    text.as_ref().map(FreeText::as_str)
}

#[test]
fn reads_the_lead_as_c2s_sends_it() {
    let body = include_bytes!("../../../../tests/fixtures/c2s/lead.json");
    let lead = lead(body, &id()).expect("a lead");
    let name = lead.name.as_ref().map(PersonName::as_str);
    assert_eq!(name, Some("Pessoa Exemplo Um"));
    assert_eq!(
        lead.phone,
        Contact::Usable(Phone::parse("11900000001").expect("a phone"))
    );
    assert_eq!(
        lead.email,
        Contact::Usable(Email::parse("pessoa.um@example.com").expect("an e-mail"))
    );
    assert_eq!(
        text(&lead.description),
        Some("Lead sintético de exemplo: interesse no imóvel EX-001.")
    );
    let product = lead.product.expect("a product");
    assert_eq!(
        text(&product.description),
        Some("Apartamento Exemplo 3 quartos")
    );
    assert_eq!(text(&product.reference), Some("EX-001"));
    assert_eq!(product.price, Some(Money::from_centavos(50_000_000)));
    let seller = lead.seller.expect("a seller");
    assert_eq!(text(&seller.id), Some("00000000000000000000000000000501"));
    assert_eq!(text(&seller.name), Some("Corretor Exemplo"));
    assert_eq!(text(&lead.source), Some("Site Exemplo"));
    assert_eq!(lead.campaign, None);
    assert_eq!(lead.created_at, parse_instant("2025-01-15T13:00:00Z"));
    assert_eq!(lead.updated_at, parse_instant("2025-01-15T13:01:00Z"));
    let notes: Vec<&str> = lead.notes.iter().map(FreeText::as_str).collect();
    assert_eq!(notes, ["Mensagem de exemplo", "Lead criado (exemplo)"]);
}

#[test]
fn a_lead_of_odd_types_is_read() {
    let body = include_bytes!("../../../../tests/fixtures/c2s/lead_odd_types.json");
    let lead = lead(body, &id()).expect("a lead");
    assert_eq!(
        lead.name.as_ref().map(PersonName::as_str),
        Some("Pessoa Exemplo Um")
    );
    assert_eq!(
        lead.phone,
        Contact::Usable(Phone::parse("11900000001").expect("a phone"))
    );
    assert_eq!(lead.email, Contact::Absent);
    assert_eq!(lead.description, None);
    let price = lead.product.and_then(|product| product.price);
    assert_eq!(price, Some(Money::from_centavos(50_000_000)));
    assert_eq!(lead.seller, None);
    assert_eq!(text(&lead.source), Some("Site Exemplo"));
    assert_eq!(text(&lead.campaign), Some("Campanha Exemplo"));
    assert_eq!(lead.created_at, parse_instant("2025-01-15T13:00:00Z"));
    assert_eq!(lead.updated_at, None);
    let notes: Vec<&str> = lead.notes.iter().map(FreeText::as_str).collect();
    assert_eq!(notes, ["Só um texto", "7", "Pela descrição"]);
}

#[rstest]
#[case(json!({}))]
#[case(json!({"customer": null, "product": null, "seller": null, "tags": null, "log": null,
    "messages": null, "description": null, "lead_source": null, "created_at": null}))]
#[case(json!({"customer": {"name": null, "email": null, "phone": null}, "product": {"price": null},
    "seller": {"id": null}, "tags": ["a"], "lead_source": {"name": null}}))]
#[case(json!({"customer": "x", "product": 1, "seller": [], "tags": {}, "log": {}, "messages": "x",
    "description": {}, "lead_source": [], "created_at": {}}))]
fn a_lead_of_which_nothing_is_known_is_read(#[case] attributes: Value) {
    let lead = of(&attributes);
    let nothing = Lead {
        id: id(),
        name: None,
        phone: Contact::Absent,
        email: Contact::Absent,
        description: None,
        product: None,
        seller: None,
        source: None,
        campaign: None,
        created_at: None,
        updated_at: None,
        notes: Vec::new(),
    };
    assert_eq!(lead, nothing);
}

fn usable(national: &str) -> Contact<Phone, PhoneError> {
    Contact::Usable(Phone::parse(national).expect("a phone"))
}

#[rstest]
#[case(json!({"phone": "555511900000001"}), usable("11900000001"))]
#[case(json!({"phone": "123", "phone_global": "+5511900000001"}), usable("11900000001"))]
#[case(json!({"phone": null, "phone2": "(11) 90000-0002"}), usable("11900000002"))]
#[case(json!({"phone": 5_511_900_000_001_u64}), usable("11900000001"))]
#[case(json!({"phone": "123", "phone2": "abc"}), Contact::Refused(PhoneError::Length(3)))]
#[case(json!({"phone": "", "phone2": "abc"}), Contact::Refused(PhoneError::Character))]
#[case(json!({"phone": " ", "phone2": {}}), Contact::Absent)]
fn the_first_usable_phone_counts(
    #[case] customer: Value,
    #[case] expected: Contact<Phone, PhoneError>,
) {
    assert_eq!(of(&json!({"customer": customer})).phone, expected);
}

#[test]
fn an_impossible_email_is_refused() {
    let lead = of(&json!({"customer": {"email": "naotem"}}));
    assert_eq!(lead.email, Contact::Refused(EmailError::Form));
}

#[rstest]
#[case(json!({"data": {"id": ID, "type": "lead", "attributes": {}}}))]
#[case(json!({"data": {"id": ID, "attributes": {}}}))]
#[case(json!({"id": ID, "attributes": {}}))]
#[case(json!({"id": ID, "customer": {}}))]
fn the_lead_is_found_where_it_stands(#[case] body: Value) {
    let lead = lead(body.to_string().as_bytes(), &id());
    assert_eq!(lead.map(|lead| lead.id), Ok(id()));
}

#[rstest]
#[case(json!([]).to_string(), "it is not an object")]
#[case(json!({}).to_string(), "the lead has no attributes")]
#[case(json!({"data": null}).to_string(), "data is not an object")]
#[case(json!({"data": []}).to_string(), "data is not an object")]
#[case(json!({"data": {"id": ID}}).to_string(), "the lead has no attributes")]
#[case(json!({"data": {"attributes": {}}}).to_string(), "it is not the lead asked for")]
#[case(json!({"data": {"id": "other", "attributes": {}}}).to_string(), "it is not the lead asked for")]
#[case(format!("{}1{}", "{\"data\":".repeat(5_000), "}".repeat(5_000)), "it is not JSON")]
#[case("{\"data\":".to_owned(), "it is not JSON")]
fn what_is_no_lead_is_refused(#[case] body: String, #[case] reason: &'static str) {
    let read = lead(body.as_bytes(), &id());
    assert_eq!(read, Err(UpstreamErrorKind::Unreadable(reason)));
}

#[rstest]
#[case(3_990)]
#[case(3_995)]
#[case(3_999)]
#[case(4_950)]
#[case(9_000)]
fn a_reference_is_found_wherever_a_note_is_cut(#[case] before: usize) {
    let message = format!("{} ref. ABCDEF fim", "é".repeat(before));
    let lead = of(&json!({"messages": [{"message": message}]}));
    let found = lead
        .notes
        .iter()
        .any(|note| note.as_str().contains("ref. ABCDEF"));
    assert!(found);
}

#[test]
fn a_name_of_a_megabyte_is_no_name() {
    let lead = of(&json!({"customer": {"name": "a".repeat(1 << 20), "email": "\u{0}"}}));
    assert_eq!((lead.name, lead.email), (None, Contact::Absent));
}
