//! Somebody has a copy of the database, and tries everything in it, everywhere. What would have worked
//! instead is shown wherever somebody signs in or follows a link.

use std::collections::BTreeSet;

use app::wire::paths;
use axum::http::Method;
use jsonwebtoken::{
    Algorithm, EncodingKey, Header, dangerous::insecure_decode_claims, decode_header, encode,
};
use serde_json::{Value, json};

use crate::support::{
    Browser, Engine, TestApp,
    errands::{NEW_PASSWORD, Scene},
};

/// Ada's account after a while, hashed as a server does, with a mail that is still on its way.
async fn scene() -> Scene {
    let app = TestApp::hashing_as_served(Engine::of_this_run(), &[]).await;
    let scene = Scene::in_app(app, &[]).await;
    scene.browser.refresh().await.assert_status(200);
    scene.browser.post(paths::EMAIL_CHANGE, &json!({"email": "ada@fourth.example"})).await;
    scene.app.browser().login_with("ada", "wrong").await.assert_status(400);
    scene.app.auth.write_failures().await.unwrap();
    scene
}

/// All that is stored, as it is and by its parts.
async fn loot(scene: &Scene) -> BTreeSet<String> {
    let mut loot = BTreeSet::new();
    for (_, value) in scene.app.database.values().await {
        loot.extend(value.split(['$', '=', ',', '@', ' ']).map(str::to_owned));
        loot.insert(value);
    }
    // What no cookie or header can carry is nothing that a thief could use.
    loot.retain(|value| !value.is_empty() && value.is_ascii() && !value.contains(['\r', '\n']));
    loot
}

/// Whoever shows this is nobody.
async fn is_no_token(browser: &Browser, value: &str) {
    let bearer = format!("Bearer {value}");
    let bearer = [("authorization", bearer.as_str())];
    browser.send(Method::GET, paths::DATA, &bearer, "").await.assert_status(401);
    for cookie in ["access", "refresh", "latchkey-device", "sessionid"] {
        browser.set_cookie(cookie, value);
    }
    browser.get(paths::DATA).await.assert_status(401);
    browser.refresh().await.assert_status(401);
    browser.open(paths::ACCOUNT_PAGE).await.assert_status(303);
    for (path, field) in [(paths::TOKEN_VERIFY, "token"), (paths::TOKEN_REFRESH, "refresh")] {
        let reply = browser.post(path, &json!({field: value})).await;
        assert!([400, 401].contains(&reply.status.as_u16()), "{path} {value}: {}", reply.status);
    }
}

async fn is_no_link(browser: &Browser, uid: &str, value: &str) {
    browser.post(paths::VERIFY_EMAIL, &json!({"key": value})).await.assert_status(404);
    let key = format!("{uid}:{value}");
    browser.post(paths::VERIFY_EMAIL, &json!({"key": key})).await.assert_status(404);
    let choice = json!({
        "uid": uid, "token": value, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD,
    });
    browser.post(paths::PASSWORD_RESET_CONFIRM, &choice).await.assert_status(400);
}

#[tokio::test]
async fn nothing_in_it_is_a_token_a_link_or_a_password() {
    let scene = scene().await;
    let loot = loot(&scene).await;
    assert!(loot.len() > 30, "{loot:?}");
    // That somebody guesses is counted.
    let dump = async || {
        let rows = scene.app.database.dump().await;
        rows.into_iter().filter(|row| !row.starts_with("tallies ")).collect::<Vec<_>>()
    };
    let before = dump().await;
    for value in &loot {
        let thief = scene.app.browser();
        is_no_token(&thief, value).await;
        is_no_link(&thief, &scene.reset.0, value).await;
        let login = scene.app.browser().login_with("ada", value).await;
        login.assert_status(400);
    }
    assert_eq!(dump().await, before);
}

/// Every stored value as the key of a token that says everything right.
#[tokio::test]
async fn nothing_in_it_signs_tokens() {
    let scene = scene().await;
    let own = scene.browser.cookie("access").unwrap();
    let claims: Value = insecure_decode_claims(&own).unwrap();
    let genuine = decode_header(&own).unwrap();
    let sign = |key: &[u8]| {
        let header = Header { kid: genuine.kid.clone(), ..Header::new(Algorithm::HS256) };
        encode(&header, &claims, &EncodingKey::from_secret(key)).unwrap()
    };
    for value in loot(&scene).await {
        let decoded = hex::decode(&value).unwrap_or_default();
        for key in [value.as_bytes(), &decoded] {
            let thief = scene.app.browser();
            thief.set_cookie("access", &sign(key));
            thief.get(paths::DATA).await.assert_status(401);
        }
    }
    let owner = scene.app.browser();
    owner.set_cookie("access", &sign(crate::support::app::SECRET));
    owner.get(paths::DATA).await.assert_status(200);
}
