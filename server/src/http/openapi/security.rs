//! How a caller shows who they are.

use utoipa::openapi::{
    RefOr,
    path::Operation,
    security::{
        ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
    },
};

use crate::http::{Access, CookiePolicy};

const ACCESS: &str = "accessCookie";
const BEARER: &str = "bearer";
const REFRESH: &str = "refreshCookie";

/// The ways, by name.
pub fn schemes(cookies: &CookiePolicy) -> [(String, RefOr<SecurityScheme>); 3] {
    let cookie = |name: &str, words| {
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(name, words)))
    };
    let access = "Set by the answer of a sign-in or a refresh.";
    let refresh = "Set by the answer of a sign-in; replaced when a refresh rotates it.";
    let bearer = "The access token of a client that keeps it itself. Comes before the cookie.";
    let http = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(bearer))
        .build();
    [
        (ACCESS.to_owned(), cookie(&cookies.access.name, access).into()),
        (BEARER.to_owned(), SecurityScheme::Http(http).into()),
        (REFRESH.to_owned(), cookie(&cookies.refresh.name, refresh).into()),
    ]
}

/// What serves only who is signed in says so; any one of the ways will do. What reads the cookies
/// for another purpose has said it itself.
pub fn require(operation: &mut Operation, access: Access) {
    if access == Access::Private {
        let way = |name: &str| SecurityRequirement::new(name, [""; 0]);
        operation.security = Some(vec![way(ACCESS), way(BEARER)]);
    }
}
