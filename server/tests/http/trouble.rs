//! A SQLite file that is gone, and sign-outs that cannot be written: 503, cookies untouched, and
//! recovery without help. The same for everything that is served is in `faults`.

use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};

use crate::support::{Engine, Reply, TestApp};

fn assert_try_again(reply: &Reply) {
    let body = reply.assert_status(503).json();
    assert_eq!(body["detail"], "Temporarily unavailable. Please try again.");
    assert_eq!(body["request_id"].as_str(), reply.header("x-request-id").as_deref());
    assert!(reply.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    assert!(reply.cookies().is_empty(), "cookies untouched");
    assert!(!reply.body.contains("sqlite") && !reply.body.contains("locked"));
}

#[tokio::test]
async fn gone_and_back_again() {
    let app = TestApp::on(Engine::Sqlite, &[]).await;
    let browser = app.signed_in("ada").await;
    let aside = app.database.file().with_extension("aside");
    std::fs::rename(app.database.file(), &aside).unwrap();

    assert_try_again(&browser.refresh().await);
    assert_try_again(&browser.login("ada").await);
    assert_try_again(&browser.get("/api/auth/user/").await);
    // Who needs no query is served, and a page says that it cannot know.
    browser.get("/api/data/").await.assert_status(200);
    let page = browser.open("/account").await;
    assert!(page.assert_status(200).cookies().is_empty());
    assert!(!app.database.file().exists(), "no empty database is made in its place");

    std::fs::rename(&aside, app.database.file()).unwrap();
    browser.refresh().await.assert_status(200);
    browser.login("ada").await.assert_status(200);
}

#[tokio::test]
async fn a_sign_out_holds_even_then_and_reaches_the_database_later() {
    let app = TestApp::on(Engine::Sqlite, &[]).await;
    let browser = app.signed_in("ada").await;
    let copy = browser.copy();
    let aside = app.database.file().with_extension("aside");
    std::fs::rename(app.database.file(), &aside).unwrap();
    let reply = browser.logout().await;
    assert_eq!(reply.assert_status(200).cookie_names(), ["access", "refresh"]);
    copy.get("/api/data/").await.assert_status(401);
    assert!(app.auth.finish_logouts().await.is_err());

    std::fs::rename(&aside, app.database.file()).unwrap();
    app.auth.finish_logouts().await.unwrap();
    copy.refresh().await.assert_status(401);
}

#[tokio::test]
async fn who_signed_out_stays_out_before_the_database_hears_of_it() {
    let app = TestApp::on(Engine::Sqlite, &[]).await;
    let browser = app.signed_in("ada").await;
    let copy = browser.copy();
    let options = SqliteConnectOptions::new().filename(app.database.file());
    let mut other = options.connect().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    browser.logout().await.assert_status(200);
    copy.refresh().await.assert_status(401);
    copy.open("/account").await.assert_status(303);
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    app.auth.finish_logouts().await.unwrap();
    copy.refresh().await.assert_status(401);
}

#[tokio::test]
async fn who_hangs_up_while_a_sign_out_waits_for_the_database_is_out_all_the_same() {
    let app = TestApp::on(Engine::Sqlite, &[]).await;
    let browser = app.signed_in("ada").await;
    let copy = browser.copy();
    let session = app.session_of(&browser);
    let options = SqliteConnectOptions::new().filename(app.database.file());
    let mut other = options.connect().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let leaving = tokio::spawn(async move { browser.logout().await });
    while copy.get("/api/data/").await.status == 200 {
        tokio::task::yield_now().await;
    }
    leaving.abort();
    assert!(leaving.await.is_err(), "it has not been answered");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    app.auth.finish_logouts().await.unwrap();
    let row = app.auth.store.lookup_family(session).await.unwrap().unwrap();
    assert!(row.family.revoked.is_some(), "another node would not know");
}

#[tokio::test]
async fn another_database_in_its_place_is_trouble_and_no_fault() {
    let app = TestApp::on(Engine::Sqlite, &[]).await;
    let browser = app.signed_in("ada").await;
    let aside = app.database.file().with_extension("aside");
    std::fs::rename(app.database.file(), &aside).unwrap();
    std::fs::write(app.database.file(), "").unwrap();
    assert_try_again(&browser.refresh().await);
    assert_try_again(&browser.login("ada").await);
}
