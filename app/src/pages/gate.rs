//! What the pages before the door have in common.

use leptos::{prelude::*, tachys::view::iterators::StaticVec};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use crate::{
    components::{Erase, Piece, UprightKey, effect, use_user},
    wire::{Asked, NextPath, query},
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

/// A page before the door that is a heading, a few words, a form and ways out.
pub struct GatePage {
    /// What it is.
    pub title: &'static str,
    /// What to do there.
    pub lead: &'static str,
    /// Where else to go.
    pub hints: &'static [Hint],
}

/// A question, the page that answers it, and the words of the link that leads there.
pub struct Hint(pub &'static str, pub &'static str, pub &'static str);

impl GatePage {
    /// The page with its form.
    pub fn view(&self, form: Piece) -> Piece {
        self.headed(self.title.into(), form)
    }

    /// The same under a heading that changes. The document's title stays.
    pub fn headed(&self, heading: Signal<String>, form: Piece) -> Piece {
        let hints: Vec<_> = self.hints.iter().map(Hint::view).collect();
        let form = view! {
            <h1 id="title">{heading}</h1>
            <p class="gate-lead">{self.lead}</p>
            {form}
            {StaticVec::from(hints)}
        }
        .erase();
        view! {
            <Title text=self.title />
            <Gate form />
        }
        .erase()
    }
}

impl Hint {
    fn view(&self) -> Piece {
        let Self(question, page, words) = *self;
        view! { <p class="hint">{question} " " <a href=page>{words}</a></p> }.erase()
    }
}

/// Leaves a page once its form has worked, unless somebody has left it meanwhile. It has no place in
/// the history any more.
pub fn leave_for(page: &'static str) -> impl Fn(&str) + Clone + Send + Sync + 'static {
    let (navigate, path) = (use_navigate(), use_location().pathname);
    move |place| {
        if path.try_get_untracked().is_some_and(|path| path == page) {
            navigate(place, NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    }
}

/// What the server's settings ask of who comes in.
pub fn use_asked() -> Asked {
    use_context().unwrap_or_default()
}

/// The page with the query that it has now: a form that is sent without a script must not lose it.
pub fn with_query(page: &'static str) -> Signal<String> {
    let query = use_location().search.get_untracked();
    Signal::stored(if query.is_empty() { page.to_owned() } else { format!("{page}?{query}") })
}

/// A value of the address, or nothing.
pub fn from_query(name: &'static str) -> (&'static str, String) {
    let value = use_location().search.with_untracked(|search| query::value(search, name));
    (name, value.unwrap_or_default())
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
