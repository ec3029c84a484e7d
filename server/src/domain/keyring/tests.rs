//! Keys beside each other.

use std::time::Duration;

use super::*;
use crate::domain::{
    Family, SessionId, SigningAlgorithm, TokenFault, TokenKind, TokenPolicy, Tokens, UserId,
    clock::Timestamp, entropy::SeededEntropy, token::USER_ID_CLAIM,
};

const ED: &[u8] = include_bytes!("../../../tests/keys/ed.pem");
const P256: &[u8] = include_bytes!("../../../tests/keys/p256.pem");
const RSA: &[u8] = include_bytes!("../../../tests/keys/rsa.pem");
const NOW: Timestamp = Timestamp::from_millis(1_795_465_963_217);

fn secret(name: &str) -> Arc<SigningKey> {
    let secret = format!("{name}: a secret of thirty-two bytes or more");
    Arc::new(SigningKey::from_secret(secret.as_bytes()).unwrap())
}

fn pair(algorithm: SigningAlgorithm, pem: &[u8]) -> Arc<SigningKey> {
    Arc::new(SigningKey::new(algorithm, pem).unwrap())
}

fn ring(keys: &[&Arc<SigningKey>]) -> Keyring {
    Keyring::of(&keys.iter().map(|key| Arc::clone(key)).collect::<Vec<_>>()).unwrap()
}

fn tokens(keys: &[&Arc<SigningKey>]) -> Tokens {
    let policy = TokenPolicy {
        access_lifetime: Duration::from_mins(15),
        refresh_lifetime: Duration::from_hours(168),
        leeway: Duration::ZERO,
        issuer: None,
        audience: None,
        user_id_claim: USER_ID_CLAIM.to_owned(),
    };
    Tokens::new(ring(keys), policy)
}

fn token(tokens: &Tokens) -> String {
    let id = SessionId::generate(NOW, &SeededEntropy::new(1)).unwrap();
    let family = Family::open(id, UserId(7), NOW, Duration::from_hours(1000));
    tokens.refresh(&family).unwrap().token.expose().to_owned()
}

fn check(tokens: &Tokens, token: &str) -> Result<(), TokenFault> {
    tokens.check(token, Some(TokenKind::Refresh), NOW).map(|_| ())
}

#[test]
fn what_any_of_the_keys_has_signed_is_accepted_until_it_is_dropped() {
    let (old, new) = (secret("old"), pair(SigningAlgorithm::EdDsa, ED));
    let service = tokens(&[&old]);
    let before = token(&service);
    service.replace_keys(ring(&[&new, &old]));
    let after = token(&service);
    assert_eq!(check(&service, &before), Ok(()));
    assert_eq!(check(&service, &after), Ok(()));
    assert_eq!(token(&service), after, "one generation is one token as long as the key is one");
    service.replace_keys(ring(&[&new]));
    assert_eq!(check(&service, &before), Err(TokenFault::Invalid));
    assert_eq!(check(&service, &after), Ok(()));
}

#[test]
fn a_name_leads_to_one_key_and_no_other() {
    let (one, two, three) = (secret("one"), secret("two"), secret("three"));
    let service = tokens(&[&one, &two]);
    let [of_one, of_two, of_three] = [&one, &two, &three].map(|key| token(&tokens(&[key])));
    assert_eq!(check(&service, &of_three), Err(TokenFault::Invalid));
    // The header of one before what another has signed.
    let rest = |token: &str| token.split_once('.').unwrap().1.to_owned();
    let head = |token: &str| token.split_once('.').unwrap().0.to_owned();
    for (named, signed) in [(&of_one, &of_two), (&of_two, &of_one), (&of_three, &of_one)] {
        let crossed = format!("{}.{}", head(named), rest(signed));
        assert_eq!(check(&service, &crossed), Err(TokenFault::Invalid));
    }
}

#[test]
fn one_key_is_given_once() {
    let (one, again, other) = (secret("one"), secret("one"), secret("other"));
    let fault = Keyring::of(&[Arc::clone(&one), other, again]).unwrap_err();
    assert_eq!(fault, KeyFault::Twice(one.kid().to_owned()));
    assert_eq!(Keyring::of(&[]).unwrap_err(), KeyFault::None);
}

#[test]
fn public_halves_are_shown_and_nothing_else() {
    let keys = [
        pair(SigningAlgorithm::EdDsa, ED),
        pair(SigningAlgorithm::Es256, P256),
        pair(SigningAlgorithm::Rs256, RSA),
        secret("of nobody's business"),
    ];
    let ring = Keyring::of(&keys).unwrap();
    let shown = serde_json::to_value(ring.public()).unwrap();
    let shown = shown["keys"].as_array().unwrap();
    let text = |key: &serde_json::Value, name: &str| key[name].as_str().unwrap_or("-").to_owned();
    let lines: Vec<_> = shown
        .iter()
        .map(|key| ["kty", "alg", "crv", "use"].map(|name| text(key, name)).join(" "))
        .collect();
    assert_eq!(lines, ["OKP EdDSA Ed25519 sig", "EC ES256 P-256 sig", "RSA RS256 - sig"]);
    let kids: Vec<_> = shown.iter().map(|key| text(key, "kid")).collect();
    assert_eq!(kids, ring.kids().take(3).collect::<Vec<_>>());
    for key in shown {
        for private in ["k", "d", "p", "q", "dp", "dq", "qi"] {
            assert_eq!(key.get(private), None, "{private} in {key}");
        }
    }
    // `openssl pkey -in ed.pem -pubout -outform DER | tail -c 32`
    assert_eq!(text(&shown[0], "x").len(), 43);
}
