//! `latchkey user ...`

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use clap::{Args, Subcommand};

use super::{
    CliError, ended_in_words, open,
    password::PasswordSource,
    say,
    table::{moment, print},
};
use crate::{
    auth::{Auth, AuthError, CreateUser, EventRecord, SetPasswordError, UserRecord},
    config::{Config, Database},
    domain::EventKind,
    startup,
};

/// Commands on accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account; the password is asked for
    Create(Create),
    #[command(flatten)]
    Other(OnAccounts),
}

/// Commands on the accounts that are there.
#[derive(Debug, Subcommand)]
pub enum OnAccounts {
    /// List all accounts
    List,
    /// Disable an account and end all its sessions, on running servers within seconds
    Disable(Named),
    /// Enable an account again
    Enable(Named),
    /// Give an account another password and end all its sessions; the password is asked for
    SetPassword {
        #[command(flatten)]
        who: Named,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Show the latest of what happened to an account
    Activity(Named),
    /// Delete an account and all that is its owner's
    Delete {
        #[command(flatten)]
        who: Named,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// Which account.
#[derive(Args, Debug)]
pub struct Named {
    /// The user name
    #[arg(long)]
    username: Option<String>,
    /// The user name
    #[arg(
        value_name = "USERNAME",
        required_unless_present = "username",
        conflicts_with = "username"
    )]
    name: Option<String>,
}

impl Named {
    fn username(self) -> String {
        self.username.or(self.name).unwrap_or_default()
    }
}

/// `latchkey user create`
#[derive(Args, Debug)]
pub struct Create {
    /// The user name
    #[arg(long)]
    username: String,
    /// The e-mail address
    #[arg(long)]
    email: Option<String>,
    /// The address is known to be theirs
    #[arg(long, requires = "email")]
    verified: bool,
    /// They may do everything
    #[arg(long)]
    superuser: bool,
    /// Given name
    #[arg(long, default_value = "")]
    first_name: String,
    /// Family name
    #[arg(long, default_value = "")]
    last_name: String,
    #[command(flatten)]
    password: PasswordSource,
}

impl UserCommand {
    /// Does it.
    ///
    /// # Errors
    /// [`CliError`].
    pub async fn run(self, config: &Config) -> Result<(), CliError> {
        match self {
            Self::Create(create) => create.run(config).await,
            Self::Other(command) => {
                let auth = open(config).await?;
                let done = command.run(&auth).await;
                auth.store.close().await;
                done
            }
        }
    }
}

impl OnAccounts {
    async fn run(self, auth: &Auth) -> Result<(), CliError> {
        match self {
            Self::List => list(auth).await,
            Self::Disable(who) => {
                let name = who.username();
                let done = auth.disable_user(&name).await.map_err(|error| unknown(&name, error))?;
                let how = if done { "disabled" } else { "was disabled before" };
                say(&format!("{name} {how}; all sessions are ended"));
                Ok(())
            }
            Self::Enable(who) => {
                let name = who.username();
                let done = auth.enable_user(&name).await.map_err(|error| unknown(&name, error))?;
                say(&format!("{name} {}", if done { "enabled" } else { "was not disabled" }));
                Ok(())
            }
            Self::SetPassword { who, password } => {
                set_password(auth, &who.username(), password).await
            }
            Self::Activity(who) => activity(auth, &who.username()).await,
            Self::Delete { who, yes } => delete(auth, &who.username(), yes).await,
        }
    }
}

impl Create {
    async fn run(self, config: &Config) -> Result<(), CliError> {
        let password = self.password.read()?;
        let auth = startup::open(config).await?;
        let username = self.username.trim().to_owned();
        let made = auth
            .create_user(CreateUser {
                username: self.username,
                email: self.email,
                verified: self.verified,
                superuser: self.superuser,
                first_name: self.first_name,
                last_name: self.last_name,
                password,
            })
            .await;
        auth.store.close().await;
        say(&format!("made user {username} with id {}{}", made?, place(config)));
        Ok(())
    }
}

/// Where the account is: with files one may be in the wrong folder.
fn place(config: &Config) -> String {
    match &config.database {
        Database::Sqlite(file) => {
            let file = std::path::absolute(file).unwrap_or_else(|_| file.clone());
            format!(" in {}", file.display())
        }
        Database::Postgres(_) => String::new(),
    }
}

/// Names the account that is not there.
pub fn unknown(username: &str, error: AuthError) -> CliError {
    match error {
        AuthError::UserNotFound => CliError::NoUser(username.to_owned()),
        other => other.into(),
    }
}

async fn list(auth: &Auth) -> Result<(), CliError> {
    let row = |user: UserRecord| {
        let state = if user.disabled_at.is_some() {
            "disabled"
        } else if user.superuser_since.is_some() {
            "superuser"
        } else {
            "enabled"
        };
        [
            user.id.to_string(),
            user.username,
            user.email.unwrap_or_default(),
            state.to_owned(),
            moment(user.created_at),
            user.last_login_at.map(moment).unwrap_or_default(),
        ]
    };
    let users = auth.users().await?;
    print(["ID", "USER", "E-MAIL", "STATE", "MADE", "LAST SIGN-IN"], users.into_iter().map(row));
    Ok(())
}

async fn activity(auth: &Auth, username: &str) -> Result<(), CliError> {
    let found = auth.activity_of(username).await.map_err(|error| unknown(username, error))?;
    let row = |event: EventRecord| {
        [
            moment(event.at),
            event.kind.map_or("?", EventKind::as_str).to_owned(),
            event.count.to_string(),
            event.client.ip,
            event.client.user_agent,
        ]
    };
    print(["WHEN", "WHAT", "TIMES", "FROM", "BROWSER"], found.events.into_iter().map(row));
    Ok(())
}

async fn set_password(
    auth: &Auth,
    username: &str,
    password: PasswordSource,
) -> Result<(), CliError> {
    let done = auth.set_password(username, password.read()?).await;
    let ended = done.map_err(|error| match error {
        SetPasswordError::Other(error) => unknown(username, error),
        fault @ SetPasswordError::Password(_) => fault.into(),
    })?;
    say(&format!("{username} has a new password; {}", ended_in_words(ended)));
    Ok(())
}

async fn delete(auth: &Auth, username: &str, yes: bool) -> Result<(), CliError> {
    if !yes && !confirmed(username) {
        return Err(CliError::NotConfirmed);
    }
    auth.delete_user(username).await.map_err(|error| unknown(username, error))?;
    say(&format!("{username} is deleted, and all sessions are ended"));
    Ok(())
}

fn confirmed(username: &str) -> bool {
    if !io::stdin().is_terminal() {
        return false;
    }
    let _ = write!(io::stdout(), "Delete {username} for good? Write the user name: ");
    let _ = io::stdout().flush();
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).is_ok() && line.trim() == username
}
