//! Who is signed in, for views.

use leptos::prelude::*;

use crate::{
    session::{SessionView, use_session},
    wire::User,
};

/// The signed-in person. It changes only when the person does, not when the connection does.
pub fn use_user() -> Memo<Option<User>> {
    let view = use_session().view();
    Memo::new(move |_| match view.get() {
        SessionView::SignedIn { user, .. } => Some(user),
        SessionView::Unknown | SessionView::Anonymous { .. } => None,
    })
}

/// Whether the person may see private pages; `None` while nobody knows.
pub fn use_admission() -> Memo<Option<bool>> {
    let view = use_session().view();
    Memo::new(move |_| match view.get() {
        SessionView::Unknown => None,
        SessionView::Anonymous { .. } => Some(false),
        SessionView::SignedIn { .. } => Some(true),
    })
}
