//! The API's description: nothing is missing in it, and it is true. `.make/schemathesis` looks
//! deeper, at the running program.

use std::{collections::BTreeSet, fs, path::Path};

use axum::http::Method;
use latchkey::http::gate::MAX_BODY_BYTES;
use serde_json::Value;

use crate::support::{Browser, Reply, TestApp, routes};

const SCHEMA: &str = "/api/schema/";
const METHODS: [&str; 5] = ["GET", "PUT", "POST", "DELETE", "PATCH"];

async fn described(app: &TestApp) -> Value {
    let reply = app.browser().get(SCHEMA).await;
    assert_eq!(reply.header("content-type").as_deref(), Some("application/json"));
    reply.assert_status(200).json()
}

/// Every path and method in a document, with the statuses that it tells of.
fn operations(document: &Value) -> Vec<(String, Method, BTreeSet<u16>)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            let statuses = operation["responses"].as_object().unwrap().keys();
            found.push((path.clone(), method, statuses.map(|s| s.parse().unwrap()).collect()));
        }
    }
    found
}

#[tokio::test]
async fn it_is_the_one_that_was_agreed_on() {
    let app = TestApp::new().await;
    let now = format!("{:#}\n", described(&app).await);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openapi.json");
    if is_rewritten() {
        fs::write(&file, &now).unwrap();
    }
    assert!(
        fs::read_to_string(&file).unwrap_or_default() == now,
        "GET {SCHEMA} is not server/tests/openapi.json any more. If that is meant, run \
         \"SNAPSHOT=write cargo test --locked -p server --test suite openapi\", and commit the file."
    );
}

#[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the program")]
pub fn is_rewritten() -> bool {
    std::env::var("SNAPSHOT").is_ok_and(|snapshot| snapshot == "write")
}

#[tokio::test]
async fn what_is_served_is_described_and_the_other_way_round() {
    let app = TestApp::new().await;
    let mut served: BTreeSet<_> =
        [("/healthz", "GET"), ("/readyz", "GET")].map(|(p, m)| (p.to_owned(), m.to_owned())).into();
    served.extend(
        routes::api().into_iter().map(|served| (served.path.to_owned(), served.method.to_string())),
    );
    let described: BTreeSet<_> = operations(&described(&app).await)
        .into_iter()
        .map(|(path, method, _)| (path, method.to_string()))
        .collect();
    let missing: Vec<_> = served.difference(&described).collect();
    let unknown: Vec<_> = described.difference(&served).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "served and not described: {missing:?}; described and not served: {unknown:?}. A handler \
         is described by #[utoipa::path] above it and a line in server/src/http/openapi.rs."
    );
}

#[tokio::test]
async fn other_methods_are_refused() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let described = operations(&described(&app).await);
    for (path, ..) in &described {
        for method in METHODS {
            let method: Method = method.parse().unwrap();
            let known = described.iter().any(|(p, m, _)| p == path && *m == method);
            // One sign-out is enough.
            if !known {
                let status = browser.send(method.clone(), path, &[], "").await.status;
                assert_eq!(status, 405, "{method} {path}");
            }
        }
    }
}

/// A person who is signed in, and sends this.
async fn send(app: &TestApp, method: &Method, path: &str, provocation: &Provocation) -> Reply {
    let browser: Browser = app.browser();
    browser.login("ada").await;
    let body = "x".repeat(provocation.body_bytes);
    // Of the queries one is read, and this is no number.
    let path = format!("{path}?before=x");
    browser.send(method.clone(), &path, &[provocation.header], body).await
}

struct Provocation {
    header: (&'static str, &'static str),
    body_bytes: usize,
    /// What it comes to wherever that can happen at all.
    status: u16,
}

#[tokio::test]
async fn each_refusal_is_described_where_it_can_happen_and_nowhere_else() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let provoke = |header, body_bytes, status| Provocation { header, body_bytes, status };
    let provocations = [
        provoke(("accept", "text/plain"), 0, 406),
        provoke(("sec-fetch-site", "cross-site"), 0, 403),
        provoke(("content-type", "text/plain"), 1, 415),
        provoke(("content-type", "application/json"), MAX_BODY_BYTES + 1, 413),
        provoke(("content-type", "application/json"), 1, 400),
    ];
    for (path, method, statuses) in operations(&described(&app).await) {
        for provocation in &provocations {
            let status = send(&app, &method, &path, provocation).await.status.as_u16();
            let case = format!("{:?} to {method} {path}: {status}", provocation.header);
            assert!(statuses.contains(&status), "{case}, which is not described");
            let expected = provocation.status;
            assert_eq!(status == expected, statuses.contains(&expected), "{case}");
        }
        let strangers = [("authorization", "Bearer nonsense")];
        let status = app.browser().send(method.clone(), &path, &strangers, "").await.status;
        assert!(statuses.contains(&status.as_u16()), "{method} {path}: {status}");
    }
}

#[tokio::test]
async fn what_may_be_tried_too_often_says_so() {
    let app = TestApp::with(&["--default-throttle-rates", "dj_rest_auth=1/day"]).await;
    // One sign-in is what the day allows.
    let browser = app.signed_in("ada").await;
    browser.post("/api/auth/password/change/", &Value::Null).await;
    for (path, method, statuses) in operations(&described(&app).await) {
        let status = browser.send(method.clone(), &path, &[], "").await.status;
        assert_eq!(status == 429, statuses.contains(&429), "{method} {path}: {status}");
    }
}

#[tokio::test]
async fn it_names_the_cookies_that_are_in_force_and_holds_no_secret() {
    let flags = ["--public-url", "https://app.example.com"];
    let app = TestApp::with(&flags).await;
    let schema = described(&app).await;
    let schemes = &schema["components"]["securitySchemes"];
    assert_eq!(schemes["accessCookie"]["name"], "__Host-Http-access");
    assert_eq!(schemes["refreshCookie"]["name"], "__Host-Http-refresh");
    assert!(!schema.to_string().contains("thirty-two"));
}
