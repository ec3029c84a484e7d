//! What stands in the query of an address. Queries are as they stand there: percent-encoded, without
//! `?`.

use std::fmt::Write as _;

/// The query of a page whose form has worked, as far as a browser that sent it by itself can tell.
pub const DONE: &str = "done";

/// The query of the login page for who has chosen a new password and is to sign in with it.
pub const NEW_PASSWORD: &str = "new-password";

/// The query of the page of the sessions for who has ended all others.
pub const OTHERS: &str = "others";

/// The query of the login page for who has ended all sessions.
pub const EVERYWHERE: &str = "everywhere";

/// The name under which a page's query says where the page before it stopped.
pub const BEFORE: &str = "before";

/// A value, decoded once. One that cannot be decoded is nobody's.
pub fn value(query: &str, name: &str) -> Option<String> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| *known == name).and_then(|(_, value)| decode(value))
}

/// Whether it says that a form has worked.
pub fn is_done(query: &str) -> bool {
    says(query, DONE)
}

/// Whether it says this.
pub fn says(query: &str, word: &str) -> bool {
    query.split('&').any(|pair| pair == word)
}

/// Percent-encodes what would end or split a query value; `/` stays readable.
pub fn encode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => _ = write!(out, "%{byte:02X}"),
        }
    }
    out
}

/// Undoes the percent-encoding of a query value, once. A stray `%` or what is not UTF-8 is nobody's.
fn decode(value: &str) -> Option<String> {
    let mut bytes = value.bytes();
    let mut out = Vec::with_capacity(value.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_name_and_decoded_once() {
        let query = "uid=6&token=diijs0-6b%3Ab&x&done&uid=7";
        assert_eq!(value(query, "uid").as_deref(), Some("6"));
        assert_eq!(value(query, "token").as_deref(), Some("diijs0-6b:b"));
        for name in ["x", "done", "oken", ""] {
            assert_eq!(value(query, name), None, "{name}");
        }
        assert_eq!(value("key=%ff", "key"), None);
    }

    #[test]
    fn done_is_a_word_of_its_own() {
        assert!(is_done("done") && is_done("a=b&done"));
        for query in ["", "done=", "undone", "next=done"] {
            assert!(!is_done(query), "{query}");
        }
    }
}
