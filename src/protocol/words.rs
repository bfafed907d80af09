//! Words of the other side in a sentence of ours.

/// More of them tell a user nothing.
const LENGTH: usize = 160;

/// A sentence, or the end of one, that says whose words these are and where they begin and
/// end; "" if there are none.
pub fn quoted(who: &str, words: &str) -> String {
    let words = words.trim().trim_end_matches('.');
    if words.is_empty() {
        return String::new();
    }
    let short: String = words.chars().take(LENGTH).collect();
    let rest = if short.len() < words.len() { " …”." } else { "”." };
    [who, " says “", &short, rest].concat()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn they_are_bounded_and_attributed() {
        assert_eq!(quoted("the viewer", " No such file. "), "the viewer says “No such file”.");
        assert_eq!(quoted("the viewer", " . "), "");
        let long = quoted("the backend", &"é".repeat(500));
        assert_eq!(long.chars().count(), "the backend says “ …”.".chars().count() + 160);
    }
}
