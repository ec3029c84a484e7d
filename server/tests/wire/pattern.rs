//! Texts with gaps. A body is compared as the bytes that it is, so that the order of its keys and
//! the white space between them count; what differs from run to run is a gap, `<int>` for example.

use super::words::{self, Part};

/// What may stand in a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    /// Anything, nothing included.
    Any,
    /// A whole number.
    Int,
    /// Three parts of base64url.
    Jwt,
    /// ISO 8601 in UTC, as Django writes it.
    Datetime,
}

impl Gap {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "any" => Self::Any,
            "int" => Self::Int,
            "jwt" => Self::Jwt,
            "datetime" => Self::Datetime,
            _ => return None,
        })
    }

    /// How many bytes at the start of `text` fill the gap, where `next` comes after it.
    fn fill(self, text: &str, next: &str) -> Option<usize> {
        let while_in = |set: fn(char) -> bool| {
            let end = text.find(|c| !set(c)).unwrap_or(text.len());
            (end > 0).then_some(end)
        };
        match self {
            Self::Any if next.is_empty() => Some(text.len()),
            Self::Any => text.find(next),
            Self::Int => while_in(|c| c.is_ascii_digit()),
            Self::Jwt => while_in(is_in_jwt).filter(|end| is_jwt(&text[..*end])),
            Self::Datetime => while_in(|c| c.is_ascii_digit() || "-:.TZ".contains(c))
                .filter(|end| is_datetime(&text[..*end])),
        }
    }
}

fn is_in_jwt(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._-".contains(c)
}

fn is_jwt(text: &str) -> bool {
    text.starts_with("eyJ")
        && text.split('.').count() == 3
        && text.split('.').all(|part| !part.is_empty())
}

/// `2026-11-23T20:30:57.988579Z`, or without the fraction.
fn is_datetime(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00T00:00:00.000000Z" || shape == "0000-00-00T00:00:00Z"
}

/// Compares, and shows from where on the text is another one.
pub fn compare(pattern: &str, text: &str) -> Result<(), String> {
    follow(pattern, text).map_err(|equal| {
        let (shown, place) = (legible(text), legible(&text[..equal]).chars().count());
        format!("expected {}\nanswered {shown}\n         {:place$}^", legible(pattern), "")
    })
}

/// One line, and tokens no longer than somebody wants to read.
fn legible(text: &str) -> String {
    let text = text.replace('\n', " | ");
    let mut pieces = text.split("eyJ");
    let mut legible = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| !is_in_jwt(c)).unwrap_or(piece.len());
        legible.push_str("eyJ~");
        legible.push_str(&piece[end..]);
    }
    legible
}

/// Follows the pattern through the text; `Err` is how many bytes of it are right.
fn follow(pattern: &str, text: &str) -> Result<(), usize> {
    let mut done = 0;
    let mut parts = words::split(pattern).into_iter().peekable();
    while let Some(part) = parts.next() {
        let rest = &text[done..];
        done += match part {
            Part::Text(literal) if rest.starts_with(literal) => literal.len(),
            Part::Text(literal) => return Err(done + common_start(literal, rest)),
            Part::Word(name) => {
                let gap = Gap::named(name).unwrap_or_else(|| panic!("<{name}> is no gap"));
                let next = match parts.peek() {
                    Some(Part::Text(literal)) => literal,
                    _ => "",
                };
                gap.fill(rest, next).ok_or(done)?
            }
        };
    }
    if done == text.len() { Ok(()) } else { Err(done) }
}

/// Bytes that two texts begin with.
fn common_start(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}
