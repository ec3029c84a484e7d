//! simplejwt's blacklist: refresh tokens that were ended there are not to be good here, where the ones
//! that were not are (`LEGACY_SIGNING_KEY`).

use super::{BATCH, ImportError, moment::moment};
use crate::{
    auth::Auth,
    domain::{LegacyId, Timestamp},
    storage::{DjangoSource, EndedToken},
};

impl Auth {
    /// Takes note of the tokens that were ended there and have not expired. Returns how many there are.
    pub(super) async fn import_ended_tokens(
        &self,
        source: &mut DjangoSource,
        dry_run: bool,
    ) -> Result<u64, ImportError> {
        if !source.has_ended_tokens().await? {
            return Ok(0);
        }
        let now = self.store.now().await?;
        let (mut count, mut after) = (0, i64::MIN);
        loop {
            let rows = source.ended_tokens_after(after, BATCH).await?;
            let Some(last) = rows.last() else { return Ok(count) };
            after = last.id;
            let tokens: Vec<_> =
                rows.into_iter().filter_map(ended).filter(|(_, until)| *until > now).collect();
            count += tokens.len() as u64;
            if !dry_run {
                let mut tx = self.store.begin().await?;
                tx.use_legacy_tokens(&tokens).await?;
                tx.commit().await?;
            }
        }
    }
}

/// A token that has no name, or no end that can be read, is none that could be presented.
fn ended(row: EndedToken) -> Option<(LegacyId, Timestamp)> {
    row.jti.and_then(LegacyId::new).zip(row.expires_at.as_deref().and_then(moment))
}
