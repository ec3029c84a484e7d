//! Browsers that are new to an account: its owner hears of them.

use cookie::SameSite;

use crate::support::{Browser, TestApp};

const COOKIE: &str = "latchkey-device";

/// The subjects of the mails that have come since.
async fn mails(app: &TestApp) -> Vec<String> {
    app.auth.send_mails().await.unwrap();
    app.letterbox.empty().into_iter().map(|letter| letter.subject).collect()
}

async fn sign_in(browser: &Browser, username: &str) {
    browser.login(username).await.assert_status(200);
}

const NEWS: [&str; 1] = ["A new browser has signed in"];
const NOTHING: [&str; 0] = [];

#[tokio::test]
async fn its_owner_hears_of_a_browser_once() {
    let app = TestApp::new().await;
    let first = app.signed_in("ada").await;
    assert_eq!(mails(&app).await, NOTHING, "with the first sign-in every browser is new");
    first.logout().await;
    sign_in(&first, "ada").await;
    assert_eq!(mails(&app).await, NOTHING);
    let second = app.browser();
    sign_in(&second, "ada").await;
    assert_eq!(mails(&app).await, NEWS);
    sign_in(&second, "ada").await;
    assert_eq!(mails(&app).await, NOTHING);
    app.browser().login_with("ada", "wrong").await.assert_status(400);
    assert_eq!(mails(&app).await, NOTHING, "nobody has signed in");
}

#[tokio::test]
async fn a_browser_is_known_to_each_of_its_people() {
    let app = TestApp::new().await;
    let shared = app.signed_in("ada").await;
    app.signed_in("bob").await;
    sign_in(&shared, "bob").await;
    assert_eq!(mails(&app).await, NEWS, "new to bob");
    sign_in(&shared, "ada").await;
    sign_in(&shared, "bob").await;
    assert_eq!(mails(&app).await, NOTHING);
}

#[tokio::test]
async fn a_mark_is_signed_and_out_of_scripts_reach() {
    let app = TestApp::new().await;
    let ada = app.signed_in("ada").await;
    let reply = ada.login("ada").await;
    let cookies = reply.all_cookies();
    let mark = cookies.iter().find(|cookie| cookie.name() == COOKIE).unwrap();
    assert_eq!((mark.http_only(), mark.path()), (Some(true), Some("/")));
    let framed = TestApp::with(&["--jwt-auth-samesite", "None", "--jwt-auth-secure", "true"]).await;
    framed.user("ada").await;
    let cookies = framed.browser().login("ada").await.all_cookies();
    let mark = cookies.iter().find(|cookie| cookie.name().ends_with(COOKIE)).unwrap();
    assert_eq!((mark.same_site(), mark.secure()), (Some(SameSite::None), Some(true)));
    let stranger = app.browser();
    stranger.set_cookie(COOKIE, "1-0000000000000000-00000000000000000000000000000000");
    sign_in(&stranger, "ada").await;
    assert_eq!(mails(&app).await, NEWS);
}

#[tokio::test]
async fn behind_tls_nobody_else_can_plant_it() {
    let app = TestApp::with(&["--public-url=https://app.example.com"]).await;
    let browser = app.signed_in("ada").await;
    assert!(browser.cookie("__Host-Http-latchkey-device").is_some());
    assert_eq!(browser.cookie(COOKIE), None);
    browser.logout().await;
    sign_in(&browser, "ada").await;
    assert_eq!(mails(&app).await, NOTHING, "it is known");
}
