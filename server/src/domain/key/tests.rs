//! Keys that sign, and keys that must not.

use std::time::Duration;

use super::*;
use crate::domain::{
    Family, TokenKind, TokenPolicy, Tokens, UserId, clock::Timestamp, entropy::SeededEntropy,
    token::USER_ID_CLAIM,
};

use SigningAlgorithm::{EdDsa, Es256, Es384, Hs256, Hs384, Hs512, Rs256, Rs384, Rs512};

const SECRET: &[u8] = b"sixty-four bytes are what HS512 wants, so that is what there is.";
const ED: &[u8] = include_bytes!("../../../tests/keys/ed.pem");
const P256: &[u8] = include_bytes!("../../../tests/keys/p256.pem");
const P384: &[u8] = include_bytes!("../../../tests/keys/p384.pem");
const RSA: &[u8] = include_bytes!("../../../tests/keys/rsa.pem");
const SHORT_RSA: &[u8] = include_bytes!("../../../tests/keys/rsa1024.pem");
const ED_PUBLIC: &[u8] = include_bytes!("../../../tests/keys/ed.pub");
const P256_PUBLIC: &[u8] = include_bytes!("../../../tests/keys/p256.pub");
const RSA_PUBLIC: &[u8] = include_bytes!("../../../tests/keys/rsa.pub");

const ALL: [(SigningAlgorithm, &[u8]); 9] = [
    (Hs256, SECRET),
    (Hs384, SECRET),
    (Hs512, SECRET),
    (Rs256, RSA),
    (Rs384, RSA),
    (Rs512, RSA),
    (Es256, P256),
    (Es384, P384),
    (EdDsa, ED),
];

fn tokens(algorithm: SigningAlgorithm, key: &[u8]) -> Tokens {
    let policy = TokenPolicy {
        access_lifetime: Duration::from_mins(15),
        refresh_lifetime: Duration::from_hours(168),
        leeway: Duration::ZERO,
        issuer: None,
        audience: None,
        user_id_claim: USER_ID_CLAIM.to_owned(),
    };
    Tokens::new(SigningKey::new(algorithm, key).unwrap(), policy)
}

#[test]
fn a_token_is_accepted_under_its_own_key_and_algorithm_alone() {
    let now = Timestamp::from_millis(1_795_465_963_217);
    let id = SessionId::generate(now, &SeededEntropy::new(1)).unwrap();
    let family = Family::open(id, UserId(7), now, Duration::from_hours(1000));
    for (algorithm, key) in ALL {
        let own = tokens(algorithm, key);
        let minted = own.refresh(&family).unwrap();
        let again = own.refresh(&family).unwrap();
        assert_eq!(minted.token.expose(), again.token.expose(), "{algorithm}: the same each time");
        let header = jsonwebtoken::decode_header(minted.token.expose()).unwrap();
        assert_eq!(format!("{:?}", header.alg), algorithm.name());
        assert_eq!(header.kid.as_deref(), Some(own.keys().signing().kid()));
        for (other, key) in ALL {
            let checked =
                tokens(other, key).check(minted.token.expose(), Some(TokenKind::Refresh), now);
            assert_eq!(checked.is_ok(), algorithm == other, "{algorithm} under {other}");
        }
    }
}

#[test]
fn a_key_that_is_too_weak_or_of_another_kind_is_refused() {
    for (algorithm, needs) in [(Hs256, 32), (Hs384, 48), (Hs512, 64)] {
        let has = needs - 1;
        let fault = SigningKey::new(algorithm, &SECRET[..has]).unwrap_err();
        assert_eq!(fault, KeyFault::Short { algorithm, has, needs });
        assert!(SigningKey::new(algorithm, &SECRET[..needs]).is_ok());
    }
    for public in [ED_PUBLIC, RSA, b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ", &[b' '; 64]] {
        assert_eq!(SigningKey::new(Hs256, public).unwrap_err(), KeyFault::NoSecret(Hs256));
    }
    assert_eq!(SigningKey::new(Rs256, SHORT_RSA).unwrap_err(), KeyFault::ShortRsa(1024));
    for (algorithm, key) in [
        (EdDsa, SECRET),
        (EdDsa, P256),
        (EdDsa, ED_PUBLIC),
        (Es256, ED),
        (Es256, P384),
        (Es384, P256),
        (Rs256, P256),
        (Rs256, RSA_PUBLIC),
    ] {
        let fault = SigningKey::new(algorithm, key).unwrap_err();
        assert_eq!(fault, KeyFault::NoPrivateKey(algorithm), "{algorithm}");
    }
}

#[test]
fn a_secret_that_many_have_read_is_none() {
    let samples = [
        "changeme-changeme-changeme-changeme",
        "CHANGE_ME.please: it is only an example",
        "your-256-bit-secret-your-256-bit-secret",
        "a-string-secret-at-least-256-bits-long",
        "my super-secret key of many, many words",
        "please Replace This with thirty-two bytes",
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
        "django-insecure-k1v@0c5$-a-secret-of-fifty-characters-1",
        "abcabcabcabcabcabcabcabcabcabcabcabc",
        "0123456789abcdef0123456789abcdef",
        "11112222333344441111222233334444x",
    ];
    for sample in samples {
        let fault = SigningKey::from_secret(sample.as_bytes()).unwrap_err();
        assert!(matches!(fault, KeyFault::Sample(_)), "{sample}: {fault}");
    }
    // Django's own mark is no reason not to verify what Django has signed.
    let django = samples[7].as_bytes();
    assert!(crate::domain::LegacyKey::new(Hs256, django).is_ok());
    let fault = crate::domain::LegacyKey::new(Hs256, samples[0].as_bytes()).unwrap_err();
    assert_eq!(fault, KeyFault::Sample("changeme"));
    // As `openssl rand -hex 32` and `-base64 32` make them.
    for random in [
        "6c61c8ffa9b1a0e4f9c4b2f5e8d7a3b10f2e4d6c8ba7190f3e5d7c9b1a2f4e6d",
        "vO6nX2c1bG9rYWJsZSBzZWNyZXQgdGhhdCBpcyBub25lPw==",
    ] {
        assert!(SigningKey::from_secret(random.as_bytes()).is_ok(), "{random}");
    }
}

#[test]
fn a_public_key_has_to_be_the_other_half() {
    let pairs = [(EdDsa, ED, ED_PUBLIC), (Es256, P256, P256_PUBLIC), (Rs256, RSA, RSA_PUBLIC)];
    for (algorithm, private, own) in pairs {
        let key = SigningKey::new(algorithm, private).unwrap();
        assert_eq!(key.check_public_half(own), Ok(()), "{algorithm}");
        for (_, _, public) in pairs.iter().filter(|(other, ..)| *other != algorithm) {
            assert_eq!(key.check_public_half(public), Err(KeyFault::NotItsPublicHalf));
        }
        assert_eq!(key.check_public_half(b"nonsense"), Err(KeyFault::NotItsPublicHalf));
    }
}

#[test]
fn to_the_database_one_secret_with_two_algorithms_is_two_keys() {
    let key = |algorithm| SigningKey::new(algorithm, SECRET).unwrap();
    assert_ne!(key(Hs256).fingerprint(), key(Hs512).fingerprint());
    assert_ne!(key(Hs256).kid(), key(Hs512).kid());
}
