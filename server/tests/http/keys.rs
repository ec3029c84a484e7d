//! Keys that follow each other, and what the outside sees of them.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::http::Method;
use latchkey::{
    auth::{KeySpans, NodeKeys, NodeKeysError},
    domain::{Keyring, SigningAlgorithm, SigningKey},
};
use serde_json::json;
use url::Url;

use crate::support::{
    Browser, Reply, TestApp,
    app::{SECRET, days, mins},
};

const JWKS: &str = "/.well-known/jwks.json";

fn old() -> Arc<SigningKey> {
    Arc::new(SigningKey::from_secret(SECRET).unwrap())
}

fn new() -> Arc<SigningKey> {
    let pem = include_bytes!("../keys/ed.pem");
    Arc::new(SigningKey::new(SigningAlgorithm::EdDsa, pem).unwrap())
}

fn newest() -> Arc<SigningKey> {
    let pem = include_bytes!("../keys/p256.pem");
    Arc::new(SigningKey::new(SigningAlgorithm::Es256, pem).unwrap())
}

impl TestApp {
    /// These are the keys from now on; the first signs.
    fn turn_keys(&self, keys: &[Arc<SigningKey>]) {
        self.auth.tokens.replace_keys(Keyring::of(keys).unwrap());
    }
}

/// The `kid` that a token names.
fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

#[tokio::test]
async fn nobody_is_signed_out_by_a_new_key() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.turn_keys(&[new(), old()]);
    browser.get("/api/data/").await.assert_status(200);
    assert_eq!(kid(&browser.cookie("access").unwrap()), old().kid());
    // A day later the refresh token is still the old key's, and what it brings is the new one's.
    app.advance(mins(24 * 60));
    browser.refresh().await.assert_status(200);
    assert_eq!(kid(&browser.cookie("access").unwrap()), new().kid());
    browser.get("/api/data/").await.assert_status(200);
    app.advance(mins(2));
    browser.refresh().await.assert_status(200);
    assert_eq!(kid(&browser.cookie("refresh").unwrap()), new().kid(), "it has rotated");
    app.turn_keys(&[new()]);
    browser.get("/api/data/").await.assert_status(200);
    browser.refresh().await.assert_status(200);
}

#[tokio::test]
async fn a_browser_is_known_for_longer_than_a_key_is_used() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let (by_script, by_page, away) = (app.browser(), app.browser(), app.browser());
    for browser in [&by_script, &by_page, &away] {
        browser.login("ada").await.assert_status(200);
    }
    app.turn_keys(&[new(), old()]);
    let mark = |browser: &Browser| browser.cookie("latchkey-device").unwrap();
    let before = [&by_script, &by_page].map(mark);
    app.advance(mins(20));
    by_script.refresh().await.assert_status(200);
    by_page.open("/").await.assert_status(200);
    let after = [&by_script, &by_page].map(mark);
    assert!(before.iter().zip(&after).all(|(before, after)| before != after));
    // Once is enough.
    app.advance(mins(20));
    let again = by_script.refresh().await.all_cookies();
    assert!(again.iter().all(|cookie| cookie.name() != "latchkey-device"));
    app.auth.send_mails().await.unwrap();
    app.letterbox.empty();

    app.turn_keys(&[new()]);
    for (browser, news) in [(&by_script, 0), (&by_page, 0), (&away, 1)] {
        browser.login("ada").await.assert_status(200);
        app.auth.send_mails().await.unwrap();
        assert_eq!(app.letterbox.empty().len(), news, "mails of a new browser");
    }
}

#[tokio::test]
async fn a_token_of_a_key_that_is_gone_is_invalid() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.turn_keys(&[new()]);
    let reply = browser.get("/api/data/").await;
    assert_eq!(reply.assert_status(401).json()["messages"][0]["message"], "Token is invalid");
    let reply = browser.refresh().await;
    assert_eq!(reply.assert_status(401).json()["detail"], "Token is invalid");
    assert!(reply.cookies().is_empty(), "no failure deletes cookies");
}

#[tokio::test]
async fn a_node_that_was_not_given_a_key_says_so_instead_of_signing_people_out() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let lacking = Keyring::of(&[new()]).unwrap().lacking(vec![old().kid().to_owned()]);
    app.auth.tokens.replace_keys(lacking);
    let verified = json!({"token": browser.cookie("access").unwrap()});
    for reply in [
        browser.get("/api/data/").await,
        browser.refresh().await,
        app.browser().post("/api/auth/token/verify/", &verified).await,
    ] {
        reply.assert_status(503);
        assert!(reply.header("retry-after").is_some() && reply.cookies().is_empty());
    }
    let ready = browser.get("/readyz").await;
    assert_eq!(ready.assert_status(503).json()["reason"], "keys");
    // What is no token of that key is refused as ever.
    browser.set_cookie("access", "garbage");
    browser.get("/api/data/").await.assert_status(401);
    app.turn_keys(&[new(), old()]);
    browser.get("/readyz").await.assert_status(200);
    browser.refresh().await.assert_status(200);
}

/// A new password by the link of the only mail that has come.
async fn reset(app: &TestApp, while_it_lay_there: impl FnOnce()) -> Reply {
    let email = json!({"email": "ada@example.com"});
    app.browser().post("/api/auth/password/reset/", &email).await.assert_status(200);
    app.auth.send_mails().await.unwrap();
    let [letter] = &app.letterbox.empty()[..] else { panic!("not one mail") };
    let link = letter.text.lines().find(|line| line.starts_with("https://")).unwrap();
    let parts: HashMap<_, _> = Url::parse(link).unwrap().query_pairs().into_owned().collect();
    while_it_lay_there();
    let chosen = json!({
        "uid": parts["uid"], "token": parts["token"],
        "new_password1": "autumn-Lamp-77", "new_password2": "autumn-Lamp-77",
    });
    app.browser().post("/api/auth/password/reset/confirm/", &chosen).await
}

#[tokio::test]
async fn links_in_mails_outlast_a_rotation_and_no_retirement() {
    let app = TestApp::new().await;
    app.user("ada").await;
    reset(&app, || app.turn_keys(&[new()])).await.assert_status(400);
    app.turn_keys(&[old()]);
    reset(&app, || app.turn_keys(&[new(), old()])).await.assert_status(200);
}

#[tokio::test]
async fn a_browser_stays_known() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.turn_keys(&[new(), old()]);
    browser.login("ada").await.assert_status(200);
    app.turn_keys(&[new()]);
    browser.login("ada").await.assert_status(200);
    app.auth.send_mails().await.unwrap();
    let letters = app.letterbox.empty();
    assert!(letters.is_empty(), "its mark was signed again: {}", letters.len());
}

#[tokio::test]
async fn public_halves_are_for_everybody_and_secrets_for_nobody() {
    let app = TestApp::new().await;
    let reply = app.browser().get(JWKS).await;
    assert_eq!(reply.assert_status(200).body, r#"{"keys":[]}"#);
    app.turn_keys(&[new(), old()]);
    let reply = app.browser().get(JWKS).await;
    assert_eq!(reply.header("content-type").as_deref(), Some("application/jwk-set+json"));
    assert_eq!(reply.header("cache-control").as_deref(), Some("public, max-age=60"));
    assert_eq!(reply.header("x-content-type-options").as_deref(), Some("nosniff"));
    assert!(reply.header("set-cookie").is_none() && reply.header("vary").is_none());
    let set: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
    let expected = json!({"keys": [{
        "use": "sig", "alg": "EdDSA", "kid": new().kid(), "kty": "OKP", "crv": "Ed25519",
        "x": set["keys"][0]["x"],
    }]});
    assert_eq!(set, expected);
    app.browser().send(Method::HEAD, JWKS, &[], "").await.assert_status(200);
    app.browser().send(Method::POST, JWKS, &[], "").await.assert_status(405);
}

/// What another service does with the set.
#[tokio::test]
async fn whoever_has_the_set_can_verify_our_tokens() {
    let app = TestApp::new().await;
    app.turn_keys(&[new(), old()]);
    let token = app.signed_in("ada").await.cookie("access").unwrap();
    let body = app.browser().get(JWKS).await.body;
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&body).unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(set.find(&kid(&token)).unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<serde_json::Value>(&token, &key, &validation);
    assert_eq!(claims.unwrap().claims["user_id"], "1");
}

const SPANS: KeySpans = KeySpans { lease: Duration::from_secs(90), longest: days(7) };

/// A node of this name, which serves `app`.
async fn node(app: &TestApp, name: &str, keys: Vec<Arc<SigningKey>>) -> NodeKeys {
    let mut node = NodeKeys::new(name.to_owned(), SPANS, keys);
    let mut tx = app.auth.store.begin().await.unwrap();
    app.auth.tokens.replace_keys(node.begin(&mut *tx).await.unwrap());
    tx.commit().await.unwrap();
    node
}

fn kids(app: &TestApp) -> Vec<String> {
    app.auth.tokens.keys().kids().map(str::to_owned).collect()
}

#[tokio::test]
async fn an_old_key_verifies_until_the_last_that_it_has_signed_has_expired() {
    let app = TestApp::new().await;
    let mut node = node(&app, "a", vec![old()]).await;
    let browser = app.signed_in("ada").await;
    node.look(&app.auth, Some(vec![new(), old()])).await.unwrap();
    assert_eq!(kids(&app), [new().kid(), old().kid()]);
    app.advance(days(7).saturating_sub(Duration::from_secs(1)));
    node.look(&app.auth, None).await.unwrap();
    browser.refresh().await.assert_status(200);
    app.advance(Duration::from_secs(90));
    node.look(&app.auth, None).await.unwrap();
    assert_eq!(
        kids(&app),
        [new().kid(), old().kid()],
        "it may have signed for as long as it lived"
    );
    app.advance(Duration::from_secs(1));
    node.look(&app.auth, None).await.unwrap();
    assert_eq!(kids(&app), [new().kid()]);
    browser.get("/api/data/").await.assert_status(200);
}

#[tokio::test]
async fn a_new_key_waits_for_the_last_node() {
    let app = TestApp::new().await;
    let other = TestApp::over(app.database.again(), app.database.open().await, &[]);
    let mut here = node(&app, "a", vec![old()]).await;
    let mut there = node(&other, "b", vec![old()]).await;
    let browser = app.signed_in("ada").await;
    here.look(&app.auth, Some(vec![new(), old()])).await.unwrap();
    assert_eq!(kids(&app), [old().kid(), new().kid()], "it verifies, and does not sign");
    // What the other one cannot verify yet is not shown to it.
    browser.refresh().await.assert_status(200);
    assert_eq!(kid(&browser.cookie("access").unwrap()), old().kid());
    there.look(&other.auth, Some(vec![new(), old()])).await.unwrap();
    assert_eq!(kids(&other), [new().kid(), old().kid()]);
    here.look(&app.auth, None).await.unwrap();
    assert_eq!(kids(&app), [new().kid(), old().kid()]);
    // The node that has stopped is not waited for.
    there.leave(&other.auth).await.unwrap();
    here.look(&app.auth, Some(vec![newest(), new(), old()])).await.unwrap();
    assert_eq!(kids(&app)[0], newest().kid());
}

#[tokio::test]
async fn without_a_database_the_keys_stay_as_they_are() {
    let (app, gate) = TestApp::gated(&[]).await;
    let mut node = node(&app, "a", vec![old()]).await;
    gate.set_gone(true);
    let looked = node.look(&app.auth, Some(vec![new(), old()])).await;
    assert!(matches!(looked, Err(NodeKeysError::Store(_))));
    assert_eq!(kids(&app), [old().kid()]);
    gate.set_gone(false);
    let foreign = node.look(&app.auth, Some(vec![newest()])).await;
    assert!(matches!(foreign, Err(NodeKeysError::Unknown)), "nobody is signed in by those");
    node.look(&app.auth, Some(vec![new(), old()])).await.unwrap();
    assert_eq!(kids(&app)[0], new().kid());
}
