//! The account page: who one is, how the session stands, and data that only signed-in people get.

mod data;
mod session;

use leptos::prelude::*;
use leptos_meta::Title;

use self::{data::DataPanel, session::SessionPanel};
use crate::components::{Heading, SignOut, use_user};

/// The page at [`crate::wire::paths::ACCOUNT_PAGE`]. Private.
#[component]
pub fn AccountPage() -> AnyView {
    let user = use_user();
    let greeting = move || user.with(|user| user.as_ref().map(|user| user.greeting().to_owned()));
    view! {
        <Title text="Account" />
        <div class="account">
            <div class="account-head">
                <Heading>"Hello, " {greeting}</Heading>
                <SignOut />
            </div>
            <div class="panels">
                <SessionPanel />
                <IdentityPanel />
                <DataPanel />
            </div>
        </div>
    }
    .into_any()
}

/// Who is signed in. Empty once nobody is: nothing of a person stays on the page.
#[component]
fn IdentityPanel() -> AnyView {
    let user = use_user();
    let of = move |read: fn(&crate::wire::User) -> String| {
        move || user.with(|user| user.as_ref().map(read))
    };
    view! {
        <section class="panel" aria-labelledby="identity-title">
            <h2 id="identity-title">"Who you are"</h2>
            <dl class="facts">
                <div>
                    <dt>"Name"</dt>
                    <dd>{of(crate::wire::User::full_name)}</dd>
                </div>
                <div>
                    <dt>"Username"</dt>
                    <dd>{of(|user| user.username.clone())}</dd>
                </div>
                <div>
                    <dt>"E-mail"</dt>
                    <dd>{of(|user| if user.email.is_empty() { "–".to_owned() } else { user.email.clone() })}</dd>
                </div>
            </dl>
        </section>
    }
    .into_any()
}
