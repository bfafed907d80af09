//! Numbers as decimal text. The standard library's conversion is 6 kB of
//! compressed code; this one is slower and a tenth of that.

use crate::prelude::*;

use crate::core::text::decimal;

/// Digits that tell any two doubles apart.
const DIGITS: usize = 17;

/// A limb holds nine decimal digits.
const LIMB: u64 = 1_000_000_000;

/// Adds a finite number as JSON writes it, with as many digits as it takes to
/// read the same double back. Others become `null`.
pub(super) fn push_number(text: &mut String, number: f64) {
    if !number.is_finite() {
        text.push_str("null");
        return;
    }
    if number.is_sign_negative() {
        text.push('-');
    }
    let (digits, scale) = digits(number);
    let point = i32::try_from(digits.len()).unwrap_or(i32::MAX) + scale;
    if scale == 0 {
        text.push_str(&digits);
    } else if scale < 0 && point > 0 {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or_default());
        text.push_str(whole);
        text.push('.');
        text.push_str(fraction);
    } else {
        text.push_str(&digits);
        text.push('e');
        text.push_str(&decimal(scale.into()));
    }
}

/// The magnitude of a finite number as decimal digits, and the power of ten of
/// the last one.
fn digits(number: f64) -> (String, i32) {
    let bits = number.to_bits();
    let mut mantissa = bits & ((1 << 52) - 1);
    let exponent = i32::try_from(bits >> 52 & 0x7FF).unwrap_or_default();
    let mut power = exponent.max(1) - 1075;
    if exponent > 0 {
        mantissa |= 1 << 52;
    }
    while power < 0 && mantissa.is_multiple_of(2) && mantissa > 0 {
        mantissa /= 2;
        power += 1;
    }
    // mantissa × 2^power is a whole number, or one over a power of ten.
    let mut limbs = vec![low(mantissa % LIMB), low(mantissa / LIMB % LIMB)];
    let (factor, batch) = if power < 0 { (5_u64, 12) } else { (2, 29) };
    let mut left = power.unsigned_abs();
    while left > 0 && mantissa > 0 {
        multiply(&mut limbs, factor.pow(left.min(batch)));
        left -= left.min(batch);
    }
    shorten(text_of(&limbs), power.min(0))
}

#[allow(clippy::cast_possible_truncation)] // Below LIMB.
const fn low(limb: u64) -> u32 {
    limb as u32
}

fn multiply(limbs: &mut Vec<u32>, factor: u64) {
    let mut carry = 0;
    for limb in &mut *limbs {
        let product = u64::from(*limb) * factor + carry;
        *limb = low(product % LIMB);
        carry = product / LIMB;
    }
    if carry > 0 {
        limbs.push(low(carry));
    }
}

fn text_of(limbs: &[u32]) -> Vec<u8> {
    let mut digits = Vec::with_capacity(limbs.len() * 9);
    for &limb in limbs.iter().rev() {
        let mut divisor = 100_000_000;
        while divisor > 0 {
            #[allow(clippy::cast_possible_truncation)] // Below 10.
            let digit = (limb / divisor % 10) as u8;
            if digit > 0 || !digits.is_empty() {
                digits.push(digit);
            }
            divisor /= 10;
        }
    }
    digits
}

/// Rounds to the digits that matter, and leaves out zeros after the point.
fn shorten(mut digits: Vec<u8>, mut scale: i32) -> (String, i32) {
    if let Some(&next) = digits.get(DIGITS) {
        scale += i32::try_from(digits.len() - DIGITS).unwrap_or_default();
        digits.truncate(DIGITS);
        let mut up = next >= 5;
        for digit in digits.iter_mut().rev() {
            if up {
                *digit = (*digit + 1) % 10;
                up = *digit == 0;
            }
        }
        if up {
            digits.insert(0, 1);
        }
    }
    while scale < 0 && digits.last() == Some(&0) {
        digits.pop();
        scale += 1;
    }
    if digits.is_empty() {
        return ("0".to_owned(), 0);
    }
    (digits.iter().map(|digit| char::from(b'0' + digit)).collect(), scale)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(number: f64) -> String {
        let mut text = String::new();
        push_number(&mut text, number);
        text
    }

    #[test]
    fn numbers_that_people_type_are_written_as_they_are_typed() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (100.0, "100"),
            (12.5, "12.5"),
            (-31.25, "-31.25"),
            (0.5, "5e-1"),
            (1e9, "1000000000"),
            (9_007_199_254_740_993.0, "9007199254740992"),
            (f64::NAN, "null"),
            (f64::NEG_INFINITY, "null"),
        ] {
            assert_eq!(written(number), text);
        }
    }

    #[test]
    fn the_ends_of_the_range_come_back() {
        for number in [
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            f64::from_bits(1),
            f64::from_bits((1 << 52) - 1),
            0.1,
            9.999_999_999_999_998e22,
            1e23,
            f64::EPSILON,
            f64::from(f32::MAX),
            f64::from(f32::from_bits(1)),
        ] {
            assert_eq!(written(number).parse::<f64>().unwrap().to_bits(), number.to_bits());
        }
    }

    proptest! {
        #[test]
        fn every_double_comes_back(bits: u64) {
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            let text = written(number);
            prop_assert!(text.len() <= 24, "{text}");
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), bits);
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert!(json.is_number());
        }

        #[test]
        fn every_float_comes_back(bits: u32) {
            let number = f32::from_bits(bits);
            prop_assume!(number.is_finite());
            #[allow(clippy::cast_possible_truncation)]
            let back = written(number.into()).parse::<f64>().unwrap() as f32;
            prop_assert_eq!(back.to_bits(), bits);
        }
    }
}
