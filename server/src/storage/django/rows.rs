//! Rows of Django's tables. Texts are read as bytes: SQLite keeps any, whatever a column is called.

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

/// A row of Django's users, as it stands there. Moments are texts.
#[derive(Clone, Debug)]
pub struct DjangoUser {
    /// The primary key.
    pub id: i64,
    /// The user name.
    pub username: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// The address, or nothing.
    pub email: String,
    /// The password's hash.
    pub password: String,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Whether they may do everything.
    pub is_superuser: bool,
    /// When the account was made.
    pub date_joined: Option<String>,
    /// When they last signed in.
    pub last_login: Option<String>,
    /// The first column whose bytes are no text. It was read as far as it goes.
    pub garbled: Option<&'static str>,
}

/// A refresh token that simplejwt has blacklisted. Moments are texts.
#[derive(Clone, Debug)]
pub struct EndedToken {
    /// The row.
    pub id: i64,
    /// The token's name; `None` where its bytes are no text.
    pub jti: Option<String>,
    /// When it would have expired.
    pub expires_at: Option<String>,
}

/// An address that was verified.
#[derive(Clone, Debug)]
pub struct VerifiedAddress {
    /// The address; `None` where its bytes are no text.
    pub address: Option<String>,
    /// Whose it is.
    pub owner: i64,
}

/// Takes texts out of a row, and notes which was none.
struct Texts<'r, R> {
    row: &'r R,
    garbled: Option<&'static str>,
}

impl<'r, R: Row> Texts<'r, R>
where
    &'static str: ColumnIndex<R>,
    Option<Vec<u8>>: Decode<'r, R::Database>,
{
    fn bytes(&self, column: &'static str) -> sqlx::Result<Option<Vec<u8>>> {
        // Unchecked, because a text is asked for its bytes.
        self.row.try_get_unchecked(column)
    }

    fn optional(&mut self, column: &'static str) -> sqlx::Result<Option<String>> {
        let Some(bytes) = self.bytes(column)? else { return Ok(None) };
        Ok(Some(String::from_utf8(bytes).unwrap_or_else(|error| {
            self.garbled = self.garbled.or(Some(column));
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        })))
    }

    fn text(&mut self, column: &'static str) -> sqlx::Result<String> {
        self.optional(column).map(Option::unwrap_or_default)
    }

    fn readable(&mut self, column: &'static str) -> sqlx::Result<Option<String>> {
        Ok(self.bytes(column)?.and_then(|bytes| String::from_utf8(bytes).ok()))
    }
}

impl<'r, R: Row> FromRow<'r, R> for DjangoUser
where
    &'static str: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    bool: Decode<'r, R::Database> + Type<R::Database>,
    Option<Vec<u8>>: Decode<'r, R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        let mut texts = Texts { row, garbled: None };
        Ok(Self {
            id: row.try_get("id")?,
            username: texts.text("username")?,
            first_name: texts.text("first_name")?,
            last_name: texts.text("last_name")?,
            email: texts.text("email")?,
            password: texts.text("password")?,
            is_active: row.try_get("is_active")?,
            is_superuser: row.try_get("is_superuser")?,
            date_joined: texts.optional("date_joined")?,
            last_login: texts.optional("last_login")?,
            garbled: texts.garbled,
        })
    }
}

impl<'r, R: Row> FromRow<'r, R> for EndedToken
where
    &'static str: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    Option<Vec<u8>>: Decode<'r, R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        let mut texts = Texts { row, garbled: None };
        let (jti, expires_at) = (texts.readable("jti")?, texts.readable("expires_at")?);
        Ok(Self { id: row.try_get("id")?, jti, expires_at })
    }
}

impl<'r, R: Row> FromRow<'r, R> for VerifiedAddress
where
    &'static str: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    Option<Vec<u8>>: Decode<'r, R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        let mut texts = Texts { row, garbled: None };
        Ok(Self { address: texts.readable("address")?, owner: row.try_get("owner")? })
    }
}
