//! Where the focus goes when a page comes up.

use leptos::{html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::{Erase, Piece, effect};

/// The heading of a page, with the id `title`. After a navigation inside the app it takes the focus, so that a screen
/// reader says where one is and the keyboard continues from there.
#[component]
pub fn Heading(
    /// What the page is.
    #[prop(into)]
    words: Signal<String>,
) -> Piece {
    let heading = NodeRef::<html::H1>::new();
    on_arrival(move || {
        if let Some(heading) = heading.get() {
            _ = heading.focus();
        }
    });
    view! { <h1 id="title" node_ref=heading tabindex="-1">{words}</h1> }.erase()
}

/// Runs `focus` once its element is there, if the page came by a navigation inside the app. A page
/// that came from the server is left alone: the browser has set the focus, and the person may have
/// begun to type. During SSR nothing happens.
pub fn on_arrival(focus: impl Fn() + 'static) {
    if !is_first_frame() {
        effect(move |_| focus());
    }
}

/// Takes the query out of the address of a page that came from the server: what it says is told, and
/// neither a reload nor Back is to tell it again. During SSR nothing happens.
pub fn forget_query() {
    if is_first_frame() {
        let (navigate, path) = (use_navigate(), use_location().pathname);
        effect(move |_| {
            let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
            navigate(&path.get_untracked(), options);
        });
    }
}

/// Whether what is being made is the page as the server renders it: there, and in the browser until
/// it has taken that over.
pub fn is_first_frame() -> bool {
    Owner::current_shared_context()
        .is_none_or(|shared| !shared.is_browser() || shared.during_hydration())
}
