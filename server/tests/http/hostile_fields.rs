//! Fields that nobody asked for, and fields that come twice.

use app::wire::paths;
use axum::http::{Method, header};
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    app::PASSWORD,
    errands::{Scene, Writing},
    routes::{self, Operation},
};

/// What an account or a session has and no request sets.
fn privileges() -> Vec<(&'static str, Value)> {
    let yes = [
        "is_staff",
        "is_superuser",
        "is_active",
        "superuser",
        "staff",
        "admin",
        "verified",
        "email_verified",
        "is_verified",
    ];
    let moments = [
        "superuser_since",
        "email_verified_at",
        "created_at",
        "date_joined",
        "last_login",
        "last_login_at",
        "disabled_at",
        "authenticated_at",
        "absolute_expires_at",
        "exp",
        "iat",
    ];
    let numbers = ["id", "pk", "user", "user_id", "gen", "generation"];
    let texts = ["password_hash", "role", "groups", "sid", "session", "username_key", "email_key"];
    let all = yes.into_iter().map(|name| (name, json!(true)));
    let all = all.chain(moments.into_iter().map(|name| (name, json!(1))));
    let all = all.chain(numbers.into_iter().map(|name| (name, json!(7))));
    all.chain(texts.into_iter().map(|name| (name, json!("admin")))).collect()
}

/// Others are asked for elsewhere.
fn others(operation: &Operation) -> Vec<(&'static str, Value)> {
    let mallory = json!("mallory@evil.example");
    match operation.path {
        paths::USER | paths::PROFILE_PAGE => {
            vec![("email", mallory), ("password", json!("evil-Lamp-66"))]
        }
        paths::REGISTRATION | paths::REGISTER_PAGE => {
            vec![("password", json!("evil-Lamp-66")), ("first_name", json!("Mallory"))]
        }
        _ => vec![],
    }
}

/// What the database holds once this was done, in an app that is the same each time.
async fn outcome(operation: &Operation, writing: Writing, with_more: bool) -> Vec<String> {
    let scene = Scene::new(&[]).await;
    let mut errand = scene.errand(operation);
    if with_more {
        errand.fields.extend(privileges());
        errand.fields.extend(others(operation));
    }
    let reply = errand.send_as(&scene.browser, writing, &[]).await;
    assert!(errand.has_worked(&reply), "{operation:?} {writing:?}: {}", reply.body);
    scene.app.auth.write_failures().await.unwrap();
    let dump = scene.app.database.dump().await;
    dump.into_iter().chain([reply.body]).collect()
}

#[tokio::test]
async fn what_was_not_asked_for_changes_nothing() {
    for operation in routes::mutating() {
        let writings: &[Writing] = if operation.access.is_some() {
            &[Writing::Json, Writing::Urlencoded, Writing::Multipart]
        } else {
            &[Writing::Urlencoded]
        };
        let usual = outcome(&operation, writings[0], false).await;
        for writing in writings {
            let outcome = outcome(&operation, *writing, true).await;
            assert_eq!(outcome, usual, "{operation:?} {writing:?}");
        }
    }
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// The last one counts, as with Django, however it is written and whoever reads it.
#[tokio::test]
async fn of_a_field_that_comes_twice_one_counts() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let part = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    for (first, second, status) in [("wrong", PASSWORD, 200), (PASSWORD, "wrong", 400)] {
        let json = format!(r#"{{"password":"{first}","username":"ada","password":"{second}"}}"#);
        let form = format!("password={first}&username=ada&password={second}");
        let (one, two) = (part("password", first), part("password", second));
        let parts = format!("{one}{}{two}--x--\r\n", part("username", "ada"));
        let writings =
            [(JSON, json), (FORM, form.clone()), ("multipart/form-data; boundary=x", parts)];
        for (kind, body) in writings {
            let kind = [("content-type", kind)];
            let reply = app.browser().send(Method::POST, paths::LOGIN, &kind, body).await;
            reply.assert_status(status);
        }
        let kind = [("content-type", FORM)];
        let reply = app.browser().send(Method::POST, paths::LOGIN_PAGE, &kind, form).await;
        reply.assert_status(if status == 200 { 303 } else { 400 });
    }
    // Neither does one escaped differently hide the other.
    let escaped =
        format!(r#"{{"password":"{PASSWORD}","username":"ada","pass\u0077ord":"wrong"}}"#);
    let kind = [("content-type", JSON)];
    app.browser().send(Method::POST, paths::LOGIN, &kind, escaped).await.assert_status(400);
}

#[tokio::test]
async fn several_values_in_one_field_are_none() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let wrong = json!({"password": ["Not a valid string."]});
    for password in [json!(["x", PASSWORD]), json!({"0": PASSWORD}), json!([PASSWORD])] {
        let body = json!({"username": "ada", "password": password});
        let reply = app.browser().post(paths::LOGIN, &body).await;
        assert_eq!(reply.assert_status(400).json(), wrong);
    }
    for name in ["password[]", "password[0]", "Password", "password ", "password\u{0}"] {
        let body = json!({"username": "ada", name: PASSWORD});
        app.browser().post(paths::LOGIN, &body).await.assert_status(400);
    }
}

/// What another program on the way took for the whole is the same for us.
#[tokio::test]
async fn a_header_that_comes_twice_says_what_its_first_one_says() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let bearer = |token: &str| format!("Bearer {token}");
    let (good, bad) = (bearer(&browser.cookie("access").unwrap()), bearer("nonsense"));
    for (first, second, status) in [(&good, &bad, 200), (&bad, &good, 401)] {
        let name = header::AUTHORIZATION.as_str();
        let twice = [(name, first.as_str()), (name, second.as_str())];
        let reply = app.browser().send(Method::GET, paths::DATA, &twice, "").await;
        reply.assert_status(status);
    }
    let kinds = [("content-type", "text/plain"), ("content-type", JSON)];
    let reply = app.browser().send(Method::POST, paths::LOGIN, &kinds, "{}").await;
    reply.assert_status(415);
}
