//! Who is signed in, for views.

use leptos::prelude::*;

use super::effect;
use crate::{
    session::{SessionView, use_session},
    wire::User,
};

/// The signed-in person. It changes only when the person does, not when the connection does.
pub fn use_user() -> Memo<Option<User>> {
    let view = use_session().view();
    Memo::new(move |_| match view.get() {
        SessionView::SignedIn { user, .. } => Some(user),
        SessionView::Unknown { .. } | SessionView::Anonymous { .. } => None,
    })
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
