//! Who has sent a request, by its address or by what proxies of ours say. Found out once, at the door.

use std::{convert::Infallible, net::SocketAddr, sync::Once};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request},
    http::{Extensions, HeaderName, HeaderValue, request::Parts},
};

use crate::domain::{Sender, TrustedProxies};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Notes it with the request.
pub fn note(proxies: &TrustedProxies, request: &mut Request) {
    let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() else {
        return;
    };
    let lines = request.headers().get_all(FORWARDED_FOR).iter().map(HeaderValue::as_bytes);
    let sender = proxies.sender(peer.ip(), lines);
    if let Sender::Behind { proxy, .. } = sender {
        warn_of(proxy);
    }
    request.extensions_mut().insert(sender);
}

fn warn_of(proxy: std::net::IpAddr) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::warn!(
            %proxy,
            "requests come through a proxy: name it in TRUSTED_PROXIES, and let it say by \
             X-Forwarded-For for whom. Until then those behind it share one limit by address"
        );
    });
}

/// What was noted.
pub fn of(extensions: &Extensions) -> Option<Sender> {
    extensions.get().copied()
}

/// Extracts who has sent a request, where that is known.
pub struct From(pub Option<Sender>);

impl<S: Send + Sync> FromRequestParts<S> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(of(&parts.extensions)))
    }
}
