//! Looking for words in what the backend and the viewer say. The texts are short,
//! and the search of the standard library is 1 kB to load.

/// What comes before and after the first `words` in `text`.
pub fn split_once<'a>(text: &'a str, words: &str) -> Option<(&'a str, &'a str)> {
    let at = text.as_bytes().windows(words.len()).position(|found| found == words.as_bytes())?;
    Some((text.get(..at)?, text.get(at + words.len()..)?))
}

/// Whether `words` are in `text`.
pub fn contains(text: &str, words: &str) -> bool {
    split_once(text, words).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_counts() {
        assert_eq!(split_once("a, b, c", ", "), Some(("a", "b, c")));
        assert_eq!(split_once("\u{e9}-\u{e9}", "-"), Some(("\u{e9}", "\u{e9}")));
        assert_eq!(split_once("ab", "abc"), None);
        assert!(contains("abc", "bc") && !contains("", "bc"));
    }
}
