//! Guessing passwords gets slow for strangers, and for nobody else.

use std::time::Duration;

use axum::http::Method;
use futures::future::join_all;
use serde_json::json;

use crate::support::{
    Browser, TestApp,
    app::{PASSWORD, mins, secs},
};

const HOME: &str = "203.0.113.9";
const AWAY: &str = "198.51.100.1";

/// Tries a wrong password. Tells how many seconds to wait, if it was not even looked at.
async fn guess(browser: &Browser, username: &str) -> Option<u64> {
    let answer = browser.login_with(username, "wrong").await;
    if answer.status.as_u16() == 400 {
        return None;
    }
    answer.assert_status(429);
    let wait = answer.header("retry-after").unwrap().parse().unwrap();
    let unit = if wait == 1 { "second" } else { "seconds" };
    let told = format!("Request was throttled. Expected available in {wait} {unit}.");
    assert_eq!(answer.json(), json!({ "detail": told }));
    Some(wait)
}

/// Guesses as often as it takes until the next guess would have to wait for so long.
async fn guess_until(app: &TestApp, browser: &Browser, username: &str, longest: u64) {
    loop {
        match guess(browser, username).await {
            Some(wait) if wait >= longest => return,
            Some(wait) => app.advance(secs(wait)),
            None => {}
        }
    }
}

#[tokio::test]
async fn each_wrong_guess_doubles_the_wait_whether_there_is_an_account_or_not() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for username in ["ada", "nobody", "nobody@example.com"] {
        let stranger = app.browser().from(AWAY);
        let mut waits = Vec::new();
        while waits.last() != Some(&900) {
            if let Some(wait) = guess(&stranger, username).await {
                waits.push(wait);
                app.advance(secs(wait));
            }
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900], "{username}");
    }
}

#[tokio::test]
async fn who_waits_is_not_hashed_for_and_gets_in_afterwards() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let browser = app.browser().from(HOME);
    for _ in 0..5 {
        assert_eq!(guess(&browser, "ada").await, None);
    }
    let hashed = app.hasher.count();
    browser.login("ada").await.assert_status(429);
    assert_eq!(app.hasher.count(), hashed, "even the right password is not looked at");
    app.advance(secs(1));
    browser.login("ada").await.assert_status(200);
    let elsewhere = app.browser().from(HOME);
    assert_eq!(guess(&elsewhere, "ada").await, None, "the owner has taken it all back");
}

#[tokio::test]
async fn a_thousand_failures_of_strangers_keep_no_known_browser_out() {
    let app = TestApp::new().await;
    let own = app.signed_in("ada").await.from(HOME);
    own.logout().await;
    for n in 0..1_000_u32 {
        let stranger = app.browser().from(&format!("10.{}.{}.7", n / 250, n % 250));
        if let Some(wait) = guess(&stranger, "ada").await {
            app.advance(secs(wait));
        }
    }
    own.login("ada").await.assert_status(200);
    own.logout().await;
    // A new one, from a place that has tried nothing, waits for a minute at most.
    let new = app.browser().from(HOME);
    let wait: u64 =
        new.login("ada").await.assert_status(429).header("retry-after").unwrap().parse().unwrap();
    assert!(wait <= 60, "{wait}");
    app.advance(secs(wait));
    new.login("ada").await.assert_status(200);
}

#[tokio::test]
async fn a_known_browser_is_counted_by_itself() {
    let app = TestApp::new().await;
    let own = app.signed_in("ada").await.from(HOME);
    let stolen = own.copy();
    for _ in 0..5 {
        assert_eq!(guess(&stolen, "ada").await, None);
    }
    assert_eq!(guess(&stolen, "ada").await, Some(1));
    assert_eq!(guess(&app.browser().from(HOME), "ada").await, None, "that is another browser");
    // Its mark is worth nothing for any other account.
    app.user("bob").await;
    guess_until(&app, &app.browser().from(HOME), "bob", 4).await;
    assert_eq!(guess(&own, "bob").await, Some(4));
}

#[tokio::test]
async fn many_at_once_are_no_more_than_one_after_the_other() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let before = app.hasher.count();
    app.hasher.close_gate();
    let stranger = app.browser().from(AWAY);
    let all = join_all((0..20).map(|_| guess(&stranger, "ada")));
    let opened = async {
        app.hasher.somebody_waits().await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        app.hasher.open_gate();
    };
    let (waits, ()) = tokio::join!(all, opened);
    assert_eq!(waits.iter().filter(|wait| wait.is_none()).count(), 5);
    assert_eq!(app.hasher.count() - before, 5);
}

#[tokio::test]
async fn whoever_hangs_up_has_guessed_all_the_same() {
    let app = TestApp::new().await;
    app.user("ada").await;
    app.hasher.close_gate();
    // It is counted by others, soon after.
    for _ in 0..20 {
        if app.database.count("tallies WHERE count = 5").await == 3 {
            break;
        }
        let stranger = app.browser().from(AWAY);
        let hung_up = guess(&stranger, "ada");
        _ = tokio::time::timeout(Duration::from_millis(200), hung_up).await;
    }
    app.hasher.open_gate();
    let stranger = app.browser().from(AWAY);
    assert_eq!(guess(&stranger, "ada").await, Some(1));
    app.advance(secs(1));
    stranger.login("ada").await.assert_status(200);
}

#[tokio::test]
async fn a_storm_from_one_place_keeps_nobody_out_elsewhere() {
    let app = TestApp::new().await;
    app.user("ada").await;
    app.hasher.close_gate();
    let storm = join_all((0..200).map(|_| async {
        let stranger = app.browser().from(AWAY);
        tokio::time::timeout(Duration::from_millis(400), guess(&stranger, "ada")).await
    }));
    let owner = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let login = tokio::spawn({
            let browser = app.browser().from(HOME);
            async move { browser.login("ada").await }
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        app.hasher.open_gate();
        login.await.unwrap()
    };
    let (_, login) = tokio::join!(storm, owner);
    login.assert_status(200);
}

#[tokio::test]
async fn a_network_that_is_known_for_guessing_tries_one_at_a_time() {
    let app = TestApp::new().await;
    for n in 0..50 {
        guess(&app.browser().from(AWAY), &format!("user{n}")).await;
    }
    app.advance(secs(1));
    app.hasher.close_gate();
    let many = join_all((50..70).map(|n| {
        let stranger = app.browser().from(AWAY);
        async move { guess(&stranger, &format!("user{n}")).await }
    }));
    let opened = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        app.hasher.open_gate();
    };
    let (waits, ()) = tokio::join!(many, opened);
    assert_eq!(waits.iter().filter(|wait| wait.is_none()).count(), 1);
}

#[tokio::test]
async fn one_network_that_tries_many_accounts_waits_and_others_do_not() {
    let app = TestApp::new().await;
    for n in 0..50 {
        let stranger = app.browser().from(&format!("2001:db8:1:2::{n:x}"));
        assert_eq!(guess(&stranger, &format!("user{n}")).await, None);
    }
    assert_eq!(guess(&app.browser().from("2001:db8:1:2:ffff::"), "user50").await, Some(1));
    assert_eq!(guess(&app.browser().from("2001:db8:1:3::"), "user50").await, None);
    app.advance(secs(10));
    assert_eq!(guess(&app.browser().from("2001:db8:1:2::"), "user51").await, None);
}

#[tokio::test]
async fn an_account_of_ones_own_takes_back_nothing_of_a_network() {
    let app = TestApp::new().await;
    app.user("mallory").await;
    for n in 0..50 {
        assert_eq!(guess(&app.browser().from(AWAY), &format!("user{n}")).await, None);
    }
    app.advance(secs(1));
    app.browser().from(AWAY).login("mallory").await.assert_status(200);
    assert_eq!(guess(&app.browser().from(AWAY), "user50").await, None);
    assert_eq!(guess(&app.browser().from(AWAY), "user51").await, Some(2));
}

#[tokio::test]
async fn nobody_escapes_by_what_they_say_of_themselves() {
    let app = TestApp::with(&["--trusted-proxies", "10.0.0.0/8"]).await;
    let proxied = async |forwarded: &str| {
        let body = json!({"username": "ada", "password": "wrong"}).to_string();
        let headers = [("content-type", "application/json"), ("x-forwarded-for", forwarded)];
        let proxy = app.browser().from("10.0.0.1");
        proxy.send(Method::POST, "/api/auth/login/", &headers, body).await.status.as_u16()
    };
    for n in 0..5 {
        assert_eq!(proxied(&format!("192.0.2.{n}, {AWAY}")).await, 400);
    }
    assert_eq!(proxied(&format!("192.0.2.9, {AWAY}")).await, 429);
    assert_eq!(proxied(&format!("{AWAY}, 10.0.0.2")).await, 429);
    assert_eq!(proxied(&format!("{AWAY}, {HOME}")).await, 400, "that came from elsewhere");
}

#[tokio::test]
async fn behind_an_unnamed_proxy_one_stranger_does_not_stand_for_all() {
    let app = TestApp::new().await;
    let stranger = async |n: u32| unnamed(&app, &format!("192.0.2.1, {AWAY}"), n).await;
    for n in 0..50 {
        assert_eq!(stranger(n).await, 400);
    }
    assert_eq!(stranger(50).await, 429, "as if it were named");
    assert_eq!(unnamed(&app, HOME, 51).await, 400, "others do not wait for that");
}

#[tokio::test]
async fn what_an_unnamed_proxy_says_counts_within_what_it_may_itself() {
    let app = TestApp::new().await;
    for n in 0..500 {
        let made_up = format!("198.51.{}.{}", n / 250, n % 250);
        assert_eq!(unnamed(&app, &made_up, n).await, 400);
    }
    assert_eq!(unnamed(&app, HOME, 500).await, 429);
    assert_eq!(unnamed(&app, "unknown", 501).await, 429);
    app.advance(secs(2));
    assert_eq!(unnamed(&app, HOME, 502).await, 400, "it has room for more soon");
}

/// The status of a guess at the account `user<n>` that comes through a proxy which nobody has named.
async fn unnamed(app: &TestApp, forwarded_for: &str, n: u32) -> u16 {
    let body = json!({ "username": format!("user{n}"), "password": "wrong" }).to_string();
    let headers = [("content-type", "application/json"), ("x-forwarded-for", forwarded_for)];
    let proxy = app.browser().from("127.0.0.1");
    proxy.send(Method::POST, "/api/auth/login/", &headers, body).await.status.as_u16()
}

#[tokio::test]
async fn who_registers_again_and_again_waits_and_others_do_not() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let register = async |from: &str, username: &str| {
        let body = json!({"username": username, "password1": PASSWORD, "password2": PASSWORD});
        app.browser().from(from).post("/api/auth/registration/", &body).await
    };
    // Whether a name is free is told to whoever registers, and so not for ever.
    for _ in 0..49 {
        register(AWAY, "ada").await.assert_status(400);
    }
    register(AWAY, "bob").await.assert_status(201);
    let refused = register(AWAY, "carol").await;
    assert_eq!(refused.assert_status(429).header("retry-after").unwrap(), "1");
    register(HOME, "carol").await.assert_status(201);
    assert_eq!(guess(&app.browser().from(AWAY), "ada").await, None, "that is counted by itself");
    app.advance(secs(10));
    register(AWAY, "dora").await.assert_status(201);
}

#[tokio::test]
async fn whoever_registers_many_at_once_gets_no_more_than_one_after_the_other() {
    let app = TestApp::new().await;
    let register = async |n: u32| {
        let body = json!({"username": format!("user{n}"), "password1": "x", "password2": "x"});
        app.browser().from(AWAY).post("/api/auth/registration/", &body).await.status.as_u16()
    };
    let answers = join_all((0..120).map(register)).await;
    assert_eq!(answers.iter().filter(|status| **status == 400).count(), 50, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 70);
}

#[tokio::test]
async fn a_stolen_session_guesses_no_faster() {
    let app = TestApp::new().await;
    let stolen = app.signed_in("ada").await;
    let own = app.browser();
    own.login("ada").await.assert_status(200);
    let wrong = json!({"password": "wrong", "old_password": "wrong", "email": "a@example.com",
        "new_password1": "another-horse-9", "new_password2": "another-horse-9"});
    for path in [
        "/api/auth/reauthenticate/",
        "/api/auth/email/",
        "/api/auth/account/delete/",
        "/api/auth/password/change/",
        "/api/auth/sessions/revoke-others/",
    ] {
        stolen.post(path, &wrong).await.assert_status(400);
    }
    for path in ["/api/auth/reauthenticate/", "/api/auth/password/change/"] {
        let refused = stolen.post(path, &wrong).await;
        assert_eq!(refused.assert_status(429).header("retry-after").unwrap(), "1");
    }
    let right = json!({"password": PASSWORD});
    own.post("/api/auth/reauthenticate/", &right).await.assert_status(200);
    app.browser().login("ada").await.assert_status(200);
}

#[tokio::test]
async fn a_form_is_told_so_on_its_page() {
    let app = TestApp::new().await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let send = async || {
        let browser = app.browser().from(AWAY);
        browser.send(Method::POST, "/login", &form, "username=ada&password=wrong").await
    };
    for _ in 0..5 {
        send().await.assert_status(400);
    }
    let refused = send().await;
    assert_eq!(refused.assert_status(429).header("retry-after").unwrap(), "1");
    assert!(refused.body.contains("<form"), "the page is there again");
}

#[tokio::test]
async fn a_database_that_is_down_lets_nobody_guess() {
    let (app, gate) = TestApp::gated(&[]).await;
    app.user("ada").await;
    let browser = app.browser().from(AWAY);
    assert_eq!(guess(&browser, "ada").await, None);
    let before = app.hasher.count();
    gate.set_gone(true);
    browser.login_with("ada", "wrong").await.assert_status(503);
    assert_eq!(app.hasher.count(), before);
}

#[tokio::test]
async fn what_is_forgiven_is_removed() {
    let app = TestApp::new().await;
    guess(&app.browser().from(AWAY), "ada").await;
    assert!(!app.auth.clean_up_tallies().await.unwrap());
    assert_eq!(app.database.count("tallies").await, 3);
    app.advance(mins(2));
    app.auth.clean_up_tallies().await.unwrap();
    assert_eq!(app.database.count("tallies").await, 1, "the narrow one goes on for a while");
    app.advance(mins(14));
    app.auth.clean_up_tallies().await.unwrap();
    assert_eq!(app.database.count("tallies").await, 0);
}

#[tokio::test]
async fn who_wants_no_limits_has_none() {
    let app = TestApp::with(&["--login-limits", "false"]).await;
    for _ in 0..60 {
        assert_eq!(guess(&app.browser().from(AWAY), "ada").await, None);
    }
    assert_eq!(app.database.count("tallies").await, 0);
}
