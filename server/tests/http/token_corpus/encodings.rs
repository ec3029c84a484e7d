//! Texts that are no token, or almost one.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE},
};
use serde_json::json;

use super::{
    Row, Scene, Signer,
    forge::{Forge, bytes_of},
    invalid, scenes,
};

fn segments(forge: &Forge) -> Vec<Row> {
    let good = forge.good();
    let [head, body, mac] = good.split('.').collect::<Vec<_>>()[..] else { panic!("{good}") };
    let texts = [
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        "a.b.c".to_owned(),
        "garbage".to_owned(),
        "null".to_owned(),
        "undefined".to_owned(),
        head.to_owned(),
        format!("{head}.{body}"),
        format!("{head}.{body}."),
        format!("{head}..{mac}"),
        format!(".{body}.{mac}"),
        format!("..{mac}"),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{mac}"),
        format!("{good}.{body}.{mac}"),
        format!("{body}.{head}.{mac}"),
        format!("{head}.{head}.{mac}"),
        format!("{head}.{mac}.{body}"),
        format!("{good},{good}"),
        format!("{good}{good}"),
        format!("Bearer{good}"),
        json!({"payload": body, "protected": head, "signature": mac}).to_string(),
        json!({"payload": body, "signatures": [{"protected": head, "signature": mac}]}).to_string(),
        forge.claims_text(),
    ];
    texts.into_iter().map(|text| invalid(format!("{text:.60}"), text)).collect()
}

fn characters(forge: &Forge) -> Vec<Row> {
    let good = forge.good();
    let parts: Vec<_> = good.split('.').map(str::to_owned).collect();
    let mut rows = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        let name = ["header", "payload", "signature"][place];
        let middle = part.len() / 2;
        let with = |text: String| {
            let mut parts = parts.clone();
            parts[place] = text;
            parts.join(".")
        };
        for padding in ["=", "=="] {
            rows.push(invalid(format!("{name} with {padding}"), with(format!("{part}{padding}"))));
        }
        for odd in
            [" ", "\n", "\t", "\r\n", "?", "+", "/", "%3D", "\u{0}", "\u{feff}", "é", "=", "~"]
        {
            for at in [0, middle, part.len()] {
                let text = format!("{}{odd}{}", &part[..at], &part[at..]);
                rows.push(invalid(format!("{name} with {odd:?} at {at}"), with(text)));
            }
        }
        let bytes = bytes_of(part);
        let alphabet = BASE64_STANDARD_NO_PAD.encode(&bytes);
        if alphabet != *part {
            rows.push(invalid(format!("{name} in the other alphabet"), with(alphabet)));
        }
        let padded = BASE64_URL_SAFE.encode(&bytes);
        if padded != *part {
            rows.push(invalid(format!("{name} padded"), with(padded)));
        }
        for text in other_last_characters(part) {
            rows.push(invalid(format!("{name} that ends otherwise"), with(text)));
        }
        rows.push(invalid(format!("{name} cut by one"), with(part[..part.len() - 1].to_owned())));
        rows.push(invalid(format!("{name} and one more"), with(format!("{part}A"))));
    }
    rows
}

/// The same bytes, with bits in the last character that carry nothing.
fn other_last_characters(part: &str) -> Vec<String> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let spare = match part.len() % 4 {
        2 => 16,
        3 => 4,
        _ => return Vec::new(),
    };
    let (start, last) = part.split_at(part.len() - 1);
    let value = ALPHABET.find(last).unwrap();
    let others = (1..spare).map(|bits| &ALPHABET[value + bits..=value + bits]);
    others.map(|other| format!("{start}{other}")).collect()
}

/// Payloads that are not one object of claims, each of them once, in UTF-8.
fn payloads(claims: &str) -> Vec<Vec<u8>> {
    let open = claims.trim_end_matches('}');
    let twice = |(name, value): (&str, &str)| {
        let start = claims.replacen('{', &format!("{{\"{name}\":{value},"), 1);
        [start, format!("{open},\"{name}\":{value}}}")]
    };
    let repeated = [
        ("user_id", "\"2\""),
        ("exp", "99999999999"),
        ("sid", "\"01999999-0000-7000-8000-000000000000\""),
        ("gen", "2"),
        ("token_type", "\"access\""),
    ];
    let texts = [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "{}x".to_owned(),
        "\"text\"".to_owned(),
        format!("[{claims}]"),
        format!("{claims} x"),
        format!("{claims}{claims}"),
        format!("\u{feff}{claims}"),
        format!("{claims}\u{0}"),
        claims.replace('"', "'"),
        open.to_owned(),
        format!("{open},}}"),
        claims.replacen('{', "{/* */", 1),
        format!("{}{}", "[".repeat(900), "]".repeat(900)),
    ];
    let marked = claims.replacen('{', "{\"x\":\"@\",", 1);
    let bytes = [
        [claims.as_bytes(), b"\xff"].concat(),
        marked.into_bytes().into_iter().map(at_sign).collect(),
        claims.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    ];
    let texts = repeated.into_iter().flat_map(twice).chain(texts).map(String::into_bytes);
    texts.chain(bytes).collect()
}

fn json_texts(forge: &Forge) -> Vec<Row> {
    let (header, claims) = (forge.header_text(), forge.claims_text());
    let named = |payload: Vec<u8>| {
        let name = format!("payload {:.60}", String::from_utf8_lossy(&payload));
        invalid(name, forge.signed(&header, payload))
    };
    let mut rows: Vec<_> = payloads(&claims).into_iter().map(named).collect();
    let deep = format!("{{\"x\":{}{},", "[".repeat(900), "]".repeat(900));
    for odd in [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        "\"HS256\"".to_owned(),
        "{".to_owned(),
        "\u{feff}{}".to_owned(),
        header.replacen('{', &deep, 1),
        header.replacen('{', r#"{"typ":"JWT","#, 1),
        format!("{header} x"),
    ] {
        rows.push(invalid(format!("header {odd:.60}"), forge.signed(odd, &claims)));
    }
    rows
}

/// A byte that is no UTF-8 in the place of a mark.
fn at_sign(byte: u8) -> u8 {
    if byte == b'@' { 0xff } else { byte }
}

fn long(forge: &Forge) -> Vec<Row> {
    let sizes = [4_097, 8_192, 100_000, 1_000_000];
    let of = |bytes: usize| {
        let filler = "a".repeat(bytes * 3 / 4);
        forge.with_claims(&[("filler", Some(json!(filler)))])
    };
    let signed = sizes.map(|bytes| invalid(format!("{bytes} bytes, signed"), of(bytes)));
    let plain = sizes.map(|bytes| invalid(format!("{bytes} bytes"), "a".repeat(bytes)));
    let dots = sizes.map(|bytes| invalid(format!("{bytes} dots"), ".".repeat(bytes)));
    signed.into_iter().chain(plain).chain(dots).collect()
}

#[tokio::test]
async fn a_token_has_three_parts() {
    for scene in scenes().await {
        scene.refuses("segments", segments).await;
    }
}

#[tokio::test]
async fn one_token_has_one_spelling() {
    for scene in scenes().await {
        scene.refuses("characters", characters).await;
    }
}

#[tokio::test]
async fn claims_are_one_object_that_says_each_thing_once() {
    Scene::new(Signer::HS256).await.refuses("JSON", json_texts).await;
}

#[tokio::test]
async fn what_is_too_long_is_refused_before_anything_else() {
    Scene::new(Signer::HS256).await.refuses("length", long).await;
}
