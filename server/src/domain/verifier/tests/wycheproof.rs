//! Wycheproof: texts that are no signatures, as other programs have taken them for some.
//!
//! Their payloads are no JSON, and so no claims: what is looked at is whether it comes to that.
#![expect(clippy::print_stdout, reason = "how many ran, for whoever looks by --nocapture")]

use std::collections::BTreeMap;

use jsonwebtoken::{errors::ErrorKind, jwk::Jwk};
use serde::{Deserialize, de::IgnoredAny};

use super::*;

const JWS: &str = include_str!("../../../../tests/wycheproof/json_web_signature.json");
const ED25519: &str = include_str!("../../../../tests/wycheproof/ed25519.json");
const P256: &str = include_str!("../../../../tests/wycheproof/ecdsa_secp256r1_sha256_p1363.json");

/// The same text as in 357, which is valid: marked invalid for what they were made from.
const TWINS: [u64; 2] = [367, 370];
/// Marked valid, with a `?` in their base64url: no token of ours has one.
const LENIENT: [u64; 2] = [372, 373];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File<Group> {
    number_of_tests: usize,
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct JwsGroup {
    comment: String,
    private: Value,
    public: Option<Value>,
    tests: Vec<JwsTest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JwsTest {
    tc_id: u64,
    comment: String,
    jws: Value,
    result: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignatureGroup {
    public_key_pem: String,
    tests: Vec<SignatureTest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignatureTest {
    tc_id: u64,
    comment: String,
    msg: String,
    sig: String,
    result: String,
}

impl JwsGroup {
    /// What knows its key's tokens; `None` where we do not sign like that, or where the key is not
    /// for signatures, which a key of ours always is.
    fn verifier(&self) -> Option<Verifier> {
        let key = &self.private;
        let algorithm: SigningAlgorithm = key["alg"].as_str()?.parse().ok()?;
        let half = if let Some(secret) = key["k"].as_str() {
            DecodingKey::from_secret(&BASE64.decode(secret).unwrap())
        } else {
            let jwk: Jwk = serde_json::from_value(self.public.clone()?).unwrap();
            DecodingKey::from_jwk(&jwk).unwrap()
        };
        Some(Verifier::new(algorithm, half, key["kid"].as_str()))
    }
}

/// Whether all is well but that there are no claims.
fn is_signed(verifier: &Verifier, token: &str) -> bool {
    let header = match verifier.decode::<IgnoredAny>(token) {
        Ok(decoded) => Ok(decoded.header),
        Err(error) if matches!(error.kind(), ErrorKind::Json(_)) => {
            jsonwebtoken::decode_header(token)
        }
        Err(error) => Err(error),
    };
    header.is_ok_and(|header| verifier.is_theirs(&header))
}

#[test]
fn tokens() {
    let file: File<JwsGroup> = serde_json::from_str(JWS).unwrap();
    let mut ran: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for group in file.test_groups {
        let Some(verifier) = group.verifier() else { continue };
        for test in group.tests.iter().filter(|test| !TWINS.contains(&test.tc_id)) {
            // The JSON serialisation, written as an object: the text is what somebody would send.
            let jws = test.jws.as_str().map_or_else(|| test.jws.to_string(), str::to_owned);
            let expected = test.result == "valid" && !LENIENT.contains(&test.tc_id);
            let name = format!("{} {}: {}", group.comment, test.tc_id, test.comment);
            assert_eq!(is_signed(&verifier, &jws), expected, "{name}");
            assert!(verifier.claims::<Value>(&jws).is_err(), "{name}: no claims");
            ran.entry(group.comment.clone()).or_default()[usize::from(expected)] += 1;
        }
    }
    println!("refused and taken: {ran:?}");
    for group in ["hs256", "base64", "es256", "SpecialCaseEs256", "rs256", "rs384", "rs512"] {
        let [_, taken] = ran[group];
        assert!(taken > 0, "{group}: a key that fits nothing shows nothing");
    }
    let ran_in = |group: &str| ran[group].iter().sum::<usize>();
    let counts = ["hs256", "base64", "es256", "SpecialCaseEs256"].map(ran_in);
    assert_eq!(counts, [17, 19, 15, 24]);
}

/// Verifies each as the signature of a token is verified.
fn signatures(algorithm: SigningAlgorithm, file: &str) {
    let file: File<SignatureGroup> = serde_json::from_str(file).unwrap();
    let mut ran = [0; 2];
    for group in file.test_groups {
        let key = algorithm.public_half(group.public_key_pem.as_bytes()).unwrap();
        for test in group.tests {
            let signature = BASE64.encode(hex::decode(&test.sig).unwrap());
            let message = hex::decode(&test.msg).unwrap();
            let taken = crypto::verify(&signature, &message, &key, algorithm.jwt());
            let taken = taken.unwrap_or_default();
            assert_eq!(taken, test.result == "valid", "{}: {}", test.tc_id, test.comment);
            ran[usize::from(taken)] += 1;
        }
    }
    println!("{algorithm}: {} refused, {} taken", ran[0], ran[1]);
    assert_eq!(ran.iter().sum::<usize>(), file.number_of_tests);
    assert!(ran.iter().all(|count| *count > 0), "{algorithm}");
}

#[test]
fn ed25519() {
    signatures(SigningAlgorithm::EdDsa, ED25519);
}

#[test]
fn ecdsa_on_p256() {
    signatures(SigningAlgorithm::Es256, P256);
}
