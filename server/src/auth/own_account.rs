//! What only an account's owner may do with it as a whole.

use super::{Auth, AuthError, Confirmed};

impl Auth {
    /// Removes one's own account and all that is in it. All its sessions end.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`] when the password was changed meanwhile, and
    /// [`AuthError::Ended`] when the session was ended; what the store says.
    pub async fn delete_own_account(&self, owner: Confirmed) -> Result<(), AuthError> {
        let (mut tx, user, now) = self.lock_confirmed(owner).await?;
        let ended = tx.delete_user(user.id, now).await?;
        tx.commit().await?;
        self.forget_all(ended);
        Ok(())
    }
}
