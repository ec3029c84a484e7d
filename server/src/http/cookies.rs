//! The token cookies. One builder sets and clears, so that what was set can be cleared.

mod mark;

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};
use time::OffsetDateTime;

pub use self::mark::{is_marked_out, unmark};
use super::Failure;
use crate::domain::{Timestamp, TokenKind, token::Minted};

/// Browsers drop a cookie whose name and value are longer, without a word.
pub const MAX_COOKIE_BYTES: usize = 4096;
/// More cookies of one name than any browser would keep are not looked at.
const MAX_CANDIDATES: usize = 200;

/// How the token cookies look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookiePolicy {
    /// The access cookie.
    pub access: TokenCookie,
    /// The refresh cookie.
    pub refresh: TokenCookie,
    /// `JWT_AUTH_SECURE`: only over TLS.
    pub secure: bool,
    /// `JWT_AUTH_HTTPONLY`: out of scripts' reach.
    pub http_only: bool,
    /// `JWT_AUTH_SAMESITE`.
    pub same_site: SameSite,
    /// `JWT_AUTH_COOKIE_DOMAIN`: shared with subdomains.
    pub domain: Option<String>,
    /// `JWT_AUTH_COOKIE_PARTITIONED`: one jar for each top-level site.
    pub partitioned: bool,
    /// Under which other name a browser may hold a token of the system before this one.
    pub legacy_refresh: Option<String>,
}

/// One of the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenCookie {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
}

impl CookiePolicy {
    /// The cookie of a kind.
    pub const fn of(&self, kind: TokenKind) -> &TokenCookie {
        match kind {
            TokenKind::Access => &self.access,
            TokenKind::Refresh => &self.refresh,
        }
    }

    /// The refresh tokens that come with a request.
    pub fn refresh_tokens(&self, request: &HeaderMap) -> Vec<String> {
        let mut tokens = candidates(request, &self.refresh.name);
        tokens.extend(self.legacy_refresh.iter().flat_map(|name| candidates(request, name)));
        tokens
    }

    /// Whether pages receive the refresh cookie.
    pub fn pages_get_refresh(&self) -> bool {
        self.refresh.path == "/"
    }

    /// A `Set-Cookie` that stores a token until it expires.
    ///
    /// # Errors
    /// When the cookie would be longer than browsers store.
    pub fn set(
        &self,
        kind: TokenKind,
        minted: &Minted,
        now: Timestamp,
    ) -> Result<HeaderValue, Failure> {
        let token = minted.token.expose();
        let TokenCookie { name, path } = self.of(kind);
        if name.len() + token.len() > MAX_COOKIE_BYTES {
            let message = "the cookie is longer than browsers store: shorten its name, ISSUER or \
                           AUDIENCE";
            return Err(Failure::Internal(message.to_owned()));
        }
        let mut cookie = self.base(name, self.domain.as_deref(), path);
        cookie.set_value(token.to_owned());
        let seconds = minted.expires_at.seconds() - now.seconds();
        cookie.set_max_age(time::Duration::seconds(seconds.max(0)));
        cookie.set_expires(moment(minted.expires_at));
        header_value(&cookie)
    }

    /// A `Set-Cookie` that removes the cookie that [`Self::set`] stores.
    ///
    /// # Errors
    /// When the settings make no header; start-up has refused those.
    pub fn clear(&self, kind: TokenKind) -> Result<HeaderValue, Failure> {
        let TokenCookie { name, path } = self.of(kind);
        header_value(&self.removal(name, self.domain.as_deref(), path))
    }

    /// `Set-Cookie`s that remove what older settings (another domain, another path) may have left
    /// under the same name, and what the system before this one has left. Empty unless the request
    /// carried several cookies of that name, or one of theirs.
    ///
    /// # Errors
    /// When the host makes no header.
    pub fn clear_variants(
        &self,
        kind: TokenKind,
        request: &HeaderMap,
    ) -> Result<Vec<HeaderValue>, Failure> {
        let TokenCookie { name, path } = self.of(kind);
        let own = (name.as_str(), self.domain.as_deref(), path.as_str());
        let several = Some(name).filter(|name| candidates(request, name).len() > 1);
        let legacy = self
            .legacy_refresh
            .as_ref()
            .filter(|name| kind == TokenKind::Refresh && !candidates(request, name).is_empty());
        let domains = parent_domains(request);
        let domains = || std::iter::once(None).chain(domains.iter().map(|d| Some(d.as_str())));
        let places = || OLD_PATHS.iter().flat_map(|path| domains().map(move |d| (d, *path)));
        several
            .into_iter()
            .chain(legacy)
            .flat_map(|name| places().map(move |(domain, path)| (name.as_str(), domain, path)))
            .filter(|variant| *variant != own)
            .map(|(name, domain, path)| header_value(&self.removal(name, domain, path)))
            .collect()
    }

    fn removal<'c>(&self, name: &'c str, domain: Option<&str>, path: &'c str) -> Cookie<'c> {
        let mut cookie = self.base(name, domain, path);
        cookie.set_max_age(time::Duration::ZERO);
        cookie.set_expires(OffsetDateTime::UNIX_EPOCH);
        cookie
    }

    fn base<'c>(&self, name: &'c str, domain: Option<&str>, path: &'c str) -> Cookie<'c> {
        let mut cookie = Cookie::new(name, "");
        cookie.set_path(path);
        if let Some(domain) = domain {
            cookie.set_domain(domain.to_owned());
        }
        cookie.set_http_only(self.http_only);
        cookie.set_secure(self.secure);
        cookie.set_same_site(self.same_site);
        cookie.set_partitioned(self.partitioned);
        cookie
    }
}

/// Where earlier set-ups of this protocol put their cookies.
const OLD_PATHS: [&str; 5] = ["/", "/api", "/api/auth", "/api/auth/", "/api/auth/token/"];

/// The request's host and the domains above it that a cookie may be set for.
fn parent_domains(request: &HeaderMap) -> Vec<String> {
    let host = request.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_address = host.is_empty() || host.parse::<std::net::IpAddr>().is_ok();
    if is_address || host.starts_with('[') {
        return Vec::new();
    }
    let mut domains = vec![host.to_owned()];
    let mut rest = host;
    while let Some((_, parent)) = rest.split_once('.') {
        if parent.contains('.') {
            domains.push(parent.to_owned());
        }
        rest = parent;
    }
    domains
}

/// The values of all cookies of this name, in every `Cookie` header, in the order they came.
pub fn candidates(request: &HeaderMap, name: &str) -> Vec<String> {
    let mut values = Vec::new();
    for header in request.get_all(header::COOKIE) {
        // Somebody else's cookie may hold any bytes; ours must be found beside it.
        let bytes = header.as_bytes();
        let header =
            str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Into::into);
        let cookies = Cookie::split_parse(&*header).flatten();
        let of_name = cookies.filter(|cookie| cookie.name() == name);
        values.extend(of_name.map(|cookie| cookie.value_trimmed().to_owned()));
    }
    values.dedup();
    values.truncate(MAX_CANDIDATES);
    values
}

fn header_value(cookie: &Cookie<'_>) -> Result<HeaderValue, Failure> {
    HeaderValue::from_str(&cookie.to_string())
        .map_err(|_| Failure::Internal("a cookie that is no header".to_owned()))
}

fn moment(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod properties;
