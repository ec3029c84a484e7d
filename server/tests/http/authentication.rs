//! Who is calling, and what they are told when nobody can tell.

use axum::http::Method;
use serde_json::json;

use crate::support::{Reply, TestApp, app::mins};

const ANONYMOUS: &str = r#"{"detail":"Authentication credentials were not provided."}"#;

fn invalid(message: &str) -> serde_json::Value {
    json!({
        "detail": "Given token not valid for any token type",
        "code": "token_not_valid",
        "messages": [
            {"token_class": "AccessToken", "token_type": "access", "message": message}
        ],
    })
}

#[tokio::test]
async fn the_access_cookie_opens_private_routes() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    for path in ["/api/auth/user/", "/api/auth/user"] {
        let reply = browser.get(path).await;
        assert_eq!(
            reply.assert_status(200).body,
            r#"{"pk":1,"username":"ada","email":"ada@example.com","first_name":"Ada","last_name":"Lovelace"}"#
        );
        assert_eq!(reply.header("vary").unwrap(), "Accept, origin");
        assert_eq!(reply.header("cache-control").unwrap(), "no-store");
    }
    let data = browser.get("/api/data/").await;
    assert_eq!(data.body, r#"{"items":[{"id":1,"name":"first"},{"id":2,"name":"second"}]}"#);
    let head = browser.send(Method::HEAD, "/api/data/", &[], "").await;
    assert_eq!(head.assert_status(200).body, "");
}

#[tokio::test]
async fn an_answer_names_the_person_it_was_given_to() {
    let app = TestApp::new().await;
    let (browser, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    let name = |reply: Reply| reply.header("latchkey-user");
    for path in ["/api/auth/user/", "/api/data/"] {
        assert_eq!(name(browser.get(path).await).as_deref(), Some("1"));
        assert_eq!(name(bob.get(path).await).as_deref(), Some("2"));
        assert_eq!(name(app.browser().get(path).await), None);
    }
    assert_eq!(name(bob.refresh().await).as_deref(), Some("2"));
    assert_eq!(name(app.browser().refresh().await), None);
    // It was Ada who asked, and it is Bob who is signed in by the answer.
    assert_eq!(name(browser.login("bob").await), None);
}

#[tokio::test]
async fn nobody_is_told_so_and_how() {
    let app = TestApp::new().await;
    for path in ["/api/auth/user/", "/api/data/", "/api/data"] {
        let reply = app.browser().get(path).await;
        assert_eq!(reply.assert_status(401).body, ANONYMOUS);
        assert_eq!(reply.header("www-authenticate").unwrap(), r#"Bearer realm="api""#);
    }
}

#[tokio::test]
async fn missing_and_invalid_are_different() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let refresh = browser.cookie("refresh").unwrap();
    for (value, message) in [
        ("", "Token is invalid"),
        ("a.b.c", "Token is invalid"),
        (refresh.as_str(), "Token has wrong type"),
    ] {
        let other = app.browser();
        other.set_cookie("access", value);
        let reply = other.get("/api/auth/user/").await;
        assert_eq!(reply.assert_status(401).json(), invalid(message), "{value}");
        assert!(reply.cookies().is_empty(), "nothing is deleted");
    }
    app.advance(mins(15));
    let reply = browser.get("/api/data/").await;
    assert_eq!(reply.assert_status(401).json(), invalid("Token is expired"));
}

#[tokio::test]
async fn an_authorization_header_wins() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let token = browser.cookie("access").unwrap();
    let good = format!("Bearer {token}");
    let stranger = app.browser();
    stranger.set_cookie("access", "garbage");
    let with = [("authorization", good.as_str())];
    stranger.send(Method::GET, "/api/data/", &with, "").await.assert_status(200);

    // The good cookie does not help once there is a header.
    let bad_header = json!({
        "detail": "Authorization header must contain two space-delimited values",
        "code": "bad_authorization_header",
    });
    let nobody = json!({"detail": "Authentication credentials were not provided."});
    let rows = [
        (String::new(), nobody.clone()),
        ("Basic YWRhOg==".to_owned(), nobody.clone()),
        (format!("bearer {token}"), nobody.clone()),
        (format!("JWT {token}"), nobody),
        ("Bearer".to_owned(), bad_header.clone()),
        (format!("Bearer {token} x"), bad_header),
        ("Bearer garbage".to_owned(), invalid("Token is invalid")),
    ];
    for (value, body) in rows {
        let headers = [("authorization", value.as_str())];
        let reply = browser.send(Method::GET, "/api/data/", &headers, "").await;
        assert_eq!(reply.assert_status(401).json(), body, "{value}");
    }
}

#[tokio::test]
async fn public_endpoints_ignore_a_bad_cookie_but_not_a_bad_bearer() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let browser = app.browser();
    for cookie in ["garbage", ""] {
        browser.set_cookie("access", cookie);
        browser.login("ada").await.assert_status(200);
        browser.set_cookie("access", cookie);
        browser.logout().await.assert_status(200);
    }
    let headers = [("authorization", "Bearer garbage"), ("content-type", "application/json")];
    for path in ["/api/auth/login/", "/api/auth/logout/"] {
        let reply = browser.send(Method::POST, path, &headers, "{}").await;
        assert_eq!(reply.assert_status(401).json(), invalid("Token is invalid"), "{path}");
    }
}

#[tokio::test]
async fn checks_come_in_django_rest_frameworks_order() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let stranger = app.browser();
    // Authentication before method, method before body.
    stranger.send(Method::DELETE, "/api/auth/user/", &[], "").await.assert_status(401);
    let reply = browser.send(Method::DELETE, "/api/auth/user/", &[], "").await;
    assert_eq!(
        reply.assert_status(405).json(),
        json!({"detail": "Method \"DELETE\" not allowed."})
    );
    assert_eq!(reply.header("allow").unwrap(), "GET, PUT, PATCH, HEAD, OPTIONS");
    // Negotiation before authentication.
    let xml = [("accept", "application/xml")];
    let reply = stranger.send(Method::GET, "/api/auth/user/", &xml, "").await;
    assert_eq!(
        reply.assert_status(406).json(),
        json!({"detail": "Could not satisfy the request Accept header."})
    );
    stranger.get("/api/auth/user/?format=xml").await.assert_status(404);
    stranger.get("/api/auth/user/?format=json").await.assert_status(401);
}

#[tokio::test]
async fn a_deleted_account_is_401() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.database.execute("DELETE FROM users").await;
    assert_eq!(
        browser.get("/api/auth/user/").await.assert_status(401).json(),
        json!({"detail": "User not found", "code": "user_not_found"})
    );
    browser.refresh().await.assert_status(401);
}
