//! How tokens travel: in cookies for browsers, in the body for clients that keep them themselves,
//! never both ways unless the settings say so.

use app::wire::auth::Expiry;
use axum::http::{HeaderMap, HeaderValue, header};
use time::{OffsetDateTime, UtcDateTime};

use crate::{
    domain::{Timestamp, TokenKind, token::Minted},
    http::{Failure, Web},
};

/// Who keeps the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// The browser, in cookies.
    Cookies,
    /// The client itself; it gets them in the body and no cookies.
    Client,
}

impl Keeper {
    /// Whether the body carries the access token.
    pub const fn access_in_body(self, web: &Web) -> bool {
        matches!(self, Self::Client) || web.bodies.both_tokens || web.bodies.access_token
    }

    /// Whether the body carries the refresh token.
    pub const fn refresh_in_body(self, web: &Web) -> bool {
        matches!(self, Self::Client) || web.bodies.both_tokens
    }

    /// The cookies that store these tokens.
    ///
    /// # Errors
    /// When a cookie would be too long.
    pub fn cookies<'t>(
        self,
        web: &Web,
        tokens: impl IntoIterator<Item = (TokenKind, &'t Minted)>,
        now: Timestamp,
    ) -> Result<HeaderMap, Failure> {
        let mut headers = HeaderMap::new();
        if self == Self::Cookies {
            for (kind, minted) in tokens {
                headers.append(header::SET_COOKIE, web.cookies.set(kind, minted, now)?);
            }
        }
        Ok(headers)
    }
}

/// Appends `Set-Cookie`s.
pub fn append_cookies(headers: &mut HeaderMap, cookies: impl IntoIterator<Item = HeaderValue>) {
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// When the tokens expire, in both forms.
pub fn expiry(access: Timestamp, refresh: Timestamp, now: Timestamp) -> Expiry {
    let seconds = |at: Timestamp| Some(at.since(now).as_secs());
    Expiry {
        access_expiration: Some(iso(access)),
        refresh_expiration: Some(iso(refresh)),
        access_expires_in: seconds(access),
        refresh_expires_in: seconds(refresh),
    }
}

/// ISO 8601 in UTC with microseconds, as Django writes it; without a fraction where it is zero.
pub fn iso(at: Timestamp) -> String {
    let whole = OffsetDateTime::from_unix_timestamp(at.seconds());
    let whole = UtcDateTime::from(whole.unwrap_or(OffsetDateTime::UNIX_EPOCH));
    let (date, time) = (whole.date(), whole.time());
    let fraction = match at.millis().rem_euclid(1000) {
        0 => String::new(),
        millis => format!(".{millis:03}000"),
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_django_writes_them() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (1_795_466_863_217, "2026-11-23T20:47:43.217000Z"),
            (1_795_466_863_000, "2026-11-23T20:47:43Z"),
        ] {
            assert_eq!(iso(Timestamp::from_millis(millis)), text);
        }
    }
}
