//! What is meant for one person is not done to another, who has signed in in another tab.

use app::wire::paths;
use axum::http::Method;
use latchkey::http::{Access, api};
use serde_json::json;
use url::form_urlencoded::Serializer;

use super::forms::submit;
use crate::support::{Browser, Reply, TestApp, app::PASSWORD};

const USER: &str = "latchkey-user";
const REFUSED: &str = r#"{"detail":"You are signed in to another account now. Nothing was done.","code":"another_user"}"#;

/// Ada, whose page is still open, Bob, who has signed in over it, and what names Ada and Bob.
async fn ada_and_bob() -> (TestApp, Browser, [String; 2]) {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let ada = browser.get(paths::USER).await.header(USER).unwrap();
    app.user("bob").await;
    browser.login("bob").await.assert_status(200);
    let bob = browser.get(paths::USER).await.header(USER).unwrap();
    assert_ne!(ada, bob);
    (app, browser, [ada, bob])
}

async fn send(browser: &Browser, method: &Method, path: &str, users: &[&str]) -> Reply {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(users.iter().map(|user| (USER, *user)));
    browser.send(method.clone(), path, &headers, "{}").await
}

/// What only who is signed in may do, by method and path.
fn changes() -> Vec<(Method, String)> {
    let routes = api::routes().into_iter().chain(api::throttled_routes());
    let private = routes.filter(|(_, access, ..)| *access == Access::Private);
    let each = private.flat_map(|(path, _, allow, _)| {
        let path = path.replace("{id}", "0193a");
        let methods = allow.split(", ").map(|method| method.parse::<Method>().unwrap());
        methods.filter(|method| !method.is_safe()).map(move |method| (method, path.clone()))
    });
    each.collect()
}

#[tokio::test]
async fn nothing_is_done_to_whoever_it_is_not_meant_for() {
    let (app, browser, [ada, bob]) = ada_and_bob().await;
    let padded = format!("0{ada}");
    let rows: [&[&str]; 7] =
        [&[&ada], &[&padded], &[""], &["bob"], &["-1"], &[&bob, &ada], &["1e400"]];
    let changes = changes();
    assert!(changes.len() >= 8, "{changes:?}");
    for (method, path) in &changes {
        for users in rows {
            let reply = send(&browser, method, path, users).await;
            let row = format!("{method} {path} {users:?}");
            assert_eq!((reply.status.as_u16(), reply.body.as_str()), (409, REFUSED), "{row}");
            assert_eq!(reply.header(USER).as_ref(), Some(&bob), "{row}: who is signed in is named");
            assert_eq!(reply.header("cache-control").as_deref(), Some("no-store"), "{row}");
            assert!(reply.cookies().is_empty(), "{row}");
        }
    }
    browser.get(paths::DATA).await.assert_status(200);
    assert!(app.auth.store.find_user_by_name("bob").await.unwrap().is_some());
    // Who says for whom it is, and who does not say, are served as ever: the account goes last.
    let last = [paths::REVOKE_ALL, paths::ACCOUNT_DELETE];
    for (method, path) in changes.iter().filter(|(_, path)| !last.contains(&path.as_str())) {
        for users in [&[bob.as_str()][..], &[]] {
            assert_ne!(send(&browser, method, path, users).await.status, 409, "{method} {path}");
        }
    }
    for path in last {
        browser.login("bob").await.assert_status(200);
        send(&browser, &Method::POST, path, &[&bob]).await.assert_status(200);
    }
    assert!(app.auth.store.find_user_by_name("bob").await.unwrap().is_none());
}

#[tokio::test]
async fn who_is_nobody_is_told_that_first() {
    let app = TestApp::new().await;
    for (method, path) in changes() {
        send(&app.browser(), &method, &path, &["1"]).await.assert_status(401);
    }
}

#[tokio::test]
async fn what_changes_nobody_else_asks_for_nobody() {
    let (app, browser, [ada, bob]) = ada_and_bob().await;
    for path in [paths::USER, paths::SESSIONS, paths::ACTIVITY, paths::DATA] {
        let reply = send(&browser, &Method::GET, path, &[&ada]).await;
        // The answer tells whose it is.
        assert_eq!(reply.assert_status(200).header(USER).as_ref(), Some(&bob), "{path}");
    }
    send(&browser, &Method::POST, paths::TOKEN_REFRESH, &[&ada]).await.assert_status(200);
    let headers = [("content-type", "application/json"), (USER, ada.as_str())];
    let body = json!({"username": "ada", "password": PASSWORD}).to_string();
    let login = app.browser().send(Method::POST, paths::LOGIN, &headers, body).await;
    login.assert_status(200);
    // Whoever presses the button is out, and so is this browser.
    send(&browser, &Method::POST, paths::LOGOUT, &[&ada]).await.assert_status(200);
    browser.get(paths::DATA).await.assert_status(401);
}

async fn submitted(browser: &Browser, page: &str, fields: &[(&str, &str)]) -> Reply {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    submit(browser, page, &body).await
}

#[tokio::test]
async fn a_form_is_for_whoever_its_page_showed() {
    let (app, browser, [ada, bob]) = ada_and_bob().await;
    let words = "You are signed in to another account now. Nothing was done.";
    let forms: [(&str, &[(&str, &str)]); 5] = [
        (paths::PROFILE_PAGE, &[("username", "augusta"), ("first_name", "Augusta")]),
        (paths::EMAIL_PAGE, &[("email", "augusta@example.com")]),
        (paths::PASSWORD_PAGE, &[("old_password", PASSWORD), ("new_password1", "winter-Lamp-42")]),
        (paths::SESSIONS_PAGE, &[("end", "others")]),
        (paths::DELETE_PAGE, &[("sure", "yes")]),
    ];
    for (page, fields) in forms {
        let opened = browser.open(page).await;
        let field = format!(r#"name="{USER}" value="{bob}""#);
        assert!(opened.assert_status(200).body.contains(&field), "{page}: {}", opened.body);
        let (ada, bob) = (ada.as_str(), bob.as_str());
        for users in [&[ada][..], &[""], &["x\r\ny: z"], &[ada, bob], &[bob, ada]] {
            let named = users.iter().map(|user| (USER, *user));
            let fields: Vec<_> = fields.iter().copied().chain(named).collect();
            let reply = submitted(&browser, page, &fields).await;
            let told = reply.assert_status(409).body.contains(words);
            assert!(told, "{page} {users:?}: {}", reply.body);
            assert!(!reply.body.contains("ugusta"), "what was typed is another's: {page}");
            assert!(reply.body.contains(&field), "the page is of who is signed in: {page}");
        }
    }
    assert!(app.auth.store.find_user_by_name("bob").await.unwrap().is_some());
    let opened = browser.open(paths::DELETE_PAGE).await;
    assert_eq!(opened.body.matches(&format!(r#"name="{USER}""#)).count(), 1);
    let forms: [(&str, [(&str, &str); 2]); 2] = [
        (paths::PROFILE_PAGE, [(USER, &bob), ("username", "bob2")]),
        (paths::DELETE_PAGE, [(USER, &bob), ("sure", "yes")]),
    ];
    for (page, fields) in forms {
        submitted(&browser, page, &fields).await.assert_status(303);
    }
    assert!(app.auth.store.find_user_by_name("bob2").await.unwrap().is_none());
}

#[tokio::test]
async fn a_form_that_signs_in_or_out_is_for_everybody() {
    let (app, browser, [ada, _]) = ada_and_bob().await;
    let login = [("username", "ada"), ("password", PASSWORD), (USER, "99")];
    submitted(&app.browser(), paths::LOGIN_PAGE, &login).await.assert_status(303);
    submitted(&browser, paths::LOGOUT_PAGE, &[(USER, &ada)]).await.assert_status(303);
    browser.get(paths::DATA).await.assert_status(401);
}
