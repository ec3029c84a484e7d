//! What stands where no page is. The server answers 404 with it.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    components::{Erase, Heading, Piece, UprightKey},
    wire::paths,
};

/// The page for addresses that lead nowhere.
#[component]
pub fn NotFound() -> Piece {
    view! {
        <Title text="No door here" />
        <section class="quiet-page">
            <UprightKey />
            <Heading words="No door here" />
            <p class="lead">
                "Nothing lives at this address. The link may be old, or a letter is missing."
            </p>
            <a class="button" href=paths::HOME_PAGE>"Back to the start"</a>
        </section>
    }
    .erase()
}
