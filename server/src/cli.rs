//! The command line.

mod check;
mod import;
mod keys;
mod password;
mod session;
mod table;
mod user;

use std::{
    io::Write as _,
    path::{self, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::{
    auth::Auth,
    config::{Config, Database, Settings},
    startup::{self, StartError},
    telemetry,
};

/// Keeps people signed in to single-page apps.
///
/// Every setting is an environment variable and a flag. Nothing set: serves on
/// 127.0.0.1:3000 with a SQLite database and a signing key of its own in ./data.
#[derive(Debug, Parser)]
#[command(name = "latchkey", version, args_conflicts_with_subcommands = false)]
pub struct Cli {
    /// What to log: error, warn, info, debug, trace; also by module, as in latchkey=debug,warn
    #[arg(long, env = "LOG", default_value = "info", global = true, value_name = "FILTER")]
    log: String,

    #[command(flatten)]
    settings: Settings,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (the default)
    Serve,
    /// Make, change and remove accounts
    #[command(subcommand)]
    User(user::UserCommand),
    /// Look at sessions and end them
    #[command(subcommand)]
    Session(session::SessionCommand),
    /// Look at signing keys and replace them
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Take over people from elsewhere
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Go through the security checklist with the settings in force
    Check(check::Check),
}

impl Cli {
    /// Reads the command line and the environment. Help and faults end the process.
    pub fn from_arguments() -> Self {
        let mut command = Self::command().mut_args(unset_if_empty);
        let mut matches = command.get_matches_mut();
        Self::from_arg_matches_mut(&mut matches)
            .unwrap_or_else(|error| error.format(&mut command).exit())
    }

    /// Does what was asked; trouble is one sentence on standard error and status 1.
    pub async fn run(self) -> ExitCode {
        match self.execute().await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let _ = writeln!(std::io::stderr(), "latchkey: {error}");
                ExitCode::FAILURE
            }
        }
    }

    async fn execute(self) -> Result<(), CliError> {
        telemetry::start(&self.log).map_err(StartError::from)?;
        let config = Config::new(self.settings).map_err(StartError::from)?;
        match self.command {
            None | Some(Command::Serve) => Ok(startup::serve(config, announce).await?),
            Some(Command::User(command)) => command.run(&config).await,
            Some(Command::Session(command)) => command.run(&config).await,
            Some(Command::Keys(command)) => command.run(&config).await,
            Some(Command::Import(command)) => command.run(&config).await,
            Some(Command::Check(check)) => check.run(&config),
        }
    }
}

/// Compose files and service managers hand over unset variables as empty ones. A key that is empty
/// is one that was lost on the way: no other is made in its place.
fn unset_if_empty(arg: Arg) -> Arg {
    if arg.get_id().as_str().starts_with("signing_key") {
        return arg;
    }
    let empty = arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    if empty { arg.env(None::<&str>) } else { arg }
}

/// Opens the database that is there: none is made by looking for one in the wrong place.
async fn open(config: &Config) -> Result<Arc<Auth>, CliError> {
    if let Database::Sqlite(file) = &config.database
        && !file.exists()
    {
        return Err(CliError::NoDatabase(path::absolute(file).unwrap_or_else(|_| file.clone())));
    }
    Ok(startup::open(config).await?)
}

fn announce(address: &str) {
    say(&format!("Latchkey is ready at {address}"));
}

/// Prints a line for the person at the keyboard; a closed pipe is no error.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn ended_in_words(sessions: usize) -> String {
    match sessions {
        1 => "1 session is ended".to_owned(),
        n => format!("{n} sessions are ended"),
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// It could not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The account was not made.
    #[error("{0}")]
    CreateUser(#[from] crate::auth::CreateUserError),
    /// The password was not set.
    #[error("{0}")]
    SetPassword(#[from] crate::auth::SetPasswordError),
    /// There is no such session.
    #[error("there is no session {0} that goes on")]
    NoSession(String),
    /// There is no such key.
    #[error("there is no key {0}: latchkey keys list shows them")]
    NoKey(String),
    /// It is in use.
    #[error("key {0} signs: put another one before it first, by latchkey keys rotate")]
    KeySigns(String),
    /// People are signed in by it.
    #[error(
        "key {kid} is needed until {until}: people are signed in by it. With --force they have to \
         sign in again"
    )]
    KeyNeeded {
        /// Its name.
        kid: String,
        /// Until when.
        until: String,
    },
    /// The keys are not the program's own.
    #[error(
        "the server did not make its keys itself: put a new one before the others in \
         SIGNING_KEY_FILE, in a line of its own and the same on every server, which notice within \
         seconds. Make one with: openssl rand -hex 32"
    )]
    GivenKeys,
    /// Nobody said yes.
    #[error("nothing was deleted: say --yes, or answer with the user name")]
    NotConfirmed,
    /// Something has to change before strangers may come.
    #[error("{0} to change before this may be used in production")]
    Unsafe(String),
    /// There is no such account.
    #[error("there is no user {0:?}")]
    NoUser(String),
    /// There is no database where one is expected.
    #[error("there is no database {0}: run this where the server runs, or set DATABASE_URL")]
    NoDatabase(PathBuf),
    /// People could not be taken over.
    #[error("{0}")]
    Import(#[from] crate::auth::import::ImportError),
    /// Looking at it would change it.
    #[error(
        "the database is one of an older version, and a dry run changes nothing: start the server \
         once, or import without --dry-run"
    )]
    OlderDatabase,
    /// There is no room for an empty database.
    #[error("no folder for what a dry run needs can be made: {0}")]
    StandIn(#[source] std::io::Error),
    /// The report could not be written.
    #[error("the report cannot be written: {0}")]
    Report(#[source] std::io::Error),
    /// A setting of the command.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// The database failed.
    #[error(transparent)]
    Auth(#[from] crate::auth::AuthError),
    /// No password came.
    #[error("the password could not be read: {0}. Without a terminal, use --password-stdin")]
    Password(#[source] std::io::Error),
    /// The two entries differ.
    #[error("the two passwords are not the same")]
    PasswordsDiffer,
}
