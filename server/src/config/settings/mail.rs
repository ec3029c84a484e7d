//! Mails, and what their links can do.

#![expect(clippy::doc_markdown, reason = "on a terminal, back-ticks are only noise")]

use std::time::Duration;

use clap::Args;
use secrecy::SecretString;

use super::duration;

/// Settings of mails.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Mail")]
pub struct MailSettings {
    /// How mails leave: smtp://USER:PASSWORD@HOST:PORT, smtps://..., or file:FOLDER, which writes a
    /// text file a mail. smtp:// asks for STARTTLS unless the host is this machine; with ?tls=none
    /// it does without. Unset: file: and the folder `mail` in DATA_DIR
    #[arg(long, env, value_name = "URL", hide_env_values = true)]
    pub email_url: Option<SecretString>,

    /// Whom mails are from: Example <no-reply@example.com>. Needed where they leave by SMTP
    #[arg(long, env, value_name = "ADDRESS")]
    pub default_from_email: Option<String>,

    /// Write mails to files although PUBLIC_URL is https
    #[arg(long)]
    pub allow_file_mail: bool,

    /// Where the pages are that mails link to, if they are not this server's own
    #[arg(long, env, value_name = "URL")]
    pub frontend_url: Option<String>,

    /// How long a link to a new password can be used
    #[arg(long, env, default_value = "3d", value_parser = duration)]
    pub password_reset_timeout: Duration,

    /// How many days a link that confirms an address can be used
    #[arg(
        long,
        env,
        default_value_t = 3,
        value_parser = clap::value_parser!(u32).range(1..=365),
        value_name = "DAYS"
    )]
    pub account_email_confirmation_expire_days: u32,
}
