//! CPF and CNPJ with valid check digits, invented. The simulator has its own few lines, so that an
//! error in the service's parser cannot hide behind the same error here.

use super::random::Random;

const CNPJ_WEIGHTS: [u32; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];

/// An invented CPF of 11 digits that begins with one of `first_digits` (numbers of the population
/// and of the relatives are kept apart by it). At most one leading zero, so that the form without
/// leading zeros still has 10 digits.
pub(super) fn invent_cpf(random: &mut Random, first_digits: &[u32]) -> String {
    let mut digits = vec![first_digits[random.index(first_digits.len())]];
    digits.push(1 + draw_digit(random) % 9);
    while digits.len() < 9 {
        digits.push(draw_digit(random));
    }
    if digits.iter().all(|digit| *digit == digits[0]) {
        digits[8] = (digits[8] + 1) % 10;
    }
    with_check_digits(digits)
}

/// The CPF that begins with the nine digits of a number.
pub(super) fn cpf_of(number: u64) -> String {
    let digits = format!("{number:09}");
    with_check_digits(digits.chars().filter_map(|c| c.to_digit(10)).collect())
}

fn with_check_digits(mut digits: Vec<u32>) -> String {
    for _ in 0..2 {
        let highest = u32::try_from(digits.len()).unwrap_or(0) + 1;
        let sum: u32 = digits
            .iter()
            .zip((2..=highest).rev())
            .map(|(digit, weight)| digit * weight)
            .sum();
        digits.push(check_digit(sum));
    }
    to_text(&digits)
}

/// An invented CNPJ of 14 digits, never beginning with `000` (which would look like a padded CPF).
pub(super) fn invent_cnpj(random: &mut Random) -> String {
    let mut digits: Vec<u32> = vec![1 + draw_digit(random) % 9];
    while digits.len() < 8 {
        digits.push(draw_digit(random));
    }
    digits.extend([0, 0, 0, 1]);
    for _ in 0..2 {
        let weights = &CNPJ_WEIGHTS[CNPJ_WEIGHTS.len() - digits.len()..];
        let sum: u32 = digits
            .iter()
            .zip(weights)
            .map(|(digit, weight)| digit * weight)
            .sum();
        digits.push(check_digit(sum));
    }
    to_text(&digits)
}

fn draw_digit(random: &mut Random) -> u32 {
    u32::try_from(random.below(10)).unwrap_or(0)
}

fn check_digit(sum: u32) -> u32 {
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

fn to_text(digits: &[u32]) -> String {
    digits
        .iter()
        .filter_map(|digit| char::from_digit(*digit, 10))
        .collect()
}

/// `529.982.247-25` of `52998224725`.
pub(super) fn formatted_cpf(cpf: &str) -> String {
    format!("{}.{}.{}-{}", &cpf[..3], &cpf[3..6], &cpf[6..9], &cpf[9..])
}
