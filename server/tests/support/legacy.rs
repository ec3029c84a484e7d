//! Refresh tokens as simplejwt signs them.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::app::START;

/// The secret of the system before this one.
pub const KEY: &str = "django-insecure-k1v@0c5$-a-secret-of-fifty-characters-1";
/// With it as the setting.
pub const FLAGS: [&str; 2] = ["--legacy-signing-key", KEY];
/// The moment, in seconds.
pub const NOW: i64 = START / 1000;

/// What simplejwt says of user 1, an hour after it issued the token for 14 days.
pub fn claims(jti: &str) -> Value {
    json!({
        "token_type": "refresh",
        "exp": NOW + 14 * 86_400 - 3600,
        "iat": NOW - 3600,
        "jti": jti,
        "user_id": "1",
    })
}

/// A token that says this.
pub fn signed(claims: &Value, key: &str) -> String {
    let key = EncodingKey::from_secret(key.as_bytes());
    encode(&Header::new(Algorithm::HS256), claims, &key).unwrap()
}

/// User 1's token of this name.
pub fn token(jti: &str) -> String {
    signed(&claims(jti), KEY)
}
