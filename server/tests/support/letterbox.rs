//! Where mails end up in tests.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use latchkey::mail::{Letter, MailError, Postman};

/// A postman who keeps what he is given, or takes nothing.
#[derive(Clone, Default)]
pub struct Letterbox {
    letters: Arc<Mutex<Vec<Letter>>>,
    closed: Arc<AtomicBool>,
    hopeless: Arc<AtomicBool>,
}

impl Letterbox {
    /// Takes out what has come since, by reader and subject: several leave at once.
    pub fn empty(&self) -> Vec<Letter> {
        let mut letters = std::mem::take(&mut *self.letters.lock().unwrap());
        letters.sort_by(|a, b| (&a.to, &a.subject).cmp(&(&b.to, &b.subject)));
        letters
    }

    /// Whether letters are refused for good.
    pub fn set_hopeless(&self, hopeless: bool) {
        self.hopeless.store(hopeless, Ordering::SeqCst);
    }

    /// Whether letters are refused for now.
    pub fn set_closed(&self, closed: bool) {
        self.closed.store(closed, Ordering::SeqCst);
    }
}

#[async_trait]
impl Postman for Letterbox {
    async fn deliver(&self, letter: &Letter) -> Result<(), MailError> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(MailError::not_now("closed"));
        }
        if self.hopeless.load(Ordering::SeqCst) {
            return Err(MailError::never("nobody lives here"));
        }
        self.letters.lock().unwrap().push(letter.clone());
        Ok(())
    }
}
