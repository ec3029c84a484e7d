//! What one is called.

use std::sync::Arc;

use leptos::prelude::*;

use super::area::AreaPage;
use crate::{
    api::use_api,
    components::{Form, FormFrame, Kind, Piece, Question, Sender, Words, use_user},
    wire::paths,
};

const QUESTIONS: [Question; 3] = [
    Question {
        name: "username",
        label: "Username",
        kind: Kind::Text,
        autocomplete: "username",
        missing: "Choose a username.",
    },
    Question {
        name: "first_name",
        label: "Given name",
        kind: Kind::Text,
        autocomplete: "given-name",
        missing: "",
    },
    Question {
        name: "last_name",
        label: "Family name",
        kind: Kind::Text,
        autocomplete: "family-name",
        missing: "",
    },
];
const WORDS: Words = Words {
    titled_by: "title",
    label: "Save",
    busy_label: "Saving…",
    done: "Your names are saved.",
};

/// The page at [`paths::PROFILE_PAGE`]. Private.
#[component]
pub fn ProfilePage() -> Piece {
    let user = use_user().get_untracked().unwrap_or_default();
    let form = Form::new(paths::PROFILE_PAGE, &QUESTIONS, sender()).with([
        ("username", user.username),
        ("first_name", user.first_name),
        ("last_name", user.last_name),
    ]);
    let form = view! { <FormFrame form action=paths::PROFILE_PAGE words=WORDS /> };
    view! {
        <AreaPage
            title="Your names"
            lead="You sign in with your username. You are greeted by your given name, if you have one \
                  here."
            form=form.into_inner()
        />
    }
    .into_inner()
}

fn sender() -> Sender {
    let api = use_api();
    Arc::new(move |values| {
        let api = api.clone();
        Box::pin(async move { api.rename(&values).await })
    })
}
