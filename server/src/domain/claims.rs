//! What a token says, and whether it may be believed: time and claims are judged here, with the
//! moment passed in, in one function for both kinds.

use std::{collections::HashMap, fmt, time::Duration};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::Value;

use super::{
    Generation, LegacyId, LegacyToken, SessionId, Timestamp, TokenPolicy, UserId,
    token::USER_ID_CLAIM, verifier::Verifier,
};

/// How far ahead of us the clock of whoever issued a token may be.
pub const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// The longest life of a refresh token of the system before this one: no browser keeps a cookie for
/// longer. Whoever signs one for ever has made a mistake, or is up to something.
pub const LONGEST_LEGACY: Duration = Duration::from_hours(400 * 24);

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Shows who is calling.
    Access,
    /// Gets new access tokens.
    Refresh,
}

impl TokenKind {
    /// The `token_type` claim.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }
}

/// A token that is signed by us, in force and complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// What it is for.
    pub kind: TokenKind,
    /// Whose it is.
    pub user_id: UserId,
    /// Its family.
    pub session: SessionId,
    /// Its generation.
    pub generation: Generation,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

impl Claims {
    /// Whether more than half of its life is over.
    pub fn past_half(&self, now: Timestamp) -> bool {
        now.since(self.issued_at) >= self.expires_at.since(self.issued_at) / 2
    }
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Malformed, not signed by us, from the future, or without a family.
    #[error("token is invalid")]
    Invalid,
    /// Its time has passed.
    #[error("token is expired")]
    Expired,
    /// No `exp`.
    #[error("token has no exp claim")]
    NoExpiry,
    /// No `jti`.
    #[error("token has no id")]
    NoId,
    /// No `token_type`.
    #[error("token has no type")]
    NoType,
    /// The other kind.
    #[error("token has wrong type")]
    WrongType,
    /// No `user_id`.
    #[error("token names no user")]
    NoUser,
}

/// The claims as they stand in a token, before anything is believed. A claim that occurs twice is
/// refused by the parser.
#[derive(Deserialize)]
pub(super) struct RawClaims {
    token_type: Option<Value>,
    exp: Option<Value>,
    iat: Option<Value>,
    nbf: Option<Value>,
    jti: Option<Value>,
    user_id: Option<Value>,
    sid: Option<Value>,
    r#gen: Option<Value>,
    iss: Option<Value>,
    aud: Option<Value>,
}

/// What every token says.
struct Common {
    kind: TokenKind,
    jti: String,
    issued_at: Option<Timestamp>,
    expires_at: Timestamp,
}

/// The claims where the one that says whose it is has another name.
struct AnyClaims(HashMap<String, Value>);

impl AnyClaims {
    /// Those that are known, with this one as the user's.
    fn with_user_id(self, claim: &str) -> RawClaims {
        let Self(mut claims) = self;
        let mut take = |name: &str| claims.remove(name).filter(|value| !value.is_null());
        RawClaims {
            token_type: take("token_type"),
            exp: take("exp"),
            iat: take("iat"),
            nbf: take("nbf"),
            jti: take("jti"),
            sid: take("sid"),
            r#gen: take("gen"),
            iss: take("iss"),
            aud: take("aud"),
            user_id: take(claim),
        }
    }
}

impl<'de> Deserialize<'de> for AnyClaims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Claims;

        impl<'de> Visitor<'de> for Claims {
            type Value = AnyClaims;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("claims, each once")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AnyClaims, A::Error> {
                let mut claims = HashMap::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if claims.insert(name, value).is_some() {
                        return Err(A::Error::custom("a claim that occurs twice"));
                    }
                }
                Ok(AnyClaims(claims))
            }
        }

        deserializer.deserialize_map(Claims)
    }
}

impl RawClaims {
    /// The claims of a token that this issuer has signed.
    pub(super) fn read(
        issuer: &Verifier,
        token: &str,
        policy: &TokenPolicy,
    ) -> Result<Self, TokenFault> {
        if policy.user_id_claim == USER_ID_CLAIM {
            return issuer.claims(token);
        }
        issuer.claims::<AnyClaims>(token).map(|claims| claims.with_user_id(&policy.user_id_claim))
    }

    /// Judges the claims in simplejwt's order, so that a token with several faults is refused for
    /// the one that a client written for it expects.
    pub(super) fn check(
        self,
        expected: Option<TokenKind>,
        now: Timestamp,
        policy: &TokenPolicy,
    ) -> Result<Claims, TokenFault> {
        let Common { kind, issued_at, expires_at, .. } = self.common(expected, now, policy)?;
        // A lowered ACCESS_TOKEN_LIFETIME applies to tokens that are already out.
        let furthest = now + policy.access_lifetime + policy.leeway + CLOCK_SKEW;
        if kind == TokenKind::Access && expires_at > furthest {
            return Err(TokenFault::Invalid);
        }
        Ok(Claims {
            kind,
            user_id: user_id(self.user_id.as_ref())?,
            session: text(self.sid.as_ref())
                .and_then(SessionId::parse)
                .ok_or(TokenFault::Invalid)?,
            generation: self
                .r#gen
                .and_then(|number| Generation::new(number.as_i64()?))
                .ok_or(TokenFault::Invalid)?,
            issued_at: issued_at.unwrap_or_default(),
            expires_at,
        })
    }

    /// The same for a refresh token of the system before this one. It knows no families: one that
    /// names its own is ours, and was refused as such.
    pub(super) fn check_legacy(
        self,
        now: Timestamp,
        policy: &TokenPolicy,
    ) -> Result<LegacyToken, TokenFault> {
        let common = self.common(Some(TokenKind::Refresh), now, policy)?;
        if self.sid.is_some() || self.r#gen.is_some() {
            return Err(TokenFault::Invalid);
        }
        let issued_at = common.issued_at.ok_or(TokenFault::Invalid)?;
        if common.expires_at > issued_at + LONGEST_LEGACY {
            return Err(TokenFault::Invalid);
        }
        Ok(LegacyToken {
            user_id: user_id(self.user_id.as_ref())?,
            id: LegacyId::new(common.jti).ok_or(TokenFault::Invalid)?,
            issued_at,
            expires_at: common.expires_at,
        })
    }

    /// What is asked of every token.
    fn common(
        &self,
        expected: Option<TokenKind>,
        now: Timestamp,
        policy: &TokenPolicy,
    ) -> Result<Common, TokenFault> {
        let issued_at = self.iat.as_ref().map(moment).transpose()?;
        let not_before = self.nbf.as_ref().map(moment).transpose()?;
        let ahead = |at: Option<Timestamp>| at.is_some_and(|at| at > now + CLOCK_SKEW);
        if ahead(issued_at) || ahead(not_before) || !self.is_for_us(policy) {
            return Err(TokenFault::Invalid);
        }
        let expires_at = self.exp.as_ref().map(moment).transpose()?;
        if expires_at.is_some_and(|at| now >= at + policy.leeway) {
            return Err(TokenFault::Expired);
        }
        let expires_at = expires_at.ok_or(TokenFault::NoExpiry)?;
        // Clocks differ, but nothing expires before it is issued.
        if issued_at.is_some_and(|at| now < expires_at && expires_at < at) {
            return Err(TokenFault::Invalid);
        }
        let jti = self.jti.as_ref().ok_or(TokenFault::NoId)?;
        let jti = jti.as_str().ok_or(TokenFault::Invalid)?.to_owned();
        Ok(Common { kind: self.kind(expected)?, jti, issued_at, expires_at })
    }

    fn kind(&self, expected: Option<TokenKind>) -> Result<TokenKind, TokenFault> {
        let stated = self.token_type.as_ref().ok_or(TokenFault::NoType)?.as_str();
        [TokenKind::Access, TokenKind::Refresh]
            .into_iter()
            .find(|kind| Some(kind.as_str()) == stated)
            .filter(|kind| expected.is_none_or(|expected| expected == *kind))
            .ok_or(TokenFault::WrongType)
    }

    fn is_for_us(&self, policy: &TokenPolicy) -> bool {
        let issuer =
            policy.issuer.as_deref().is_none_or(|own| text(self.iss.as_ref()) == Some(own));
        let audience = policy.audience.as_deref().is_none_or(|own| match &self.aud {
            Some(Value::String(aud)) => aud == own,
            Some(Value::Array(all)) => all.iter().any(|aud| aud.as_str() == Some(own)),
            _ => false,
        });
        issuer && audience
    }
}

fn text(claim: Option<&Value>) -> Option<&str> {
    claim.and_then(Value::as_str)
}

/// A `NumericDate`: whole or fractional seconds; text is refused.
fn moment(claim: &Value) -> Result<Timestamp, TokenFault> {
    // 2^53: beyond it a JSON number no longer names one second.
    const LATEST: f64 = 9_007_199_254_740_992.0;
    let seconds =
        claim.as_f64().filter(|s| (0.0..LATEST).contains(s)).ok_or(TokenFault::Invalid)?;
    #[expect(clippy::cast_possible_truncation, reason = "in range, and fractions are dropped")]
    let seconds = seconds as i64;
    Ok(Timestamp::from_millis(seconds.saturating_mul(1000)))
}

/// A string since simplejwt 5.5, a number before.
fn user_id(claim: Option<&Value>) -> Result<UserId, TokenFault> {
    match claim {
        None => Err(TokenFault::NoUser),
        Some(Value::String(text)) => {
            let id = text.parse().map(UserId).map_err(|_| TokenFault::Invalid)?;
            (id.to_string() == *text).then_some(id).ok_or(TokenFault::Invalid)
        }
        Some(Value::Number(number)) => number.as_i64().map(UserId).ok_or(TokenFault::Invalid),
        Some(_) => Err(TokenFault::Invalid),
    }
}
