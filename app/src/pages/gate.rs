//! What the pages before the door have in common.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use crate::{
    components::{Erase, Piece, UprightKey, effect, use_user},
    wire::NextPath,
};

/// The door, and the form beside it.
#[component]
pub fn Gate(
    /// Heading, form and what comes after it.
    form: Piece,
) -> Piece {
    view! {
        <div class="gate">
            <div class="door">
                <UprightKey />
                <div class="gate-words">
                    <p>"One sign-in, and the door stays open for you."</p>
                    <p class="door-soft">
                        "Your tokens stay in HttpOnly cookies, where no script can read them."
                    </p>
                </div>
            </div>
            <div class="gate-form">{form}</div>
        </div>
    }
    .erase()
}

/// Where to go once somebody is signed in: the `?next=` of the address, whose query this is.
#[derive(Clone, Copy)]
pub struct Next(Memo<String>);

/// Reads it from the address.
pub fn use_next() -> Next {
    Next(use_location().search)
}

impl Next {
    /// A page that leads there, too.
    pub fn link(self, page: &'static str) -> Signal<String> {
        Signal::derive(move || match self.0.with(|query| NextPath::from_query(query)) {
            Some(next) => next.after(page),
            None => page.to_owned(),
        })
    }
}

/// Leaves for the next page as soon as somebody is signed in. The page one leaves then has no place
/// in the history any more.
pub fn go_on_when_signed_in(next: Next) {
    let user = use_user();
    let navigate = use_navigate();
    effect(move |_| {
        if user.with(Option::is_some) {
            let next = next.0.with_untracked(|query| NextPath::from_query(query));
            let next = next.unwrap_or_default();
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate(next.as_str(), options);
        }
    });
}
