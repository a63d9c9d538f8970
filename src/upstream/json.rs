//! JSON from outside, picked field by field, so that one odd field never fails the whole: numbers
//! are read where texts are expected and texts where numbers are.

use serde_json::Value;

use super::UpstreamErrorKind;
use crate::models::{Money, present};

/// Reads a body as JSON. Invalid UTF-8, garbage and nesting deeper than 128 are refused.
///
/// # Errors
/// [`UpstreamErrorKind::Unreadable`].
pub(crate) fn parse_value(body: &[u8]) -> Result<Value, UpstreamErrorKind> {
    serde_json::from_slice(body).map_err(|_| UpstreamErrorKind::Unreadable("it is not JSON"))
}

/// Reads a body as a JSON object.
///
/// # Errors
/// [`UpstreamErrorKind::Unreadable`].
pub(crate) fn parse_object(body: &[u8]) -> Result<Value, UpstreamErrorKind> {
    let value = parse_value(body)?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(UpstreamErrorKind::Unreadable("it is not an object"))
    }
}

/// The text of a text, a number or a flag; `None` for anything else. A whole number has no `.0`.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 => format!("{float:.0}"),
            _ => number.to_string(),
        }),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The text under a key, if there is any (see [`present`]).
pub(crate) fn text_at(value: &Value, key: &str) -> Option<String> {
    present(&text_of(value.get(key)?)?)
}

/// Whether a key is missing, null, or holds a word for "not known".
pub(crate) fn is_absent(value: &Value, key: &str) -> bool {
    match value.get(key) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => present(text).is_none(),
        Some(_) => false,
    }
}

/// The object under a key.
pub(crate) fn object_at<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value.get(key).filter(|value| value.is_object())
}

/// The items of the list under a key; none when there is no list.
pub(crate) fn items_at<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The amount under a key. The point of a JSON number is a decimal point; that of a text is read
/// as Brazilians write it.
pub(crate) fn money_at(value: &Value, key: &str) -> Option<Money> {
    match value.get(key)? {
        Value::Number(number) if number.is_f64() => {
            Money::parse(&format!("{:.2}", number.as_f64()?))
        }
        other => Money::parse(&present(&text_of(other)?)?),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!("a"), Some("a"))]
    #[case(json!(7), Some("7"))]
    #[case(json!(52_998_224_725_u64), Some("52998224725"))]
    #[case(json!(52_998_224_725.0), Some("52998224725"))]
    #[case(json!(1.5), Some("1.5"))]
    #[case(json!(true), Some("true"))]
    #[case(json!(" "), None)]
    #[case(json!("SEM INFORMAÇÃO"), None)]
    #[case(json!(null), None)]
    #[case(json!({}), None)]
    #[case(json!([]), None)]
    fn reads_texts(#[case] value: Value, #[case] text: Option<&str>) {
        assert_eq!(text_at(&json!({"k": value}), "k").as_deref(), text);
    }

    #[rstest]
    #[case(json!("1.234,56"), Some(123_456))]
    #[case(json!("R$ 500.000"), Some(50_000_000))]
    #[case(json!(500_000), Some(50_000_000))]
    #[case(json!(1.234), Some(123))]
    #[case(json!(1234.56), Some(123_456))]
    #[case(json!(-1), None)]
    #[case(json!(1e300), None)]
    #[case(json!({}), None)]
    fn reads_money(#[case] value: Value, #[case] centavos: Option<i64>) {
        let read = money_at(&json!({"k": value}), "k");
        assert_eq!(read.map(Money::centavos), centavos);
    }

    #[test]
    fn refuses_what_is_too_deep_or_no_text() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for body in [deep.as_bytes(), b"{\"a\":\"\xff\"}", b"", b"<html>"] {
            let read = parse_value(body);
            assert_eq!(read, Err(UpstreamErrorKind::Unreadable("it is not JSON")));
        }
    }
}
