//! A lead on the wire. Everything below `attributes` may be null, missing or of another type.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::models::{Contact, Email, FreeText, Lead, LeadId, PersonName, Phone, Product, Seller};
use crate::models::{clean, parse_instant};
use crate::upstream::{
    UpstreamErrorKind, items_at, money_at, object_at, parse_object, text_at, text_of,
};

/// Longest piece of a note, in characters: what a [`FreeText`] holds.
const PIECE: usize = 4_000;

/// How much of a piece the next one repeats, so that a message's reference is never cut in two.
const OVERLAP: usize = 100;

/// Reads the lead that was asked for.
///
/// # Errors
/// [`UpstreamErrorKind::Unreadable`] when the body is no lead, or another lead.
pub(super) fn lead(body: &[u8], asked: &LeadId) -> Result<Lead, UpstreamErrorKind> {
    let root = parse_object(body)?;
    let lead = if root.get("data").is_some() {
        object_at(&root, "data").ok_or(UpstreamErrorKind::Unreadable("data is not an object"))?
    } else {
        &root
    };
    let attributes = object_at(lead, "attributes")
        .or_else(|| lead.get("customer").map(|_| lead))
        .ok_or(UpstreamErrorKind::Unreadable("the lead has no attributes"))?;
    let id = lead.get("id").and_then(text_of);
    if id.as_deref() != Some(asked.as_str()) {
        return Err(UpstreamErrorKind::Unreadable(
            "it is not the lead asked for",
        ));
    }
    Ok(of_attributes(attributes, asked.clone()))
}

fn of_attributes(attributes: &Value, id: LeadId) -> Lead {
    let customer = attributes.get("customer").unwrap_or(&Value::Null);
    Lead {
        id,
        name: text_at(customer, "name").and_then(|name| PersonName::parse(&name).ok()),
        phone: first_usable(customer, &["phone", "phone_global", "phone2"], Phone::parse),
        email: first_usable(customer, &["email"], Email::parse),
        description: free_text(attributes, "description"),
        product: object_at(attributes, "product").and_then(product),
        seller: object_at(attributes, "seller").and_then(seller),
        source: named(attributes, "lead_source").or_else(|| named(attributes, "channel")),
        campaign: named(attributes, "campaign"),
        created_at: instant(attributes, "created_at"),
        updated_at: instant(attributes, "updated_at"),
        notes: notes(attributes),
    }
}

/// The first contact that can be used; if none can, why the first one cannot.
fn first_usable<T, E>(
    customer: &Value,
    keys: &[&str],
    parse: impl Fn(&str) -> Result<T, E>,
) -> Contact<T, E> {
    let mut refused = None;
    for text in keys.iter().filter_map(|key| text_at(customer, key)) {
        match parse(&text) {
            Ok(contact) => return Contact::Usable(contact),
            Err(reason) => refused = refused.or(Some(reason)),
        }
    }
    refused.map_or(Contact::Absent, Contact::Refused)
}

fn product(product: &Value) -> Option<Product> {
    let product = Product {
        description: free_text(product, "description"),
        reference: free_text(product, "prop_ref"),
        price: money_at(product, "price"),
    };
    let known =
        product.description.is_some() || product.reference.is_some() || product.price.is_some();
    known.then_some(product)
}

fn seller(seller: &Value) -> Option<Seller> {
    let seller = Seller {
        id: free_text(seller, "id"),
        name: free_text(seller, "name"),
    };
    (seller.id.is_some() || seller.name.is_some()).then_some(seller)
}

/// The name of `{id, alias?, name}`, or the text itself where there is only a text.
fn named(attributes: &Value, key: &str) -> Option<FreeText> {
    free_text(attributes, key).or_else(|| {
        let object = attributes.get(key)?;
        free_text(object, "name").or_else(|| free_text(object, "alias"))
    })
}

fn instant(attributes: &Value, key: &str) -> Option<DateTime<Utc>> {
    parse_instant(&text_at(attributes, key)?)
}

fn free_text(value: &Value, key: &str) -> Option<FreeText> {
    FreeText::parse(&text_at(value, key)?)
}

fn notes(attributes: &Value) -> Vec<FreeText> {
    let messages = items_at(attributes, "messages");
    let entries = messages.iter().chain(items_at(attributes, "log"));
    let texts = entries.flat_map(texts_of_note);
    texts.flat_map(|text| pieces(&text)).collect()
}

fn texts_of_note(entry: &Value) -> Vec<String> {
    let keys = ["message", "body", "description"];
    let texts = keys.iter().filter_map(|key| text_of(entry.get(*key)?));
    text_of(entry).into_iter().chain(texts).collect()
}

/// A message may be longer than a [`FreeText`] holds, and its reference stands at its end.
fn pieces(text: &str) -> Vec<FreeText> {
    let characters: Vec<char> = clean(text).chars().collect();
    let starts = (0..characters.len()).step_by(PIECE - OVERLAP);
    starts
        .filter_map(|start| {
            let end = characters.len().min(start + PIECE);
            FreeText::parse(&characters[start..end].iter().collect::<String>())
        })
        .collect()
}

#[cfg(test)]
mod tests;
