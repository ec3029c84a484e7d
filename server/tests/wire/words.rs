//! `<words>` in the tables: short for longer texts, or for what is known only while a case runs.

use std::{collections::BTreeMap, sync::LazyLock};

/// A piece of a text with words in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'t> {
    /// As it stands.
    Text(&'t str),
    /// What stands between `<` and `>`.
    Word(&'t str),
}

/// Takes a text apart. A `<` that begins no word is text.
pub fn split(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut rest, mut from) = (text, 0);
    while let Some(open) = rest[from..].find('<').map(|at| at + from) {
        let word = rest[open + 1..].split_once('>').map(|(word, _)| word);
        let Some(word) = word.filter(|word| is_word(word)) else {
            from = open + 1;
            continue;
        };
        if open > 0 {
            parts.push(Part::Text(&rest[..open]));
        }
        parts.push(Part::Word(word));
        rest = &rest[open + word.len() + 2..];
        from = 0;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

fn is_word(text: &str) -> bool {
    text.starts_with(char::is_alphanumeric)
        && text.chars().all(|c| c.is_alphanumeric() || " '_-".contains(c))
}

/// Puts something in the place of each word that `means` knows; the others stay.
pub fn replace(text: &str, mut means: impl FnMut(&str) -> Option<String>) -> String {
    split(text)
        .into_iter()
        .map(|part| match part {
            Part::Text(text) => text.to_owned(),
            Part::Word(word) => means(word).unwrap_or_else(|| format!("<{word}>")),
        })
        .collect()
}

/// Writes out the words of `words.toml`, in which others may stand.
pub fn written_out(text: &str) -> String {
    static WORDS: LazyLock<BTreeMap<String, String>> =
        LazyLock::new(|| toml::from_str(include_str!("words.toml")).unwrap());
    replace(text, |word| WORDS.get(word).map(|text| written_out(text)))
}
