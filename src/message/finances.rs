//! The financial section.

use super::MessageInput;
use super::sections::{self, labelled};
use crate::models::{FreeText, Money};

/// From this age on a person's finances may be shown (Código Civil, art. 5).
const OF_AGE: u32 = 18;
/// The multiplier that changes nothing, in thousandths.
const UNCHANGED: u32 = 1_000;
/// What introduces an amount in the provider's words.
const CURRENCY: &str = "R$";

/// The financial section. None for a minor, and none when the age is unknown: nothing then says
/// that this is not a minor, and it is the person who would bear the mistake.
pub(super) fn section(input: &MessageInput<'_>) -> Option<String> {
    if input.profile.age_on(input.today)? < OF_AGE {
        return None;
    }
    let profile = input.profile;
    let thousandths = input.options.income_multiplier_thousandths;
    let lines = [
        profile.income.and_then(|money| income(money, thousandths)),
        labelled("Poder Aquisitivo", profile.purchasing_power.as_ref()),
        income_band(profile.income_band.as_ref(), thousandths),
        profile
            .credit_score
            .map(|score| format!("Score de Crédito: {score}")),
        labelled("Risco", profile.credit_risk.as_ref()),
    ];
    let lines: Vec<String> = lines.into_iter().flatten().collect();
    sections::section("💰 DADOS FINANCEIROS", &lines)
}

/// The income; none when the multiplied amount is beyond any.
fn income(money: Money, thousandths: u32) -> Option<String> {
    let amount = money.scaled(thousandths)?.formatted();
    Some(format!("Renda: {amount}{}", label(thousandths)))
}

/// The income band, its amounts multiplied. Words without an amount in reais stay as they are and
/// are not called estimated; words with an amount that cannot be read are only shown unmultiplied.
fn income_band(words: Option<&FreeText>, thousandths: u32) -> Option<String> {
    let words = words?;
    let has_amounts = words.as_str().contains(CURRENCY);
    let scaled = with_scaled_amounts(words.as_str(), thousandths).and_then(|t| FreeText::parse(&t));
    let shown = match scaled {
        Some(scaled) => scaled,
        None if thousandths == UNCHANGED => words.clone(),
        None => return None,
    };
    let line = labelled("Faixa de Renda", Some(&shown))?;
    let label = if has_amounts { label(thousandths) } else { "" };
    Some(format!("{line}{label}"))
}

const fn label(thousandths: u32) -> &'static str {
    if thousandths == UNCHANGED {
        ""
    } else {
        " (estimada)"
    }
}

/// The text with each amount after `R$` multiplied and in Brazilian form; `None` when one of them
/// cannot be read.
fn with_scaled_amounts(text: &str, thousandths: u32) -> Option<String> {
    let mut pieces = text.split(CURRENCY);
    let mut out = pieces.next()?.to_owned();
    for piece in pieces {
        let piece = piece.trim_start();
        let in_amount = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
        let end = piece.find(|c| !in_amount(c)).unwrap_or(piece.len());
        let amount = piece[..end].trim_end_matches(['.', ',']);
        let money = Money::parse(amount)?.scaled(thousandths)?;
        out.push_str(&money.formatted());
        out.push_str(&piece[amount.len()..]);
    }
    Some(out)
}
