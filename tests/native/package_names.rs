//! What the package says in JavaScript and TypeScript is what the crate says.

use std::fs;

use carta_resume::{client::Code, protocol::EventType};

fn file(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every `NAME: number` in a text, in its order.
fn numbered(text: &str) -> Vec<(String, u16)> {
    text.lines()
        .filter_map(|line| line.trim().trim_start_matches("readonly ").split_once(": "))
        .filter(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .filter_map(|(name, number)| {
            Some((name.to_owned(), number.trim_end_matches([',', ';']).parse().ok()?))
        })
        .collect()
}

#[test]
fn event_types_are_the_same_in_rust_javascript_and_typescript() {
    let ours: Vec<(String, u16)> =
        EventType::ALL.iter().map(|event| (event.name().to_owned(), event.number())).collect();
    assert_eq!(numbered(&file("src/npm/event-type.js")), ours);
    assert_eq!(numbered(&file("src/npm/index.d.ts")), ours);
}

#[test]
fn every_error_code_is_declared_and_in_the_readme() {
    let (declared, readme) = (file("src/npm/index.d.ts"), file("docs/errors-and-limits.md"));
    for code in Code::ALL {
        let name = code.name();
        assert!(declared.contains(&format!("| \"{name}\"")), "{name} is not declared");
        assert!(readme.contains(&format!("`{name}`")), "{name} is not in the README");
    }
}
