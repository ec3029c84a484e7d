//! Keys that sign, and keys that must not.

use std::time::Duration;

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD as STANDARD, BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD},
};
use proptest::prelude::*;
use rsa::{pkcs1::EncodeRsaPublicKey as _, pkcs8::DecodePublicKey as _};

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
const SEC1_P256: &[u8] = include_bytes!("../../../tests/keys/p256.sec1.pem");
const SEC1_P384: &[u8] = include_bytes!("../../../tests/keys/p384.sec1.pem");
const PKCS1_RSA: &[u8] = include_bytes!("../../../tests/keys/rsa.pkcs1.pem");
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

/// As base64 in a line, in several, and in quotes, as hexadecimal in some ways, and as bytes: a line of
/// PEM's, too.
fn written(der: &[u8]) -> Vec<Vec<u8>> {
    let base64 = STANDARD.encode(der);
    let wrapped: Vec<_> = base64.as_bytes().chunks(64).collect();
    vec![
        der.to_vec(),
        hex::encode(der).into(),
        hex::encode_upper(der).into(),
        format!("0x{}", hex::encode(der)).into(),
        der.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":").into(),
        format!("\"{base64}\"").into(),
        base64.trim_end_matches('=').into(),
        URL_SAFE_NO_PAD.encode(der).into(),
        wrapped.join(&b'\n'),
        wrapped[0].to_vec(),
        base64.into(),
    ]
}

#[test]
fn a_key_of_a_pair_is_no_secret_however_it_is_written() {
    let der = |pem: &[u8]| {
        let text = std::str::from_utf8(pem).unwrap();
        STANDARD.decode(text.lines().filter(|l| !l.starts_with("---")).collect::<String>()).unwrap()
    };
    let rsa = rsa::RsaPublicKey::from_public_key_der(&der(RSA_PUBLIC)).unwrap();
    let pkcs1 = rsa.to_pkcs1_der().unwrap().to_vec();
    let mut written_keys: Vec<_> = [ED_PUBLIC, P256_PUBLIC, RSA_PUBLIC, ED, P256, RSA]
        .iter()
        .flat_map(|pem| written(&der(pem)))
        .chain(written(&pkcs1).into_iter().filter(|written| written.len() > 64))
        .filter(|written| written.len() >= 32)
        .collect();
    let jwk = SigningKey::new(EdDsa, ED).unwrap().public_half();
    written_keys.push(serde_json::to_vec(&jwk).unwrap());
    written_keys.extend([ED_PUBLIC, RSA, SEC1_P256].map(<[u8]>::to_vec));
    written_keys.push(b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ".to_vec());
    for key in written_keys {
        let fault = SigningKey::new(Hs256, &key).unwrap_err();
        assert_eq!(fault, KeyFault::NoSecret(Hs256), "{}", String::from_utf8_lossy(&key));
    }
}

#[test]
fn a_pattern_is_not_random() {
    const FEW: &str = "a few characters over and over";
    const SHORT: &str = "a short text over and over";
    const ORDER: &str = "characters in their order";
    for (secret, pattern) in [
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", FEW),
        ("                                ", FEW),
        ("abcabcabcabcabcabcabcabcabcabcabcabc", FEW),
        ("11112222333344441111222233334444x", FEW),
        ("passwordpasswordpasswordpassword", SHORT),
        ("0123456789abcdef0123456789abcdef", SHORT),
        ("01234567890123456789012345678901", SHORT),
        ("abcdefghijklmnopqrstuvwxyz123456", ORDER),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ", SHORT),
        ("the same words, the same words, the same words, ", SHORT),
        ("zyxwvutsrqponmlkjihgfedcba987654", ORDER),
        ("aabbccddeeffgghhiijjkkllmmnnoopp", ORDER),
    ] {
        let fault = SigningKey::from_secret(secret.as_bytes()).unwrap_err();
        assert_eq!(fault, KeyFault::NotRandom(pattern), "{secret}");
    }
}

/// Django's `get_random_secret_key`.
const DJANGO: &str = "[a-z0-9!@#$%^&*(\\-_=+)]{50}";
/// Of a list as people draw them from.
const WORDS: [&str; 12] = [
    "correct", "horse", "battery", "staple", "lamp", "river", "autumn", "glass", "seven", "abacus",
    "defer", "fjord",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// As `openssl rand -hex` and `-base64` make them, of 16 bytes and more.
    #[test]
    fn what_is_random_is_a_secret(
        bytes in prop::array::uniform32(any::<u8>()), django in DJANGO,
        words in Just(WORDS.to_vec()).prop_shuffle(),
    ) {
        let phrase = words[..7].join(" ");
        for secret in [
            &bytes[..],
            hex::encode(&bytes[..16]).as_bytes(),
            hex::encode(bytes).as_bytes(),
            STANDARD.encode(bytes).as_bytes(),
            URL_SAFE_NO_PAD.encode(bytes).as_bytes(),
            django.as_bytes(),
            phrase.as_bytes(),
        ] {
            let judged = SigningKey::from_secret(secret);
            prop_assert!(judged.is_ok(), "{judged:?}: {}", String::from_utf8_lossy(secret));
        }
    }
}

#[test]
fn private_keys_as_openssl_used_to_write_them_are_taken() {
    for (algorithm, pem) in [(Es256, SEC1_P256), (Es384, SEC1_P384), (Rs256, PKCS1_RSA)] {
        assert!(SigningKey::new(algorithm, pem).unwrap().public_half().is_some(), "{algorithm}");
    }
    for (algorithm, pem) in [(Es384, SEC1_P256), (Es256, SEC1_P384), (EdDsa, SEC1_P256)] {
        let fault = SigningKey::new(algorithm, pem).unwrap_err();
        assert_eq!(fault, KeyFault::NoPrivateKey(algorithm), "{algorithm}");
    }
    // The same key is the same key.
    let rsa = |pem| SigningKey::new(Rs256, pem).unwrap();
    assert_eq!(rsa(PKCS1_RSA).check_public_half(RSA_PUBLIC), Ok(()));
}

/// Names are in tokens and databases that are out there.
#[test]
fn a_key_keeps_its_name() {
    for (algorithm, key, kid) in [
        (Hs256, SECRET, "02d8cab81f29f90f"),
        (Hs512, SECRET, "7d8a6e736d93ef06"),
        (Rs256, RSA, "ffe08d3e728313b5"),
        (Es256, P256, "8e8434306ed7139b"),
        (Es384, P384, "6fc8f6ff6bb283a2"),
        (EdDsa, ED, "a5d2b18a0cc9a7de"),
    ] {
        assert_eq!(SigningKey::new(algorithm, key).unwrap().kid(), kid, "{algorithm}");
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
