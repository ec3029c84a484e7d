//! Who opens a page. A document request with an expired access token and a refresh token gets a
//! new access token here, so that the page arrives signed in.

use app::wire::{NextPath, SessionEnd, SessionSnapshot, paths};
use axum::{
    extract::Request,
    http::{HeaderMap, Method, Uri, header},
};
use cookie::SameSite;

use crate::{
    auth::{AccessFault, AuthError, ClientInfo, Identity, Refreshed},
    domain::{Timestamp, TokenKind},
    http::{
        AppState,
        api::{
            tokens::{Keeper, append_cookies},
            user::wire,
        },
        caller::by_cookie,
        cookies::is_marked_out,
        device,
        session_end::session_end,
    },
};

/// A visitor: what the page may know, and the cookies to set.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The first session state.
    pub snapshot: SessionSnapshot,
    /// The verified caller, for the page's own requests.
    pub identity: Option<Identity>,
    /// `Set-Cookie`s.
    pub cookies: HeaderMap,
}

impl Visit {
    fn new(snapshot: SessionSnapshot) -> Self {
        Self { snapshot, identity: None, cookies: HeaderMap::new() }
    }

    fn anonymous(why: Option<SessionEnd>) -> Self {
        Self::new(SessionSnapshot::Anonymous { why })
    }

    fn unknown() -> Self {
        Self::new(SessionSnapshot::Unknown)
    }

    /// Receives a visitor. Trouble signs nobody out: what cannot be known is `Unknown`.
    pub async fn receive(
        state: &AppState,
        headers: &HeaderMap,
        client: &ClientInfo,
        kind: Kind,
    ) -> Self {
        if kind == Kind::File {
            return Self::unknown();
        }
        if is_marked_out(headers) {
            return Self::anonymous(Some(SessionEnd::SignedOutOffline));
        }
        match by_cookie(state, headers) {
            Some(Ok(identity)) => {
                let ends = session_ends(state, headers);
                Self::active(state, identity, ends).await
            }
            Some(Err(AccessFault::Stale)) => Self::unknown(),
            Some(Err(_)) | None => Self::by_refresh(state, headers, client, kind).await,
        }
    }

    async fn by_refresh(
        state: &AppState,
        headers: &HeaderMap,
        client: &ClientInfo,
        kind: Kind,
    ) -> Self {
        let tokens = state.web.cookies.refresh_tokens(headers);
        if tokens.is_empty() {
            return if sees_refresh(state, headers) {
                Self::anonymous(None)
            } else {
                Self::unknown()
            };
        }
        if kind != Kind::Document {
            return Self::unknown();
        }
        let refreshed = async {
            let token = state.auth.pick_refresh(&tokens).await?.unwrap_or_default();
            state.auth.page_load(token, client).await
        };
        match refreshed.await {
            Ok(refreshed) => Self::refreshed(state, headers, &refreshed).await,
            Err(error) if error.is_trouble() => {
                tracing::error!(%error, "a page was rendered without knowing who visits");
                Self::unknown()
            }
            Err(error) => Self::anonymous(session_end(&error)),
        }
    }

    async fn refreshed(state: &AppState, headers: &HeaderMap, refreshed: &Refreshed) -> Self {
        let Ok(identity) = state.auth.authenticate(refreshed.access.token.expose()) else {
            return Self::unknown();
        };
        let mut visit = Self::active(state, identity, Some(refreshed.refresh_expires_at)).await;
        let refresh = refreshed.refresh.iter().map(|minted| (TokenKind::Refresh, minted));
        let minted = std::iter::once((TokenKind::Access, &refreshed.access)).chain(refresh);
        match Keeper::Cookies.cookies(&state.web, minted, state.auth.now()) {
            Ok(cookies) => append_cookies(&mut visit.cookies, cookies.into_iter().map(|(_, c)| c)),
            Err(failure) => tracing::error!(?failure, "a page could not set its cookies"),
        }
        append_cookies(&mut visit.cookies, device::renew(state, headers, refreshed.user_id));
        visit
    }

    /// `ends`: when the session does if nothing renews it, where that is known.
    async fn active(state: &AppState, identity: Identity, ends: Option<Timestamp>) -> Self {
        let lifetime = state.auth.tokens.policy().access_lifetime;
        let now = state.auth.now();
        let left = identity.expires_at.since(now);
        let millis =
            |span: std::time::Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        match state.auth.user(identity.user_id).await {
            Ok(user) => Self {
                identity: Some(identity),
                ..Self::new(SessionSnapshot::Active {
                    user: wire(user),
                    expires_in_ms: millis(left),
                    lifetime_ms: millis(lifetime),
                    session_ends_in_ms: ends.map(|ends| millis(ends.since(now))),
                })
            },
            Err(error @ (AuthError::UserNotFound | AuthError::Inactive)) => {
                Self::anonymous(session_end(&error))
            }
            Err(_) => Self::unknown(),
        }
    }

    /// Where this visitor has to go instead, if anywhere.
    pub fn redirect(&self, uri: &Uri) -> Option<String> {
        let path = uri.path().trim_end_matches('/');
        if path != uri.path() && paths::PAGES.contains(&path) {
            // The slash at the end is optional; the page itself is known under one name.
            let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
            return Some(format!("{path}{query}"));
        }
        match self.snapshot {
            SessionSnapshot::Anonymous { .. } if paths::PRIVATE_PAGES.contains(&path) => {
                let here = uri.path_and_query().map_or(path, |here| here.as_str());
                Some(NextPath::parse(here).unwrap_or_default().login_page())
            }
            SessionSnapshot::Active { .. } if paths::GATE_PAGES.contains(&path) => {
                let next = uri.query().and_then(NextPath::from_query);
                Some(next.unwrap_or_default().as_str().to_owned())
            }
            _ => None,
        }
    }
}

/// What a request on a page's path wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A page that somebody will look at.
    Document,
    /// The page's text, for a script or a tool.
    Text,
    /// An image, a style sheet, a script.
    File,
}

impl Kind {
    /// Reads it from method and headers.
    pub fn of(request: &Request) -> Self {
        let text =
            |name| request.headers().get(name).and_then(|v: &header::HeaderValue| v.to_str().ok());
        let path = request.uri().path().trim_end_matches('/');
        // Who took their time over the form of a private page is still who opened it.
        let reads = [Method::GET, Method::HEAD].contains(request.method())
            || paths::PRIVATE_PAGES.contains(&path);
        match text("sec-fetch-dest") {
            Some("document") if reads => Self::Document,
            Some("document" | "empty") => Self::Text,
            Some(_) => Self::File,
            None if reads && text("accept").is_some_and(|accept| accept.contains("text/html")) => {
                Self::Document
            }
            None => Self::Text,
        }
    }
}

/// When the refresh token that came with the request expires, and its cookie with it.
fn session_ends(state: &AppState, headers: &HeaderMap) -> Option<Timestamp> {
    let now = state.auth.now();
    let tokens = state.web.cookies.refresh_tokens(headers);
    let checked =
        tokens.iter().map(|token| state.auth.tokens.check(token, Some(TokenKind::Refresh), now));
    checked.flatten().map(|claims| claims.expires_at).max()
}

/// Whether a browser that has a refresh cookie would have sent it with this request.
fn sees_refresh(state: &AppState, headers: &HeaderMap) -> bool {
    let cookies = &state.web.cookies;
    let withheld = cookies.same_site == SameSite::Strict
        && headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    cookies.pages_get_refresh() && !withheld
}

/// Whether the browser only speculates that somebody will come.
pub fn is_prefetch(headers: &HeaderMap) -> bool {
    headers
        .get("sec-purpose")
        .and_then(|purpose| purpose.to_str().ok())
        .is_some_and(|purpose| purpose.split(';').any(|part| part.trim() == "prefetch"))
}
