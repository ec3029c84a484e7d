//! Tokens that no server has issued: one of ours with something else in it, signed again with the
//! key that the suite gave to the server.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Map, Value, json};

/// What the servers of this suite sign with, where a profile does not say otherwise.
pub const KEY: &str = "the wire suite signs with this key";
const OTHER_KEY: &str = "a key that belongs to somebody else";

/// A token like this one, but for the fault.
pub fn forge(token: &str, fault: &str) -> String {
    let mut header = jsonwebtoken::decode_header(token).unwrap();
    let mut claims = claims(token);
    let now = now();
    let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    let mut key = KEY;
    match fault.split_once(' ').map_or((fault, 0), |(fault, n)| (fault, n.parse().unwrap())) {
        ("tampered", _) => return tampered(token),
        ("truncated", _) => return token[..token.len() - 4].to_owned(),
        ("unsigned", _) => return unsigned(&claims),
        ("as-rs256", _) => return with_header(token, &json!({"alg": "RS256", "typ": "JWT"})),
        ("wrong-key", _) => key = OTHER_KEY,
        ("hs512", _) => header.alg = Algorithm::HS512,
        ("untyped", _) => header.typ = None,
        ("expired", ago) => _ = set("exp", json!(now - ago.max(1))),
        ("expired-wrong-key", _) => {
            set("exp", json!(now - 60));
            key = OTHER_KEY;
        }
        ("exp-text", _) => _ = set("exp", json!("tomorrow")),
        ("exp-float", _) => _ = set("exp", json!(f64::from(u32::try_from(now).unwrap()) + 60.5)),
        ("far-exp", _) => _ = set("exp", json!(now + 1_000_000)),
        ("iat-ahead", seconds) => _ = set("iat", json!(now + seconds)),
        ("nbf-ahead", seconds) => _ = set("nbf", json!(now + seconds)),
        ("jti-number", _) => _ = set("jti", json!(7)),
        ("user-number", _) => {
            let id: i64 = claims["user_id"].as_str().unwrap().parse().unwrap();
            claims.insert("user_id".to_owned(), json!(id));
        }
        ("user-unknown", _) => _ = set("user_id", json!("999999")),
        ("user-odd", _) => _ = set("user_id", json!("one")),
        ("other-session", _) => _ = set("sid", json!("01999999-0000-7000-8000-000000000000")),
        ("gen-ahead", _) => _ = set("gen", json!(1_000)),
        ("type-odd", _) => _ = set("token_type", json!("sliding")),
        ("extra", _) => {
            set("aud", json!("somebody"));
            set("iss", json!("somebody"));
            set("role", json!("admin"));
        }
        ("aud", _) => _ = set("aud", json!(["others", "latchkey-tests"])),
        ("without-exp", _) => _ = claims.remove("exp"),
        ("without-iat", _) => _ = claims.remove("iat"),
        ("without-jti", _) => _ = claims.remove("jti"),
        ("without-type", _) => _ = claims.remove("token_type"),
        ("without-uid", _) => _ = claims.remove("uid"),
        ("without-user", _) => _ = claims.remove("user_id"),
        ("without-sid", _) => _ = claims.remove("sid"),
        ("without-gen", _) => _ = claims.remove("gen"),
        ("without-iss", _) => _ = claims.remove("iss"),
        ("without-aud", _) => _ = claims.remove("aud"),
        _ => panic!("{fault} is no fault"),
    }
    signed(&header, &claims, key)
}

/// What a token says, believed as it stands.
pub fn claims(token: &str) -> Map<String, Value> {
    let payload = token.split('.').nth(1).expect("a token has three parts");
    serde_json::from_slice(&BASE64.decode(payload).unwrap()).unwrap()
}

fn signed(header: &Header, claims: &Map<String, Value>, key: &str) -> String {
    encode(header, claims, &EncodingKey::from_secret(key.as_bytes())).unwrap()
}

/// Another payload under the same signature.
fn tampered(token: &str) -> String {
    let mut claims = claims(token);
    claims.insert("user_id".to_owned(), json!("2"));
    let payload = BASE64.encode(serde_json::to_vec(&claims).unwrap());
    let parts: Vec<_> = token.split('.').collect();
    format!("{}.{payload}.{}", parts[0], parts[2])
}

fn unsigned(claims: &Map<String, Value>) -> String {
    let header = BASE64.encode(r#"{"alg":"none","typ":"JWT"}"#);
    format!("{header}.{}.", BASE64.encode(serde_json::to_vec(claims).unwrap()))
}

fn with_header(token: &str, header: &Value) -> String {
    let rest = token.split_once('.').expect("a token has three parts").1;
    format!("{}.{rest}", BASE64.encode(header.to_string()))
}

#[expect(clippy::disallowed_methods, reason = "the program under test has no other clock")]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}
