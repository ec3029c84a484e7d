//! Headers that want something else: another key, an extension, another kind of content.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::{
    Row,
    forge::{Forge, by_secret},
    invalid, scenes,
};

const ATTACKER: &[u8] = b"a secret of the attacker's, of thirty-two bytes or more";

fn kids(forge: &Forge) -> Vec<Row> {
    let long = "a".repeat(64 * 1024);
    let odd = [
        json!("unknown"),
        json!(""),
        json!("../../../../dev/null"),
        json!("' OR 1=1--"),
        json!("\u{0}"),
        json!(forge.kid().to_uppercase()),
        json!(format!("{} ", forge.kid())),
        json!(long),
        json!([forge.kid()]),
        json!({"kid": forge.kid()}),
        json!(7),
    ];
    let mut rows: Vec<_> = odd
        .into_iter()
        .map(|kid| {
            let name = format!("kid {kid:.40}");
            invalid(name, forge.with_header(&[("kid", Some(kid))]))
        })
        .collect();
    rows.push(invalid("no kid", forge.with_header(&[("kid", None)])));
    let twice = forge.header_text().replacen('{', r#"{"kid":"other","#, 1);
    rows.push(invalid("kid twice", forge.signed(twice, forge.claims_text())));
    // CVE-2019-20933, CVE-2020-28637: a file that is empty, a secret that is none.
    for kid in ["/dev/null", "../../../../dev/null", forge.kid()] {
        let header = json!({"typ": "JWT", "alg": "HS256", "kid": kid}).to_string();
        let token = by_secret(&header, &forge.claims_text(), b"", Algorithm::HS256);
        rows.push(invalid(format!("kid {kid} and no secret"), token));
    }
    rows
}

/// Ours in all but one entry, and signed by us: it is refused for that entry alone.
fn entries(forge: &Forge) -> Vec<Row> {
    let certificate = json!(["MIIB"]);
    let entries = [
        ("jku", json!("https://e.com/keys.json")),
        ("x5u", json!("https://e.com/cert.pem")),
        ("x5c", certificate),
        ("x5t", json!("AA")),
        ("x5t#S256", json!("AA")),
        ("jwk", attackers_jwk()),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!("exp")),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
        ("enc", json!("A256GCM")),
        ("typ", json!("jwt")),
        ("typ", json!("at+jwt")),
        ("typ", json!("JOSE")),
        ("typ", json!("")),
        ("typ", json!(7)),
        ("typ", json!(["JWT"])),
        ("url", json!("/api/auth/user/")),
        ("nonce", json!("1")),
    ];
    let changed = |(name, value): (&str, Value)| {
        invalid(format!("{name} {value}"), forge.with_header(&[(name, Some(value))]))
    };
    entries.into_iter().map(changed).collect()
}

fn attackers_jwk() -> Value {
    json!({"kty": "oct", "alg": "HS256", "k": BASE64_URL_SAFE_NO_PAD.encode(ATTACKER)})
}

/// CVE-2018-0114: the token brings the key that verifies it.
fn embedded(forge: &Forge) -> Vec<Row> {
    let brought = [
        ("jwk", attackers_jwk()),
        ("jku", json!("https://e.com/keys.json")),
        ("x5c", json!(["MIIB"])),
    ];
    let mut rows = Vec::new();
    for (name, value) in brought {
        for kid in [Some(forge.kid()), Some("attacker"), None] {
            let mut header = json!({"typ": "JWT", "alg": "HS256", name: value});
            if let Some(kid) = kid {
                header["kid"] = json!(kid);
            }
            let (header, claims) = (header.to_string(), forge.claims_text());
            let token = by_secret(&header, &claims, ATTACKER, Algorithm::HS256);
            rows.push(invalid(format!("{name} with kid {kid:?}"), token));
        }
    }
    rows
}

#[tokio::test]
async fn no_name_leads_to_another_key() {
    for scene in scenes().await {
        scene.refuses("kid", kids).await;
    }
}

#[tokio::test]
async fn a_header_that_wants_more_is_refused() {
    for scene in scenes().await {
        scene.refuses("header", entries).await;
    }
}

#[tokio::test]
async fn no_token_brings_its_own_key() {
    for scene in scenes().await {
        scene.refuses("embedded keys", embedded).await;
    }
}
