//! What an account is called, and who may say so.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Browser, Reply, TestApp};

const USER: &str = "/api/auth/user/";
const TAKEN: &str = "A user with that username already exists.";
const CHARACTERS: &str = "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";
const TOO_LONG: &str = "Ensure this field has no more than 150 characters.";

async fn send(browser: &Browser, method: Method, body: &Value) -> Reply {
    browser.send(method, USER, &[("content-type", "application/json")], body.to_string()).await
}

async fn patch(browser: &Browser, body: Value) -> Reply {
    send(browser, Method::PATCH, &body).await
}

#[tokio::test]
async fn names_are_changed_one_by_one_or_together() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let rows = [
        (Method::PATCH, json!({"first_name": "  Zoë "}), ["ada", "Zoë", "Lovelace"]),
        (Method::PATCH, json!({"last_name": ""}), ["ada", "Zoë", ""]),
        (Method::PATCH, json!({"first_name": 7}), ["ada", "7", ""]),
        (Method::PATCH, json!({}), ["ada", "7", ""]),
        (Method::PUT, json!({"username": "ada"}), ["ada", "7", ""]),
        (Method::PUT, json!({"username": "ADA", "last_name": "King"}), ["ADA", "7", "King"]),
        (Method::PATCH, json!({"username": "countess.ada"}), ["countess.ada", "7", "King"]),
    ];
    for (method, body, [username, first_name, last_name]) in rows {
        let reply = send(&browser, method, &body).await;
        let now = json!({
            "pk": 1, "username": username, "email": "ada@example.com",
            "first_name": first_name, "last_name": last_name,
        });
        assert_eq!(reply.assert_status(200).json(), now, "{body}");
        assert_eq!(reply.header("vary").unwrap(), "Accept, origin");
        assert_eq!(browser.get(USER).await.json(), now);
    }
    app.browser().login("Countess.ADA").await.assert_status(200);
    app.browser().login("ada").await.assert_status(400);
}

#[tokio::test]
async fn what_is_not_ones_own_to_change_stays() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let before = browser.get(USER).await.body;
    for body in [
        json!({"email": "new@example.com"}),
        json!({"pk": 9, "id": 9}),
        json!({"is_staff": true, "is_superuser": true, "superuser_since": 1, "password": "x"}),
        json!({"email_verified_at": 1, "is_active": false}),
    ] {
        assert_eq!(patch(&browser, body).await.assert_status(200).body, before);
    }
    app.browser().login("ada").await.assert_status(200);
}

#[tokio::test]
async fn what_is_wrong_is_said_by_field() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.user("bob").await;
    let long = "x".repeat(151);
    let rows = [
        (json!({"username": "BOB"}), json!({"username": [TAKEN]})),
        (json!({"username": ""}), json!({"username": ["This field may not be blank."]})),
        (json!({"username": "  "}), json!({"username": ["This field may not be blank."]})),
        (json!({"username": null}), json!({"username": ["This field may not be null."]})),
        (json!({"username": true}), json!({"username": ["Not a valid string."]})),
        (json!({"username": "bad name!"}), json!({"username": [CHARACTERS]})),
        (json!({"username": long}), json!({"username": [TOO_LONG]})),
        (
            json!({"username": "bob", "first_name": long, "last_name": null}),
            json!({
                "username": [TAKEN],
                "first_name": [TOO_LONG],
                "last_name": ["This field may not be null."],
            }),
        ),
        (
            json!({"first_name": "a\nb"}),
            json!({"first_name": [
                "Enter a valid name, without line ends and other control characters."
            ]}),
        ),
        (
            json!([]),
            json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
        ),
    ];
    let before = browser.get(USER).await.body;
    for (body, wrong) in rows {
        assert_eq!(patch(&browser, body.clone()).await.assert_status(400).json(), wrong, "{body}");
    }
    let put = send(&browser, Method::PUT, &json!({"first_name": "A"})).await;
    let required = json!({"username": ["This field is required."]});
    assert_eq!(put.assert_status(400).json(), required);
    assert_eq!(browser.get(USER).await.body, before);
}

#[tokio::test]
async fn who_may_and_how() {
    let app = TestApp::new().await;
    let stranger = patch(&app.browser(), json!({"first_name": "X"})).await;
    stranger.assert_status(401);
    assert_eq!(stranger.header("www-authenticate").unwrap(), r#"Bearer realm="api""#);
    let browser = app.signed_in("ada").await;
    let delete = browser.send(Method::DELETE, USER, &[], "").await;
    assert_eq!(delete.assert_status(405).body, r#"{"detail":"Method \"DELETE\" not allowed."}"#);
    assert_eq!(delete.header("allow").unwrap(), "GET, PUT, PATCH, HEAD, OPTIONS");
    let text = browser.send(Method::PATCH, USER, &[("content-type", "text/plain")], "x=1").await;
    text.assert_status(415);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let form = browser.send(Method::PATCH, USER, &form, "first_name=Form&last_name=Er").await;
    assert_eq!(form.assert_status(200).json()["last_name"], "Er");
}
