//! Other origins: who may call, who may read, and what is refused.

use axum::http::Method;
use serde_json::json;

use crate::support::{Browser, Reply, TestApp, app::PASSWORD, routes};

const SPA: &str = "http://localhost:5173";
const FLAGS: [&str; 2] =
    ["--cors-allowed-origins", "http://localhost:5173,https://app.example.com"];
const LOGIN: &str = "/api/auth/login/";

/// Origins that look like an allowed one and are none.
const STRANGERS: [&str; 12] = [
    "null",
    "http://127.0.0.1:5173",
    "http://localhost:5174",
    "https://localhost:5173",
    "HTTP://LOCALHOST:5173",
    "http://localhost:5173.evil.example",
    "http://localhost:51730",
    "http://evil-localhost:5173",
    "https://app.example.com.evil.example",
    "https://evil.example/?https://app.example.com",
    "https://app.example.com:443",
    "https://app.example.com/",
];

async fn preflight(browser: &Browser, origin: &str, method: &str, path: &str) -> Reply {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", method),
        ("access-control-request-headers", "content-type"),
    ];
    browser.send(Method::OPTIONS, path, &headers, "").await
}

async fn login(browser: &Browser, origin: &str, site: Option<&str>) -> Reply {
    let mut headers = vec![("origin", origin), ("content-type", "application/json")];
    headers.extend(site.map(|site| ("sec-fetch-site", site)));
    let body = json!({"username": "ada", "password": PASSWORD}).to_string();
    browser.send(Method::POST, LOGIN, &headers, body).await
}

fn says_nothing(reply: &Reply) -> bool {
    !reply.headers.keys().any(|name| name.as_str().starts_with("access-control-"))
}

#[tokio::test]
async fn an_allowed_origin_is_told_what_it_may_do() {
    let app = TestApp::with(&FLAGS).await;
    let served = routes::api().into_iter().map(|served| (served.method.to_string(), served.path));
    for (method, path) in served.chain([("POST".to_owned(), "/api/nowhere/")]) {
        let reply = preflight(&app.browser(), SPA, &method, path).await;
        reply.assert_status(200);
        let header = |name: &str| reply.header(name).unwrap_or_default();
        assert_eq!(header("access-control-allow-origin"), SPA);
        assert_eq!(header("access-control-allow-credentials"), "true");
        assert_eq!(header("access-control-max-age"), "86400");
        let allowed = header("access-control-allow-headers");
        for name in [
            "accept",
            "authorization",
            "content-type",
            "x-csrftoken",
            "x-requested-with",
            "latchkey-user",
        ] {
            assert!(allowed.contains(name), "{allowed}");
        }
        let methods = header("access-control-allow-methods");
        for method in ["DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"] {
            assert!(methods.contains(method), "{methods}");
        }
        assert_eq!(header("vary").to_lowercase(), "origin");
        assert!(reply.body.is_empty());
    }
}

#[tokio::test]
async fn an_allowed_origin_signs_in_and_reads_every_answer() {
    let app = TestApp::with(&FLAGS).await;
    app.user("ada").await;
    for site in [Some("same-site"), Some("cross-site"), None] {
        let browser = app.browser();
        let reply = login(&browser, SPA, site).await;
        reply.assert_status(200);
        assert_eq!(reply.cookie_names(), ["access", "refresh"]);
        let from = [("origin", SPA), ("sec-fetch-site", site.unwrap_or("same-site"))];
        let mut answers = vec![reply];
        answers.push(browser.send(Method::GET, "/api/data/", &from, "").await);
        answers.push(app.browser().send(Method::GET, "/api/data/", &from, "").await);
        answers.push(browser.send(Method::POST, "/api/auth/token/refresh/", &from, "").await);
        answers.push(browser.send(Method::GET, "/api/nowhere/", &from, "").await);
        let statuses: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
        assert_eq!(statuses, [200, 200, 401, 200, 404]);
        for answer in answers {
            let header = |name: &str| answer.header(name).unwrap_or_default();
            assert_eq!(header("access-control-allow-origin"), SPA);
            assert_eq!(header("access-control-allow-credentials"), "true");
            let exposed = header("access-control-expose-headers");
            for name in [
                "www-authenticate",
                "retry-after",
                "x-request-id",
                "latchkey-session-end",
                "latchkey-user",
            ] {
                assert!(exposed.contains(name), "{exposed}");
            }
            let vary: Vec<_> = answer.headers.get_all("vary").iter().collect();
            assert!(
                vary.iter().any(|value| value.to_str().unwrap().contains("origin")),
                "{vary:?}"
            );
        }
    }
}

/// That nothing is done for it either is shown in `csrf`, for every operation.
#[tokio::test]
async fn a_denied_origin_is_told_nothing() {
    let app = TestApp::with(&FLAGS).await;
    let browser = app.signed_in("ada").await;
    for origin in STRANGERS {
        for served in routes::api() {
            let method = served.method.as_str();
            let reply = preflight(&app.browser(), origin, method, served.path).await;
            assert!(says_nothing(reply.assert_status(200)), "{origin} {served:?}");
        }
        let read = browser.send(Method::GET, "/api/data/", &[("origin", origin)], "").await;
        assert!(says_nothing(read.assert_status(200)), "{origin}");
    }
}

#[tokio::test]
async fn without_the_setting_nobody_else_may_call() {
    let app = TestApp::new().await;
    app.user("ada").await;
    assert!(says_nothing(&preflight(&app.browser(), SPA, "POST", LOGIN).await));
    assert!(says_nothing(login(&app.browser(), SPA, Some("cross-site")).await.assert_status(403)));
    // Our own pages always may.
    login(&app.browser(), "http://localhost", Some("same-origin")).await.assert_status(200);
}
