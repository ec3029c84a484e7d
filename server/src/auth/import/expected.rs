//! What hashes will come is told beforehand. Whoever serves beside an import looks now and then what
//! the most expensive one costs, and until it knows, the time of a failed sign-in would tell who was
//! just taken over.

use super::{Applicant, BATCH, Import, ImportError};
use crate::{
    domain::{PasswordHash, StoredHash},
    storage::{DjangoSource, ImportedUser},
};

impl Import<'_> {
    /// Whether it is known to whoever serves what this one's hash costs.
    pub(super) fn expects(&self, user: &ImportedUser) -> bool {
        user.decoy.as_ref().is_none_or(|decoy| self.expected.contains(decoy.expose()))
    }

    /// Tells of all the hashes that there are, so that there is one wait for all of them, and waits
    /// where some are new.
    pub(super) async fn expect_hashes(
        &mut self,
        source: &mut DjangoSource,
        applicants: &[Applicant],
    ) -> Result<(), ImportError> {
        // Somebody may have changed their password there since these were read.
        self.expected.extend(applicants.iter().filter_map(Applicant::decoy).map(exposed));
        let mut after = i64::MIN;
        loop {
            let rows = source.users_after(after, BATCH).await?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            let stored = rows.iter().filter_map(|row| StoredHash::parse(&row.password).ok());
            self.expected.extend(stored.filter_map(|hash| hash.decoy()).map(|one| exposed(&one)));
        }
        let decoys: Vec<_> = self.expected.iter().cloned().map(PasswordHash::from_stored).collect();
        if self.auth.store.expect_decoys(&decoys).await? {
            self.watcher.waits(self.rules.wait);
            tokio::time::sleep(self.rules.wait).await;
        }
        Ok(())
    }
}

fn exposed(decoy: &PasswordHash) -> String {
    decoy.expose().to_owned()
}
