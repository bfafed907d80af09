//! A small part of LEL, the lattice expression language: images by their file
//! names, numbers, `+ - * /` and parentheses, pixel by pixel.

use std::mem;

/// The most bytes that an expression may have. It bounds the nesting too, which takes no stack,
/// because nothing here recurses.
const MAX_LENGTH: usize = 1000;

/// The most images that an expression may name: each is an open file.
const MAX_IMAGES: usize = 16;

/// A valid expression, as steps for a stack machine.
#[derive(Clone, Debug, Default)]
pub struct Expression {
    names: Vec<String>,
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Number(f32),
    /// Index of the name.
    Image(usize),
    Negate,
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Expression {
    /// Reads an expression. An error message continues the words "The expression".
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("is longer than {MAX_LENGTH} bytes"));
        }
        let mut parser = Parser::default();
        for (at, token) in tokens(text)? {
            parser.take(at, token)?;
        }
        parser.finish()
    }

    /// The files that it names, each once.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Computes pixels from those of the files, in the order of their names.
    pub fn evaluate(&self, images: &[Vec<f32>]) -> Vec<f32> {
        let count = images.iter().map(Vec::len).min().unwrap_or(0);
        let mut stack = Vec::new();
        let pixels = (0..count).map(|pixel| {
            stack.clear();
            self.pixel(images, pixel, &mut stack).unwrap_or(f32::NAN)
        });
        pixels.collect()
    }

    /// One pixel; `None` only if there are fewer images than names.
    fn pixel(&self, images: &[Vec<f32>], pixel: usize, stack: &mut Vec<f32>) -> Option<f32> {
        for step in &self.steps {
            let mut both = || {
                let right = stack.pop()?;
                Some((stack.pop()?, right))
            };
            let value = match *step {
                Step::Number(number) => number,
                Step::Image(image) => *images.get(image)?.get(pixel)?,
                Step::Negate => -stack.pop()?,
                Step::Add => both().map(|(left, right)| left + right)?,
                Step::Subtract => both().map(|(left, right)| left - right)?,
                Step::Multiply => both().map(|(left, right)| left * right)?,
                Step::Divide => both().map(|(left, right)| left / right)?,
            };
            stack.push(value);
        }
        stack.pop()
    }
}

/// What waits for its right-hand side: an operator, or an open parenthesis.
struct Waiting {
    at: usize,
    /// Higher ones are carried out first.
    rank: u8,
    /// `None` for a parenthesis.
    step: Option<Step>,
}

/// Dijkstra's shunting yard.
#[derive(Default)]
struct Parser {
    expression: Expression,
    waiting: Vec<Waiting>,
    /// Whether there is a value that an operator may follow.
    has_value: bool,
    end: usize,
}

impl Parser {
    fn take(&mut self, at: usize, token: Token) -> Result<(), String> {
        self.end = at + 1;
        match (self.has_value, token) {
            (false, Token::Number(number)) => self.value(Step::Number(number)),
            (false, Token::Name(name)) => {
                let image = self.image(name)?;
                self.value(Step::Image(image));
            }
            (false, Token::Symbol('(')) => self.waiting.push(Waiting { at, rank: 0, step: None }),
            (false, Token::Symbol('-')) => self.wait(at, 3, Step::Negate),
            (false, Token::Symbol(_)) => return Err(lacks_value(at)),
            (true, Token::Symbol('+')) => self.operator(at, 1, Step::Add),
            (true, Token::Symbol('-')) => self.operator(at, 1, Step::Subtract),
            (true, Token::Symbol('*')) => self.operator(at, 2, Step::Multiply),
            (true, Token::Symbol('/')) => self.operator(at, 2, Step::Divide),
            (true, Token::Symbol(')')) => {
                self.carry_out(1);
                if self.waiting.pop().is_none() {
                    return Err(format!("closes at character {at} a parenthesis never opened"));
                }
            }
            (true, Token::Symbol(_)) => {
                return Err(format!(
                    "lacks an operator at character {at}; functions are not supported"
                ));
            }
            (true, _) => return Err(format!("lacks an operator at character {at}")),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Expression, String> {
        if !self.has_value {
            return Err(lacks_value(self.end.max(1)));
        }
        self.carry_out(1);
        if let Some(open) = self.waiting.pop() {
            return Err(format!("never closes the parenthesis at character {}", open.at));
        }
        if self.expression.names.is_empty() {
            return Err("names no image".to_owned());
        }
        Ok(self.expression)
    }

    fn value(&mut self, step: Step) {
        self.expression.steps.push(step);
        self.has_value = true;
    }

    fn operator(&mut self, at: usize, rank: u8, step: Step) {
        self.carry_out(rank);
        self.wait(at, rank, step);
    }

    fn wait(&mut self, at: usize, rank: u8, step: Step) {
        self.waiting.push(Waiting { at, rank, step: Some(step) });
        self.has_value = false;
    }

    /// Carries out what is waiting and does not rank lower than this, the last first.
    fn carry_out(&mut self, rank: u8) {
        while let Some(last) = self.waiting.pop_if(|last| last.rank >= rank) {
            self.expression.steps.extend(last.step);
        }
    }

    fn image(&mut self, name: String) -> Result<usize, String> {
        let names = &mut self.expression.names;
        if let Some(known) = names.iter().position(|other| *other == name) {
            return Ok(known);
        }
        if names.len() == MAX_IMAGES {
            return Err(format!("names more than {MAX_IMAGES} images"));
        }
        names.push(name);
        Ok(names.len() - 1)
    }
}

fn lacks_value(at: usize) -> String {
    format!("lacks an image, a number or a parenthesis at character {at}")
}

enum Token {
    Number(f32),
    Name(String),
    Symbol(char),
}

/// The tokens with their positions, counted in characters from 1.
fn tokens(text: &str) -> Result<Vec<(usize, Token)>, String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut at = 1;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '"' | '\'' => {
                let name = rest.strip_prefix(first).and_then(|rest| rest.split_once(first));
                let (name, _) =
                    name.ok_or_else(|| format!("never closes the quote at character {at}"))?;
                (Some(Token::Name(name.to_owned())), name.len() + 2)
            }
            '+' | '-' | '*' | '/' | '(' | ')' => (Some(Token::Symbol(first)), 1),
            _ if is_part_of_word(first) => {
                let word = word(rest);
                let token = if starts_number(word) {
                    let number = word.parse().ok().filter(|number: &f32| number.is_finite());
                    number.map(Token::Number).ok_or_else(|| {
                        format!("has {word:?} at character {at}, which is no number")
                    })?
                } else {
                    Token::Name(word.to_owned())
                };
                (Some(token), word.len())
            }
            _ if first.is_whitespace() => (None, first.len_utf8()),
            _ => return Err(format!("has {first:?} at character {at}, which is not supported")),
        };
        tokens.extend(token.map(|token| (at, token)));
        let (done, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        at += done.chars().count();
        rest = after;
    }
    Ok(tokens)
}

/// The characters of a name without quotes, and of a number. Other characters that names may have,
/// above all `-` and `/`, would be operators.
fn is_part_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.')
}

fn starts_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

/// The word at the start, with the sign of an exponent if it is a number.
fn word(text: &str) -> &str {
    let is_number = starts_number(text);
    let mut before = '0';
    let ends = |c: char| {
        let before = mem::replace(&mut before, c);
        let is_sign = is_number && matches!(c, '+' | '-') && matches!(before, 'e' | 'E');
        !is_sign && !is_part_of_word(c)
    };
    text.split(ends).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value where the images a, b, … have these values.
    fn value(text: &str, images: &[f32]) -> f32 {
        let expression = Expression::parse(text).unwrap_or_else(|why| panic!("{text} {why}"));
        let images: Vec<_> = images.iter().map(|&value| vec![value]).collect();
        expression.evaluate(&images).first().copied().unwrap()
    }

    #[test]
    #[allow(clippy::float_cmp)] // Exact by construction.
    fn expressions_are_computed_in_the_usual_order() {
        for (text, expected) in [
            ("a", 8.0),
            ("a + b * 2", 12.0),
            ("a + b / 2", 9.0),
            ("(a + b) * 2", 20.0),
            ("a - b - 1", 5.0),
            ("a / b / 2", 2.0),
            ("a / (b / 2)", 8.0),
            ("a - (b - (1 - a))", -1.0),
            ("-a * b", -16.0),
            ("-a + b", -6.0),
            ("a * -b", -16.0),
            ("a--b", 10.0),
            ("-(a + -(b))", -6.0),
            ("a*2e-1+.5+1.5E+1+0*b", 17.1),
        ] {
            assert_eq!(value(text, &[8.0, 2.0]), expected, "{text}");
        }
    }

    #[test]
    fn pixels_that_are_not_numbers_stay_so_and_nothing_else_stops_a_division() {
        let nan = f32::NAN;
        for text in ["a + b", "b - a", "a * b", "b / a", "-(0 * a + b)"] {
            assert!(value(text, &[nan, 0.0]).is_nan() && value(text, &[0.0, nan]).is_nan());
        }
        assert!(value("a / b", &[0.0, 0.0]).is_nan());
        assert!(value("-a / b", &[1.0, 0.0]).is_infinite());
    }

    #[test]
    fn names_are_quoted_or_plain() {
        let names = |text: &str| Expression::parse(text).unwrap().names;
        assert_eq!(names("\"x-1/é '.fits\"-'x \"2'"), ["x-1/é '.fits", "x \"2"]);
        assert_eq!(names("b.fits+_a2.fits*b.fits/\"b.fits\""), ["b.fits", "_a2.fits"]);
        // Otherwise they are operators.
        assert_eq!(names("sub/a-b"), ["sub", "a", "b"]);
    }

    #[test]
    fn errors_name_the_position() {
        for (text, why) in [
            ("", "lacks an image, a number or a parenthesis at character 1"),
            ("\"é\" +", "lacks an image, a number or a parenthesis at character 6"),
            ("a + * b", "lacks an image, a number or a parenthesis at character 5"),
            ("()", "lacks an image, a number or a parenthesis at character 2"),
            ("+a", "lacks an image, a number or a parenthesis at character 1"),
            ("a b", "lacks an operator at character 3"),
            ("2a", "has \"2a\" at character 1, which is no number"),
            ("a*1e39", "has \"1e39\" at character 3, which is no number"),
            ("a*1.2.3", "has \"1.2.3\" at character 3, which is no number"),
            ("a*2e", "has \"2e\" at character 3, which is no number"),
            ("sqrt(a)", "lacks an operator at character 5; functions are not supported"),
            ("a ^ 2", "has '^' at character 3, which is not supported"),
            ("a\n\0", "has '\\0' at character 3, which is not supported"),
            ("a + \"b.fits", "never closes the quote at character 5"),
            ("(a + (b)", "never closes the parenthesis at character 1"),
            ("(a)) + b", "closes at character 4 a parenthesis never opened"),
            ("1 + 2", "names no image"),
        ] {
            assert_eq!(Expression::parse(text).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn expressions_have_an_end() {
        let long = "a+".repeat(500);
        assert_eq!(Expression::parse(&(long + "a")).unwrap_err(), "is longer than 1000 bytes");
        let many: Vec<_> = (0..17).map(|number| format!("a{number}")).collect();
        let most = many.split_last().unwrap().1;
        assert_eq!(Expression::parse(&most.join("+")).unwrap().names(), most);
        let why = Expression::parse(&many.join("+")).unwrap_err();
        assert_eq!(why, "names more than 16 images");
        // As deeply nested as the length allows.
        let deep = format!("{}a{}", "(".repeat(499), ")".repeat(499));
        assert!(value(&deep, &[3.0]) > 2.0);
        assert!(value(&format!("{}a", "-".repeat(999)), &[3.0]) < -2.0);
        assert!(Expression::parse(&"(".repeat(1000)).is_err());
        let right = format!("{}a{}", "(a-".repeat(249), ")".repeat(249));
        assert!(value(&right, &[3.0]).abs() < 4.0);
    }
}
