//! The HTML document around the app, and the app itself.

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::components::Router;

use crate::{
    api::provide_api,
    components::{Footer, Header, Undone},
    pages::Pages,
    session::provide_session,
    wire::{Asked, FormReply, SessionSnapshot},
};

/// What the product is, for search engines and link previews.
const DESCRIPTION: &str = "Latchkey keeps you signed in, quietly and safely, until you sign out.";

/// The document that the server sends for every page. It is never rendered in the browser.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="description" content=DESCRIPTION />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" content="#f2f5f3" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#0d1513" media="(prefers-color-scheme: dark)" />
                <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
                <HashedStylesheet id="leptos" options=options.clone() />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The app: the first session state, then header, pages and footer.
///
/// On the server the state is what the request showed; it is written into the HTML, and the
/// browser starts from there, so that both render the same first frame. So is what came of a form
/// that the browser sent by itself.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let first =
        SharedValue::new(|| use_context::<SessionSnapshot>().unwrap_or(SessionSnapshot::Unknown));
    let reply = SharedValue::new(use_context::<FormReply>);
    if let Some(reply) = reply.into_inner() {
        provide_context(reply);
    }
    let asked = SharedValue::new(|| use_context::<Asked>().unwrap_or_default());
    provide_context(asked.into_inner());
    provide_session(first.into_inner());
    provide_api();

    view! {
        <Title formatter=|title: String| format!("{title} · Latchkey") />
        <Router>
            // `external`: the browser itself moves the focus, the router would only scroll.
            <a class="skip" href="#main" rel="external">"Skip to the page"</a>
            <Header />
            <main id="main" tabindex="-1">
                <Undone />
                <Pages />
            </main>
            <Footer />
        </Router>
    }
}
