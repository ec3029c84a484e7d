//! What a request shows of the client. Shown to the account's owner, never trusted.

use axum::{
    extract::FromRequestParts,
    http::{Extensions, HeaderMap, HeaderValue, header, request::Parts},
};

use super::sender;
use crate::auth::ClientInfo;

/// Longer `User-Agent`s are cut.
const MAX_USER_AGENT_CHARS: usize = 300;

/// Extracts [`ClientInfo`].
pub struct Client(pub ClientInfo);

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(shown(&parts.headers, &parts.extensions)))
    }
}

/// What a request shows.
pub fn shown(headers: &HeaderMap, extensions: &Extensions) -> ClientInfo {
    let agent = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes);
    let agent = String::from_utf8_lossy(agent.unwrap_or_default());
    let printable = agent.chars().filter(|c| !c.is_control());
    let sender = sender::of(extensions);
    ClientInfo {
        user_agent: printable.take(MAX_USER_AGENT_CHARS).collect(),
        ip: sender.map(|sender| sender.address().to_string()).unwrap_or_default(),
    }
}
