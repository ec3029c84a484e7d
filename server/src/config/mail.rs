//! How mails leave.

use std::path::PathBuf;

use lettre::message::Mailbox;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::{ConfigError, Settings, validate::refuse};
use crate::mail::SmtpPostman;

/// Where mails go.
#[derive(Clone, Debug)]
pub enum MailRoute {
    /// Into files, in this folder.
    Files(PathBuf),
    /// To a server.
    Smtp {
        /// The server, as [lettre] reads it; it may hold a password.
        server: SecretString,
        /// Whom they are from.
        from: Mailbox,
    },
}

impl MailRoute {
    /// The route of these settings.
    ///
    /// # Errors
    /// When mails could not leave, or would only seem to.
    pub(super) fn of(settings: &Settings, https: bool) -> Result<Self, ConfigError> {
        let url = settings.mail.email_url.as_ref().map(SecretString::expose_secret);
        let url = url.filter(|url| !url.is_empty());
        if let Some(server) = url.and_then(smtp_server) {
            // The error says nothing of the password.
            if let Err(error) = SmtpPostman::check(&server) {
                return refuse(format!("EMAIL_URL cannot be used: {error}."));
            }
            let from = sender(settings.mail.default_from_email.as_deref())?;
            return Ok(Self::Smtp { server: server.into(), from });
        }
        let folder = match url {
            None => settings.data_dir.join("mail"),
            Some(url) => match url.strip_prefix("file:") {
                Some(folder) if !folder.is_empty() => folder.into(),
                _ => {
                    return refuse(
                        "EMAIL_URL has to be smtp://USER:PASSWORD@HOST:PORT, smtps://... or file: \
                         and a folder.",
                    );
                }
            },
        };
        if https && !settings.mail.allow_file_mail {
            return refuse(
                "PUBLIC_URL is https, and mails would only be written to files: set EMAIL_URL to \
                 smtp:// or smtps:// and a server, or start with --allow-file-mail.",
            );
        }
        Ok(Self::Files(folder))
    }
}

/// The URL of a server, with the TLS that it has to speak: links that sign people in do not travel
/// in the clear, except where somebody says so, or within this machine.
fn smtp_server(url: &str) -> Option<String> {
    let mut url = Url::parse(url).ok().filter(|url| ["smtp", "smtps"].contains(&url.scheme()))?;
    let host = url.host_str().filter(|host| !host.is_empty())?.to_owned();
    let tls =
        url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
    match tls.as_deref() {
        // The library knows it by its absence only.
        Some("none") => url.set_query(None),
        None if url.scheme() == "smtp" && !is_this_machine(&host) => {
            url.set_query(Some("tls=required"));
        }
        _ => {}
    }
    Some(url.into())
}

fn is_this_machine(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Ok(Host::Domain(name)) => name == "localhost",
        Err(_) => false,
    }
}

fn sender(given: Option<&str>) -> Result<Mailbox, ConfigError> {
    let Some(text) = given.filter(|text| !text.is_empty()) else {
        return refuse(
            "Mails leave by SMTP, and nobody says whom they are from: set DEFAULT_FROM_EMAIL, as in \
             Example <no-reply@example.com>.",
        );
    };
    text.parse().or_else(|_| {
        refuse(format!(
            "DEFAULT_FROM_EMAIL is {text:?}: write an address, or a name and an address, as in \
             Example <no-reply@example.com>."
        ))
    })
}
