use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos_router::{PathSegment, RouteList, SsrMode, location::RequestUrl};

use crate::{
    App,
    wire::{SessionEnd, SessionSnapshot, User, paths},
};

/// Renders the app as the server does, without data.
fn render(path: &str, session: SessionSnapshot) -> String {
    Owner::new().with(|| {
        provide_context(RequestUrl::new(path));
        provide_context(session);
        view! { <App /> }.to_html()
    })
}

fn stranger(why: Option<SessionEnd>) -> SessionSnapshot {
    SessionSnapshot::Anonymous { why }
}

fn ada() -> SessionSnapshot {
    let user = User { username: "ada".to_owned(), ..User::default() };
    SessionSnapshot::Active { user, expires_in_ms: 900_000, lifetime_ms: 900_000 }
}

#[test]
fn the_routes_are_the_ones_of_the_wire() {
    let routes = Owner::new().with(|| {
        provide_context(RequestUrl::new(""));
        RouteList::generate(|| view! { <App /> })
    });
    let routes = routes.unwrap().into_inner();
    let path =
        |segments: &[PathSegment]| segments.iter().map(PathSegment::as_raw_str).collect::<String>();
    let found: BTreeSet<_> = routes.iter().map(|route| path(route.path())).collect();
    let pages = [paths::HOME_PAGE, paths::LOGIN_PAGE, paths::ACCOUNT_PAGE];
    assert_eq!(found, pages.map(str::to_owned).into());
    assert!(routes.iter().all(|route| *route.mode() == SsrMode::Async));
}

#[test]
fn private_pages_show_themselves_to_nobody_else() {
    for path in paths::PRIVATE_PAGES {
        for session in [stranger(None), SessionSnapshot::Unknown] {
            let html = render(path, session);
            assert!(html.contains("Checking whether you are signed in"), "{path}: {html}");
        }
    }
}

#[test]
fn the_first_frame_knows_who_is_there() {
    let home = render(paths::HOME_PAGE, ada());
    assert!(home.contains("Welcome back, ada. You are signed in."), "{home}");
    assert!(!home.contains("Sign in<"), "{home}");
    let home = render(paths::HOME_PAGE, stranger(None));
    assert!(home.contains("Sign in<") && !home.contains("Account<"), "{home}");
}

#[test]
fn the_login_form_is_one_that_works_by_itself() {
    let html = render("/login?next=%2Faccount%3Ftab%3D1", stranger(Some(SessionEnd::Ended)));
    for part in [
        r#"method="post""#,
        r#"action="/login""#,
        r#"name="username""#,
        r#"name="password""#,
        r#"name="next" value="/account?tab=1""#,
        "Your session has ended.",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    let html = render("/login?next=//example.com", stranger(None));
    assert!(!html.contains("example.com"), "{html}");
}

#[test]
fn nothing_asks_for_what_the_policy_forbids() {
    for path in [paths::HOME_PAGE, paths::LOGIN_PAGE, paths::ACCOUNT_PAGE, "/nowhere"] {
        let html = render(path, stranger(None));
        for forbidden in ["style=", "<style", "<script", " onclick=", "http:", "https:"] {
            assert!(!html.contains(forbidden), "{forbidden} in {path}: {html}");
        }
    }
}
