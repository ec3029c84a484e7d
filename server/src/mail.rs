//! Mails: how they read, and how they leave.

pub mod file;
pub mod letters;
pub mod smtp;

use async_trait::async_trait;

pub use file::FilePostman;
pub use letters::{Letter, Links};
pub use smtp::SmtpPostman;

/// Why a letter did not leave.
#[derive(Debug, thiserror::Error)]
#[error("a mail could not be sent: {0}")]
pub struct MailError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Takes letters away.
#[async_trait]
pub trait Postman: Send + Sync + 'static {
    /// Sends a letter. It has left once this returns.
    ///
    /// # Errors
    /// [`MailError`]; trying again later may help.
    async fn deliver(&self, letter: &Letter) -> Result<(), MailError>;
}

/// How mails leave, and where their links lead.
pub struct Mailroom {
    /// Who takes them.
    pub postman: Box<dyn Postman>,
    /// Where the links lead.
    pub links: Links,
}
