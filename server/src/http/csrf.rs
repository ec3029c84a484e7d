//! Requests forged from other sites: every unsafe method, on every route, login and refresh
//! included, has to come from our own pages, from an allow-listed origin, or from no browser.

use axum::{
    extract::Request,
    http::{HeaderMap, Uri, header},
};
use url::{Origin, Url};

use super::Failure;

/// Which origins may change anything.
#[derive(Clone, Debug, Default)]
pub struct CsrfPolicy {
    /// `PUBLIC_URL`'s origin; without it our own origin is the one whose host and port the
    /// request was sent to.
    pub own_origin: Option<Origin>,
    /// Other origins whose pages may call us.
    pub allowed_origins: Vec<Origin>,
    /// `CSRF_REQUIRE_ORIGIN`: refuse callers that say nothing about where they come from.
    pub require_origin: bool,
}

fn host<'r>(headers: &'r HeaderMap, uri: &'r Uri) -> Option<&'r str> {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    named.or_else(|| uri.authority().map(axum::http::uri::Authority::as_str))
}

impl CsrfPolicy {
    /// Lets safe requests pass, and unsafe ones that nothing speaks against.
    ///
    /// # Errors
    /// [`Failure::ForbiddenOrigin`] with the header that does.
    pub fn check(&self, request: &Request) -> Result<(), Failure> {
        if request.method().is_safe() {
            return Ok(());
        }
        let host = host(request.headers(), request.uri());
        self.judge(request.headers(), host).map_err(Failure::ForbiddenOrigin)
    }

    /// Judges an unsafe request; an `Err` names the header that speaks against it.
    fn judge(&self, headers: &HeaderMap, host: Option<&str>) -> Result<(), &'static str> {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("null"));
        let origin = text("origin");
        match text("sec-fetch-site") {
            Some("same-origin") => return Ok(()),
            Some("cross-site" | "same-site") => {
                let allowed = origin.and_then(parse).is_some_and(|o| self.is_allowed(&o));
                return if allowed { Ok(()) } else { Err("Sec-Fetch-Site") };
            }
            Some(_) => return Err("Sec-Fetch-Site"),
            None => {}
        }
        let trusted = |value: &str| {
            parse(value).is_some_and(|o| self.is_allowed(&o) || self.is_own(&o, host))
        };
        match (origin, text("referer")) {
            (Some(origin), _) => trusted(origin).then_some(()).ok_or("Origin"),
            (None, Some(referer)) => trusted(&origin_of(referer)).then_some(()).ok_or("Referer"),
            (None, None) if self.require_origin => Err("Origin"),
            // No browser of this decade: curl, a server.
            (None, None) => Ok(()),
        }
    }

    fn is_allowed(&self, origin: &Origin) -> bool {
        self.allowed_origins.contains(origin)
    }

    fn is_own(&self, origin: &Origin, host: Option<&str>) -> bool {
        if let Some(own) = &self.own_origin {
            return origin == own;
        }
        let Origin::Tuple(scheme, ..) = origin else { return false };
        host.and_then(|host| Url::parse(&format!("{scheme}://{host}/")).ok())
            .is_some_and(|url| url.origin() == *origin)
    }
}

/// An `Origin` header in the one form in which browsers send it. `null`, other spellings and
/// anything with a path are none.
pub fn parse(value: &str) -> Option<Origin> {
    let origin = Url::parse(value).ok()?.origin();
    (origin.is_tuple() && origin.ascii_serialization() == value).then_some(origin)
}

fn origin_of(referer: &str) -> String {
    Url::parse(referer).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}
