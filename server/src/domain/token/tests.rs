//! Tokens that must be refused, and the few that must not.

use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};

use super::*;
use crate::domain::{Generation, SigningKey, entropy::SeededEntropy};

const SECRET: &[u8] = b"a secret of thirty-two bytes or more";
/// 2026-11-23T20:32:43Z
const NOW: i64 = 1_795_465_963;

fn now() -> Timestamp {
    Timestamp::from_millis(NOW * 1000)
}

fn policy() -> TokenPolicy {
    TokenPolicy {
        user_id_claim: USER_ID_CLAIM.to_owned(),
        access_lifetime: Duration::from_mins(15),
        refresh_lifetime: Duration::from_hours(168),
        leeway: Duration::ZERO,
        issuer: None,
        audience: None,
    }
}

fn tokens() -> Tokens {
    Tokens::new(SigningKey::from_secret(SECRET).unwrap(), policy())
}

fn family() -> Family {
    let id = SessionId::generate(now(), &SeededEntropy::new(1)).unwrap();
    Family::open(id, UserId(7), now(), Duration::from_hours(2160))
}

fn grant(family: &Family) -> Grant {
    Grant {
        user_id: family.user_id,
        session: family.id,
        generation: family.generation,
        absolute_expires_at: family.absolute_expires_at,
    }
}

/// The claims of a good access token, changed by `change` (`null` removes a claim).
fn claims(change: &Value) -> Value {
    let mut claims = json!({
        "token_type": "access", "exp": NOW + 900, "iat": NOW, "jti": "00ff", "user_id": "7",
        "sid": family().id.to_string(), "gen": 1,
    });
    let fields = claims.as_object_mut().unwrap();
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::Null => fields.remove(name),
            value => fields.insert(name.clone(), value.clone()),
        };
    }
    claims
}

fn signed(header: &Header, claims: &Value) -> String {
    encode(header, claims, &EncodingKey::from_secret(SECRET)).unwrap()
}

fn header() -> Header {
    tokens().keys().header().clone()
}

fn check(token: &str) -> Result<Claims, TokenFault> {
    tokens().check(token, Some(TokenKind::Access), now())
}

/// A token from the texts of its header and payload, signed with the right key.
fn raw(header: &str, payload: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let message = format!("{}.{}", base64url(header.as_bytes()), base64url(payload.as_bytes()));
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET).unwrap();
    mac.update(message.as_bytes());
    format!("{message}.{}", base64url(&mac.finalize().into_bytes()))
}

fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            let index = (bits >> (18 - 6 * place)) & 63;
            text.push(char::from(ALPHABET[index as usize]));
        }
    }
    text
}

#[test]
fn what_is_minted_is_accepted() {
    let family = family();
    let access = tokens().access(grant(&family), now(), [1; 16]).unwrap();
    let claims = check(access.token.expose()).unwrap();
    assert_eq!((claims.user_id, claims.session), (UserId(7), family.id));
    assert_eq!(claims.generation, Generation::FIRST);
    assert_eq!(claims.expires_at, access.expires_at);

    let refresh = tokens().refresh(&family).unwrap();
    let claims = tokens().check(refresh.token.expose(), Some(TokenKind::Refresh), now()).unwrap();
    assert_eq!(claims.kind, TokenKind::Refresh);
    assert_eq!(claims.expires_at, now() + policy().refresh_lifetime);
}

#[test]
fn one_generation_is_one_refresh_token() {
    let family = family();
    let token = |family: &Family| tokens().refresh(family).unwrap().token.expose().to_owned();
    assert_eq!(token(&family), token(&family));
    let next = Family { generation: family.generation.next(), ..family.clone() };
    assert_ne!(token(&family), token(&next));
}

#[test]
fn no_token_outlives_its_family() {
    let family = Family { absolute_expires_at: now() + Duration::from_secs(5), ..family() };
    let limit = family.absolute_expires_at;
    assert_eq!(tokens().access(grant(&family), now(), [0; 16]).unwrap().expires_at, limit);
    assert_eq!(tokens().refresh(&family).unwrap().expires_at, limit);
}

#[test]
fn the_payload_keeps_simplejwts_order() {
    let access = tokens().access(grant(&family()), now(), [0; 16]).unwrap();
    let payload = access.token.expose().split('.').nth(1).unwrap().to_owned();
    let session = family().id;
    let exp = NOW + 900;
    let id = "00".repeat(16);
    let expected = format!(
        r#"{{"token_type":"access","exp":{exp},"iat":{NOW},"jti":"{id}","user_id":"7","sid":"{session}","gen":1}}"#
    );
    assert_eq!(payload, base64url(expected.as_bytes()));
}

#[test]
fn time_is_judged_with_the_moment_passed_in() {
    let rows = [
        (json!({"exp": NOW + 1}), Ok(())),
        (json!({"exp": NOW}), Err(TokenFault::Expired)),
        (json!({"exp": NOW - 1}), Err(TokenFault::Expired)),
        (json!({"exp": NOW + 900 + 60}), Ok(())),
        (json!({"exp": NOW + 900 + 61}), Err(TokenFault::Invalid)),
        (json!({"exp": 1_795_465_963.5}), Err(TokenFault::Expired)),
        (json!({"exp": 1_795_465_964.5}), Ok(())),
        (json!({"exp": (NOW + 900).to_string()}), Err(TokenFault::Invalid)),
        (json!({"exp": -1}), Err(TokenFault::Invalid)),
        (json!({"exp": 1e300}), Err(TokenFault::Invalid)),
        (json!({"exp": [NOW + 900]}), Err(TokenFault::Invalid)),
        (json!({"exp": true}), Err(TokenFault::Invalid)),
        (json!({"exp": null}), Err(TokenFault::NoExpiry)),
        (json!({"iat": NOW + 60}), Ok(())),
        (json!({"iat": NOW + 61}), Err(TokenFault::Invalid)),
        (json!({"iat": NOW + 50, "exp": NOW + 50}), Ok(())),
        (json!({"iat": NOW + 50, "exp": NOW + 49}), Err(TokenFault::Invalid)),
        (json!({"iat": "yesterday"}), Err(TokenFault::Invalid)),
        (json!({"iat": null}), Ok(())),
        (json!({"nbf": NOW + 60}), Ok(())),
        (json!({"nbf": NOW + 61}), Err(TokenFault::Invalid)),
        (json!({"nbf": "99999999999"}), Err(TokenFault::Invalid)),
    ];
    for (change, expected) in rows {
        let result = check(&signed(&header(), &claims(&change)));
        assert_eq!(result.map(|_| ()), expected, "{change}");
    }
}

#[test]
fn leeway_moves_the_expiry() {
    let policy = TokenPolicy { leeway: Duration::from_secs(30), ..policy() };
    let lenient = Tokens::new(SigningKey::from_secret(SECRET).unwrap(), policy);
    for (exp, expected) in [(NOW - 29, Ok(())), (NOW - 30, Err(TokenFault::Expired))] {
        let token = signed(&header(), &claims(&json!({"exp": exp})));
        assert_eq!(lenient.check(&token, None, now()).map(|_| ()), expected);
    }
}

#[test]
fn claims_have_to_be_complete() {
    let other = "0196f2f0-0000-7000-8000-00000000000";
    let rows = [
        (json!({"jti": null}), TokenFault::NoId),
        (json!({"jti": 7}), TokenFault::Invalid),
        (json!({"token_type": null}), TokenFault::NoType),
        (json!({"token_type": "refresh"}), TokenFault::WrongType),
        (json!({"token_type": "reset"}), TokenFault::WrongType),
        (json!({"token_type": 7}), TokenFault::WrongType),
        (json!({"user_id": null}), TokenFault::NoUser),
        (json!({"user_id": "root"}), TokenFault::Invalid),
        (json!({"user_id": "+7"}), TokenFault::Invalid),
        (json!({"user_id": 1.5}), TokenFault::Invalid),
        (json!({"sid": null}), TokenFault::Invalid),
        (json!({"sid": other}), TokenFault::Invalid),
        (json!({"sid": family().id.to_string().to_uppercase()}), TokenFault::Invalid),
        (json!({"gen": null}), TokenFault::Invalid),
        (json!({"gen": 0}), TokenFault::Invalid),
        (json!({"gen": "1"}), TokenFault::Invalid),
        (json!({"gen": i64::MAX}), TokenFault::Invalid),
        // Several faults: simplejwt's order decides.
        (json!({"exp": null, "jti": null, "sid": null}), TokenFault::NoExpiry),
        (json!({"jti": null, "token_type": null, "sid": null}), TokenFault::NoId),
        (json!({"exp": NOW, "jti": null}), TokenFault::Expired),
        (json!({"user_id": null, "sid": null, "gen": null}), TokenFault::NoUser),
    ];
    for (change, expected) in rows {
        assert_eq!(check(&signed(&header(), &claims(&change))), Err(expected), "{change}");
    }
    for change in [json!({"user_id": 7}), json!({"role": "admin", "aud": "x", "iss": "y"})] {
        assert!(check(&signed(&header(), &claims(&change))).is_ok(), "{change}");
    }
}

#[test]
fn issuer_and_audience_are_demanded_once_set() {
    let policy =
        TokenPolicy { issuer: Some("us".to_owned()), audience: Some("spa".to_owned()), ..policy() };
    let strict = Tokens::new(SigningKey::from_secret(SECRET).unwrap(), policy);
    let own = strict.access(grant(&family()), now(), [0; 16]).unwrap();
    assert!(strict.check(own.token.expose(), None, now()).is_ok());
    let rows = [
        (json!({"iss": "us", "aud": "spa"}), true),
        (json!({"iss": "us", "aud": ["other", "spa"]}), true),
        (json!({"iss": "us", "aud": ["other"]}), false),
        (json!({"iss": "us", "aud": []}), false),
        (json!({"iss": "them", "aud": "spa"}), false),
        (json!({"aud": "spa"}), false),
        (json!({"iss": "us"}), false),
    ];
    for (change, accepted) in rows {
        let token = signed(&header(), &claims(&change));
        assert_eq!(strict.check(&token, None, now()).is_ok(), accepted, "{change}");
    }
}

#[test]
fn headers_that_want_something_else_are_refused() {
    let kid = header().kid.unwrap();
    let good = claims(&json!({})).to_string();
    let rows = [
        format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#),
        format!(r#"{{"typ":"JWT","alg":"HS256","kid":"{kid}"}}"#),
    ];
    for row in rows {
        assert!(check(&raw(&row, &good)).is_ok(), "{row}");
    }
    let bad = [
        r#"{"typ":"JWT","alg":"HS256"}"#.to_owned(),
        r#"{"typ":"JWT","alg":"HS256","kid":"other"}"#.to_owned(),
        r#"{"typ":"JWT","alg":"HS256","kid":["a"]}"#.to_owned(),
        format!(r#"{{"typ":"jwt","alg":"HS256","kid":"{kid}"}}"#),
        format!(r#"{{"typ":"JWT","alg":"HS256","alg":"HS256","kid":"{kid}"}}"#),
        format!(r#"{{"typ":"JWT","kid":"{kid}"}}"#),
        format!(r#"{{"typ":"JWT","alg":null,"kid":"{kid}"}}"#),
    ];
    for extra in [
        r#""jku":"https://e.com""#,
        r#""x5u":"https://e.com""#,
        r#""jwk":{"kty":"oct","k":"AA"}"#,
        r#""x5c":["AA"]"#,
        r#""x5t":"AA""#,
        r#""crit":["exp"]"#,
        r#""crit":[]"#,
        r#""b64":false"#,
        r#""zip":"DEF""#,
        r#""cty":"JWT""#,
        r#""extra":1"#,
    ] {
        let header = format!(r#"{{"typ":"JWT","alg":"HS256","kid":"{kid}",{extra}}}"#);
        assert_eq!(check(&raw(&header, &good)), Err(TokenFault::Invalid), "{header}");
    }
    for header in bad {
        assert_eq!(check(&raw(&header, &good)), Err(TokenFault::Invalid), "{header}");
    }
}

#[test]
fn no_other_algorithm_is_taken() {
    let kid = header().kid.unwrap();
    let good = claims(&json!({})).to_string();
    for alg in [
        "none", "None", "NONE", "nOnE", "", "HS384", "HS512", "RS256", "ES256", "EdDSA", "hs256",
        "HS256 ",
    ] {
        let header = format!(r#"{{"typ":"JWT","alg":"{alg}","kid":"{kid}"}}"#);
        let token = raw(&header, &good);
        let unsigned = token.rsplit_once('.').unwrap().0;
        for token in [token.clone(), format!("{unsigned}."), unsigned.to_owned()] {
            assert_eq!(check(&token), Err(TokenFault::Invalid), "{alg}");
        }
    }
}

#[test]
fn text_that_is_no_token_is_refused() {
    let good = signed(&header(), &claims(&json!({})));
    let [head, body, mac] = good.split('.').collect::<Vec<_>>()[..] else { panic!() };
    let twice = claims(&json!({})).to_string().replacen('{', r#"{"user_id":"1","#, 1);
    let corpus = [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        "a.b.c".into(),
        "garbage".into(),
        format!("{head}.{body}"),
        format!("{head}.{body}."),
        format!("{good}."),
        format!("{head}.{body}.{mac}="),
        format!("{head}.{body}={mac}.{mac}"),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{good}?"),
        format!("{head}.{body}.{mac}A"),
        format!("{head}.{body}.{}", &mac[1..]),
        format!("{head}.{head}.{mac}"),
        raw(r#"{"alg":"HS256"}"#, "{}"),
        "a".repeat(5000),
        format!("{}.{body}.{mac}", "a".repeat(5000)),
        raw(&serde_json::to_string(&header()).unwrap(), &twice),
        raw(&serde_json::to_string(&header()).unwrap(), "[]"),
        raw(&serde_json::to_string(&header()).unwrap(), "\u{feff}{}"),
        raw(&serde_json::to_string(&header()).unwrap(), &"[".repeat(1500)),
        raw(&serde_json::to_string(&header()).unwrap(), &format!("{} x", claims(&json!({})))),
        encode(&header(), &claims(&json!({})), &EncodingKey::from_secret(b"another key")).unwrap(),
    ];
    for token in corpus {
        assert_eq!(check(&token), Err(TokenFault::Invalid), "{token:.80}");
    }
}

#[test]
fn every_byte_counts() {
    let good = signed(&header(), &claims(&json!({})));
    for place in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let token = String::from_utf8(bytes).unwrap();
        assert_eq!(check(&token), Err(TokenFault::Invalid), "byte {place}");
    }
    assert!(check(&good).is_ok());
}

#[test]
fn an_expired_token_with_a_wrong_signature_is_invalid() {
    let expired = claims(&json!({"exp": NOW - 1}));
    let token = encode(&header(), &expired, &EncodingKey::from_secret(b"another key")).unwrap();
    assert_eq!(check(&token), Err(TokenFault::Invalid));
}

#[test]
fn a_short_secret_is_no_key() {
    assert!(SigningKey::from_secret(&SECRET[..31]).is_err());
    assert!(SigningKey::from_secret(&SECRET[..32]).is_ok());
}

#[test]
fn a_token_too_long_for_a_cookie_is_not_minted() {
    let policy = TokenPolicy { audience: Some("a".repeat(4000)), ..policy() };
    let wordy = Tokens::new(SigningKey::from_secret(SECRET).unwrap(), policy);
    assert!(matches!(wordy.refresh(&family()), Err(MintError::TooLong(_))));
}

#[test]
fn secrets_do_not_print() {
    let minted = tokens().refresh(&family()).unwrap();
    let printed = format!("{:?} {:?}", minted, tokens());
    assert!(!printed.contains("eyJ") && !printed.contains("thirty"), "{printed}");
}
