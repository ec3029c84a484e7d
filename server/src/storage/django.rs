//! A database of Django's, which is only read: its users, and allauth's addresses.

use std::path::PathBuf;

use sqlx::{
    AssertSqlSafe, Connection as _, FromRow, PgConnection, SqliteConnection,
    postgres::PgConnectOptions, query_as, query_scalar, sqlite::SqliteConnectOptions,
};

use super::StoreError;

/// Where allauth keeps addresses.
pub const ADDRESSES: &str = "account_emailaddress";

/// Where simplejwt notes what was ended.
const BLACKLIST: &str = "token_blacklist_blacklistedtoken";

/// Ids are numbers in JSON: beyond this, not every one of them is.
pub const HIGHEST_ID: i64 = (1 << 53) - 1;

const VERIFIED: &str = "SELECT email, CAST(user_id AS BIGINT) FROM account_emailaddress \
     WHERE CAST(verified AS INTEGER) = 1 ORDER BY user_id, id";

/// A row of Django's users, as it stands there. Moments are texts in UTC.
#[derive(Clone, Debug, FromRow)]
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
}

/// A refresh token that simplejwt has blacklisted. Moments are texts in UTC.
#[derive(Clone, Debug, FromRow)]
pub struct EndedToken {
    /// The row.
    pub id: i64,
    /// The token's name.
    pub jti: String,
    /// When it would have expired.
    pub expires_at: Option<String>,
}

/// Why there is nothing to import.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A table's name that would have to be quoted is none of Django's.
    #[error("{0:?} is no table's name: letters, digits and underscores")]
    TableName(String),
    /// Another database, or another user model.
    #[error(
        "there is no table {0} in Django's database; another user model has another --user-table"
    )]
    NoTable(String),
    /// Ids are numbers here.
    #[error("the ids in {0} are no numbers, and ids are numbers here: nobody can be taken over")]
    OtherIds(String),
    /// It cannot be opened or read.
    #[error("Django's database cannot be read: {0}")]
    Store(#[source] StoreError),
}

impl From<sqlx::Error> for SourceError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

enum Connection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Does the same with either connection.
macro_rules! on {
    ($source:expr, $connection:ident => $done:expr) => {
        match &mut $source.connection {
            Connection::Sqlite($connection) => $done,
            Connection::Postgres($connection) => $done,
        }
    };
}

/// The database, opened.
pub struct DjangoSource {
    connection: Connection,
    table: String,
}

impl DjangoSource {
    /// Opens a SQLite file, for reading.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn sqlite(file: PathBuf, table: &str) -> Result<Self, SourceError> {
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let connection = SqliteConnection::connect_with(&options).await?;
        Self::with(Connection::Sqlite(connection), table).await
    }

    /// Connects to PostgreSQL, for reading.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn postgres(options: PgConnectOptions, table: &str) -> Result<Self, SourceError> {
        let options = options.options([("default_transaction_read_only", "on")]);
        let connection = PgConnection::connect_with(&options).await?;
        Self::with(Connection::Postgres(connection), table).await
    }

    async fn with(connection: Connection, table: &str) -> Result<Self, SourceError> {
        // It becomes part of statements.
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if table.is_empty() || table.len() > 63 || !table.chars().all(plain) {
            return Err(SourceError::TableName(table.to_owned()));
        }
        let mut source = Self { connection, table: table.to_owned() };
        if !source.has(table).await? {
            return Err(SourceError::NoTable(source.table));
        }
        if source.has_other_ids().await? {
            return Err(SourceError::OtherIds(source.table));
        }
        Ok(source)
    }

    /// Whether people are numbered by something that is no number. PostgreSQL refuses to read it as one.
    async fn has_other_ids(&mut self) -> Result<bool, SourceError> {
        let Connection::Sqlite(connection) = &mut self.connection else { return Ok(false) };
        let table = &self.table;
        let statement = AssertSqlSafe(format!(
            "SELECT count(*) FROM (SELECT 1 FROM \"{table}\" WHERE typeof(id) <> 'integer' LIMIT 1)"
        ));
        let others: i64 = query_scalar(statement).fetch_one(connection).await?;
        Ok(others > 0)
    }

    async fn has(&mut self, table: &str) -> Result<bool, SourceError> {
        let tables: i64 = match &mut self.connection {
            Connection::Sqlite(connection) => {
                const COUNT: &str = "SELECT count(*) FROM sqlite_master \
                     WHERE type IN ('table', 'view') AND name = $1";
                query_scalar(COUNT).bind(table).fetch_one(connection).await?
            }
            Connection::Postgres(connection) => {
                const COUNT: &str = "SELECT count(to_regclass(quote_ident($1)))";
                query_scalar(COUNT).bind(table).fetch_one(connection).await?
            }
        };
        Ok(tables > 0)
    }

    /// How many users there are, and the highest id of those who can be taken over.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn extent(&mut self) -> Result<(u64, i64), SourceError> {
        let table = &self.table;
        let statement = format!(
            "SELECT count(*), CAST(coalesce(max(CASE WHEN id <= {HIGHEST_ID} THEN id END), 0) \
                 AS BIGINT) FROM \"{table}\""
        );
        let statement = AssertSqlSafe(statement);
        let (count, highest): (i64, i64) =
            on!(self, connection => query_as(statement).fetch_one(connection).await?);
        Ok((u64::try_from(count).unwrap_or_default(), highest))
    }

    /// The addresses that were verified, and whose they are; `None` where allauth is not used.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn verified_addresses(&mut self) -> Result<Option<Vec<(String, i64)>>, SourceError> {
        if !self.has(ADDRESSES).await? {
            return Ok(None);
        }
        Ok(Some(on!(self, connection => query_as(VERIFIED).fetch_all(connection).await?)))
    }

    /// The next users after this id, by id.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn users_after(
        &mut self,
        id: i64,
        count: u32,
    ) -> Result<Vec<DjangoUser>, SourceError> {
        let (joined, seen) = match self.connection {
            Connection::Sqlite(_) => {
                ("CAST(date_joined AS TEXT)".to_owned(), "CAST(last_login AS TEXT)".to_owned())
            }
            Connection::Postgres(_) => (in_utc("date_joined"), in_utc("last_login")),
        };
        let text = |column| format!("CAST(coalesce({column}, '') AS TEXT) AS {column}");
        let columns = ["username", "first_name", "last_name", "email", "password"].map(text);
        let statement = format!(
            "SELECT CAST(id AS BIGINT) AS id, {}, CAST(is_active AS INTEGER) <> 0 AS is_active, \
             CAST(is_superuser AS INTEGER) <> 0 AS is_superuser, {joined} AS date_joined, \
             {seen} AS last_login FROM \"{}\" WHERE id > $1 ORDER BY \"{}\".id LIMIT $2",
            columns.join(", "),
            self.table,
            self.table,
        );
        let (statement, count) = (AssertSqlSafe(statement), i64::from(count));
        Ok(on!(self, connection => {
            query_as(statement).bind(id).bind(count).fetch_all(connection).await?
        }))
    }

    /// Whether simplejwt's blacklist is used.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn has_ended_tokens(&mut self) -> Result<bool, SourceError> {
        self.has(BLACKLIST).await
    }

    /// The next blacklisted tokens after this row, by row.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn ended_tokens_after(
        &mut self,
        id: i64,
        count: u32,
    ) -> Result<Vec<EndedToken>, SourceError> {
        let expires_at = match self.connection {
            Connection::Sqlite(_) => "CAST(o.expires_at AS TEXT)".to_owned(),
            Connection::Postgres(_) => in_utc("o.expires_at"),
        };
        let statement = AssertSqlSafe(format!(
            "SELECT CAST(b.id AS BIGINT) AS id, o.jti, {expires_at} AS expires_at \
             FROM {BLACKLIST} b JOIN token_blacklist_outstandingtoken o ON o.id = b.token_id \
             WHERE b.id > $1 ORDER BY b.id LIMIT $2"
        ));
        let count = i64::from(count);
        Ok(on!(self, connection => {
            query_as(statement).bind(id).bind(count).fetch_all(connection).await?
        }))
    }
}

/// As Django writes moments to SQLite.
fn in_utc(column: &str) -> String {
    format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')")
}
