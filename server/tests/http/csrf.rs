//! Requests forged from elsewhere: every operation that may change something, times everything that
//! a request can say about where it comes from.

mod rows;

use app::wire::paths;
use axum::http::Method;
use serde_json::json;

use self::rows::{Place, SPA, Verdict, rows};
use crate::support::{
    Browser, Reply, TestApp,
    app::mins,
    errands::{Errand, Scene, Writing},
    routes::{self, Operation},
};

const BY_HOST: Place = Place { public_url: None, host: "localhost:3000", requires_origin: false };
const BY_URL: Place = Place {
    public_url: Some("https://app.example.com"),
    host: "latchkey.internal:3000",
    requires_origin: false,
};

/// Ada, in a browser that says where it is.
async fn scene(place: Place) -> Scene {
    let flags = place.flags();
    let flags: Vec<_> = flags.iter().map(String::as_str).collect();
    let app = TestApp::with(&flags).await;
    Scene::in_app(app, &[("host", place.host), ("sec-fetch-site", "same-origin")]).await
}

/// The same browser, on a page that says nothing by itself.
fn on_some_page(scene: &Scene, place: Place) -> Browser {
    scene.browser.clone().with_headers(&[("host", place.host)])
}

fn is_refused(reply: &Reply) -> bool {
    reply.status == 403 && reply.body.contains("CSRF Failed")
}

/// Sends an errand in every row's name, however it is written.
async fn judge(place: Place, operation: &Operation) {
    let scene = scene(place).await;
    let errand = scene.errand(operation);
    let page = on_some_page(&scene, place);
    let (good, forged): (Vec<_>, Vec<_>) =
        rows(place).into_iter().partition(|row| !matches!(row.verdict, Verdict::Refused(_)));
    let before = scene.app.database.dump().await;
    let hashes = scene.app.hasher.count();
    for row in forged {
        let Verdict::Refused(because) = row.verdict else { unreachable!() };
        for writing in Writing::ALL {
            let reply = errand.send_as(&page, writing, &row.headers()).await;
            let case = format!("{operation:?} {writing:?} {:?}", row.headers);
            assert_eq!(reply.status, 403, "{case}: {}", reply.body);
            let detail = format!("CSRF Failed: {because} does not match any trusted origin.");
            assert_eq!(reply.json(), json!({ "detail": detail }), "{case}");
            assert!(reply.all_cookies().is_empty(), "{case}");
            let allowed = reply.header("access-control-allow-origin");
            // Only who may read is told why: a listed origin that says it is of our own site.
            let listed = row.headers().contains(&("origin", SPA));
            assert_eq!(allowed.is_some(), listed, "{case}");
        }
    }
    assert_eq!(scene.app.database.dump().await, before, "{operation:?}: refused, not done");
    assert_eq!(scene.app.hasher.count(), hashes, "{operation:?}: refused, not looked at");
    for (nth, row) in good.into_iter().enumerate() {
        let reply = errand.send(&page, &row.headers()).await;
        let case = format!("{operation:?} {:?}: {} {}", row.headers, reply.status, reply.body);
        assert!(!is_refused(&reply) && !reply.status.is_server_error(), "{case}");
        let header = |name: &str| reply.header(name);
        let told = row.verdict == Verdict::PassesForOthers;
        let origin = header("access-control-allow-origin");
        assert_eq!(origin.as_deref(), told.then_some(SPA), "{case}");
        let credentials = header("access-control-allow-credentials");
        assert_eq!(credentials.as_deref(), told.then_some("true"), "{case}");
        if nth == 0 {
            // The same errand, which was refused a hundred times, is one that can be done.
            assert!(errand.has_worked(&reply), "{case}");
            let changed = scene.app.database.dump().await != before;
            // A look at a token changes nothing.
            assert_eq!(changed, operation.path != paths::TOKEN_VERIFY, "{case}");
        }
    }
}

async fn judge_all(place: Place) {
    let operations = routes::mutating();
    assert!(operations.len() >= 30, "{operations:?}");
    for operation in operations {
        judge(place, &operation).await;
    }
}

#[tokio::test]
async fn nothing_is_done_for_other_origins() {
    judge_all(BY_HOST).await;
}

#[tokio::test]
async fn nothing_is_done_for_other_origins_or_for_who_says_nothing() {
    judge_all(Place { requires_origin: true, ..BY_HOST }).await;
}

#[tokio::test]
async fn behind_a_public_url_nothing_is_done_for_any_other() {
    judge_all(BY_URL).await;
}

#[tokio::test]
async fn behind_a_public_url_nothing_is_done_for_who_says_nothing_either() {
    judge_all(Place { requires_origin: true, ..BY_URL }).await;
}

/// Also where nothing is: there may be a route of one's own one day.
#[tokio::test]
async fn other_origins_do_not_even_learn_what_there_is() {
    let app = TestApp::new().await;
    let forged = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
    for path in ["/", "/nothing", "/api/nothing", "/pkg/latchkey.wasm", "/healthz", "/api"] {
        for method in ["POST", "PUT", "PATCH", "DELETE", "PURGE", "post"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let reply = app.browser().send(method, path, &forged, "").await;
            assert!(is_refused(&reply), "{path}: {}", reply.status);
        }
    }
}

/// Each way in which a request can ask for another method than it has.
const OVERRIDES: [&str; 3] = ["x-http-method-override", "x-http-method", "x-method-override"];

async fn by_another_method(scene: &Scene, errand: &Errand, method: Method) -> Reply {
    let asked = errand.method.as_str();
    let (kind, mut body) = errand.own_writing().write(&errand.fields);
    if errand.is_form {
        body = format!("_method={asked}&{body}");
    }
    let mut headers: Vec<_> = OVERRIDES.iter().map(|name| (*name, asked)).collect();
    headers.extend(kind.map(|kind| ("content-type", kind)));
    let (_, query) = Writing::Urlencoded.write(&errand.fields);
    let path = format!("{}?_method={asked}&{query}", errand.path);
    scene.browser.send(method, &path, &headers, body).await
}

/// Neither by a link nor by an image, whatever else the request says; not even one of our own.
#[tokio::test]
async fn what_only_reads_changes_nothing() {
    let scene = Scene::new(&[]).await;
    let served = routes::api();
    let is_there =
        |method: &Method, path| served.iter().any(|one| one.path == path && one.method == *method);
    for operation in routes::mutating() {
        let errand = scene.errand(&operation);
        let before = scene.app.database.dump().await;
        for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE] {
            let reply = by_another_method(&scene, &errand, method.clone()).await;
            let case = format!("{method} {operation:?}: {}", reply.status);
            let has_get = is_there(&Method::GET, operation.path) && method != Method::TRACE;
            if operation.access.is_some() && method != Method::OPTIONS && !has_get {
                assert_eq!(reply.status, 405, "{case}");
            }
            assert!(!reply.status.is_server_error() || method == Method::TRACE, "{case}");
            assert!(reply.cookies().is_empty(), "{case}");
        }
        assert_eq!(scene.app.database.dump().await, before, "{operation:?}");
    }
    scene.browser.get(paths::DATA).await.assert_status(200);
}

#[tokio::test]
async fn a_method_is_the_one_that_a_request_has() {
    let scene = Scene::new(&[]).await;
    let before = scene.app.database.dump().await;
    for operation in routes::mutating() {
        let errand = scene.errand(&operation);
        for method in ["POST", "PUT", "PATCH", "DELETE", "post", "PURGE"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let mut others = routes::mutating().into_iter();
            if !others.any(|one| one.path == operation.path && one.method == method) {
                let reply = by_another_method(&scene, &errand, method.clone()).await;
                assert_eq!(reply.status, 405, "{method} {operation:?}");
            }
        }
    }
    assert_eq!(scene.app.database.dump().await, before);
}

/// Other sites can have a browser fetch anything, with its cookies; they read nothing of it, and the
/// session is not even a second longer for it.
#[tokio::test]
async fn what_other_sites_load_tells_them_nothing_and_extends_nothing() {
    let scene = Scene::new(&[]).await;
    // The access token has expired, and the refresh token could be spent.
    scene.app.advance(mins(20));
    let before = scene.app.database.dump().await;
    for path in routes::readable() {
        for dest in ["image", "script", "style", "iframe", "object", "empty", "serviceworker"] {
            let foreign = [
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "no-cors"),
                ("sec-fetch-dest", dest),
                ("origin", "https://evil.example"),
                ("accept", "*/*"),
            ];
            let reply = scene.browser.send(Method::GET, path, &foreign, "").await;
            let case = format!("{dest} {path}: {}", reply.status);
            assert!(!is_refused(&reply), "{case}: reading is open");
            assert!(reply.all_cookies().is_empty(), "{case}");
            assert!(reply.header("access-control-allow-origin").is_none(), "{case}");
            let policy = reply.header("cross-origin-resource-policy");
            assert_eq!(policy.as_deref(), Some("same-origin"), "{case}");
            assert_eq!(reply.header("x-frame-options").as_deref(), Some("DENY"), "{case}");
        }
    }
    scene.app.auth.write_sightings().await.unwrap();
    assert_eq!(scene.app.database.dump().await, before);
}
