//! Vectors of the standards: what others have signed is good, and nothing next to it.

use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::Value;

use super::*;
use crate::domain::SigningKey;

/// RFC 7515, A.1 and A.3: one payload, signed in two ways.
const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
                       cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const HS256: (&str, &str) =
    ("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
const HS256_KEY: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
const ES256: (&str, &str) = (
    "eyJhbGciOiJFUzI1NiJ9",
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
);
const ES256_KEY: (&str, &str) =
    ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");

/// RFC 8037, A.1, A.2 and A.4.
const ED_SECRET: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const ED_PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const ED_MESSAGE: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
const ED_SIGNATURE: &str = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5B\
                            hVsPt9g7sVvpAr_MuM0KAg";

/// RFC 6979, A.2.5, with SHA-256.
const P256_SECRET: &str = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
const P256_PUBLIC: [&str; 2] = [
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
];
const P256_SIGNATURES: [(&str, &str); 2] = [
    (
        "sample",
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
         f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    ),
    (
        "test",
        "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367\
         019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
    ),
];

fn pem(start: &str, secret: &[u8]) -> Vec<u8> {
    let der = [hex::decode(start).unwrap(), secret.to_vec()].concat();
    let text = base64::prelude::BASE64_STANDARD.encode(der);
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n").into_bytes()
}

/// PKCS #8 around what the standards write down.
fn ed_pem() -> Vec<u8> {
    pem("302e020100300506032b657004220420", &BASE64.decode(ED_SECRET).unwrap())
}

fn p256_pem() -> Vec<u8> {
    let start = "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420";
    pem(start, &hex::decode(P256_SECRET).unwrap())
}

#[track_caller]
fn assert_only(verifier: &Verifier, (header, signature): (&str, &str)) {
    let token = format!("{header}.{PAYLOAD}.{signature}");
    let claims: Value = verifier.claims(&token).unwrap();
    assert_eq!(claims["iss"], "joe");
    for place in (0..token.len()).filter(|place| !token[*place..].starts_with('.')) {
        let other = if &token[place..=place] == "A" { "B" } else { "A" };
        let mut bent = token.clone();
        bent.replace_range(place..=place, other);
        assert_eq!(verifier.claims::<Value>(&bent), Err(TokenFault::Invalid), "{bent}");
    }
}

#[test]
fn what_rfc_7515_signs_is_good_and_nothing_next_to_it() {
    let secret = BASE64.decode(HS256_KEY).unwrap();
    let key = DecodingKey::from_secret(&secret);
    let verifier = Verifier::new(SigningAlgorithm::Hs256, key, None);
    assert_only(&verifier, HS256);
    let key = DecodingKey::from_ec_components(ES256_KEY.0, ES256_KEY.1).unwrap();
    let verifier = Verifier::new(SigningAlgorithm::Es256, key, None);
    assert_only(&verifier, ES256);
    let other = format!("{}.{PAYLOAD}.{}", HS256.0, HS256.1);
    assert_eq!(verifier.claims::<Value>(&other), Err(TokenFault::Invalid));
}

#[test]
fn rfc_8037s_key_has_rfc_8037s_public_half_and_signature() {
    let key = SigningKey::new(SigningAlgorithm::EdDsa, &ed_pem()).unwrap();
    let public = serde_json::to_value(key.public_half().unwrap()).unwrap();
    assert_eq!(public["x"], ED_PUBLIC);
    let signed = crypto::sign(ED_MESSAGE.as_bytes(), key.encoding(), Algorithm::EdDSA).unwrap();
    assert_eq!(signed, ED_SIGNATURE);
}

#[test]
fn signatures_on_p256_are_those_of_rfc_6979() {
    let key = SigningKey::new(SigningAlgorithm::Es256, &p256_pem()).unwrap();
    let public = serde_json::to_value(key.public_half().unwrap()).unwrap();
    for (name, number) in ["x", "y"].into_iter().zip(P256_PUBLIC) {
        assert_eq!(public[name], BASE64.encode(hex::decode(number).unwrap()));
    }
    for (message, signature) in P256_SIGNATURES {
        let signed = crypto::sign(message.as_bytes(), key.encoding(), Algorithm::ES256).unwrap();
        assert_eq!(hex::encode(BASE64.decode(signed).unwrap()), signature, "{message}");
    }
    // The library takes only what is whole.
    assert!(EncodingKey::from_ec_pem(&ed_pem()).is_err());
}

mod wycheproof;
