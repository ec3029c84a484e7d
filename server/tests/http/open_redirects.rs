//! `?next=` and whatever else may say where to go on: never to another site, by no spelling.

use app::wire::{paths, query};
use axum::http::{Method, Uri};
use url::Url;

use crate::support::{Reply, TestApp, errands::Scene, routes};

const OWN: &str = "https://app.example.com";

/// Places that are not ours, as people have written them to get past checks; and some that are,
/// with something in them that would split a header.
const ELSEWHERE: [&str; 52] = [
    "//e.com",
    "///e.com",
    "////e.com",
    "//e.com/account",
    "//e.com:443/",
    "//user@e.com",
    "//\u{435}vil.com",
    "//xn--vil-6cd.com",
    "//e\u{3002}com",
    "//%65.com",
    "/\\e.com",
    "\\\\e.com",
    "\\/e.com",
    "/\\/e.com",
    "/\t/e.com",
    "/\n/e.com",
    "/\r\n/e.com",
    "\t//e.com",
    " //e.com",
    "//e.com\u{0}/account",
    "/\u{0}/e.com",
    "/\u{a0}/e.com",
    "/\u{feff}/e.com",
    "/./\\e.com",
    "/.//e.com",
    "/..//e.com",
    "/%2e//e.com",
    "/%2e%2e//e.com",
    "/account/..//e.com",
    "/account//e.com",
    "http://e.com",
    "https://e.com",
    "HTTPS://e.com",
    "https:e.com",
    "https:/e.com",
    "https:\\\\e.com",
    "https://app.example.com@e.com",
    "https://app.example.com.e.com",
    "https://app.example.com/",
    "http://[::1]/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "blob:https://e.com/x",
    "e.com",
    "@e.com",
    "?next=//e.com",
    "#//e.com",
    "/account\r\nSet-Cookie: a=b",
    "/account\r\n\r\n<script>",
];

/// What would lead elsewhere is nowhere in an answer: neither in its headers nor in its links.
#[track_caller]
fn stays_here(reply: &Reply, case: &str) {
    let base = Url::parse(OWN).unwrap();
    assert!(reply.status.as_u16() < 500, "{case}: {}", reply.status);
    for (name, value) in &reply.headers {
        assert!(!value.as_bytes().iter().any(u8::is_ascii_control), "{case}: {name}");
    }
    if let Some(place) = reply.headers.get("location") {
        // In UTF-8, as browsers read it.
        let place = str::from_utf8(place.as_bytes()).unwrap();
        let place = base.join(place).unwrap();
        assert_eq!(place.origin(), base.origin(), "{case}: {place}");
        assert!(reply.cookies().iter().all(|cookie| cookie.name() != "a"), "{case}");
    }
    for attribute in ["href=\"", "action=\"", "src=\""] {
        for rest in reply.body.split(attribute).skip(1) {
            let link = rest.split('"').next().unwrap().replace("&amp;", "&");
            let link = base.join(&link).unwrap();
            assert_eq!(link.origin(), base.origin(), "{case}: {attribute}{link}");
        }
    }
}

/// How a place can stand in a query: escaped once; and where somebody is sent on, twice, not at all,
/// or beside another one.
fn queries(page: &str, place: &str) -> Vec<String> {
    let once = query::encode(place);
    if !paths::GATE_PAGES.contains(&page) {
        return vec![once];
    }
    let twice = query::encode(&once);
    let doubled = format!("/account&next={once}");
    let doubled_before = format!("{once}&next=/account");
    let written = [once, twice, place.to_owned(), doubled, doubled_before];
    let fits = |query: &String| format!("/login?next={query}").parse::<Uri>().is_ok();
    written.into_iter().filter(fits).collect()
}

#[tokio::test]
async fn no_page_leads_elsewhere() {
    let app = TestApp::new().await;
    let (ada, nobody) = (app.signed_in("ada").await, app.browser());
    let pages = paths::PAGES.iter().chain([&paths::HOME_PAGE, &paths::LOGOUT_PAGE]);
    for page in pages {
        for place in ELSEWHERE {
            for query in queries(page, place) {
                for browser in [&ada, &nobody] {
                    let path = format!("{page}?next={query}");
                    let reply = browser.copy().open(&path).await;
                    stays_here(&reply, &path);
                }
            }
        }
    }
}

/// Who signs in without a script is sent on by the server.
#[tokio::test]
async fn no_form_leads_elsewhere() {
    let kind = ("content-type", "application/x-www-form-urlencoded");
    for operation in routes::forms() {
        let scene = Scene::new(&[]).await;
        let errand = scene.errand(&operation);
        let (_, body) = errand.own_writing().write(&errand.fields);
        for place in ELSEWHERE {
            let field = query::encode(place);
            for query in queries(operation.path, place) {
                let path = format!("{}?next={query}", operation.path);
                let body =
                    format!("{body}&next={field}&url={field}&redirect={field}&return_to={field}");
                let foreign = format!("{path} {body}");
                let headers = [kind, ("referer", "http://localhost/login")];
                let reply = scene.browser.copy().send(Method::POST, &path, &headers, body).await;
                stays_here(&reply, &foreign);
            }
        }
    }
}

/// The other half: where one wanted to go one gets.
#[tokio::test]
async fn a_place_of_ours_is_reached() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    for place in ["/account/sessions", "/account/activity?before=1", "/;@e.com", "/a:b", "/%C3%A9"]
    {
        let path = format!("/login?next={}", query::encode(place));
        let reply = browser.open(&path).await;
        assert_eq!(reply.assert_status(303).header("location").as_deref(), Some(place));
    }
}

/// Slashes at the end are taken away, and nothing else with them.
#[tokio::test]
async fn no_slash_leads_elsewhere() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let paths = ["//e.com/", "//e.com/login/", "/login//", "//login/", "/%2f/e.com/", "/.//e.com/"];
    for path in paths.into_iter().filter(|path| path.parse::<Uri>().is_ok()) {
        for browser in [&browser, &app.browser()] {
            stays_here(&browser.open(path).await, path);
        }
    }
}
