//! Where tokens are shown.

use axum::http::{HeaderValue, Method};
use serde_json::{Value, json};

use super::{Row, Told, forge::Kind};
use crate::support::{Browser, Reply, TestApp, app::PASSWORD};

const USER: &str = "/api/auth/user/";
const REFRESH: &str = "/api/auth/token/refresh/";
const VERIFY: &str = "/api/auth/token/verify/";
/// Larger bodies are refused unread.
const MAX_BODY: usize = 128 * 1024;

/// A place that takes tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A private route, by the cookie.
    Cookie,
    /// The same, by `Authorization`.
    Bearer,
    /// A sign-in with the right password: a bad header is refused there, too.
    PublicBearer,
    /// A page, by both cookies.
    Page,
    RefreshCookie,
    RefreshBody,
    VerifyCookie,
    VerifyBody,
    /// A sign-out: it succeeds, and ends nothing.
    LogoutCookie,
    LogoutBody,
}

impl Place {
    pub const ALL: [Self; 10] = [
        Self::Cookie,
        Self::Bearer,
        Self::PublicBearer,
        Self::Page,
        Self::RefreshCookie,
        Self::RefreshBody,
        Self::VerifyCookie,
        Self::VerifyBody,
        Self::LogoutCookie,
        Self::LogoutBody,
    ];

    /// Which kind of token belongs there.
    pub fn takes(self, kind: Kind) -> bool {
        match self {
            Self::Cookie | Self::Bearer | Self::PublicBearer | Self::VerifyCookie => {
                kind == Kind::Access
            }
            Self::Page
            | Self::RefreshCookie
            | Self::RefreshBody
            | Self::LogoutCookie
            | Self::LogoutBody => kind == Kind::Refresh,
            Self::VerifyBody => true,
        }
    }

    fn is_header(self) -> bool {
        matches!(self, Self::Bearer | Self::PublicBearer)
    }

    fn is_body(self) -> bool {
        matches!(self, Self::RefreshBody | Self::VerifyBody | Self::LogoutBody)
    }

    /// Shows a token there. `None` where it cannot travel: no header holds a line end, and spaces around
    /// a token belong to the header or the field. What is good is not shown where it would be used up.
    pub async fn show(self, app: &TestApp, ada: &Browser, token: &str) -> Option<Reply> {
        let stranger = app.browser();
        let travels = HeaderValue::from_str(token).is_ok() && !token.contains([';', ',', '"']);
        if token != token.trim() || !self.is_body() && (!travels || token.is_empty()) {
            return None;
        }
        let good = [Kind::Access, Kind::Refresh].map(|kind| ada.cookie(kind.as_str()).unwrap());
        let bearer = format!("Bearer {token}");
        let json = [("content-type", "application/json")];
        Some(match self {
            Self::Cookie => {
                stranger.set_cookie("access", token);
                stranger.get(USER).await
            }
            Self::Bearer => {
                // A good cookie does not help once there is a header.
                stranger.set_cookie("access", &good[0]);
                stranger.send(Method::GET, USER, &[("authorization", &bearer)], "").await
            }
            Self::PublicBearer => {
                let headers = [("authorization", bearer.as_str()), json[0]];
                let body = json!({"username": "ada", "password": PASSWORD}).to_string();
                if app.auth.authenticate(token).is_ok() {
                    return None;
                }
                stranger.send(Method::POST, "/api/auth/login/", &headers, body).await
            }
            Self::Page => {
                stranger.set_cookie("access", token);
                stranger.set_cookie("refresh", token);
                stranger.open("/account").await
            }
            Self::RefreshCookie => {
                stranger.set_cookie("refresh", token);
                stranger.refresh().await
            }
            Self::RefreshBody => stranger.post(REFRESH, &json!({"refresh": token})).await,
            Self::VerifyCookie => {
                stranger.set_cookie("access", token);
                stranger.post(VERIFY, &json!({})).await
            }
            Self::VerifyBody => stranger.post(VERIFY, &json!({"token": token})).await,
            Self::LogoutCookie | Self::LogoutBody => {
                if app.auth.verify(token).await.is_ok() {
                    return None;
                }
                let mut body = json!({});
                if self == Self::LogoutCookie {
                    stranger.set_cookie("refresh", token);
                } else {
                    body = json!({"refresh": token});
                }
                stranger.post("/api/auth/logout/", &body).await
            }
        })
    }

    /// That it was answered as `WIRE.md` says.
    #[track_caller]
    pub fn assert_told(self, reply: &Reply, row: &Row, case: &str) {
        let (status, body) = self.expected(row);
        assert_eq!(reply.status.as_u16(), status, "{case}: {}", reply.body);
        if let Some(body) = body {
            assert_eq!(reply.json(), body, "{case}");
        }
        if row.told != Told::Good {
            let set = reply.cookies();
            let set: Vec<_> = set.iter().filter(|cookie| !cookie.value().is_empty()).collect();
            assert!(set.is_empty(), "{case}: {set:?}");
        }
        if status == 401 {
            let challenge = reply.header("www-authenticate");
            assert_eq!(challenge.as_deref(), Some(r#"Bearer realm="api""#), "{case}");
        }
    }

    fn expected(self, row: &Row) -> (u16, Option<Value>) {
        let is_field = matches!(self, Self::RefreshBody | Self::VerifyBody);
        match (self, row.told) {
            (Self::LogoutCookie | Self::LogoutBody, _) | (_, Told::Good) => (200, None),
            (Self::Page, _) => (303, None),
            _ if is_field && row.token.len() > MAX_BODY - 100 => (413, None),
            // A field that is empty, or that no database could hold.
            _ if is_field && (row.token.is_empty() || row.token.contains('\0')) => (400, None),
            _ if self.is_header() && row.token.split_ascii_whitespace().count() != 1 => {
                let detail = "Authorization header must contain two space-delimited values";
                (401, Some(json!({"detail": detail, "code": "bad_authorization_header"})))
            }
            (Self::Cookie | Self::Bearer | Self::PublicBearer, told) => (401, Some(access(told))),
            (_, told) => (401, Some(json!({"detail": message(told), "code": "token_not_valid"}))),
        }
    }
}

/// What who is calling is told.
fn access(told: Told) -> Value {
    if told == Told::NoUser {
        let detail = "Token contained no recognizable user identification";
        return json!({"detail": detail, "code": "token_not_valid"});
    }
    json!({
        "detail": "Given token not valid for any token type",
        "code": "token_not_valid",
        "messages": [
            {"token_class": "AccessToken", "token_type": "access", "message": message(told)}
        ],
    })
}

fn message(told: Told) -> &'static str {
    match told {
        Told::Invalid | Told::NoUser | Told::Good => "Token is invalid",
        Told::Expired => "Token is expired",
        Told::NoExpiry => "Token has no 'exp' claim",
        Told::NoId => "Token has no id",
        Told::NoType => "Token has no type",
        Told::WrongType => "Token has wrong type",
    }
}
