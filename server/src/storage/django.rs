//! A database of Django's, which is only read: its users, and allauth's addresses.

mod columns;
mod rows;

use std::path::PathBuf;

use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, SqliteConnection, postgres::PgConnectOptions,
    query_as, sqlite::SqliteConnectOptions,
};

use self::columns::Columns;
use super::StoreError;

pub use rows::{DjangoUser, EndedToken, VerifiedAddress};

/// Where allauth keeps addresses.
pub const ADDRESSES: &str = "account_emailaddress";

/// Where simplejwt notes what was ended.
const BLACKLIST: &str = "token_blacklist_blacklistedtoken";

/// Ids are numbers in JSON, where not every one beyond twice this is. Whoever comes later is given
/// higher ones.
pub const HIGHEST_ID: i64 = 1 << 52;

const VERIFIED: &str = "SELECT email AS address, CAST(user_id AS BIGINT) AS owner FROM account_emailaddress \
     WHERE CAST(verified AS INTEGER) = 1 ORDER BY user_id, id";

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
    /// Another user model that keeps less of people, or keeps it elsewhere.
    #[error(
        "the table {0} has no column {1}: people are taken from user models that have all of \
         Django's own, such as those made from AbstractUser"
    )]
    NoColumn(String, &'static str),
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
        let columns = source.columns(table).await?;
        if !columns.exist() {
            return Err(SourceError::NoTable(source.table));
        }
        if let Some(missing) = columns.missing() {
            return Err(SourceError::NoColumn(source.table, missing));
        }
        if source.has_other_ids(&columns).await? {
            return Err(SourceError::OtherIds(source.table));
        }
        Ok(source)
    }

    async fn columns(&mut self, table: &str) -> Result<Columns, SourceError> {
        Ok(match &mut self.connection {
            Connection::Sqlite(connection) => Columns::on_sqlite(connection, table).await?,
            Connection::Postgres(connection) => Columns::on_postgres(connection, table).await?,
        })
    }

    /// Whether people are numbered by something that is no number.
    async fn has_other_ids(&mut self, columns: &Columns) -> Result<bool, SourceError> {
        match &mut self.connection {
            Connection::Sqlite(connection) => {
                Ok(columns::has_other_ids(connection, &self.table).await?)
            }
            Connection::Postgres(_) => Ok(columns.has_other_ids()),
        }
    }

    async fn has(&mut self, table: &str) -> Result<bool, SourceError> {
        Ok(self.columns(table).await?.exist())
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
    pub async fn verified_addresses(
        &mut self,
    ) -> Result<Option<Vec<VerifiedAddress>>, SourceError> {
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
            "SELECT CAST(id AS BIGINT) AS id, {}, \
             coalesce(CAST(is_active AS INTEGER), 0) <> 0 AS is_active, \
             coalesce(CAST(is_superuser AS INTEGER), 0) <> 0 AS is_superuser, {joined} AS date_joined, \
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
