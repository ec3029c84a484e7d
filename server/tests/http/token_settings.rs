//! `AUTH_HEADER_TYPES`, `USER_ID_CLAIM`, `AUTH_PASSWORD_VALIDATORS`.

use axum::http::Method;
use jsonwebtoken::dangerous::insecure_decode_claims;
use serde_json::{Value, json};

use crate::support::{Browser, Reply, TestApp};

async fn data(browser: &Browser, authorization: &str) -> Reply {
    let headers = [("authorization", authorization)];
    browser.send(Method::GET, "/api/data/", &headers, "").await
}

#[tokio::test]
async fn a_token_stands_behind_one_of_these_words() {
    let app = TestApp::with(&["--auth-header-types", "JWT,Token"]).await;
    let token = app.signed_in("ada").await.cookie("access").unwrap();
    let nobody = app.browser();
    for word in ["JWT", "Token"] {
        data(&nobody, &format!("{word} {token}")).await.assert_status(200);
    }
    for word in ["Bearer", "jwt", "JWTS"] {
        let reply = data(&nobody, &format!("{word} {token}")).await;
        let detail = "Authentication credentials were not provided.";
        assert_eq!(reply.assert_status(401).json(), json!({"detail": detail}));
        assert_eq!(reply.header("www-authenticate").unwrap(), r#"JWT realm="api""#);
    }
    let reply = data(&nobody, "JWT x").await;
    assert_eq!(reply.assert_status(401).header("www-authenticate").unwrap(), r#"JWT realm="api""#);
}

#[tokio::test]
async fn the_claim_that_names_the_user_has_the_name_of_the_setting() {
    let app = TestApp::with(&["--user-id-claim", "uid"]).await;
    let browser = app.signed_in("ada").await;
    for name in ["access", "refresh"] {
        let claims: Value = insecure_decode_claims(browser.cookie(name).unwrap()).unwrap();
        assert!(claims["uid"].is_string() && claims.get("user_id").is_none(), "{claims}");
    }
    browser.get("/api/data/").await.assert_status(200);
    browser.refresh().await.assert_status(200);
    // Tokens from before the setting was changed name nobody.
    let before = TestApp::new().await;
    let token = before.signed_in("ada").await.cookie("access").unwrap();
    let reply = data(&app.browser(), &format!("Bearer {token}")).await;
    let detail = "Token contained no recognizable user identification";
    assert_eq!(reply.assert_status(401).json()["detail"], detail);
}

#[tokio::test]
async fn passwords_are_checked_for_what_the_settings_say() {
    let register = async |flags: &[&str], password: &str| {
        let app = TestApp::with(flags).await;
        let body = json!({"username": "lovelace", "password1": password, "password2": password});
        app.browser().post("/api/auth/registration/", &body).await
    };
    for password in ["1", "password", "lovelace"] {
        register(&["--auth-password-validators", "none"], password).await.assert_status(201);
    }
    let only = ["--auth-password-validators", "MinimumLengthValidator,NumericPasswordValidator"];
    register(&only, "password").await.assert_status(201);
    let longer = [&only[..], &["--password-min-length", "12"]].concat();
    let refused = register(&longer, "12345678901").await;
    let told = json!({"password1": [
        "This password is too short. It must contain at least 12 characters.",
        "This password is entirely numeric.",
    ]});
    assert_eq!(refused.assert_status(400).json(), told);
}

#[tokio::test]
async fn the_page_asks_for_the_present_password_where_the_server_does() {
    for (setting, asks) in [("true", true), ("false", false)] {
        let app = TestApp::with(&["--old-password-field-enabled", setting]).await;
        let browser = app.signed_in("ada").await;
        let page = browser.open("/account/password").await;
        assert_eq!(page.assert_status(200).body.contains("Present password"), asks, "{setting}");
    }
}
