//! Passwords from the person at the keyboard.

use std::io::{self, BufRead as _};

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};

use super::CliError;

/// Where a password comes from.
#[derive(Args, Clone, Copy, Debug)]
pub struct PasswordSource {
    /// Read the password from standard input: one line
    #[arg(long)]
    password_stdin: bool,
}

impl PasswordSource {
    /// Reads it; at a terminal it is asked for twice.
    pub fn read(self) -> Result<SecretString, CliError> {
        if self.password_stdin { from_stdin() } else { ask() }
    }
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
