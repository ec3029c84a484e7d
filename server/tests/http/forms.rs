//! Forms that a browser sends by itself.

use axum::http::Method;

use crate::support::{Browser, Reply, TestApp, app::PASSWORD};

pub async fn submit(browser: &Browser, path: &str, body: &str) -> Reply {
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", "http://localhost"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-dest", "document"),
        ("accept", "text/html,*/*;q=0.8"),
    ];
    browser.send(Method::POST, path, &headers, body.to_owned()).await
}

fn login_body(password: &str) -> String {
    format!("username=ada&password={password}")
}

#[tokio::test]
async fn signing_in_and_out_by_forms_alone() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let browser = app.browser();
    let reply = submit(&browser, "/login", &login_body(PASSWORD)).await;
    assert_eq!(reply.assert_status(303).header("location").as_deref(), Some("/account"));
    assert_eq!(reply.cookie_names(), ["access", "refresh"]);
    assert_eq!(reply.header("cache-control").as_deref(), Some("no-store"));
    assert!(browser.open("/account").await.assert_status(200).body.contains("Lovelace"));

    let copy = browser.copy();
    let reply = submit(&browser, "/logout", "").await;
    assert_eq!(reply.assert_status(303).header("location").as_deref(), Some("/login"));
    assert_eq!((browser.cookie("access"), browser.cookie("refresh")), (None, None));
    copy.get("/api/data/").await.assert_status(401);
    browser.open("/account").await.assert_status(303);
}

#[tokio::test]
async fn one_is_led_where_one_wanted_to_go_and_nowhere_else() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for (query, place) in [
        ("?next=/account%3Ftab%3D1", "/account?tab=1"),
        ("?next=//evil.example", "/account"),
        ("?next=https://evil.example", "/account"),
        ("?next=/%5Cevil.example", "/account"),
        ("?next=/login", "/account"),
        ("", "/account"),
    ] {
        let reply = submit(&app.browser(), &format!("/login{query}"), &login_body(PASSWORD)).await;
        assert_eq!(reply.assert_status(303).header("location").as_deref(), Some(place), "{query}");
    }
}

#[tokio::test]
async fn a_refused_sign_in_is_the_same_page_with_what_was_typed() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let reply =
        submit(&app.browser(), "/login?next=/account%3Fa%3D1", &login_body("wrong-horse")).await;
    reply.assert_status(400);
    assert!(reply.header("content-type").unwrap().starts_with("text/html"));
    assert!(reply.header("content-security-policy").unwrap().contains("nonce-"));
    assert_eq!(reply.header("cache-control").as_deref(), Some("no-store"));
    assert!(reply.cookies().is_empty());
    for part in
        ["These do not match.", r#"value="ada""#, r#"action="/login?next=/account%3Fa%3D1""#]
    {
        assert!(reply.body.contains(part), "{part}: {}", reply.body);
    }
    assert!(!reply.body.contains("wrong-horse"), "the password does not come back");

    let reply = submit(&app.browser(), "/login", "username=ada&password=").await;
    assert!(reply.assert_status(400).body.contains("This field is required."));
}

#[tokio::test]
async fn an_account_is_made_by_a_form_alone() {
    let app = TestApp::new().await;
    let browser = app.browser();
    let body = "username=ada&email=&password1=correct-horse-9&password2=correct-horse-8";
    let reply = submit(&browser, "/register", body).await;
    assert!(reply.assert_status(400).body.contains("The two password fields didn't match."));
    assert!(reply.body.contains(r#"value="ada""#) && !reply.body.contains("correct-horse"));

    let body = "username=ada&email=&password1=correct-horse-9&password2=correct-horse-9";
    let reply = submit(&browser, "/register?next=/", body).await;
    assert_eq!(reply.assert_status(303).header("location").as_deref(), Some("/"));
    assert!(browser.open("/account").await.assert_status(200).body.contains("ada"));
}

#[tokio::test]
async fn what_was_typed_is_text_and_nothing_else() {
    let app = TestApp::new().await;
    let body = "username=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&password=x";
    let reply = submit(&app.browser(), "/login", body).await;
    assert!(!reply.assert_status(400).body.contains("<script>alert"), "{}", reply.body);
}

#[tokio::test]
async fn a_form_is_a_browsers_and_comes_from_our_own_pages() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let browser = app.browser();
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "null")] {
        let headers = [("content-type", "application/x-www-form-urlencoded"), (name, value)];
        let reply = browser.send(Method::POST, "/login", &headers, login_body(PASSWORD)).await;
        assert!(reply.assert_status(403).cookies().is_empty());
    }
    // It cannot ask for tokens in the body, nor be answered for somebody's Bearer token.
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-auth-transport", "bearer"),
        ("authorization", "Bearer x"),
    ];
    let reply = browser.send(Method::POST, "/login", &headers, login_body(PASSWORD)).await;
    assert_eq!(reply.assert_status(303).cookie_names(), ["access", "refresh"]);
}

#[tokio::test]
async fn what_is_no_form_is_refused_by_the_page_and_nothing_of_it_comes_back() {
    let app = TestApp::new().await;
    let huge = submit(&app.browser(), "/login", &"x".repeat(200_000)).await;
    assert!(huge.assert_status(413).body.contains("Request body is too large."));
    for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x", ""] {
        let headers = [("content-type", kind)];
        let body = "username=ada\r\npassword=secret-1\r\n{\"password\":\"secret-1\"}";
        let reply = app.browser().send(Method::POST, "/login", &headers, body).await;
        reply.assert_status(415);
        assert!(reply.header("content-type").unwrap().starts_with("text/html"));
        assert!(!reply.body.contains("secret-1"), "{kind}: {}", reply.body);
    }
    for field in ["PASSWORD", "pass", "username2"] {
        let body = format!("username=ada&{field}=secret-1");
        let reply = submit(&app.browser(), "/login", &body).await;
        assert!(!reply.assert_status(400).body.contains("secret-1"), "{field}");
    }
}

#[tokio::test]
async fn a_slash_at_the_end_makes_no_difference() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let browser = app.browser();
    let page = browser.open("/login/?next=/account/").await;
    let place = page.assert_status(303).header("location");
    assert_eq!(place.as_deref(), Some("/login?next=/account/"));
    let reply = submit(&browser, "/login/?next=/account/", &login_body("wrong-horse")).await;
    assert!(reply.assert_status(400).body.contains(r#"action="/login?next=/account/""#));
    let reply = submit(&browser, "/login/?next=/account/", &login_body(PASSWORD)).await;
    assert_eq!(reply.assert_status(303).header("location").as_deref(), Some("/account/"));
    let page = browser.open("/account/").await;
    assert_eq!(page.assert_status(303).header("location").as_deref(), Some("/account"));
    submit(&browser, "/logout/", "").await.assert_status(303);
    assert_eq!(browser.cookie("access"), None);
}

#[tokio::test]
async fn whoever_signs_in_as_another_is_the_other() {
    let app = TestApp::new().await;
    let browser = app.signed_in("eve").await;
    app.user("ada").await;
    submit(&browser, "/login", &login_body(PASSWORD)).await.assert_status(303);
    assert_eq!(browser.get("/api/auth/user/").await.json()["username"], "ada");
}

#[tokio::test]
async fn while_the_database_is_gone_the_page_says_so_and_keeps_what_was_typed() {
    let (app, store) = TestApp::gated(&[]).await;
    app.user("ada").await;
    store.set_gone(true);
    let reply = submit(&app.browser(), "/login", &login_body(PASSWORD)).await;
    assert_eq!(reply.assert_status(503).header("retry-after").as_deref(), Some("2"));
    assert!(reply.body.contains("The server is busy right now. Try again in 2 seconds."));
    assert!(reply.body.contains(r#"value="ada""#) && reply.cookies().is_empty());
    store.set_gone(false);
    submit(&app.browser(), "/login", &login_body(PASSWORD)).await.assert_status(303);
}
