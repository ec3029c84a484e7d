//! What the pages of the account area have in common.

use leptos::{prelude::*, tachys::view::iterators::StaticVec};
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::{
    components::{Erase, Form, Heading, Piece},
    wire::paths,
};

const PLACES: [(&str, &str); 7] = [
    (paths::ACCOUNT_PAGE, "Overview"),
    (paths::PROFILE_PAGE, "Names"),
    (paths::EMAIL_PAGE, "E-mail"),
    (paths::PASSWORD_PAGE, "Password"),
    (paths::SESSIONS_PAGE, "Sessions"),
    (paths::ACTIVITY_PAGE, "Activity"),
    (paths::DELETE_PAGE, "Delete"),
];

/// The way around the area.
#[component]
pub fn AreaNavigation() -> Piece {
    let path = use_location().pathname;
    let links = PLACES.map(|(place, name)| {
        let current = move || (path.get() == place).then_some("page");
        view! { <li><a href=place aria-current=current>{name}</a></li> }.erase()
    });
    view! {
        <nav class="area-nav" aria-label="Your account">
            <ul>{StaticVec::from(Vec::from(links))}</ul>
        </nav>
    }
    .erase()
}

/// A page of the area that is a heading, a few words and a form.
pub fn area_page(title: &'static str, lead: Signal<String>, form: Form) -> Piece {
    let action = form.page().into();
    view! {
        <Title text=title />
        <div class="account">
            <Heading words=title />
            <AreaNavigation />
            <div class="panel area-form">
                <p>{lead}</p>
                {form.view(action)}
            </div>
        </div>
    }
    .erase()
}
