//! Several keys in one text: a secret is a line, a private key a block in PEM.

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
/// What `openssl ecparam` writes before a key: the name of its curve.
const CURVE: &str = "-----BEGIN EC PARAMETERS-----";
/// Shorter lines are no keys: they are notes around a block, or parts of one secret in many lines.
const SHORTEST: usize = 32;

/// The keys in the text, in its order. What is no list of keys is one secret as a whole, whatever
/// bytes it has.
pub fn pieces(bytes: &[u8]) -> Vec<&[u8]> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    if text.contains(BEGIN) {
        return blocks_and_lines(text);
    }
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let may_be_key = |line: &&str| line.len() >= SHORTEST && !line.contains(char::is_control);
    if lines.len() > 1 && lines.iter().all(may_be_key) {
        return lines.into_iter().map(str::as_bytes).collect();
    }
    vec![bytes]
}

fn blocks_and_lines(text: &str) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(BEGIN) {
        found.extend(lines(&rest[..start]));
        let block = &rest[start..];
        let end = block.find(END).and_then(|end| Some(end + block[end..].find('\n')? + 1));
        let (block, after) = block.split_at(end.unwrap_or(block.len()));
        if !block.starts_with(CURVE) {
            found.push(block.trim_end().as_bytes());
        }
        rest = after;
    }
    found.extend(lines(rest));
    found
}

/// Beside blocks there are notes, too, in words.
fn lines(text: &str) -> impl Iterator<Item = &[u8]> {
    let may_be_key = |line: &&str| {
        line.len() >= SHORTEST && line.chars().all(|character| character.is_ascii_graphic())
    };
    text.lines().filter(may_be_key).map(str::as_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "6c61c8ffa9b1a0e4f9c4b2f5e8d7a3b16c61c8ffa9b1a0e4f9c4b2f5e8d7a3b1";
    const TWO: &str = "a-secret.of/thirty+two=characters";
    const WORDS: &str = "a secret of words, and of thirty-two bytes or more";
    const PARAMETERS: &str =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----";
    const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----";

    fn texts(text: &str) -> Vec<String> {
        pieces(text.as_bytes())
            .into_iter()
            .map(|p| String::from_utf8(p.to_vec()).unwrap())
            .collect()
    }

    #[test]
    fn a_line_is_a_secret_and_a_block_a_private_key() {
        for (text, keys) in [
            (ONE.to_owned(), vec![ONE]),
            (format!("{ONE}\n{TWO}"), vec![ONE, TWO]),
            (format!("\n{ONE}\r\n\r\n{TWO}\n \n"), vec![ONE, TWO]),
            (format!("{TWO}\n{WORDS}\n"), vec![TWO, WORDS]),
            (PEM.to_owned(), vec![PEM]),
            (format!("{PEM}\n{PEM}\n"), vec![PEM, PEM]),
            (format!("{PARAMETERS}\n{PEM}\n{PARAMETERS}\n{PEM}\n"), vec![PEM, PEM]),
            (format!("{PEM}\n{ONE}\n"), vec![PEM, ONE]),
            (format!("{ONE}\n{PEM}"), vec![ONE, PEM]),
            (format!("made on a Monday\n{WORDS}\n{PEM}\n"), vec![PEM]),
        ] {
            assert_eq!(texts(&text), keys, "{text}");
        }
    }

    #[test]
    fn what_is_no_list_is_one_secret() {
        let wrapped = format!("{ONE}\nthe rest of it");
        for whole in [wrapped.as_bytes(), b"\xff\xfe\n\n binary \n", b"", TWO.as_bytes()] {
            assert_eq!(pieces(whole), [whole]);
        }
    }
}
