//! Several cookies of one name, left behind by an older domain or path.

use axum::http::Method;

use crate::support::{TestApp, app::mins};

#[tokio::test]
async fn the_newest_acceptable_one_counts_in_either_order_and_in_several_headers() {
    let app = TestApp::new().await;
    let old = app.signed_in("ada").await;
    let old = (old.cookie("access").unwrap(), old.cookie("refresh").unwrap());
    app.advance(mins(1));
    let new = app.signed_in("eve").await;
    let new = (new.cookie("access").unwrap(), new.cookie("refresh").unwrap());
    let stranger = app.browser();

    for order in [[&old.0, &new.0], [&new.0, &old.0]] {
        for headers in [
            vec![("cookie", format!("access={}; access={}", order[0], order[1]))],
            vec![
                ("cookie", format!("access={}", order[0])),
                ("cookie", format!("access={}", order[1])),
            ],
            vec![(
                "cookie",
                format!("access=garbage; access={}; access=\"{}\"", order[0], order[1]),
            )],
        ] {
            let headers: Vec<_> = headers.iter().map(|(k, v)| (*k, v.as_str())).collect();
            let reply = stranger.send(Method::GET, "/api/auth/user/", &headers, "").await;
            assert_eq!(reply.assert_status(200).json()["username"], "eve");
        }
    }
    for order in [[&old.1, &new.1], [&new.1, &old.1]] {
        let cookies = format!("refresh=junk; refresh={}; refresh={}", order[0], order[1]);
        let headers = [("cookie", cookies.as_str())];
        let tab = app.browser();
        tab.send(Method::POST, "/api/auth/token/refresh/", &headers, "").await.assert_status(200);
        assert_eq!(tab.get("/api/auth/user/").await.json()["username"], "eve");
    }
}

#[tokio::test]
async fn a_dead_session_does_not_hide_a_living_one() {
    let app = TestApp::new().await;
    let alive = app.signed_in("ada").await;
    app.advance(mins(1));
    let dead = app.signed_in("eve").await;
    let cookies = format!(
        "refresh={}; refresh={}; access={}; access={}",
        dead.cookie("refresh").unwrap(),
        alive.cookie("refresh").unwrap(),
        dead.cookie("access").unwrap(),
        alive.cookie("access").unwrap(),
    );
    dead.logout().await.assert_status(200);
    let headers = [("cookie", cookies.as_str())];
    let tab = app.browser();
    let me = tab.send(Method::GET, "/api/auth/user/", &headers, "").await;
    assert_eq!(me.assert_status(200).json()["username"], "ada");
    tab.send(Method::POST, "/api/auth/token/refresh/", &headers, "").await.assert_status(200);
    assert_eq!(tab.get("/api/auth/user/").await.json()["username"], "ada");
}

#[tokio::test]
async fn signing_in_and_out_clears_the_other_variants() {
    let app = TestApp::with(&["--jwt-auth-refresh-cookie-path", "/api/auth/"]).await;
    let browser = app.signed_in("ada").await;
    let token = browser.cookie("refresh").unwrap();
    let cookies = format!("refresh={token}; refresh=stale");
    let headers = [("cookie", cookies.as_str()), ("host", "www.app.example.com:3000")];
    let reply = app.browser().send(Method::POST, "/api/auth/logout/", &headers, "").await;
    let cleared: Vec<_> = reply
        .assert_status(200)
        .cookies()
        .into_iter()
        .filter(|cookie| cookie.name() == "refresh")
        .map(|cookie| {
            assert!(cookie.max_age().unwrap().is_zero());
            (cookie.domain().map(str::to_owned), cookie.path().unwrap().to_owned())
        })
        .collect();
    for variant in [
        (None, "/".to_owned()),
        (None, "/api/auth/".to_owned()),
        (Some("app.example.com".to_owned()), "/".to_owned()),
        (Some("example.com".to_owned()), "/api/auth/token/".to_owned()),
    ] {
        assert!(cleared.contains(&variant), "{variant:?} in {cleared:?}");
    }
    assert!(cleared.iter().all(|(domain, _)| domain.as_deref() != Some("com")));

    // A sign-in clears the others and sets its own last, so that it is not wiped again.
    let body = r#"{"username":"ada","password":"correct-horse-9"}"#;
    let headers = [headers[0], headers[1], ("content-type", "application/json")];
    let reply = app.browser().send(Method::POST, "/api/auth/login/", &headers, body).await;
    let own = |c: &cookie::Cookie<'_>| {
        c.name() == "refresh" && c.path() == Some("/api/auth/") && c.domain().is_none()
    };
    let set = reply.assert_status(200).cookies();
    let cleared = set.iter().filter(|c| c.name() == "refresh" && c.value().is_empty());
    assert!(cleared.clone().any(|c| c.path() == Some("/") && c.domain().is_none()));
    assert!(!cleared.clone().any(own));
    assert_eq!(set.iter().filter(|c| own(c)).count(), 1);
    assert!(own(set.last().unwrap()) && !set.last().unwrap().value().is_empty());
}

#[tokio::test]
async fn somebody_elses_cookies_do_not_matter() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let (access, refresh) = (browser.cookie("access").unwrap(), browser.cookie("refresh").unwrap());
    let junk = "access=junk; ".repeat(9);
    for others in ["pref=Zoë; ", "a=\u{1f511}; b; =c; ;; ", "x=\"; ", &junk] {
        let cookies = format!("{others}access={access}; refresh={refresh}");
        let headers = [("cookie", cookies.as_str())];
        let stranger = app.browser();
        stranger.send(Method::GET, "/api/data/", &headers, "").await.assert_status(200);
        let path = "/api/auth/token/refresh/";
        stranger.send(Method::POST, path, &headers, "").await.assert_status(200);
    }
}
