//! Any settings, any family, any token of it, and claims of any kind.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::super::*;
use crate::domain::{SigningKey, entropy::SeededEntropy};

/// Until the end of the year 9999.
const LAST_MOMENT: i64 = 253_402_300_799_999;
const CENTURY_MS: u64 = 100 * 365 * 24 * 3_600_000;
/// Claims that mean something, and one that does not.
const NAMES: [&str; 11] =
    ["token_type", "exp", "iat", "nbf", "jti", "user_id", "sid", "gen", "iss", "aud", "other"];

pub(super) fn tokens(policy: &TokenPolicy) -> Tokens {
    let secret = b"a secret of thirty-two bytes or more";
    Tokens::new(SigningKey::from_secret(secret).unwrap(), policy.clone())
}

fn span(ms: impl Strategy<Value = u64>) -> impl Strategy<Value = Duration> {
    ms.prop_map(Duration::from_millis)
}

/// Nothing, a word, or a few thousand of any characters.
fn name() -> impl Strategy<Value = Option<String>> {
    let long = ("(?s).{1,4}", 0..1_000_usize).prop_map(|(piece, times)| Some(piece.repeat(times)));
    prop_oneof![2 => Just(None), 2 => "(?s).{1,20}".prop_map(Some), 1 => long]
}

pub(super) fn policy() -> impl Strategy<Value = TokenPolicy> {
    let lifetime = || span(1_000..=CENTURY_MS);
    (lifetime(), lifetime(), span(0..=600_000_u64), name(), name()).prop_map(
        |(access_lifetime, refresh_lifetime, leeway, issuer, audience)| TokenPolicy {
            user_id_claim: USER_ID_CLAIM.to_owned(),
            access_lifetime,
            refresh_lifetime,
            leeway,
            issuer,
            audience,
        },
    )
}

pub(super) fn family() -> impl Strategy<Value = Family> {
    let of = (any::<i64>(), 1..i64::MAX, any::<u64>());
    (of, 0..=LAST_MOMENT, span(0..=CENTURY_MS)).prop_map(
        |((user, generation, seed), rotated_at, left)| {
            let now = Timestamp::from_millis(rotated_at);
            let id = SessionId::generate(now, &SeededEntropy::new(seed)).unwrap();
            let generation = Generation::new(generation).unwrap();
            Family { generation, ..Family::open(id, UserId(user), now, left) }
        },
    )
}

/// A token as it is minted, and who checks it.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) tokens: Tokens,
    pub(super) minted: Minted,
    /// What it has to say.
    pub(super) claims: Claims,
}

impl Case {
    /// `None` where the settings make it too long.
    pub(super) fn mint(policy: &TokenPolicy, family: &Family, kind: TokenKind) -> Option<Self> {
        let tokens = tokens(policy);
        let (minted, lifetime) = match kind {
            TokenKind::Access => (access(&tokens, family, [9; 16]), policy.access_lifetime),
            TokenKind::Refresh => (tokens.refresh(family), policy.refresh_lifetime),
        };
        let limit = (family.rotated_at + lifetime).min(family.absolute_expires_at);
        let whole = |at: Timestamp| Timestamp::from_millis(at.millis() / 1000 * 1000);
        let claims = Claims {
            kind,
            user_id: family.user_id,
            session: family.id,
            generation: family.generation,
            issued_at: whole(family.rotated_at),
            expires_at: whole(limit),
        };
        match minted {
            Ok(minted) => Some(Self { tokens, minted, claims }),
            Err(MintError::TooLong(bytes)) if bytes > MAX_TOKEN_BYTES => None,
            Err(error) => panic!("{error}"),
        }
    }

    pub(super) fn text(&self) -> &str {
        self.minted.token.expose()
    }

    pub(super) fn check(&self, at: Timestamp) -> Result<Claims, TokenFault> {
        self.tokens.check(self.text(), Some(self.claims.kind), at)
    }
}

pub(super) fn access(tokens: &Tokens, family: &Family, id: [u8; 16]) -> Result<Minted, MintError> {
    let (user_id, generation) = (family.user_id, family.generation);
    let absolute_expires_at = family.absolute_expires_at;
    let grant = Grant { user_id, session: family.id, generation, absolute_expires_at };
    tokens.access(grant, family.rotated_at, id)
}

/// A token that could be minted.
pub(super) fn case() -> impl Strategy<Value = Case> {
    let kind = prop_oneof![Just(TokenKind::Access), Just(TokenKind::Refresh)];
    (policy(), family(), kind)
        .prop_filter_map("too long", |(policy, family, kind)| Case::mint(&policy, &family, kind))
}

/// Any value that a claim may have.
fn claim() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["(?s).{0,40}", any::<i64>().prop_map(|number| number.to_string())];
    let text = prop_oneof![text, "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "access|refresh"];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0..=LAST_MOMENT / 1000).prop_map(Value::from),
        text.prop_map(Value::from),
        proptest::collection::vec("[a-z]{0,3}", 0..3).prop_map(Value::from),
    ]
}

pub(super) fn claims() -> impl Strategy<Value = Map<String, Value>> {
    proptest::collection::hash_map(proptest::sample::select(&NAMES[..]), claim(), 0..3)
        .prop_map(|claims| claims.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
}
