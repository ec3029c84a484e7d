//! What was asked for in the name of somebody who is not signed in any more.

use leptos::{html, prelude::*};
use leptos_router::hooks::use_location;

use super::{Erase, Piece, effect, part, use_user};
use crate::api::use_api;

/// Says that nothing was done where somebody else has signed in since, in another tab. The page is made
/// anew for them, without what was entered; this goes with the next page.
#[component]
pub fn Undone() -> Piece {
    let undone_for = RwSignal::from(use_api().undone_for().clone());
    let (user, path) = (use_user(), use_location().pathname);
    let place = NodeRef::<html::P>::new();
    let name = Memo::new(move |_| {
        let meant_for = undone_for.get()?;
        user.get().filter(|user| user.pk != meant_for).map(|user| user.username)
    });
    effect(move |before| {
        path.track();
        if before.is_some() {
            undone_for.set(None);
        }
    });
    effect(move |_| {
        if name.with(Option::is_some) {
            // After the heading of the page, which takes the focus when it comes.
            request_animation_frame(move || {
                if let Some(place) = place.try_get_untracked().flatten() {
                    _ = place.focus();
                }
            });
        }
    });
    part(move || {
        let name = name.get()?;
        let view = view! {
            <p class="alert" role="alert" tabindex="-1" node_ref=place>
                "You are signed in as " <bdi>{name}</bdi> " now, from another tab. Nothing was done."
            </p>
        };
        Some(view.erase())
    })
    .erase()
}
