//! Mails: how they read, and how they leave.

pub mod file;
pub mod letters;
pub mod smtp;

use async_trait::async_trait;

pub use file::FilePostman;
pub use letters::{Letter, Links};
pub use smtp::SmtpPostman;

/// Why a letter did not leave. Says nothing of its reader.
#[derive(Debug, thiserror::Error)]
#[error("a mail could not be sent: {why}")]
pub struct MailError {
    why: String,
    is_final: bool,
}

impl MailError {
    /// It may leave later.
    pub fn not_now(why: impl Into<String>) -> Self {
        Self { why: why.into(), is_final: false }
    }

    /// It never will.
    pub fn never(why: impl Into<String>) -> Self {
        Self { why: why.into(), is_final: true }
    }

    /// Whether there is no use in trying again.
    pub const fn is_final(&self) -> bool {
        self.is_final
    }
}

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
