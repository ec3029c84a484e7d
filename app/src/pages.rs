//! The pages and where they are.

mod account;
mod forgot_password;
mod gate;
mod home;
mod login;
mod not_found;
mod register;
mod resend_email;
mod reset_password;
mod route;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod verify_email;

use leptos::prelude::*;
use leptos_router::components::FlatRoutes;

use self::{
    account::{
        AccountPage, ActivityPage, DeletePage, EmailPage, PasswordPage, ProfilePage, SessionsPage,
        provide_late_endings,
    },
    forgot_password::ForgotPasswordPage,
    home::HomePage,
    login::LoginPage,
    not_found::NotFound,
    register::RegisterPage,
    resend_email::ResendEmailPage,
    reset_password::ResetPasswordPage,
    route::At,
    verify_email::VerifyEmailPage,
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
    provide_late_endings();
    view! {
        <FlatRoutes fallback=NotFound>
            <At path=paths::HOME_PAGE show=HomePage />
            <At path=paths::LOGIN_PAGE show=LoginPage />
            <At path=paths::REGISTER_PAGE show=RegisterPage />
            <At path=paths::VERIFY_EMAIL_PAGE show=VerifyEmailPage />
            <At path=paths::RESEND_EMAIL_PAGE show=ResendEmailPage />
            <At path=paths::FORGOT_PASSWORD_PAGE show=ForgotPasswordPage />
            <At path=paths::RESET_PASSWORD_PAGE show=ResetPasswordPage />
            <At path=paths::ACCOUNT_PAGE show=|| private(AccountPage) />
            <At path=paths::PROFILE_PAGE show=|| private(ProfilePage) />
            <At path=paths::EMAIL_PAGE show=|| private(EmailPage) />
            <At path=paths::PASSWORD_PAGE show=|| private(PasswordPage) />
            <At path=paths::SESSIONS_PAGE show=|| private(SessionsPage) />
            <At path=paths::ACTIVITY_PAGE show=|| private(ActivityPage) />
            <At path=paths::DELETE_PAGE show=|| private(DeletePage) />
        </FlatRoutes>
    }
}
