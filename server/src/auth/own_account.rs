//! What only an account's owner may do, who has just shown its password.

use super::{Auth, AuthError, Owner, UserRecord};
use crate::{domain::Timestamp, storage::Tx};

impl Auth {
    /// Removes one's own account and all that is in it. All its sessions end.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`] when the password was changed meanwhile; what the store
    /// says.
    pub async fn delete_own_account(&self, owner: Owner) -> Result<(), AuthError> {
        let (mut tx, user, now) = self.lock_owner(owner).await?;
        let ended = tx.delete_user(user.id, now).await?;
        tx.commit().await?;
        self.forget_all(ended);
        Ok(())
    }

    /// Locks an account, if its password still is the one that its owner was asked for.
    pub(super) async fn lock_owner(
        &self,
        owner: Owner,
    ) -> Result<(Box<dyn Tx>, UserRecord, Timestamp), AuthError> {
        let Owner { user: checked, .. } = owner;
        let mut tx = self.store.begin().await?;
        let user = tx.lock_user(checked.id).await?.filter(|user| user.disabled_at.is_none());
        let user = user.ok_or(AuthError::UserNotFound)?;
        if user.password_hash != checked.password_hash {
            return Err(AuthError::InvalidCredentials);
        }
        let now = tx.now().await?;
        Ok((tx, user, now))
    }
}
