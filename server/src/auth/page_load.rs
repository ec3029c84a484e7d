//! A server-rendered page for a browser whose access token has expired.
//!
//! A page load gets a new access token that carries the generation the browser *presented*, so
//! that a page never confirms what the browser does not hold; and it does not rotate, so that a
//! hundred tabs restored at once change nothing.

use super::{ATTEMPTS, Auth, AuthError, Refreshed};
use crate::{
    domain::{Generation, decide},
    storage::ClientInfo,
};

impl Auth {
    /// Presents a refresh token on a page load. In the second half of the token's life it is
    /// treated as by the API: a browser without WASM has no other way to stay signed in. So is one of
    /// the system before this one.
    ///
    /// # Errors
    /// As [`Auth::refresh`].
    pub async fn page_load(
        &self,
        token: &str,
        client: &ClientInfo,
    ) -> Result<Refreshed, AuthError> {
        let claims = self.presented(token, client).await?;
        if claims.past_half(self.now()) || claims.generation == Generation::LEGACY {
            return self.refresh_claims(&claims, client).await;
        }
        for _ in 0..ATTEMPTS {
            let (family, now) = self.living_family(&claims).await?;
            let decision = decide(claims.generation, &family, now, &self.policy.rotation);
            let transition = self.transition(decision.for_page_load(), &family, client).await?;
            if let Some(family) = self.apply(family, transition, now).await? {
                self.note_use(family.id, now);
                let lifetime = self.policy.rotation.refresh_lifetime;
                return Ok(Refreshed {
                    user_id: family.user_id,
                    access: self.mint_access(&family, claims.generation, now)?,
                    refresh: None,
                    refresh_expires_at: family.refresh_expires_at(lifetime),
                });
            }
        }
        Err(AuthError::unavailable("a session kept changing"))
    }
}
