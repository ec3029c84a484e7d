//! What one is called.

use std::sync::Arc;

use leptos::prelude::*;

use super::area::area_page;
use crate::{
    api::use_api,
    components::{Form, Kind, Piece, Question, Sender, Sheet, use_user},
    wire::{User, paths},
};

const SHEET: Sheet = Sheet {
    page: paths::PROFILE_PAGE,
    questions: &[
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
    ],
    label: "Save",
    busy_label: "Saving…",
    done: "Your names are saved.",
    ..Sheet::BLANK
};
const LEAD: &str = "You are greeted by your given name, if you have one here.";

/// The page at [`paths::PROFILE_PAGE`]. Private.
#[component]
pub fn ProfilePage() -> Piece {
    let names = names_of(use_user().get_untracked().unwrap_or_default());
    let form = Form::new(&SHEET, sender()).with(names);
    area_page("Your names", LEAD.into(), form)
}

fn names_of(user: User) -> [(&'static str, String); 3] {
    [("username", user.username), ("first_name", user.first_name), ("last_name", user.last_name)]
}

/// Sends what was changed here, and not what another tab may have changed meanwhile.
fn sender() -> Sender {
    let (api, user) = (use_api(), use_user());
    Arc::new(move |values| {
        let api = api.clone();
        let known = user.try_get_untracked().flatten().unwrap_or_default();
        let values = values.without(&names_of(known));
        Box::pin(async move { api.rename(&values).await })
    })
}
