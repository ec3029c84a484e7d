//! Nobody's mailbox is filled by strangers: of the mails that anybody can have sent to an address, the
//! next ones wait longer and longer. What an owner has to hear of is sent at once.

use std::time::Duration;

use super::{Auth, AuthError};
use crate::{
    domain::{Email, Ladder, MailKind},
    mail::Letter,
    storage::TallyKey,
};

const MAILS: Ladder = Ladder {
    free: 5,
    first: Duration::from_mins(1),
    longest: Duration::from_hours(1),
    forgiven_after: Duration::from_hours(1),
};

impl Auth {
    /// Whether its reader has had so many that this one waits.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn waits_its_turn(
        &self,
        kind: MailKind,
        letter: &Letter,
    ) -> Result<bool, AuthError> {
        if !self.is_limited(kind) {
            return Ok(false);
        }
        let (known, now) = self.store.tallies(&[self.reader(kind, letter)]).await?;
        Ok(known.iter().any(|(_, tally)| !tally.wait(MAILS, now).is_zero()))
    }

    /// Counts one that has left.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn count_mail(
        &self,
        kind: MailKind,
        letter: &Letter,
    ) -> Result<(), AuthError> {
        if self.is_limited(kind) {
            self.store.count(&[(self.reader(kind, letter), MAILS)]).await?;
        }
        Ok(())
    }

    const fn is_limited(&self, kind: MailKind) -> bool {
        self.policy.login_limits && kind.is_at_anybodys_wish()
    }

    /// Mails of each kind for themselves: who has notices sent keeps nobody's link back.
    fn reader(&self, kind: MailKind, letter: &Letter) -> TallyKey {
        let reader = Email::key_of(&letter.to);
        self.tally_key(&[b"mail", kind.as_str().as_bytes(), reader.as_bytes()])
    }
}
