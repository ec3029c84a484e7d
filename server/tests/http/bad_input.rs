//! Bad input: the answer of the wire, never a 500, never HTML from the API, and the next request
//! works.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Browser, Reply, TestApp, app::PASSWORD};

const LOGIN: &str = "/api/auth/login/";

async fn login(browser: &Browser, body: impl Into<axum::body::Body>) -> Reply {
    let json = [("content-type", "application/json")];
    browser.send(Method::POST, LOGIN, &json, body).await
}

fn general(text: &str) -> Value {
    json!({"non_field_errors": [text]})
}

#[tokio::test]
async fn fields_that_are_missing_blank_null_or_no_text() {
    let app = TestApp::new().await;
    let browser = app.browser();
    let must = general(r#"Must include "username" and "password"."#);
    let required = json!({"password": ["This field is required."]});
    let blank = json!({"password": ["This field may not be blank."]});
    let rows = [
        (json!({}), required.clone()),
        (json!({"username": "ada"}), required.clone()),
        (json!({"password": ""}), blank.clone()),
        (json!({"username": "", "password": ""}), blank),
        (json!({"password": null}), json!({"password": ["This field may not be null."]})),
        (json!({"password": true}), json!({"password": ["Not a valid string."]})),
        (json!({"password": ["a"]}), json!({"password": ["Not a valid string."]})),
        (json!({"password": "a\u{0}b"}), json!({"password": ["Null characters are not allowed."]})),
        (
            json!({"username": null, "password": "x"}),
            json!({"username": ["This field may not be null."]}),
        ),
        (json!({"username": {}, "password": "x"}), json!({"username": ["Not a valid string."]})),
        (
            json!({"username": "a\u{0}", "password": "x"}),
            json!({"username": ["Null characters are not allowed."]}),
        ),
        (json!({"password": "x"}), must.clone()),
        (json!({"username": "  ", "password": "x"}), must.clone()),
        (json!({"email": "ada@example.com", "password": "x"}), must),
        (
            json!({"email": "nonsense"}),
            json!({"email": ["Enter a valid email address."], "password": ["This field is required."]}),
        ),
        (
            json!({"username": 7, "password": 8}),
            general("Unable to log in with provided credentials."),
        ),
    ];
    for (body, expected) in rows {
        let reply = login(&browser, body.to_string()).await;
        assert_eq!(reply.assert_status(400).json(), expected, "{body}");
    }
    let empty = browser.send(Method::POST, LOGIN, &[], "").await;
    assert_eq!(empty.assert_status(400).json(), required);
}

#[tokio::test]
async fn json_of_the_wrong_shape() {
    let app = TestApp::new().await;
    let wrong = |kind| general(&format!("Invalid data. Expected a dictionary, but got {kind}."));
    for (body, expected) in [
        ("[]", wrong("list")),
        ("\"a\"", wrong("str")),
        ("7", wrong("int")),
        ("7.5", wrong("float")),
        ("true", wrong("bool")),
        ("null", general("No data provided")),
    ] {
        let reply = login(&app.browser(), body).await;
        assert_eq!(reply.assert_status(400).json(), expected, "{body}");
    }
}

#[tokio::test]
async fn text_that_is_no_json() {
    let app = TestApp::new().await;
    let deep = "[".repeat(10_000);
    let corpus: [&[u8]; 7] =
        [b"{", b"{\"a\":}", b"{'a':1}", b"NaN", b"\xff\xfe", b"{\"a\":\"\xff\"}", deep.as_bytes()];
    for body in corpus {
        let reply = login(&app.browser(), body.to_vec()).await;
        let detail = reply.assert_status(400).json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with("JSON parse error - "), "{detail}");
    }
}

#[tokio::test]
async fn content_types_that_are_not_read() {
    let app = TestApp::new().await;
    for (kind, shown) in [("text/plain", "text/plain"), ("application/xml; a=b", "application/xml")]
    {
        let headers = [("content-type", kind)];
        let reply = app.browser().send(Method::POST, LOGIN, &headers, "{}").await;
        let detail = format!("Unsupported media type \"{shown}\" in request.");
        assert_eq!(reply.assert_status(415).json(), json!({"detail": detail}));
    }
    let reply = app.browser().send(Method::POST, LOGIN, &[], "{}").await;
    let detail = "Unsupported media type \"\" in request.";
    assert_eq!(reply.assert_status(415).json(), json!({"detail": detail}));
    let broken = [("content-type", "multipart/form-data; boundary=x")];
    let reply = app.browser().send(Method::POST, LOGIN, &broken, "nonsense").await;
    let detail = reply.assert_status(400).json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("Multipart form parse error - "), "{detail}");
    let part = "--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\n";
    let large = format!("{part}{}\r\n--x--\r\n", "a".repeat(200 * 1024));
    app.browser().send(Method::POST, LOGIN, &broken, large).await.assert_status(413);
}

#[tokio::test]
async fn methods_and_routes_that_are_not_there() {
    let app = TestApp::new().await;
    for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
        let reply = app.browser().send(method.clone(), LOGIN, &[], "").await;
        let detail = format!("Method \"{method}\" not allowed.");
        assert_eq!(reply.assert_status(405).json(), json!({"detail": detail}));
        assert_eq!(reply.header("allow").unwrap(), "POST, OPTIONS");
    }
    for path in ["/api", "/api/", "/api/nothing", "/api/auth/xxlogin/", "/api/auth/login//"] {
        for method in [Method::GET, Method::POST] {
            let reply = app.browser().send(method, path, &[], "").await;
            assert_eq!(reply.assert_status(404).json(), json!({"detail": "Not found."}), "{path}");
        }
    }
}

#[tokio::test]
async fn large_bodies() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let browser = app.browser();
    let body = |bytes: usize| json!({"username": "ada", "password": "x".repeat(bytes)}).to_string();
    let reply = login(&browser, body(64 * 1024)).await;
    let refused = general("Unable to log in with provided credentials.");
    assert_eq!(reply.assert_status(400).json(), refused);
    let reply = login(&browser, body(1024 * 1024)).await;
    assert_eq!(reply.assert_status(413).json(), json!({"detail": "Request body is too large."}));
    browser.login("ada").await.assert_status(200);
}

/// In JSON one can say that something is empty; a form has no other way to leave it out.
#[tokio::test]
async fn an_optional_field_that_is_empty_in_a_form_was_left_out() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let names = format!("username=eve&password1={PASSWORD}&password2={PASSWORD}&email=");
    let rows = [
        ("/api/auth/token/refresh/", "refresh=".to_owned(), 200),
        ("/api/auth/registration/resend-email/", "email=".to_owned(), 200),
        ("/api/auth/password/reset/", "email=".to_owned(), 400),
        ("/api/auth/token/verify/", "token=".to_owned(), 400),
        ("/api/auth/registration/", names, 201),
    ];
    for (path, body, status) in rows {
        browser.send(Method::POST, path, &form, body).await.assert_status(status);
    }
    for (path, field) in
        [("/api/auth/token/refresh/", "refresh"), ("/api/auth/registration/resend-email/", "email")]
    {
        let reply = browser.post(path, &json!({field: ""})).await;
        let blank = json!({field: ["This field may not be blank."]});
        assert_eq!(reply.assert_status(400).json(), blank);
    }
}

#[tokio::test]
async fn a_body_that_comes_in_drops_is_not_waited_for() {
    let app = TestApp::with(&["--request-timeout", "100ms"]).await;
    let drops = futures::stream::unfold((), async |()| {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        Some((Ok::<_, std::io::Error>("{"), ()))
    });
    let json = [("content-type", "application/json")];
    let body = axum::body::Body::from_stream(drops);
    let refused = app.browser().send(Method::POST, "/api/auth/login/", &json, body).await;
    let told = json!({"detail": "The request took too long."});
    assert_eq!(refused.assert_status(408).json(), told);
}

#[tokio::test]
async fn a_tunnel_is_refused() {
    let app = TestApp::new().await;
    let refused = app.browser().send(Method::CONNECT, "x:1", &[], "").await;
    assert_eq!(
        refused.assert_status(405).json(),
        json!({"detail": "Method \"CONNECT\" not allowed."})
    );
}
