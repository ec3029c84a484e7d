//! `latchkey user ...`

use std::{
    io::{self, BufRead as _},
    path,
};

use clap::{Args, Subcommand};
use secrecy::{ExposeSecret as _, SecretString};

use super::{CliError, say};
use crate::{
    auth::{AuthError, CreateUser},
    config::Config,
    startup,
};

/// Commands on accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account; the password is asked for
    Create(Create),
    /// Disable an account and end all its sessions, on running servers within a second
    Disable {
        /// The user name
        #[arg(long)]
        username: Option<String>,
        /// The user name
        #[arg(value_name = "USERNAME", required_unless_present = "username")]
        name: Option<String>,
    },
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
    /// Read the password from standard input: one line
    #[arg(long)]
    password_stdin: bool,
}

impl UserCommand {
    /// Does it.
    ///
    /// # Errors
    /// [`CliError`].
    pub async fn run(self, config: &Config) -> Result<(), CliError> {
        match self {
            Self::Create(create) => create.run(config).await,
            Self::Disable { username, name } => {
                disable(config, &username.or(name).unwrap_or_default()).await
            }
        }
    }
}

impl Create {
    async fn run(self, config: &Config) -> Result<(), CliError> {
        let password = if self.password_stdin { from_stdin() } else { ask() }?;
        let auth = startup::open(config).await?;
        let database = path::absolute(&config.database).unwrap_or(config.database.clone());
        let username = self.username.trim().to_owned();
        let id = auth
            .create_user(CreateUser {
                username: self.username,
                email: self.email,
                verified: self.verified,
                superuser: self.superuser,
                first_name: self.first_name,
                last_name: self.last_name,
                password,
            })
            .await?;
        auth.store.close().await;
        say(&format!("made user {username} with id {id} in {}", database.display()));
        Ok(())
    }
}

async fn disable(config: &Config, username: &str) -> Result<(), CliError> {
    if !config.database.exists() {
        let database = path::absolute(&config.database).unwrap_or(config.database.clone());
        return Err(CliError::NoDatabase(database));
    }
    let auth = startup::open(config).await?;
    let disabled = auth.disable_user(username).await.map_err(|error| match error {
        AuthError::UserNotFound => CliError::NoUser(username.to_owned()),
        other => other.into(),
    })?;
    auth.store.close().await;
    let how = if disabled { "disabled" } else { "was disabled before" };
    say(&format!("{username} {how}; all sessions are ended"));
    Ok(())
}

fn from_stdin() -> Result<SecretString, CliError> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(CliError::Password)?;
    // The line end is not part of it; every other character is.
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    Ok(line.into())
}

fn ask() -> Result<SecretString, CliError> {
    let ask = |prompt| {
        rpassword::prompt_password(prompt).map(SecretString::from).map_err(CliError::Password)
    };
    let (password, again) = (ask("Password: ")?, ask("Password again: ")?);
    if password.expose_secret() == again.expose_secret() {
        Ok(password)
    } else {
        Err(CliError::PasswordsDiffer)
    }
}
