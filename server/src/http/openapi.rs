//! What the API is, in OpenAPI's words, for those who write a client or generate one.
//!
//! Each handler describes what it reads and what comes of it when all is well. What stands in front
//! of every handler is added from the table of routes: who may call, and how the others are refused.

mod answers;
pub mod bodies;
mod security;

use utoipa::{
    OpenApi as _,
    openapi::{OpenApi, PathItem, path::Operation},
};

use self::answers::Kind;
pub use self::answers::{FieldMessages, Refusal};
use super::{Web, api};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Latchkey",
        description = "Sign-in by JWTs in HttpOnly cookies, in dj-rest-auth's wire protocol.\n\n\
            The slash at the end of a path is optional. `GET` implies `HEAD`; any other method is \
            405, and `Allow` names those that are served. Requests may be JSON, urlencoded or \
            multipart; numbers count as text, and fields that are not known are ignored. Answers \
            are JSON, whatever went wrong; a fault of the server's is 500 with a `request_id` to \
            look for in its log.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "session", description = "Signing in and out, and staying signed in."),
        (name = "account", description = "Accounts, their addresses and passwords."),
        (name = "example", description = "The worked example of a protected route."),
        (name = "service", description = "The server itself."),
    ),
    paths(
        api::login::post,
        api::logout::post,
        api::refresh::post,
        api::verify::post,
        api::register::post,
        api::verify_email::post,
        api::verify_email::resend,
        api::user::get,
        api::user::put,
        api::user::patch,
        api::password_change::post,
        api::password_reset::post,
        api::password_reset::confirm,
        api::email_change::post,
        api::account_delete::post,
        api::reauthenticate::post,
        api::sessions::get,
        api::sessions::delete,
        api::sessions::revoke_others,
        api::sessions::revoke_all,
        api::activity::get,
        api::csrf_token::get,
        api::data::get,
        api::schema::get,
        super::health::alive,
        super::health::ready,
    ),
    components(schemas(answers::Refusal, answers::FieldMessages)),
)]
struct Handlers;

/// The document of a service with these settings.
pub fn document(web: &Web) -> OpenApi {
    let mut document = Handlers::openapi();
    let routes = api::routes().into_iter().map(|route| (route, false));
    let throttled = api::throttled_routes().into_iter().map(|route| (route, true));
    for ((path, access, ..), throttled) in routes.chain(throttled) {
        let Some(item) = document.paths.paths.get_mut(path) else { continue };
        for (operation, changes) in operations(item) {
            let reads = operation.request_body.is_some();
            answers::complete(operation, &Kind { access, changes, reads, throttled });
            security::require(operation, access);
            tidy(operation);
        }
    }
    let components = document.components.get_or_insert_default();
    components.responses.extend(answers::shared());
    components.security_schemes.extend(security::schemes(&web.cookies));
    document
}

/// The operations of a path, and whether they change anything.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&mut Operation, bool)> {
    let all = [
        (&mut item.get, false),
        (&mut item.put, true),
        (&mut item.post, true),
        (&mut item.delete, true),
        (&mut item.patch, true),
    ];
    all.into_iter().filter_map(|(operation, changes)| Some((operation.as_mut()?, changes)))
}

/// A handler's comment becomes a heading, its first sentence, and what follows. What it says of errors
/// is for the one who reads the code: they are answers here.
fn tidy(operation: &mut Operation) {
    let told = [operation.summary.take(), operation.description.take()];
    let told = told.into_iter().flatten().collect::<Vec<_>>().join(" ").replace('\n', " ");
    let told = told.split("# Errors").next().unwrap_or_default().trim();
    let (summary, description) = told.split_once(". ").unwrap_or((told, ""));
    operation.summary = Some(format!("{}.", summary.trim_end_matches('.')));
    operation.description = (!description.is_empty()).then(|| description.to_owned());
}
