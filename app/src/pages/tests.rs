use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos_router::{PathSegment, RouteList, SsrMode, location::RequestUrl};

use crate::{
    App,
    wire::{FormReply, SessionEnd, SessionSnapshot, User, paths},
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
    SessionSnapshot::Active {
        user,
        expires_in_ms: 900_000,
        lifetime_ms: 900_000,
        session_ends_in_ms: None,
    }
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
    let pages = paths::PAGES.iter().chain([&paths::HOME_PAGE]);
    assert_eq!(found, pages.map(|page| (*page).to_owned()).collect());
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
        r#"action="/login?next=/account%3Ftab%3D1""#,
        r#"name="username""#,
        r#"name="password""#,
        r#"href="/register?next=/account%3Ftab%3D1""#,
        "Your session has ended.",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    let html = render("/login?next=//example.com", stranger(None));
    assert!(!html.contains("example.com"), "{html}");
}

#[test]
fn a_form_that_was_refused_comes_back_with_what_was_typed() {
    let html = Owner::new().with(|| {
        provide_context(RequestUrl::new("/register"));
        provide_context(stranger(None));
        provide_context(FormReply {
            page: paths::REGISTER_PAGE.to_owned(),
            values: vec![
                ("username".to_owned(), "ada\"><script>".to_owned()),
                ("email".to_owned(), "ada@example.com".to_owned()),
            ],
            status: 400,
            body: r#"{"username":["Enter a valid username."],"password1":["A.","B."]}"#.to_owned(),
            retry_after_s: None,
        });
        view! { <App /> }.to_html()
    });
    for part in [
        r#"value="ada@example.com""#,
        r#"value="ada&quot;&gt;&lt;script&gt;""#,
        "Enter a valid username.",
        "A. B.",
        r#"aria-describedby="password1-error password1-hint""#,
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    assert_eq!(html.matches(r#"aria-invalid="true""#).count(), 2, "{html}");
    assert!(!render("/login", stranger(None)).contains("aria-invalid"));
}

#[test]
fn where_a_password_is_chosen_it_is_said_what_makes_a_good_one() {
    let pages = [
        (paths::REGISTER_PAGE, stranger(None), "password1"),
        (paths::RESET_PASSWORD_PAGE, stranger(None), "new_password1"),
        (paths::PASSWORD_PAGE, ada(), "new_password1"),
    ];
    for (path, session, name) in pages {
        let html = render(path, session);
        for part in [format!(r#"id="{name}-hint""#), format!(r#"aria-describedby="{name}-hint""#)] {
            assert_eq!(html.matches(&part).count(), 1, "{part} in {path}: {html}");
        }
        assert!(!html.contains("aria-live"), "nothing is read out at each key");
    }
    assert!(!render(paths::LOGIN_PAGE, stranger(None)).contains("-hint"));
}

#[test]
fn nothing_asks_for_what_the_policy_forbids() {
    for path in paths::PAGES.iter().chain([&paths::HOME_PAGE, &"/nowhere"]) {
        let mut html = render(path, stranger(None));
        // Its data is loaded while it is rendered, which takes more than a test of one thread.
        let loads = [paths::ACCOUNT_PAGE, paths::SESSIONS_PAGE, paths::ACTIVITY_PAGE];
        if !loads.contains(path) {
            html += &render(path, ada());
        }
        for forbidden in ["style=", "<style", "<script", " onclick=", "http:", "https:"] {
            assert!(!html.contains(forbidden), "{forbidden} in {path}: {html}");
        }
    }
}

#[test]
fn a_page_of_a_mailed_link_brings_what_stands_in_it() {
    let html = render("/reset-password?uid=6&token=diijs0-6b%22b", stranger(None));
    for part in [
        r#"action="/reset-password?uid=6&amp;token=diijs0-6b%22b""#,
        r#"name="uid""#,
        r#"value="6""#,
        r#"value="diijs0-6b&quot;b""#,
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    let html = render("/verify-email?key=6:x:y", stranger(None));
    assert!(html.contains(r#"value="6:x:y""#) && html.contains("Confirm this address<"), "{html}");
}

#[test]
fn a_form_that_has_worked_says_so_and_one_that_works_once_is_gone() {
    let told = "Your e-mail address is confirmed.";
    let before = render("/verify-email?key=x", stranger(None));
    let after = render("/verify-email?done", stranger(None));
    assert!(!before.contains(told) && after.contains(told), "{after}");
    assert!(!before.contains(" hidden>") && after.contains(" hidden>"), "{after}");
    let saved = render("/account/profile?done", ada());
    assert!(saved.contains("Your names are saved.") && !saved.contains(" hidden>"), "{saved}");
}

#[test]
fn the_account_area_knows_who_is_there() {
    let html = render(paths::PROFILE_PAGE, ada());
    assert!(html.contains(r#"value="ada""#), "{html}");
    let current = r#"href="/account/profile" aria-current="page""#;
    assert!(html.contains(current), "{html}");
}

/// Renders a page with what came of its form.
fn refused(page: &str, values: &[(&str, &str)], status: u16, body: &str) -> String {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let (page, values, body) = (page.to_owned(), values.collect(), body.to_owned());
    Owner::new().with(|| {
        provide_context(RequestUrl::new(&page));
        provide_context(ada());
        provide_context(FormReply { page, values, status, body, retry_after_s: None });
        view! { <App /> }.to_html()
    })
}

const TOO_OLD: &str = r#"{"detail":"No.","code":"reauthentication_required"}"#;
const WRONG: &str = r#"{"password":["Your password was entered incorrectly."]}"#;

#[test]
fn a_password_is_asked_for_when_the_api_wants_it_and_what_was_typed_stays() {
    let html = render(paths::EMAIL_PAGE, ada());
    assert!(!html.contains(r#"name="password""#), "{html}");
    let typed = [("email", "countess@example.com")];
    let html = refused(paths::EMAIL_PAGE, &typed, 403, TOO_OLD);
    for part in [
        r#"value="countess@example.com""#,
        r#"name="password""#,
        r#"autocomplete="current-password""#,
        r#"aria-describedby="proof-why""#,
        "Enter your password once more",
        r#"href="/forgot-password""#,
        // Whose it is, for password managers.
        r#"<input type="text" autocomplete="username" value="ada" hidden>"#,
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    assert_eq!(html.matches(" autofocus").count(), 1, "{html}");
}

#[test]
fn a_password_that_was_asked_for_is_asked_for_again() {
    let typed = [("sure", "on"), ("password", "")];
    let html = refused(paths::DELETE_PAGE, &typed, 400, WRONG);
    assert!(html.contains("Your password was entered incorrectly."), "{html}");
    assert!(html.contains(" checked"), "{html}");
    let typed = [("email", "nope"), ("password", "")];
    let html = refused(paths::EMAIL_PAGE, &typed, 400, r#"{"email":["Not one."]}"#);
    assert!(html.contains("Not one.") && html.contains(r#"name="password""#), "{html}");
    assert_eq!(html.matches(r#"aria-invalid="true""#).count(), 1, "{html}");
}

#[test]
fn whoever_leaves_it_empty_is_told_so() {
    let html = refused(paths::DELETE_PAGE, &[("sure", "on"), ("password", "")], 403, TOO_OLD);
    assert!(
        html.contains(r#"id="password-error" class="field-error">Enter your password.<"#),
        "{html}"
    );
    let html = refused(paths::DELETE_PAGE, &[("sure", "on")], 403, TOO_OLD);
    assert!(!html.contains("password-error"), "{html}");
}

#[test]
fn without_a_script_the_browser_sees_to_it_that_nobody_deletes_unawares() {
    let html = render(paths::DELETE_PAGE, ada());
    assert!(html.contains("required") && !html.contains("novalidate"), "{html}");
    assert!(render(paths::EMAIL_PAGE, ada()).contains("novalidate"));
}
