//! `alg`: what a token says of its own signature is not believed.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::{
    Row, Scene,
    forge::{Forge, by_secret},
    invalid, scenes,
};
use crate::support::app::SECRET;

/// CVE-2015-2951 and what it was varied to.
const OTHERS: [&str; 17] = [
    "none",
    "None",
    "NONE",
    "nOnE",
    "",
    "HS384",
    "HS512",
    "RS256",
    "PS256",
    "ES256",
    "EdDSA",
    "hs256",
    "HS256 ",
    " HS256",
    "HS256\u{0}",
    "ES256K",
    "dir",
];

fn named(forge: &Forge) -> Vec<Row> {
    let own = forge.header["alg"].clone();
    let texts = OTHERS.map(|alg| json!(alg));
    let odd = [Value::Null, json!(256), json!(["HS256"]), json!({"alg": "HS256"}), json!(true)];
    let mut rows = Vec::new();
    for alg in texts.into_iter().chain(odd).filter(|alg| *alg != own) {
        let token = forge.with_header(&[("alg", Some(alg.clone()))]);
        let unsigned = token.rsplit_once('.').unwrap().0;
        rows.push(invalid(format!("alg {alg}, without a signature"), format!("{unsigned}.")));
        rows.push(invalid(format!("alg {alg}, without its dot"), unsigned.to_owned()));
        rows.push(invalid(format!("alg {alg}, signed as ever"), token));
    }
    rows.push(invalid("no alg", forge.with_header(&[("alg", None)])));
    let twice = forge.header_text().replacen('{', r#"{"alg":"none","#, 1);
    rows.push(invalid("alg twice", forge.signed(twice, forge.claims_text())));
    rows
}

/// The right secret with another hash.
fn other_hashes(forge: &Forge) -> Vec<Row> {
    let hashed = |algorithm, name: &str| {
        let header = json!({"typ": "JWT", "alg": name, "kid": forge.kid()}).to_string();
        invalid(name, by_secret(&header, &forge.claims_text(), SECRET, algorithm))
    };
    vec![hashed(Algorithm::HS384, "HS384"), hashed(Algorithm::HS512, "HS512")]
}

/// CVE-2016-10555: everybody knows the public key, and so nobody may sign with it as if it were a
/// secret.
fn confused(forge: &Forge) -> Vec<Row> {
    let pem = forge.signer.public;
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = BASE64_STANDARD.decode(&body).unwrap();
    let jwk = public_jwk(forge);
    let text = |name: &str| jwk[name].as_str().map(str::to_owned);
    let mut secrets: Vec<(String, Vec<u8>)> = vec![
        ("PEM".to_owned(), pem.as_bytes().to_vec()),
        ("PEM without its line end".to_owned(), pem.trim_end().as_bytes().to_vec()),
        ("PEM in one line".to_owned(), body.as_bytes().to_vec()),
        ("DER".to_owned(), der.clone()),
        ("the end of DER".to_owned(), der[der.len() - 32..].to_vec()),
        ("JWK".to_owned(), jwk.to_string().into_bytes()),
        ("nothing".to_owned(), Vec::new()),
    ];
    for (name, value) in ["x", "y", "n"].into_iter().filter_map(|name| Some((name, text(name)?))) {
        secrets.push((format!("{name} decoded"), BASE64_URL_SAFE_NO_PAD.decode(&value).unwrap()));
        secrets.push((name.to_owned(), value.into_bytes()));
    }
    let mut rows = Vec::new();
    for (name, secret) in secrets {
        for (alg, algorithm) in [("HS256", Algorithm::HS256), ("HS512", Algorithm::HS512)] {
            let header = json!({"typ": "JWT", "alg": alg, "kid": forge.kid()}).to_string();
            let token = by_secret(&header, &forge.claims_text(), &secret, algorithm);
            rows.push(invalid(format!("{alg} with {name}"), token));
            // And under the name that the algorithm of the pair has.
            let token = by_secret(&forge.header_text(), &forge.claims_text(), &secret, algorithm);
            rows.push(invalid(format!("{name} by {alg}, under the own name"), token));
        }
    }
    rows
}

/// The public half, as `/.well-known/jwks.json` shows it.
fn public_jwk(forge: &Forge) -> Value {
    let key = latchkey::domain::SigningKey::new(forge.signer.algorithm, forge.signer.key);
    serde_json::to_value(key.unwrap().public_half().unwrap()).unwrap()
}

#[tokio::test]
async fn no_other_algorithm_is_taken() {
    for scene in scenes().await {
        scene.refuses("algorithms", named).await;
    }
}

#[tokio::test]
async fn no_other_hash_of_the_right_secret_is_taken() {
    Scene::new(super::Signer::HS256).await.refuses("other hashes", other_hashes).await;
}

#[tokio::test]
async fn nobody_signs_with_a_public_key() {
    for scene in scenes().await.into_iter().filter(|scene| scene.signer.is_pair()) {
        scene.refuses("key confusion", confused).await;
    }
}
