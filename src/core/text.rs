//! Texts from parts. The standard library's formatting is 5 kB of code that
//! nothing else here needs.

use crate::prelude::*;

/// One text of several; `concat` is a kilobyte.
#[inline(never)]
pub(crate) fn joined(parts: &[&str]) -> String {
    let mut joined = String::new();
    for part in parts {
        joined.push_str(part);
    }
    joined
}

/// A whole number in decimal digits.
#[inline(never)]
pub(crate) fn decimal(number: i64) -> String {
    let mut text = String::new();
    if number < 0 {
        text.push('-');
    }
    push_digits(&mut text, number.unsigned_abs());
    text
}

fn push_digits(text: &mut String, number: u64) {
    if number > 9 {
        push_digits(text, number / 10);
    }
    #[allow(clippy::cast_possible_truncation)] // Below 10.
    text.push(char::from(b'0' + (number % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn numbers_are_written_as_the_standard_library_does() {
        for number in [0, 7, 10, -1, 909, i64::from(u32::MAX), i64::MAX, i64::MIN] {
            assert_eq!(decimal(number), number.to_string());
        }
    }
}
