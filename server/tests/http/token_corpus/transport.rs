//! Ways in which a good token is not taken, and which of two counts.

use axum::http::Method;
use serde_json::json;

use super::{Scene, Signer, forge::Kind};

const USER: &str = "/api/auth/user/";

#[tokio::test]
async fn a_token_counts_in_its_cookie_and_its_header_alone() {
    let scene = Scene::new(Signer::HS256).await;
    let access = scene.forge(Kind::Access).minted();
    let nobody = scene.app.browser();
    for query in ["access", "access_token", "token", "jwt", "Authorization"] {
        nobody.get(&format!("{USER}?{query}={access}")).await.assert_status(401);
    }
    let json = [("content-type", "application/json")];
    let body = json!({"access": access, "token": access}).to_string();
    nobody.send(Method::GET, USER, &json, body).await.assert_status(401);
    let basic = format!("Basic {access}");
    for header in [
        ("x-access-token", access.as_str()),
        ("x-authorization", &format!("Bearer {access}")),
        ("proxy-authorization", &format!("Bearer {access}")),
        ("authorization", &access),
        ("authorization", &basic),
    ] {
        nobody.send(Method::GET, USER, &[header], "").await.assert_status(401);
    }
    // Another name, or the right one in another case: cookies' names have one.
    for name in ["Access", "ACCESS", "refresh", "access2", "__Host-access"] {
        let stranger = scene.app.browser();
        stranger.set_cookie(name, &access);
        stranger.get(USER).await.assert_status(401);
    }
}

#[tokio::test]
async fn of_two_headers_neither_is_believed_over_the_other() {
    let scene = Scene::new(Signer::HS256).await;
    let good = format!("Bearer {}", scene.forge(Kind::Access).minted());
    let nobody = scene.app.browser();
    let both = [("authorization", "Bearer garbage"), ("authorization", good.as_str())];
    nobody.send(Method::GET, USER, &both, "").await.assert_status(401);
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused_as_any_other_token() {
    let scene = Scene::new(Signer::HS256).await;
    for value in ["Bearer \u{e9}\u{e9}", "Bearer \u{a0}", "Bearer \u{202e}"] {
        let headers = [("authorization", value)];
        scene.app.browser().send(Method::GET, USER, &headers, "").await.assert_status(401);
    }
    for cookie in ["access=\u{e9}", "access=", "access", "=", ";", "access=;access="] {
        let headers = [("cookie", cookie)];
        scene.app.browser().send(Method::GET, USER, &headers, "").await.assert_status(401);
    }
}
