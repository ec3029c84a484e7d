//! Where things are: API endpoints (with the slash that Django clients send) and pages.

/// Everything below this path is answered by the API, always in JSON.
pub const API: &str = "/api";
/// `POST`: sign in.
pub const LOGIN: &str = "/api/auth/login/";
/// `POST`: make an account and sign in.
pub const REGISTRATION: &str = "/api/auth/registration/";
/// `POST`: sign out.
pub const LOGOUT: &str = "/api/auth/logout/";
/// `POST`: a new access token for a refresh token.
pub const TOKEN_REFRESH: &str = "/api/auth/token/refresh/";
/// `POST`: is this token good?
pub const TOKEN_VERIFY: &str = "/api/auth/token/verify/";
/// `POST`: shows that an address is theirs.
pub const VERIFY_EMAIL: &str = "/api/auth/registration/verify-email/";
/// `POST`: asks for that mail again.
pub const RESEND_EMAIL: &str = "/api/auth/registration/resend-email/";
/// `POST`: asks for a mail that leads to a new password.
pub const PASSWORD_RESET: &str = "/api/auth/password/reset/";
/// `POST`: a new password, by that mail.
pub const PASSWORD_RESET_CONFIRM: &str = "/api/auth/password/reset/confirm/";
/// `POST`: another password.
pub const PASSWORD_CHANGE: &str = "/api/auth/password/change/";
/// `POST`: another address.
pub const EMAIL_CHANGE: &str = "/api/auth/email/";
/// `POST`: removes the account.
pub const ACCOUNT_DELETE: &str = "/api/auth/account/delete/";
/// `POST`: shows once more, by the password, that it is the account's owner who is signed in here.
pub const REAUTHENTICATE: &str = "/api/auth/reauthenticate/";
/// `GET`: where the account is signed in. `DELETE` with an id behind it: ends that session.
pub const SESSIONS: &str = "/api/auth/sessions/";
/// `POST`: ends all sessions but the caller's.
pub const REVOKE_OTHERS: &str = "/api/auth/sessions/revoke-others/";
/// `POST`: ends all sessions, the caller's too.
pub const REVOKE_ALL: &str = "/api/auth/sessions/revoke-all/";
/// `GET`: what happened to the account.
pub const ACTIVITY: &str = "/api/auth/activity/";
/// `GET`: who am I? `PUT`, `PATCH`: what I am called.
pub const USER: &str = "/api/auth/user/";
/// `GET`: the cookie `csrftoken`, where it is asked for.
pub const CSRF: &str = "/api/csrf/";
/// `GET`: the worked example of a protected route.
pub const DATA: &str = "/api/data/";
/// `GET`: what all these are, in OpenAPI's words.
pub const SCHEMA: &str = "/api/schema/";

/// Page: what this is.
pub const HOME_PAGE: &str = "/";
/// Page: sign in.
pub const LOGIN_PAGE: &str = "/login";
/// Page: make an account.
pub const REGISTER_PAGE: &str = "/register";
/// Where the sign-out form posts to; no page of its own.
pub const LOGOUT_PAGE: &str = "/logout";
/// Page: confirm an address, by the link of a mail.
pub const VERIFY_EMAIL_PAGE: &str = "/verify-email";
/// Page: have that mail sent again.
pub const RESEND_EMAIL_PAGE: &str = "/resend-email";
/// Page: ask for a mail that leads to a new password.
pub const FORGOT_PASSWORD_PAGE: &str = "/forgot-password";
/// Page: choose a new password, by the link of that mail.
pub const RESET_PASSWORD_PAGE: &str = "/reset-password";
/// Page: who I am; private.
pub const ACCOUNT_PAGE: &str = "/account";
/// Page: what I am called; private.
pub const PROFILE_PAGE: &str = "/account/profile";
/// Page: another address; private.
pub const EMAIL_PAGE: &str = "/account/email";
/// Page: another password; private.
pub const PASSWORD_PAGE: &str = "/account/password";
/// Page: where one is signed in; private.
pub const SESSIONS_PAGE: &str = "/account/sessions";
/// Page: what happened to the account; private.
pub const ACTIVITY_PAGE: &str = "/account/activity";
/// Page: the end of the account; private.
pub const DELETE_PAGE: &str = "/account/delete";

/// All pages but the first, whose path is nothing but a slash.
pub const PAGES: &[&str] = &[
    LOGIN_PAGE,
    REGISTER_PAGE,
    VERIFY_EMAIL_PAGE,
    RESEND_EMAIL_PAGE,
    FORGOT_PASSWORD_PAGE,
    RESET_PASSWORD_PAGE,
    ACCOUNT_PAGE,
    PROFILE_PAGE,
    EMAIL_PAGE,
    PASSWORD_PAGE,
    SESSIONS_PAGE,
    ACTIVITY_PAGE,
    DELETE_PAGE,
];

/// Pages that only a signed-in person may open. The server guards these before rendering and the
/// client guards them while navigating.
pub const PRIVATE_PAGES: &[&str] = &[
    ACCOUNT_PAGE,
    PROFILE_PAGE,
    EMAIL_PAGE,
    PASSWORD_PAGE,
    SESSIONS_PAGE,
    ACTIVITY_PAGE,
    DELETE_PAGE,
];

/// Pages for people who are not signed in; the others are led on.
pub const GATE_PAGES: &[&str] = &[LOGIN_PAGE, REGISTER_PAGE];

/// The endpoints whose own 401 is an answer and never the cause of a refresh.
pub const NEVER_INTERCEPTED: &[&str] = &[LOGIN, REGISTRATION, LOGOUT, TOKEN_REFRESH];
