//! Mails that leave by SMTP.

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, header},
};

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
            .to(to.parse()?)
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
        let message = self.message(letter).map_err(MailError)?;
        self.transport.send(message).await.map_err(|error| MailError(Box::new(error)))?;
        Ok(())
    }
}
