//! Making an account of one's own.

use axum::http::Method;
use latchkey::auth::register::Draft;
use serde_json::{Value, json};

use crate::support::{Browser, Reply, TestApp, app::PASSWORD};

const PATH: &str = "/api/auth/registration/";

async fn register(browser: &Browser, username: &str, email: Option<&str>) -> Reply {
    let mut body = json!({"username": username, "password1": PASSWORD, "password2": PASSWORD});
    if let Some(email) = email {
        body["email"] = email.into();
    }
    browser.post(PATH, &body).await
}

#[tokio::test]
async fn a_new_account_is_signed_in_by_cookies_and_no_token_is_in_the_body() {
    let app = TestApp::new().await;
    let browser = app.browser();
    let reply = register(&browser, "ada", Some("Ada@Example.com")).await;
    let body = reply.assert_status(201).json();
    assert_eq!((&body["access"], &body["refresh"]), (&json!(""), &json!("")));
    assert_eq!(
        body["user"],
        json!({"pk": 1, "username": "ada", "email": "Ada@Example.com", "first_name": "", "last_name": ""})
    );
    assert!(body["access_expiration"].is_string() && body["refresh_expiration"].is_string());
    assert_eq!(reply.cookie_names(), ["access", "refresh"]);
    assert_eq!(reply.header("vary").as_deref(), Some("Accept, Cookie, origin"));
    assert_eq!(browser.get("/api/auth/user/").await.assert_status(200).json()["username"], "ada");
    app.browser().login("ADA").await.assert_status(200);
    let record = app.auth.store.find_user_by_name("ada").await.unwrap().unwrap();
    assert_eq!(record.last_login_at, Some(app.auth.now()));
}

#[tokio::test]
async fn it_takes_the_place_of_the_session_that_was_there() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let old = browser.copy();
    register(&browser, "eve", None).await.assert_status(201);
    old.get("/api/data/").await.assert_status(401);
    assert_eq!(browser.get("/api/auth/user/").await.json()["username"], "eve");
}

async fn assert_refused(app: &TestApp, rows: impl IntoIterator<Item = (Value, Value)>) {
    let hashes = app.hasher.count();
    let users = app.auth.users().await.unwrap().len();
    for (body, expected) in rows {
        let reply = app.browser().post(PATH, &body).await;
        assert_eq!(reply.assert_status(400).json(), expected, "{body}");
        assert!(reply.cookies().is_empty());
    }
    assert_eq!(app.hasher.count(), hashes, "no hash is spent on a refusal");
    assert_eq!(app.auth.users().await.unwrap().len(), users);
}

#[tokio::test]
async fn what_is_missing_or_malformed_is_said_beside_each_field() {
    let app = TestApp::new().await;
    let each = |message: &str, fields: &[&str]| -> Value {
        fields.iter().map(|field| ((*field).to_owned(), json!([message]))).collect()
    };
    let all = ["username", "email", "password1", "password2"];
    let rows = [
        (json!({}), each("This field is required.", &["username", "password1", "password2"])),
        (
            json!({"username": " ", "email": "", "password1": "", "password2": ""}),
            each("This field may not be blank.", &all),
        ),
        (
            json!({"username": null, "email": null, "password1": null, "password2": null}),
            each("This field may not be null.", &all),
        ),
        (
            json!({"username": true, "email": [], "password1": {}, "password2": false}),
            each("Not a valid string.", &all),
        ),
    ];
    assert_refused(&app, rows).await;
}

/// A body that would do, but for what is put into it.
fn with(changes: &Value) -> Value {
    let mut body = json!({"username": "eve", "password1": PASSWORD, "password2": PASSWORD});
    for (field, value) in changes.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

#[tokio::test]
async fn names_and_addresses_that_cannot_be_had() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let characters = "Enter a valid username. This value may contain only letters, numbers, and \
                      @/./+/-/_ characters.";
    let rows = [
        ("username", "ADA", "A user with that username already exists."),
        ("username", "a b", characters),
        ("username", &"x".repeat(151), "Ensure this field has no more than 150 characters."),
        ("email", "nowhere", "Enter a valid email address."),
        ("email", "ADA@example.com", "User is already registered with this e-mail address."),
    ];
    let rows = rows
        .map(|(field, value, message)| (with(&json!({field: value})), json!({field: [message]})));
    assert_refused(&app, rows).await;
}

#[tokio::test]
async fn passwords_that_will_not_do() {
    let app = TestApp::new().await;
    let long = "x".repeat(129);
    let short = "This password is too short. It must contain at least 8 characters.";
    let common = "This password is too common.";
    let rows = [
        (
            json!({"password1": "1234567", "password2": "x"}),
            json!({"password1": [short, common, "This password is entirely numeric."]}),
        ),
        (json!({"password1": "PASSWORD", "password2": "PASSWORD"}), json!({"password1": [common]})),
        (
            json!({"password1": "nul\u{0}nul\u{0}nul"}),
            json!({"password1": ["Null characters are not allowed."]}),
        ),
        (
            json!({"password1": long, "password2": long}),
            json!({"password1": ["Ensure this field has no more than 128 characters."]}),
        ),
        (
            json!({"password2": "correct-horse-8"}),
            json!({"non_field_errors": ["The two password fields didn't match."]}),
        ),
        (
            json!({"username": "lovelace", "password1": "Lovelace1", "password2": "Lovelace1"}),
            json!({"non_field_errors": ["The password is too similar to the username."]}),
        ),
    ];
    assert_refused(&app, rows.map(|(changes, expected)| (with(&changes), expected))).await;
}

#[tokio::test]
async fn passwords_are_taken_as_they_are() {
    let app = TestApp::new().await;
    let spaced =
        json!({"username": "ada", "password1": " spaced out ", "password2": " spaced out "});
    app.browser().post(PATH, &spaced).await.assert_status(201);
    app.browser().login_with("ada", "spaced out").await.assert_status(400);
    app.browser().login_with("ada", " spaced out ").await.assert_status(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_want_one_name_one_gets_it() {
    let app = TestApp::new().await;
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let browser = app.browser();
        requests.spawn(async move { register(&browser, "ada", Some("ada@example.com")).await });
    }
    let replies = requests.join_all().await;
    let made = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(made, 1);
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        let body = reply.assert_status(400).json();
        assert!(body.get("username").or(body.get("email")).is_some(), "{body}");
    }
}

#[tokio::test]
async fn other_methods_and_callers_are_answered_as_everywhere() {
    let app = TestApp::new().await;
    let reply = app.browser().get(PATH).await;
    assert_eq!(reply.assert_status(405).json(), json!({"detail": "Method \"GET\" not allowed."}));
    let evil = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let body = json!({"username": "ada", "password1": PASSWORD, "password2": PASSWORD}).to_string();
    app.browser().send(Method::POST, PATH, &evil, body.clone()).await.assert_status(403);
    // Without the slash, and for a client that keeps its tokens itself.
    let bearer = [("x-auth-transport", "bearer"), ("content-type", "application/json")];
    let reply = app.browser().send(Method::POST, "/api/auth/registration", &bearer, body).await;
    assert!(reply.assert_status(201).json()["refresh"].as_str().unwrap().starts_with("eyJ"));
    assert!(reply.cookies().is_empty());
}

#[tokio::test]
async fn long_input_is_refused_before_any_work_is_spent_on_it() {
    let app = TestApp::new().await;
    let (name, password) = ("a".repeat(43_000), "b".repeat(43_000));
    let body = json!({"username": name, "password1": password, "password2": password});
    let started = std::time::Instant::now();
    app.browser().post(PATH, &body).await.assert_status(400);
    let draft =
        Draft { username: Some("a".repeat(150)), password: Some(password.into()), email: None };
    assert!(app.auth.review(&draft).await.unwrap().similarity.is_none());
    println!("refused within {} ms", started.elapsed().as_millis());
}
