//! `LEGACY_SIGNING_KEY`: a refresh token of the system before this one is good once, for a session here.

use futures::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use latchkey::domain::UserId;
use serde_json::{Value, json};

use crate::support::{
    Browser, Engine, TestApp,
    app::{days, mins, secs},
    legacy::{self, FLAGS, KEY, NOW, claims, signed},
};

fn token() -> String {
    legacy::token("6f1e0d5a9f3f4e0f8f1f6f1e0d5a9f3f")
}

/// A browser that was signed in at the system before this one.
fn moved(app: &TestApp) -> Browser {
    holding(app, &token())
}

fn holding(app: &TestApp, token: &str) -> Browser {
    let browser = app.browser();
    browser.set_cookie("refresh", token);
    browser
}

async fn app() -> TestApp {
    app_with(&FLAGS).await
}

async fn app_with(flags: &[&str]) -> TestApp {
    let app = TestApp::with(flags).await;
    app.imported_user("ada").await;
    app
}

#[tokio::test]
async fn whoever_was_signed_in_there_is_signed_in_here() {
    let app = app().await;
    let browser = moved(&app);
    browser.get("/api/data/").await.assert_status(401);
    let reply = browser.refresh().await;
    assert_eq!(reply.assert_status(200).cookie_names(), ["access", "refresh"]);
    assert_eq!(reply.header("latchkey-user").as_deref(), Some("1"));
    assert_eq!(browser.generation("refresh"), 1);
    browser.get("/api/data/").await.assert_status(200);

    // From here on it is a session as any other.
    app.advance(mins(15));
    assert_eq!(browser.refresh().await.assert_status(200).cookie_names(), ["access"]);
    app.advance(mins(15));
    assert_eq!(browser.refresh().await.assert_status(200).cookie_names(), ["access", "refresh"]);
    assert_eq!(browser.generation("refresh"), 2);
}

#[tokio::test]
async fn without_the_setting_its_tokens_are_no_tokens() {
    let app = TestApp::new().await;
    app.user("ada").await;
    moved(&app).refresh().await.assert_status(401);
    moved(&app).open("/account").await.assert_status(303);
}

#[tokio::test]
async fn whoever_has_the_same_number_by_chance_is_somebody_else() {
    let app = TestApp::with(&FLAGS).await;
    app.user("ada").await;
    moved(&app).refresh().await.assert_status(401);
    moved(&app).open("/account").await.assert_status(303);
    let verify = json!({"token": token()});
    app.browser().post("/api/auth/token/verify/", &verify).await.assert_status(401);
    assert!(app.auth.store.list_sessions(None).await.unwrap().is_empty());
}

#[tokio::test]
async fn any_number_of_tabs_get_one_session_and_a_lost_answer_costs_nothing() {
    let app = app().await;
    let tabs: Vec<_> = (0..16).map(|_| moved(&app)).collect();
    for reply in join_all(tabs.iter().map(Browser::refresh)).await {
        reply.assert_status(200);
    }
    let session = app.session_of(&tabs[0]);
    assert!(tabs.iter().all(|tab| app.session_of(tab) == session));
    assert_eq!(app.auth.store.list_sessions(None).await.unwrap().len(), 1);
    // None of the answers arrived.
    app.advance(days(2));
    let late = moved(&app);
    late.refresh().await.assert_status(200);
    assert_eq!(app.session_of(&late), session);
}

#[tokio::test]
async fn a_copy_that_is_used_later_ends_the_session() {
    let app = app().await;
    let browser = moved(&app);
    browser.refresh().await.assert_status(200);
    app.advance(mins(15));
    browser.refresh().await.assert_status(200);
    app.advance(secs(59));
    moved(&app).refresh().await.assert_status(200);
    app.advance(secs(1));
    let thief = moved(&app).refresh().await;
    assert_eq!(
        thief.assert_status(401).header("latchkey-session-end").as_deref(),
        Some("replayed")
    );
    browser.refresh().await.assert_status(401);
    // Long after the session is forgotten the token still is.
    app.advance(days(10));
    while app.auth.clean_up(None).await.unwrap().is_some() {}
    assert!(
        app.auth
            .store
            .revoked_since(latchkey::domain::Timestamp::default())
            .await
            .unwrap()
            .is_empty()
    );
    moved(&app).refresh().await.assert_status(401);
}

#[tokio::test]
async fn it_is_a_sign_in_once() {
    let app = app().await;
    let (browser, tab) = (moved(&app), moved(&app));
    for browser in [&browser, &tab, &browser] {
        browser.refresh().await.assert_status(200);
    }
    let activity = browser.get("/api/auth/activity/").await.assert_status(200).json();
    let kinds: Vec<_> =
        activity["events"].as_array().unwrap().iter().map(|event| &event["kind"]).collect();
    assert_eq!(kinds, ["signed_in"]);
}

#[tokio::test]
async fn a_page_load_takes_it_too() {
    let app = app().await;
    let browser = moved(&app);
    let page = browser.open("/account").await;
    page.assert_status(200);
    assert!(browser.cookie("access").is_some());
    assert_eq!(browser.generation("refresh"), 1);
    browser.get("/api/data/").await.assert_status(200);
}

#[tokio::test]
async fn a_client_that_keeps_its_tokens_gets_ours_in_the_body() {
    let app = app().await;
    let client = app.browser();
    let reply = client.post("/api/auth/token/refresh/", &json!({"refresh": token()})).await;
    let body = reply.assert_status(200).json();
    assert!(reply.cookie_names().is_empty());
    let own = body["refresh"].as_str().unwrap();
    client.post("/api/auth/token/refresh/", &json!({"refresh": own})).await.assert_status(200);
}

#[tokio::test]
async fn it_is_exchanged_under_every_setting_of_rotation() {
    for (rotate, blacklist) in [("true", "false"), ("false", "true"), ("false", "false")] {
        let rotation = ["--rotate-refresh-tokens", rotate, "--blacklist-after-rotation", blacklist];
        let app = app_with(&[&FLAGS[..], &rotation].concat()).await;
        let browser = moved(&app);
        let reply = browser.refresh().await;
        assert_eq!(
            reply.assert_status(200).cookie_names(),
            ["access", "refresh"],
            "{rotate} {blacklist}"
        );
        assert_ne!(browser.cookie("refresh"), Some(token()));
        browser.refresh().await.assert_status(200);
    }
}

#[tokio::test]
async fn what_is_wrong_with_one_is_said_as_simplejwt_says_it() {
    let app = app().await;
    let changed = |name: &str, value: Value| {
        let mut claims = claims("a");
        claims[name] = value;
        signed(&claims, KEY)
    };
    let without = |name: &str| {
        let mut claims = claims("a");
        claims.as_object_mut().unwrap().remove(name);
        signed(&claims, KEY)
    };
    let with_kid = {
        let header = Header { kid: Some("a".to_owned()), ..Header::new(Algorithm::HS256) };
        encode(&header, &claims("a"), &EncodingKey::from_secret(KEY.as_bytes())).unwrap()
    };
    let hs512 = {
        let key = EncodingKey::from_secret(KEY.as_bytes());
        encode(&Header::new(Algorithm::HS512), &claims("a"), &key).unwrap()
    };
    let cases = [
        (
            "another key",
            signed(&claims("a"), "another secret of more than thirty-two bytes"),
            "Token is invalid",
        ),
        ("another algorithm", hs512, "Token is invalid"),
        ("a key id", with_kid, "Token is invalid"),
        ("expired", changed("exp", json!(NOW)), "Token is expired"),
        ("no expiry", without("exp"), "Token has no 'exp' claim"),
        ("no id", without("jti"), "Token has no id"),
        ("an empty id", changed("jti", json!("")), "Token is invalid"),
        ("a long id", changed("jti", json!("a".repeat(256))), "Token is invalid"),
        ("an id that no database holds", changed("jti", json!("a\0b")), "Token is invalid"),
        ("a number for an id", changed("jti", json!(7)), "Token is invalid"),
        ("an access token", changed("token_type", json!("access")), "Token has wrong type"),
        ("no moment of issue", without("iat"), "Token is invalid"),
        (
            "of a very long life",
            changed("exp", json!(NOW - 3600 + 400 * 86_400 + 1)),
            "Token is invalid",
        ),
        ("from the future", changed("iat", json!(NOW + 61)), "Token is invalid"),
        (
            "a session",
            changed("sid", json!("01999999-0000-7000-8000-000000000000")),
            "Token is invalid",
        ),
        ("a generation", changed("gen", json!(1)), "Token is invalid"),
        ("nobody", changed("user_id", json!("999")), "Token is invalid"),
    ];
    for (case, token, words) in cases {
        let reply = holding(&app, &token).refresh().await;
        assert_eq!(reply.assert_status(401).json()["detail"], words, "{case}");
        assert!(reply.cookie_names().is_empty(), "{case}");
    }
    assert!(app.auth.store.list_sessions(None).await.unwrap().is_empty());
    let long = changed("exp", json!(NOW - 3600 + 400 * 86_400));
    app.browser().post("/api/auth/token/verify/", &json!({"token": long})).await.assert_status(200);
    // As old versions of simplejwt write it.
    holding(&app, &changed("user_id", json!(1))).refresh().await.assert_status(200);
}

#[tokio::test]
async fn whoever_signs_out_before_the_exchange_is_out() {
    let app = app().await;
    let browser = moved(&app);
    let copy = browser.copy();
    let reply = browser.logout().await;
    assert_eq!(reply.assert_status(200).cookie_names(), ["access", "refresh"]);
    let refused = copy.refresh().await;
    assert_eq!(refused.assert_status(401).json()["detail"], "Token is blacklisted");
    app.advance(days(1));
    while app.auth.clean_up(None).await.unwrap().is_some() {}
    copy.refresh().await.assert_status(401);
}

#[tokio::test]
async fn so_is_whoever_does_while_the_database_is_down() {
    let app = TestApp::on(Engine::Sqlite, &FLAGS).await;
    app.imported_user("ada").await;
    let browser = moved(&app);
    let copy = browser.copy();
    let aside = app.database.file().with_extension("aside");
    std::fs::rename(app.database.file(), &aside).unwrap();
    browser.logout().await.assert_status(200);
    std::fs::rename(&aside, app.database.file()).unwrap();
    copy.refresh().await.assert_status(401);
    app.auth.finish_logouts().await.unwrap();
    app.advance(days(1));
    copy.refresh().await.assert_status(401);
}

#[tokio::test]
async fn a_sign_in_takes_the_place_of_what_was_open_there() {
    let app = app().await;
    let browser = moved(&app);
    let copy = browser.copy();
    browser.login("ada").await.assert_status(200);
    copy.refresh().await.assert_status(401);
    browser.refresh().await.assert_status(200);
}

#[tokio::test]
async fn what_ends_all_sessions_ends_those_there_too() {
    let app = app().await;
    let other = |jti: &str| holding(&app, &signed(&claims(jti), KEY));
    let browser = app.browser();
    browser.login("ada").await.assert_status(200);
    let passwords = json!({
        "old_password": crate::support::app::PASSWORD,
        "new_password1": "another-horse-9",
        "new_password2": "another-horse-9",
    });
    browser.post("/api/auth/password/change/", &passwords).await.assert_status(200);
    let refused = other("b").refresh().await;
    assert_eq!(refused.assert_status(401).json()["detail"], "Token is blacklisted");

    app.auth.disable_user("ada").await.unwrap();
    let refused = other("c").refresh().await;
    assert_eq!(
        refused.assert_status(401).header("latchkey-session-end").as_deref(),
        Some("disabled")
    );
    // Nobody was let out in vain: what was signed out meanwhile stays so.
    other("d").logout().await.assert_status(200);
    app.auth.enable_user("ada").await.unwrap();
    other("d").refresh().await.assert_status(401);
    other("c").refresh().await.assert_status(401);
}

#[tokio::test]
async fn one_that_is_dated_ahead_is_from_before_as_well() {
    let app = app().await;
    app.advance(secs(1));
    let browser = app.browser();
    browser.login("ada").await.assert_status(200);
    browser.post("/api/auth/sessions/revoke-all/", &json!({})).await.assert_status(200);
    let dated = |jti: &str, seconds: i64| {
        let mut claims = claims(jti);
        claims["iat"] = json!(NOW + seconds);
        holding(&app, &signed(&claims, KEY))
    };
    let refused = dated("a", 60).refresh().await;
    assert_eq!(refused.assert_status(401).json()["detail"], "Token is blacklisted");
    app.advance(secs(60));
    dated("b", 61).refresh().await.assert_status(401);
    // Nobody who signs in there afterwards is kept out for longer.
    dated("c", 62).refresh().await.assert_status(200);
}

#[tokio::test]
async fn the_other_sessions_are_also_those_there() {
    let app = app().await;
    let (here, elsewhere) = (moved(&app), holding(&app, &signed(&claims("b"), KEY)));
    here.refresh().await.assert_status(200);
    // Nobody has shown a password here yet.
    let others = "/api/auth/sessions/revoke-others/";
    let refused = here.post(others, &json!({})).await;
    assert_eq!(refused.assert_status(403).json()["code"], "reauthentication_required");
    elsewhere.copy().refresh().await.assert_status(200);
    let password = json!({"password": crate::support::app::PASSWORD});
    here.post(others, &password).await.assert_status(200);
    holding(&app, &signed(&claims("c"), KEY)).refresh().await.assert_status(401);
    elsewhere.refresh().await.assert_status(401);
    here.refresh().await.assert_status(200);
}

#[tokio::test]
async fn looking_at_one_changes_nothing() {
    let app = app().await;
    let verify = async |browser: &Browser| {
        browser.post("/api/auth/token/verify/", &json!({"token": token()})).await
    };
    let browser = app.browser();
    for _ in 0..2 {
        verify(&browser).await.assert_status(200);
    }
    // Nor does it wait for whoever changes something.
    let mut writing = app.auth.store.begin().await.unwrap();
    writing.lock_user(UserId(1)).await.unwrap();
    verify(&browser).await.assert_status(200);
    drop(writing);
    assert!(app.auth.store.list_sessions(None).await.unwrap().is_empty());
    let moved = moved(&app);
    moved.refresh().await.assert_status(200);
    verify(&browser).await.assert_status(200);
    moved.logout().await.assert_status(200);
    let refused = verify(&browser).await;
    assert_eq!(refused.assert_status(400).body, r#"{"non_field_errors":["Token is blacklisted"]}"#);
}

#[tokio::test]
async fn the_cookie_may_have_another_name() {
    let https = [&FLAGS[..], &["--public-url", "https://app.example.com"]].concat();
    let named = [&https[..], &["--legacy-refresh-cookie", "my-refresh-token"]].concat();
    for (flags, name) in [(https, "refresh"), (named, "my-refresh-token")] {
        let app = app_with(&flags).await;
        let browser = app.browser();
        browser.set_cookie(name, &token());
        let reply = browser.refresh().await;
        let own = ["__Host-Http-access", "__Host-Http-refresh"];
        assert_eq!(reply.assert_status(200).cookie_names(), own, "{name}");
        // Ours come first from now on; a refresh deletes nothing.
        assert_eq!(browser.refresh().await.assert_status(200).cookie_names(), own[..1], "{name}");
        assert!(browser.cookie(name).is_some());
        browser.logout().await.assert_status(200);
        assert_eq!(browser.cookie(name), None, "{name}");
    }
}
