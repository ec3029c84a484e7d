//! Imports, and a source that is filled by hand: with what Django would never write.

use std::time::Duration;

use latchkey::{
    auth::import::{Counts, ImportError, ImportRules, ImportWatcher, Notice, Refusal},
    storage::{DjangoSource, DjangoUser, SourceError},
};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

use super::{Engine, TestApp, database::new_postgres_database};

/// Nothing that has to be asked for.
pub const RULES: ImportRules =
    ImportRules { allow_md5: false, restore_deleted: false, dry_run: false, wait: Duration::ZERO };

/// What an import says.
#[derive(Debug, Default)]
pub struct Said {
    /// How many people there are, and whether it is known which addresses were verified.
    pub begins: Option<(u64, bool)>,
    /// How often it waited.
    pub waits: u32,
    /// Who is named, and why.
    pub lines: Vec<String>,
}

impl ImportWatcher for Said {
    fn begins(&mut self, people: u64, knows_verified: bool) {
        self.begins = Some((people, knows_verified));
    }

    fn waits(&mut self, _: Duration) {
        self.waits += 1;
    }

    fn removed(&mut self, who: &DjangoUser) {
        self.lines.push(format!("{}: deleted here", who.username));
    }

    fn refused(&mut self, who: &DjangoUser, why: Refusal) {
        self.lines.push(format!("{}: {why}", who.username));
    }

    fn noticed(&mut self, who: &DjangoUser, what: Notice) {
        self.lines.push(format!("{}: {what}", who.username));
    }

    fn advanced(&mut self, _: u64) {}
}

/// Opens a database of Django's.
pub async fn open(url: &str) -> Result<DjangoSource, SourceError> {
    match url.strip_prefix("sqlite://") {
        Some(file) => DjangoSource::sqlite(file.into(), "auth_user").await,
        None => DjangoSource::postgres(url.parse().unwrap(), "auth_user").await,
    }
}

/// Imports all that is there.
pub async fn import(
    app: &TestApp,
    url: &str,
    rules: ImportRules,
) -> Result<(Counts, Said), ImportError> {
    let mut said = Said::default();
    let counts = app.auth.import(&mut open(url).await?, rules, &mut said).await?;
    Ok((counts, said))
}

/// A table of users, as Django makes it but for its rules.
pub struct UserTable {
    pub url: String,
    _folder: TempDir,
}

impl UserTable {
    /// Without anybody.
    pub async fn new(engine: Engine) -> Self {
        Self::with_columns(engine, "username text, id bigint").await
    }

    /// With these columns for name and id.
    pub async fn with_columns(engine: Engine, own: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (url, flag, moment) = match engine {
            Engine::Sqlite => {
                let file = folder.path().join("django.db");
                (format!("sqlite://{}", file.display()), "bool", "datetime")
            }
            Engine::Postgres => (new_postgres_database().await, "boolean", "timestamptz"),
        };
        let table = Self { url, _folder: folder };
        let statement = format!(
            "CREATE TABLE auth_user ({own}, password text, last_login {moment}, \
             is_superuser {flag}, last_name text, email text, is_active {flag}, \
             date_joined {moment}, first_name text)"
        );
        table.execute(&statement).await;
        table
    }

    /// Adds somebody who is nothing special: `name`, with this `password`.
    pub async fn add(&self, id: i64, name: &str, password: &str) {
        let statement = format!(
            "INSERT INTO auth_user (id, username, password, is_superuser, is_active, date_joined) \
             VALUES ({id}, '{name}', '{password}', false, true, '2020-02-29 12:00:00')"
        );
        self.execute(&statement).await;
    }

    /// Does something to it.
    pub async fn execute(&self, statement: &str) {
        let statement = AssertSqlSafe(statement.to_owned());
        if let Some(file) = self.url.strip_prefix("sqlite://") {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
            let options = options.create_if_missing(true);
            let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
            connection.execute(statement).await.unwrap();
            connection.close().await.unwrap();
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            connection.execute(statement).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}
