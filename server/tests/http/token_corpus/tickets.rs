//! The tickets of mails: no token is one, and none is good for anything but what it was made for.

use serde_json::json;

use super::{Scene, Signer, forge::Kind};
use crate::support::{Log, Reply, TestApp};

const RESET: &str = "/api/auth/password/reset/";
const CONFIRM: &str = "/api/auth/password/reset/confirm/";
const VERIFY: &str = "/api/auth/registration/verify-email/";

/// The link of the only mail that has come, taken apart.
async fn ticket(app: &TestApp) -> (String, String) {
    let email = json!({"email": "ada@example.com"});
    app.browser().post(RESET, &email).await.assert_status(200);
    app.auth.send_mails().await.unwrap();
    let [letter] = &app.letterbox.empty()[..] else { panic!("not one mail") };
    let link = letter.text.lines().find(|line| line.starts_with("https://")).unwrap();
    let query = link.split_once("?uid=").unwrap().1;
    let (uid, token) = query.split_once("&token=").unwrap();
    (uid.to_owned(), token.to_owned())
}

/// Texts that are not the ticket.
fn others(scene: &Scene, token: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for kind in [Kind::Access, Kind::Refresh] {
        let forge = scene.forge(kind);
        texts.extend([forge.minted(), forge.unsigned(), forge.with_header(&[("alg", None)])]);
        texts.push(forge.minted().rsplit('.').next().unwrap().to_owned());
    }
    let (moment, mac) = token.split_once('-').unwrap();
    for place in 0..mac.len() {
        let mut bent = mac.as_bytes().to_vec();
        bent[place] = if bent[place] == b'0' { b'1' } else { b'0' };
        texts.push(format!("{moment}-{}", String::from_utf8(bent).unwrap()));
    }
    texts.extend([
        format!("{moment}-"),
        format!("{moment}-{}", &mac[..30]),
        format!("{moment}-{mac}00"),
        format!("{moment}-{}", "0".repeat(32)),
        format!("{moment}0-{mac}"),
        format!("-{mac}"),
        format!("{mac}-{moment}"),
        format!("zzzzzzzzzzzzz-{mac}"),
        format!("{moment}-{mac}-{mac}"),
        format!("{moment}\u{0}-{mac}"),
        "none".to_owned(),
        "a".repeat(100_000),
    ]);
    texts
}

async fn confirm(app: &TestApp, uid: &str, token: &str) -> Reply {
    let choice = json!({
        "uid": uid, "token": token,
        "new_password1": "autumn-Lamp-77", "new_password2": "autumn-Lamp-77",
    });
    app.browser().post(CONFIRM, &choice).await
}

#[tokio::test]
async fn nothing_but_the_ticket_sets_a_password() {
    let scene = Scene::new(Signer::HS256).await;
    let (uid, token) = ticket(&scene.app).await;
    let before = scene.app.database.dump().await;
    let texts = others(&scene, &token);
    for text in &texts {
        let log = Log::of_this_thread();
        let reply = confirm(&scene.app, &uid, text).await;
        assert_eq!(reply.status.as_u16(), 400, "{text:.80}: {}", reply.body);
        assert!(reply.cookies().is_empty(), "{text:.80}");
        assert!(text.len() < 40 || !log.take().contains(&text[..40]), "{text:.80} is in the log");
    }
    for other in ["2", "", "zzzzzzzzzzzzzz", "-1", "0", "\u{ff11}"] {
        confirm(&scene.app, other, &token).await.assert_status(400);
    }
    assert!(before == scene.app.database.dump().await, "a refused ticket has written something");
    scene.browser.get("/api/auth/user/").await.assert_status(200);
    println!("tickets: {} texts", texts.len());
    confirm(&scene.app, &uid, &token).await.assert_status(200);
    confirm(&scene.app, &uid, &token).await.assert_status(400);
}

#[tokio::test]
async fn nothing_but_its_key_verifies_an_address() {
    let scene = Scene::new(Signer::HS256).await;
    let (uid, token) = ticket(&scene.app).await;
    let before = scene.app.database.dump().await;
    let mut texts = others(&scene, &token);
    let parts: Vec<_> = token.split('-').map(str::to_owned).collect();
    // The reset's ticket, in the spelling of the other one.
    texts.push(format!("{uid}:{}:{}", parts[0], parts[1]));
    for text in texts {
        let reply = scene.app.browser().post(VERIFY, &json!({"key": text})).await;
        // No database could hold it.
        let expected = if text.contains('\0') { 400 } else { 404 };
        assert_eq!(reply.status.as_u16(), expected, "{text:.80}: {}", reply.body);
    }
    assert!(before == scene.app.database.dump().await, "a refused key has written something");
}

/// And the other way round: a ticket is no token.
#[tokio::test]
async fn no_ticket_signs_anybody_in() {
    let scene = Scene::new(Signer::HS256).await;
    let (uid, token) = ticket(&scene.app).await;
    for text in
        [token.clone(), format!("{uid}.{token}"), format!("{uid}.{}", token.replace('-', "."))]
    {
        let stranger = scene.app.browser();
        stranger.set_cookie("access", &text);
        stranger.set_cookie("refresh", &text);
        stranger.get("/api/auth/user/").await.assert_status(401);
        stranger.refresh().await.assert_status(401);
    }
}
