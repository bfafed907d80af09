//! Header cards: 80 characters each, `KEYWORD = value / comment`.
//! Source: FITS standard 4.0, section 4.

/// Bytes in a card.
pub(super) const CARD: usize = 80;

/// The value of a card.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A string, or the text of a comment card, or what could not be read.
    Text(String),
    /// `T` or `F`.
    Logical(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a point or an exponent.
    Real(f64),
}

/// One card.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// Name, without spaces.
    pub keyword: String,
    /// Value.
    pub value: Value,
    /// What follows the slash.
    pub comment: String,
}

/// The cards of one header-data unit, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    cards: Vec<Card>,
}

impl Header {
    /// Reads cards until `END` or the bytes end.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut header = Self::default();
        for card in bytes.chunks(CARD) {
            if is_end(card) {
                break;
            }
            header.push(card);
        }
        header
    }

    fn push(&mut self, bytes: &[u8]) {
        let text: String = bytes
            .iter()
            .map(|&byte| if (0x20..0x7f).contains(&byte) { char::from(byte) } else { '?' })
            .collect();
        let (keyword, rest) = text.split_at(text.len().min(8));
        let keyword = keyword.trim_end();
        if keyword == "CONTINUE" {
            self.join(rest);
            return;
        }
        let (value, comment) = match rest.strip_prefix("= ") {
            Some(field) => parse_field(field),
            None => (Value::Text(rest.trim_end().to_owned()), String::new()),
        };
        if keyword.is_empty() && value == Value::Text(String::new()) {
            return;
        }
        self.cards.push(Card { keyword: keyword.to_owned(), value, comment });
    }

    /// A long string continues in the next card if it ends in an ampersand.
    fn join(&mut self, rest: &str) {
        let (more, _) = parse_field(rest);
        if let (Some(Card { value: Value::Text(text), .. }), Value::Text(more)) =
            (self.cards.last_mut(), more)
            && text.ends_with('&')
        {
            text.pop();
            text.push_str(&more);
        }
    }

    /// Every card, in order.
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    /// The value of a keyword; the last card counts.
    pub fn value(&self, keyword: &str) -> Option<&Value> {
        self.cards.iter().rev().find(|card| card.keyword == keyword).map(|card| &card.value)
    }

    /// A string value.
    pub fn text(&self, keyword: &str) -> Option<&str> {
        match self.value(keyword)? {
            Value::Text(text) => Some(text),
            Value::Logical(_) | Value::Integer(_) | Value::Real(_) => None,
        }
    }

    /// A whole number.
    pub fn integer(&self, keyword: &str) -> Option<i64> {
        match *self.value(keyword)? {
            Value::Integer(number) => Some(number),
            Value::Real(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                Some(number as i64)
            }
            Value::Text(_) | Value::Logical(_) | Value::Real(_) => None,
        }
    }

    /// A finite number.
    pub fn number(&self, keyword: &str) -> Option<f64> {
        match *self.value(keyword)? {
            Value::Integer(number) => Some(number as f64),
            Value::Real(number) => number.is_finite().then_some(number),
            Value::Text(_) | Value::Logical(_) => None,
        }
    }
}

/// Whether this card closes the header.
pub(super) fn is_end(card: &[u8]) -> bool {
    card.get(..8) == Some(b"END     ")
}

fn parse_field(field: &str) -> (Value, String) {
    let field = field.trim_start();
    if let Some(quoted) = field.strip_prefix('\'') {
        let (text, rest) = parse_quoted(quoted);
        let comment = rest.trim_start().strip_prefix('/').unwrap_or_default();
        return (Value::Text(text), comment.trim().to_owned());
    }
    let (value, comment) = field.split_once('/').unwrap_or((field, ""));
    (parse_plain(value.trim()), comment.trim().to_owned())
}

/// The inside of a quoted string, where two quotes mean one, and what follows it.
fn parse_quoted(quoted: &str) -> (String, &str) {
    let mut text = String::new();
    let mut rest = quoted;
    loop {
        match rest.split_once('\'') {
            None => {
                text.push_str(rest);
                rest = "";
                break;
            }
            Some((inside, after)) => {
                text.push_str(inside);
                rest = after;
                match after.strip_prefix('\'') {
                    Some(after) => {
                        text.push('\'');
                        rest = after;
                    }
                    None => break,
                }
            }
        }
    }
    text.truncate(text.trim_end().len());
    (text, rest)
}

fn parse_plain(value: &str) -> Value {
    match value {
        "T" => return Value::Logical(true),
        "F" => return Value::Logical(false),
        _ => {}
    }
    if let Ok(number) = value.parse() {
        return Value::Integer(number);
    }
    // FITS allows D for the exponent of a double.
    match value.replace('D', "E").parse() {
        Ok(number) if value.contains(|c: char| c.is_ascii_digit()) => Value::Real(number),
        _ => Value::Text(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(card: &str) -> Card {
        let header = Header::parse(format!("{card:<80}").as_bytes());
        header.cards().first().cloned().unwrap()
    }

    #[test]
    fn values_of_every_kind() {
        assert_eq!(one("SIMPLE  =                    T / yes").value, Value::Logical(true));
        assert_eq!(one("SIMPLE  =                    T / yes").comment, "yes");
        assert_eq!(one("BITPIX  =                  -32").value, Value::Integer(-32));
        assert_eq!(one("CDELT1  = -1.5D-03").value, Value::Real(-0.0015));
        assert_eq!(one("CUNIT1  = 'deg     '").value, Value::Text("deg".into()));
        assert_eq!(one("OBJECT  = 'O''Neill / x' / name").value, Value::Text("O'Neill / x".into()));
        assert_eq!(one("OBJECT  = 'O''Neill / x' / name").comment, "name");
        assert_eq!(one("COMMENT a = b").value, Value::Text("a = b".into()));
        assert_eq!(one("BAD     = '").value, Value::Text(String::new()));
        assert_eq!(one("BAD     = inf").value, Value::Text("inf".into()));
    }

    #[test]
    fn long_strings_are_joined() {
        let cards = format!("{:<80}{:<80}{:<80}", "LONG    = 'abc&'", "CONTINUE  'def'", "END");
        assert_eq!(Header::parse(cards.as_bytes()).text("LONG"), Some("abcdef"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Header::parse(&bytes);
        }

        #[test]
        fn no_value_panics(field in "[ -~]{0,70}") {
            let _ = Header::parse(format!("KEY     = {field:<70}").as_bytes());
        }
    }
}
