//! Line ends, escape sequences and markup in what people type and browsers say: they split neither a
//! header nor a mail nor a line of the log, and are shown as what they are.

use app::wire::paths;
use axum::http::{HeaderValue, Method};
use serde_json::json;

use crate::support::{
    TestApp,
    app::PASSWORD,
    errands::{NEW_PASSWORD, Scene},
};

/// What would end a line or begin another one, or move a terminal's cursor.
const ODD: [&str; 9] = [
    "\r\nSet-Cookie: a=b",
    "\nBcc: mallory@evil.example",
    "\r\n\r\nHello",
    "\u{1b}[2J\u{1b}[31mroot",
    "\u{9b}31m",
    "\u{85}X: y",
    "\u{7}",
    "\u{8}\u{8}\u{8}",
    "\u{0}",
];

fn plain(text: &str) -> bool {
    !text.contains(char::is_control)
}

#[tokio::test]
async fn names_and_addresses_have_no_line_ends() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let before = app.database.dump().await;
    for odd in ODD {
        let name = format!("eve{odd}x");
        let emails = [format!("{name}@example.com"), format!("eve@example.com{odd}x")];
        let names = [("eve", Some(&emails[0])), ("eve", Some(&emails[1])), (name.as_str(), None)];
        for (username, email) in names {
            let body = json!({
                "username": username, "email": email.map_or("eve@example.com", String::as_str),
                "password1": NEW_PASSWORD, "password2": NEW_PASSWORD,
            });
            let reply = app.browser().post(paths::REGISTRATION, &body).await;
            assert_eq!(reply.status, 400, "{body}: {}", reply.body);
        }
        for field in ["username", "first_name", "last_name"] {
            let body = json!({field: name}).to_string();
            let json = [("content-type", "application/json")];
            let reply = browser.send(Method::PATCH, paths::USER, &json, body).await;
            assert_eq!(reply.status, 400, "{field} {name:?}: {}", reply.body);
        }
        for email in emails {
            let wanted = json!({"email": email, "password": PASSWORD});
            browser.post(paths::EMAIL_CHANGE, &wanted).await.assert_status(400);
        }
    }
    assert_eq!(app.database.dump().await, before);
}

/// A mail's head is made of nothing that somebody typed but their address.
#[tokio::test]
async fn mails_go_to_one_reader() {
    let scene = Scene::new(&[]).await;
    for odd in ODD {
        let email = format!("ada@example.com{odd}");
        for path in [paths::PASSWORD_RESET, paths::RESEND_EMAIL] {
            let reply = scene.app.browser().post(path, &json!({ "email": email })).await;
            assert!([200, 400].contains(&reply.status.as_u16()), "{email:?}: {}", reply.status);
        }
        let host = [("host", "evil.example"), ("x-forwarded-host", "evil.example")];
        let headers = [&host[..], &[("content-type", "application/json")]].concat();
        let body = json!({"email": "ada@example.com"}).to_string();
        let browser = scene.app.browser();
        let asked = browser.send(Method::POST, paths::PASSWORD_RESET, &headers, body);
        asked.await.assert_status(200);
    }
    scene.app.auth.send_mails().await.unwrap();
    for letter in scene.app.letterbox.empty() {
        assert!(plain(&letter.to) && plain(&letter.subject), "{:?}", letter.subject);
        assert_eq!(letter.to.matches('@').count(), 1, "{:?}", letter.to);
        assert!(!letter.text.contains("evil") && !letter.html.contains("evil"), "{}", letter.text);
    }
}

const SCRIPT: &str = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><b>";

#[tokio::test]
async fn what_a_browser_says_of_itself_is_text() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let agents = [
        SCRIPT.as_bytes(),
        b"Mozilla/5.0 \x1b[2J Firefox/1",
        b"\xff\xfe\xfa Chrome/1",
        b"a\tb",
        "\u{9b}31m \u{202e} \u{2028}".as_bytes(),
    ];
    let browser = app.browser();
    for agent in agents {
        // Not by `send`: these are bytes, as they come over the network.
        let Ok(agent) = HeaderValue::from_bytes(agent) else { continue };
        let agent = String::from_utf8_lossy(agent.as_bytes()).into_owned();
        let said = [("user-agent", agent.as_str()), ("content-type", "application/json")];
        let body = json!({"username": "ada", "password": PASSWORD}).to_string();
        browser.copy().send(Method::POST, paths::LOGIN, &said, body.clone()).await;
        browser.send(Method::POST, paths::LOGIN, &said, body).await.assert_status(200);
    }
    for (place, value) in app.database.values().await {
        assert!(plain(&value) || place.starts_with("users.password_hash"), "{place}: {value:?}");
    }
    for path in [paths::SESSIONS_PAGE, paths::ACTIVITY_PAGE] {
        let page = browser.open(path).await;
        assert!(!page.assert_status(200).body.contains("<script>alert"), "{path}");
        assert!(!page.body.contains("<img src=x"), "{path}");
    }
    for path in [paths::SESSIONS, paths::ACTIVITY] {
        assert!(!browser.get(path).await.assert_status(200).body.contains("alert(1)"), "{path}");
    }
}

#[tokio::test]
async fn what_somebody_typed_is_text() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let names = json!({"first_name": SCRIPT, "last_name": "{{1337*1337}} ${1337*1337} </script>"});
    let json = [("content-type", "application/json")];
    let reply = browser.send(Method::PATCH, paths::USER, &json, names.to_string()).await;
    reply.assert_status(200);
    for path in paths::PAGES {
        let page = browser.open(path).await;
        assert!(
            !page.body.contains("<script>alert") && !page.body.contains("<img src=x"),
            "{path}"
        );
        assert!(!page.body.contains("1787569"), "{path}");
    }
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let typed = "username=%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27&password=x";
    let page = app.browser().send(Method::POST, paths::LOGIN_PAGE, &form, typed).await;
    assert!(!page.assert_status(400).body.contains("<script>alert"));
    let wrong = format!("text/{SCRIPT}");
    let kind = [("content-type", wrong.as_str())];
    let reply = app.browser().send(Method::POST, paths::LOGIN, &kind, "x").await;
    assert_eq!(reply.header("content-type").as_deref(), Some("application/json"));
}
