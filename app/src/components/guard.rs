//! The guard of private pages in the browser. It is a courtesy: the server guards them before it
//! renders, and the API decides.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::{Erase, Heading, Piece, effect, part, use_admission};
use crate::wire::{NextPath, paths};

/// A page for signed-in people alone. Others see that it waits: for the session to become known,
/// or for [`redirect_strangers`] to lead away.
pub fn private<V: IntoView + 'static>(page: fn() -> V) -> Piece {
    let admitted = use_admission();
    // A memo, so that the page stays as it is while the session merely reconnects.
    part(move || Some(if admitted.get() == Some(true) { page().erase() } else { waiting() }))
        .erase()
}

/// Leads from a private page to the login page, and later back, once the session is known to be
/// over: on arrival, and while one is there. During SSR it does nothing.
///
/// `ProtectedRoute` would always add to the history, and Back would lead from the login page to the
/// private page and so to the login page again.
pub fn redirect_strangers() {
    let admitted = use_admission();
    let location = use_location();
    let navigate = use_navigate();
    effect(move |_| {
        let path = location.pathname.get();
        if admitted.get() != Some(false) || !is_private(&path) {
            return;
        }
        let search = location.search.get_untracked();
        let here = if search.is_empty() { path.clone() } else { format!("{path}?{search}") };
        let next = NextPath::parse(&here).unwrap_or_default();
        // The address bar still shows the page one comes from when a link was followed.
        let replace = window().location().pathname().is_ok_and(|shown| shown == path);
        navigate(&next.login_page(), NavigateOptions { replace, ..NavigateOptions::default() });
    });
}

/// Whether a page is only for signed-in people. A slash at the end makes no difference.
fn is_private(path: &str) -> bool {
    paths::PRIVATE_PAGES.contains(&path.trim_end_matches('/'))
}

/// Without a script nobody finds out: the person can only sign in (again).
const WITHOUT_A_SCRIPT: &str = r#"<p><a class="button" href="/login">Sign in</a></p>"#;

/// What a private page shows until it may be seen.
fn waiting() -> Piece {
    view! {
        <Title text="One moment" />
        <section class="quiet-page">
            <Heading words="One moment" />
            <p class="lead" role="status">"Checking whether you are signed in…"</p>
            // With scripts the browser reads its content as text: there are no nodes to hydrate.
            <noscript inner_html=WITHOUT_A_SCRIPT></noscript>
        </section>
    }
    .erase()
}

#[cfg(test)]
mod tests {
    use super::{WITHOUT_A_SCRIPT, is_private};
    use crate::wire::paths;

    #[test]
    fn whoever_has_no_script_is_shown_the_way_to_the_login_page() {
        assert!(WITHOUT_A_SCRIPT.contains(&format!("href=\"{}\"", paths::LOGIN_PAGE)));
    }

    #[test]
    fn a_slash_at_the_end_opens_nothing() {
        for path in ["/account", "/account/"] {
            assert!(is_private(path), "{path}");
        }
        for path in ["/", "", "/login", "/accounts", "/account/x"] {
            assert!(!is_private(path), "{path}");
        }
    }
}
