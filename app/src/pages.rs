//! The pages and where they are.

mod account;
mod gate;
mod home;
mod login;
mod not_found;
mod register;
#[cfg(all(test, feature = "ssr"))]
mod tests;

use leptos::prelude::*;
use leptos_router::{
    SsrMode, StaticSegment,
    components::{FlatRoutes, Route},
};

use self::{
    account::AccountPage, home::HomePage, login::LoginPage, not_found::NotFound,
    register::RegisterPage,
};
use crate::{
    components::{private, redirect_strangers},
    wire::paths,
};

/// Shows the page of the current address. A page that [`private`] wraps is for signed-in people; it
/// belongs into [`paths::PRIVATE_PAGES`] too, by which the server guards it.
///
/// Pages are rendered whole (`SsrMode::Async`): complete without a script, their data included.
#[component]
pub fn Pages() -> impl IntoView {
    redirect_strangers();
    view! {
        <FlatRoutes fallback=NotFound>
            <Route path=StaticSegment(paths::HOME_PAGE) view=HomePage ssr=SsrMode::Async />
            <Route path=StaticSegment(paths::LOGIN_PAGE) view=LoginPage ssr=SsrMode::Async />
            <Route
                path=StaticSegment(paths::REGISTER_PAGE)
                view=RegisterPage
                ssr=SsrMode::Async
            />
            <Route
                path=StaticSegment(paths::ACCOUNT_PAGE)
                view=|| private(AccountPage)
                ssr=SsrMode::Async
            />
        </FlatRoutes>
    }
}
