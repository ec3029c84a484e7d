//! Pages as they leave the server.

use axum::http::Method;
use serde_json::json;

use super::forms::submit;
use crate::support::{
    TestApp,
    app::{PASSWORD, days, mins},
};

const NEW: &str = "difference-engine-2";

#[tokio::test]
async fn private_pages_send_strangers_to_the_login_page() {
    let app = TestApp::new().await;
    for (path, login) in [
        ("/account", "/login?next=/account"),
        ("/account?tab=1&x=%2F", "/login?next=/account%3Ftab%3D1%26x%3D%252F"),
    ] {
        let reply = app.browser().open(path).await;
        assert_eq!(reply.assert_status(303).header("location").as_deref(), Some(login));
        assert_eq!(reply.header("cache-control").as_deref(), Some("no-store"));
    }
}

#[tokio::test]
async fn a_signed_in_visitor_gets_the_page_with_its_data_and_no_token() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let page = browser.open("/account").await;
    page.assert_status(200);
    for text in ["Ada", "first", "second"] {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(!page.body.contains("eyJ"), "no token in the page");
    assert!(page.cookies().is_empty());
    // By the refresh cookie; then by the token that a page load was given.
    for (minutes, left_s) in [(1, 604_740), (20, 603_540)] {
        app.advance(mins(minutes));
        let page = browser.open("/account").await;
        let told = page.body.split("session_ends_in_ms").nth(1).unwrap();
        let digits = told.chars().skip_while(|c| !c.is_ascii_digit());
        let digits: String = digits.take_while(char::is_ascii_digit).collect();
        let ends_ms: u64 = digits.parse().unwrap();
        assert_eq!(ends_ms.div_ceil(1_000), left_s, "tokens know whole seconds");
    }
    assert_eq!(page.header("cache-control").as_deref(), Some("no-store"));
}

#[tokio::test]
async fn an_expired_access_token_is_replaced_before_the_page_is_rendered() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(16));
    let page = browser.open("/account").await;
    assert_eq!(page.assert_status(200).cookie_names(), ["access"]);
    assert!(page.body.contains("Ada") && !page.body.contains("eyJ"));
    browser.get("/api/data/").await.assert_status(200);
}

#[tokio::test]
async fn a_page_confirms_only_what_the_browser_holds() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(15));
    browser.refresh().await.assert_status(200);
    app.advance(mins(15));
    // The answer that carries the second generation is lost.
    browser.copy().refresh().await.assert_status(200);
    assert_eq!(app.generation_of(&browser).await, 2);
    app.advance(mins(16));
    browser.open("/account").await.assert_status(200);
    assert_eq!((browser.generation("access"), browser.generation("refresh")), (1, 1));
    browser.refresh().await.assert_status(200);
    assert_eq!((browser.generation("access"), browser.generation("refresh")), (2, 2));
}

#[tokio::test]
async fn without_wasm_pages_alone_keep_a_session_going() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    for _ in 0..40 {
        app.advance(days(2));
        browser.open("/account").await.assert_status(200);
    }
}

#[tokio::test]
async fn the_login_page_moves_on_when_signed_in() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    for (path, next) in [
        ("/login", "/account"),
        ("/login?next=/", "/"),
        ("/login?next=//evil.example", "/account"),
        ("/login?next=https://evil.example", "/account"),
        ("/login?next=/%5Cevil.example", "/account"),
        ("/login?next=/.//evil.example", "/account"),
        ("/login?next=/%2e%2e//evil.example", "/account"),
        ("/login?next=/%252e//evil.example", "/account"),
        ("/login?next=/login", "/account"),
    ] {
        let reply = browser.open(path).await;
        assert_eq!(reply.assert_status(303).header("location").as_deref(), Some(next), "{path}");
    }
}

#[tokio::test]
async fn a_dead_session_is_anonymous_and_its_cookies_stay() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.auth.disable_user("ada").await.unwrap();
    let reply = browser.open("/account").await;
    reply.assert_status(303);
    assert!(reply.cookies().is_empty());
    let page = browser.open("/login").await;
    page.assert_status(200);
}

#[tokio::test]
async fn an_old_copy_is_caught_on_a_page_load_too() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let stolen = browser.copy();
    for _ in 0..4 {
        app.advance(mins(15));
        browser.refresh().await.assert_status(200);
    }
    stolen.open("/account").await.assert_status(303);
    browser.get("/api/data/").await.assert_status(401);
}

#[tokio::test]
async fn speculation_uses_up_nothing() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let prefetch = [
        ("sec-purpose", "prefetch;prerender"),
        ("sec-fetch-dest", "document"),
        ("accept", "text/html"),
    ];
    browser.send(Method::GET, "/account", &prefetch, "").await.assert_status(200);
    browser.forget("access");
    let reply = browser.send(Method::GET, "/account", &prefetch, "").await;
    assert_eq!(reply.assert_status(503).header("cache-control").as_deref(), Some("no-store"));
    assert!(reply.cookies().is_empty());
}

#[tokio::test]
async fn a_file_may_be_fetched_ahead_by_anybody() {
    let app = TestApp::new().await;
    let site = app.folder.path().join("site");
    std::fs::create_dir(&site).unwrap();
    std::fs::write(site.join("robots.txt"), "User-agent: *").unwrap();
    let prefetch = [("sec-purpose", "prefetch"), ("sec-fetch-dest", "empty")];
    let reply = app.browser().send(Method::GET, "/robots.txt", &prefetch, "").await;
    assert_eq!(reply.assert_status(200).header("cache-control").as_deref(), Some("no-cache"));
}

#[tokio::test]
async fn what_was_fetched_ahead_is_forgotten_by_whoever_signs_in_or_out() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let browser = app.browser();
    let login = format!("username=ada&password={PASSWORD}");
    let forgotten = Some("\"prefetchCache\", \"prerenderCache\"");
    let change = json!({"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW});
    for (what, reply) in [
        ("login", browser.login("ada").await),
        ("a refresh", browser.refresh().await),
        ("logout", browser.logout().await),
        ("the login form", submit(&browser, "/login", &login).await),
        ("a page", browser.open("/account").await),
        ("the logout form", submit(&browser, "/logout", "").await),
        ("a wrong password", browser.login_with("ada", "wrong-horse-9").await),
        ("login again", browser.login("ada").await),
        ("a new password", browser.post("/api/auth/password/change/", &change).await),
        ("the end of all", browser.post("/api/auth/sessions/revoke-all/", &json!({})).await),
    ] {
        let changes = reply.cookie_names().contains(&"refresh".to_owned());
        let header = reply.header("clear-site-data");
        assert_eq!(header.as_deref(), forgotten.filter(|_| changes), "{what}");
    }
}

#[tokio::test]
async fn where_the_server_cannot_know_the_page_waits_for_the_client() {
    let app = TestApp::with(&["--jwt-auth-refresh-cookie-path", "/api/auth/token/"]).await;
    let page = app.browser().open("/account").await;
    page.assert_status(200);
    assert!(!page.body.contains("Lovelace"));
}

#[tokio::test]
async fn an_unknown_page_is_404_and_html() {
    let app = TestApp::new().await;
    let page = app.browser().open("/nothing/here").await;
    page.assert_status(404);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    assert!(page.body.contains("<html"));
}

#[tokio::test]
async fn what_sets_a_cookie_is_kept_by_no_cache() {
    let app = TestApp::new().await;
    let site = app.folder.path().join("site");
    std::fs::create_dir(&site).unwrap();
    std::fs::write(site.join("robots.txt"), "User-agent: *").unwrap();
    let browser = app.signed_in("ada").await;
    browser.forget("access");
    let reply = browser.open("/robots.txt").await;
    assert_eq!(reply.assert_status(200).cookie_names(), ["access"]);
    assert_eq!(reply.header("cache-control").as_deref(), Some("no-store"));
}

#[tokio::test]
async fn a_name_longer_than_any_file_has_is_an_unknown_page() {
    let app = TestApp::new().await;
    for path in ["/", "/pkg/", "/account/"] {
        for length in [255, 256, 5_000] {
            let page = app.browser().open(&format!("{path}{}", "a".repeat(length))).await;
            page.assert_status(404);
        }
    }
}
