//! `ACCOUNT_LOGIN_METHODS`: by user name, by address, by either.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Reply, TestApp, app::PASSWORD};

const USERNAME: &str = "username";
const EMAIL: &str = "email";

async fn login(app: &TestApp, fields: &[(&str, &str)]) -> Reply {
    let mut body = json!({"password": PASSWORD});
    for (name, value) in fields {
        body[*name] = Value::from(*value);
    }
    app.browser().post("/api/auth/login/", &body).await
}

async fn says(app: &TestApp, fields: &[(&str, &str)], message: &str) {
    let reply = login(app, fields).await;
    assert_eq!(reply.assert_status(400).json(), json!({"non_field_errors": [message]}));
}

const UNABLE: &str = "Unable to log in with provided credentials.";

#[tokio::test]
async fn by_user_name() {
    let app = TestApp::new().await;
    app.user("ada").await;
    login(&app, &[(USERNAME, "ADA")]).await.assert_status(200);
    login(&app, &[(USERNAME, "ada"), (EMAIL, "else@example.com")]).await.assert_status(200);
    says(&app, &[(USERNAME, "ada@example.com")], UNABLE).await;
    let must = r#"Must include "username" and "password"."#;
    says(&app, &[(EMAIL, "ada@example.com")], must).await;
    says(&app, &[], must).await;
}

#[tokio::test]
async fn by_address() {
    let app = TestApp::with(&["--account-login-methods", "email"]).await;
    app.user("ada").await;
    login(&app, &[(EMAIL, "Ada@Example.com")]).await.assert_status(200);
    says(&app, &[(EMAIL, "else@example.com")], UNABLE).await;
    let must = r#"Must include "email" and "password"."#;
    says(&app, &[(USERNAME, "ada")], must).await;
    says(&app, &[(USERNAME, "ada@example.com")], must).await;
    says(&app, &[(EMAIL, " ")], must).await;
}

#[tokio::test]
async fn by_either() {
    let app = TestApp::with(&["--account-login-methods", "username,email"]).await;
    app.user("ada").await;
    login(&app, &[(USERNAME, "ada")]).await.assert_status(200);
    login(&app, &[(EMAIL, "ada@example.com")]).await.assert_status(200);
    login(&app, &[(USERNAME, "ada@example.com")]).await.assert_status(200);
    says(&app, &[(EMAIL, "else@example.com"), (USERNAME, "ada")], UNABLE).await;
    says(&app, &[], r#"Must include either "username" or "email" and "password"."#).await;
    let wrong = login(&app, &[(EMAIL, "nonsense"), (USERNAME, "ada")]).await;
    let told = json!({"email": ["Enter a valid email address."]});
    assert_eq!(wrong.assert_status(400).json(), told);
}

#[tokio::test]
async fn the_page_asks_for_what_is_taken() {
    for (methods, label, name) in [
        ("username", ">Username<", "username"),
        ("email", ">E-mail address<", "email"),
        ("username,email", ">Username or e-mail address<", "username"),
    ] {
        let app = TestApp::with(&["--account-login-methods", methods]).await;
        app.user("ada").await;
        let page = app.browser().open("/login").await.body;
        assert!(page.contains(label), "{methods}: {page}");
        let who = if methods == "username" { "ada" } else { "ada@example.com" };
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let body = format!("{name}={who}&password={PASSWORD}");
        app.browser().send(Method::POST, "/login", &form, body).await.assert_status(303);
    }
}

#[tokio::test]
async fn an_address_is_its_owners_and_not_of_who_calls_themselves_so() {
    let app = TestApp::with(&["--account-login-methods", "username,email"]).await;
    app.user("ada").await;
    let body = json!({
        "username": "ada@example.com", "password1": "winter-Lamp-42", "password2": "winter-Lamp-42",
    });
    app.browser().post("/api/auth/registration/", &body).await.assert_status(201);
    let reply = login(&app, &[(USERNAME, "ada@example.com")]).await;
    assert_eq!(reply.assert_status(200).json()["user"]["username"], "ada");
}

#[tokio::test]
async fn every_way_costs_one_hash() {
    let app = TestApp::with(&["--account-login-methods", "username,email"]).await;
    app.user("ada").await;
    for fields in [
        [(USERNAME, "ada")],
        [(USERNAME, "nobody")],
        [(EMAIL, "ada@example.com")],
        [(EMAIL, "nobody@example.com")],
        [(USERNAME, "nobody@example.com")],
    ] {
        let before = app.hasher.count();
        login(&app, &fields).await;
        assert_eq!(app.hasher.count() - before, 1, "{fields:?}");
    }
}

#[tokio::test]
async fn who_signs_in_by_address_has_to_give_one() {
    let app = TestApp::with(&["--account-login-methods", "email"]).await;
    let body = json!({"username": "ada", "password1": PASSWORD, "password2": PASSWORD});
    let reply = app.browser().post("/api/auth/registration/", &body).await;
    let required = json!({"email": ["This field is required."]});
    assert_eq!(reply.assert_status(400).json(), required);
    let resend = app.browser().post("/api/auth/registration/resend-email/", &json!({})).await;
    assert_eq!(resend.assert_status(400).json(), required);
}
