//! Who is signed in, for views.

use leptos::prelude::*;

use super::{Erase, Piece, effect};
use crate::{
    session::{SessionView, use_session},
    wire::{self, User},
};

/// The signed-in person. It changes only when the person does, not when the connection does.
pub fn use_user() -> Memo<Option<User>> {
    let view = use_session().view();
    Memo::new(move |_| match view.get() {
        SessionView::SignedIn { user, .. } => Some(user),
        SessionView::Unknown { .. } | SessionView::Anonymous { .. } => None,
    })
}

/// For a form that the browser may send by itself: whose page it is on. Without a script nobody hears
/// that somebody else has signed in since, in another tab.
pub fn meant_for() -> Option<Piece> {
    let user = use_user().get_untracked()?;
    let id = user.pk.to_string();
    Some(view! { <input type="hidden" name=wire::USER value=id /> }.erase())
}

/// Runs each time the server answers again after it could not be reached.
pub fn on_reconnected(run: impl Fn() + 'static) {
    let view = use_session().view();
    let was_away = StoredValue::new(false);
    effect(move |_| {
        let SessionView::SignedIn { reconnecting, .. } = view.get() else { return };
        let back = was_away.get_value() && !reconnecting;
        was_away.set_value(reconnecting);
        if back {
            run();
        }
    });
}

/// Whether the person may see private pages; `None` while nobody knows.
pub fn use_admission() -> Memo<Option<bool>> {
    let view = use_session().view();
    Memo::new(move |_| match view.get() {
        SessionView::Unknown { .. } => None,
        SessionView::Anonymous { .. } => Some(false),
        SessionView::SignedIn { .. } => Some(true),
    })
}
