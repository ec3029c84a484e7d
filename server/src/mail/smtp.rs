//! Mails that leave by SMTP.

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, header},
};

use url::Host;

use super::{Letter, MailError, Postman};

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// Hands letters to a server, over connections that are kept for the next one.
pub struct SmtpPostman {
    transport: Transport,
    from: Mailbox,
}

impl SmtpPostman {
    /// To the server of this URL.
    ///
    /// # Errors
    /// When the URL is none of a mail server, or its host no name that TLS could check.
    pub fn new(server: &str, from: Mailbox) -> Result<Self, lettre::transport::smtp::Error> {
        Ok(Self { transport: Transport::from_url(server)?.build(), from })
    }

    /// Whether that would do. It asks nobody.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn check(server: &str) -> Result<(), lettre::transport::smtp::Error> {
        Transport::from_url(server).map(|_| ())
    }

    fn message(
        &self,
        letter: &Letter,
    ) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
        let Letter { to, subject, text, html } = letter;
        let body = MultiPart::alternative_plain_html(text.clone(), html.clone());
        let message = Message::builder()
            .from(self.from.clone())
            .to(mailbox(to)?)
            .subject(subject)
            // Nobody's holiday notice is wanted.
            .raw_header(header::HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()))
            .multipart(body)?;
        Ok(message)
    }
}

const AUTO_SUBMITTED: header::HeaderName = header::HeaderName::new_from_ascii_str("Auto-Submitted");

#[async_trait]
impl Postman for SmtpPostman {
    async fn deliver(&self, letter: &Letter) -> Result<(), MailError> {
        // Neither error is shown: both may repeat the address.
        let message = self.message(letter);
        let message = message.map_err(|_| MailError::never("it is no message"))?;
        self.transport.send(message).await.map(drop).map_err(|error| refusal(&error))
    }
}

/// What the server said, without its words.
fn refusal(error: &lettre::transport::smtp::Error) -> MailError {
    match error.status() {
        Some(code) if error.is_permanent() => MailError::never(format!("refused with {code}")),
        Some(code) => MailError::not_now(format!("put off with {code}")),
        // What the message asks for is not spoken there.
        None if error.is_client() => MailError::never("the server cannot take it"),
        None if error.is_timeout() => MailError::not_now("the server does not answer"),
        None if error.is_tls() => MailError::not_now("the connection cannot be encrypted"),
        None => MailError::not_now("there is no connection to the server"),
    }
}

/// The address with its domain as the mail system knows it: `münchen.example` is
/// `xn--mnchen-3ya.example` there.
fn mailbox(address: &str) -> Result<Mailbox, lettre::address::AddressError> {
    let ascii = address.rsplit_once('@').and_then(|(local, domain)| {
        let domain = Host::parse(domain).ok()?;
        Some(format!("{local}@{domain}"))
    });
    ascii.as_deref().unwrap_or(address).parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_written_as_the_mail_system_knows_it() {
        for (address, expected) in [
            ("ada@example.com", "ada@example.com"),
            ("ada@münchen.example", "ada@xn--mnchen-3ya.example"),
            ("Ada.L@Example.com", "Ada.L@example.com"),
        ] {
            assert_eq!(mailbox(address).unwrap().email.to_string(), expected);
        }
    }
}
