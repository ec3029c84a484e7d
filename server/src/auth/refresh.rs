//! A new access token for a refresh token.

use super::{ATTEMPTS, Auth, AuthError, Standing};
use crate::{
    domain::{
        Claims, Decision, EventKind, Family, Generation, Presented, Refusal, RevokeCause,
        Timestamp, TokenFault, Transition, UserId, decide, token::Minted,
    },
    storage::ClientInfo,
};

/// What a refresh answers.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// Whose session it is.
    pub user_id: UserId,
    /// The new access token.
    pub access: Minted,
    /// The refresh token, where the client is to store it (again).
    pub refresh: Option<Minted>,
    /// When the session's refresh token expires.
    pub refresh_expires_at: Timestamp,
}

impl Auth {
    /// Presents a refresh token.
    ///
    /// # Errors
    /// The token's fault; [`AuthError::Ended`], [`AuthError::Replayed`], [`AuthError::Inactive`];
    /// [`AuthError::Unavailable`] when the database cannot answer or others always come first.
    pub async fn refresh(&self, token: &str, client: &ClientInfo) -> Result<Refreshed, AuthError> {
        let claims = self.presented(token, client).await?;
        self.refresh_claims(&claims, client).await
    }

    /// The token to present of several of one name: the newest whose family lives; else the
    /// first, for its error.
    ///
    /// # Errors
    /// What the store says.
    pub async fn pick_refresh<'t>(
        &self,
        tokens: &'t [String],
    ) -> Result<Option<&'t str>, AuthError> {
        if let [_, _, ..] = tokens {
            let mut best: Option<(Claims, &str)> = None;
            for token in tokens {
                let Ok(presented) = self.tokens.presented(token, self.now()) else { continue };
                let claims = presented.claims();
                let record = self.store.lookup_family(claims.session).await?;
                let lives = match record {
                    Some(record) => record.family.revoked.is_none(),
                    // One of the system before this one may have yet to get its family.
                    None => matches!(presented, Presented::Legacy(_)),
                };
                // Ours come before theirs: of a browser that holds both, theirs is what is left over.
                let rank =
                    |c: &Claims| (c.generation != Generation::LEGACY, c.issued_at, c.generation);
                if lives && best.as_ref().is_none_or(|(other, _)| rank(&claims) > rank(other)) {
                    best = Some((claims, token));
                }
            }
            if let Some((_, token)) = best {
                return Ok(Some(token));
            }
        }
        Ok(tokens.first().map(String::as_str))
    }

    pub(super) async fn refresh_claims(
        &self,
        claims: &Claims,
        client: &ClientInfo,
    ) -> Result<Refreshed, AuthError> {
        let mut read = None;
        for _ in 0..ATTEMPTS {
            let (family, now) = self.living_family(claims).await?;
            let decision = decide(claims.generation, &family, now, &self.policy.rotation);
            // Without the blacklist every presentation rotates. Whoever lost the race to do so takes
            // what the winner made: many at once would never come to an end.
            let overtaken = read.replace(family.generation).is_some_and(|g| g < family.generation);
            let rotates = matches!(decision, Decision::Rotate { .. });
            if overtaken && rotates && !self.policy.rotation.blacklist {
                return self.refreshed(&family, Some(Transition::Reissue), now);
            }
            let transition = self.transition(decision, &family, client).await?;
            if let Some(family) = self.apply(family, transition, now).await? {
                return self.refreshed(&family, transition, now);
            }
        }
        Err(AuthError::unavailable("a session kept changing"))
    }

    /// The family that a token names, read together with the moment to judge it by.
    pub(super) async fn living_family(
        &self,
        claims: &Claims,
    ) -> Result<(Family, Timestamp), AuthError> {
        let record = self.store.lookup_family(claims.session).await?;
        let record = record.ok_or(AuthError::Token(TokenFault::Invalid))?;
        if record.family.user_id != claims.user_id {
            return Err(AuthError::Token(TokenFault::Invalid));
        }
        if record.user_disabled_at.is_some() {
            return Err(AuthError::Inactive);
        }
        // A sign-out holds here even while the database has yet to hear of it.
        let ended = self.blacklist.standing(claims.session) == Standing::Revoked;
        if ended && record.family.revoked.is_none() {
            return Err(AuthError::Ended(RevokeCause::Logout));
        }
        Ok((record.family, record.read_at))
    }

    /// What a decision does to the family. A replay ends it here and now, before any answer.
    pub(super) async fn transition(
        &self,
        decision: Decision,
        family: &Family,
        client: &ClientInfo,
    ) -> Result<Option<Transition>, AuthError> {
        match decision.transition() {
            Ok(transition) => Ok(transition),
            Err(Refusal::Revoked(cause)) => Err(AuthError::Ended(cause)),
            Err(Refusal::Expired) => Err(AuthError::Token(TokenFault::Expired)),
            Err(Refusal::Replay) => {
                let (cause, kind) = (RevokeCause::Replay, EventKind::ReplayCaught);
                self.end_family(family.user_id, family.id, cause, kind, client).await?;
                self.forget(family.id, self.now());
                Err(AuthError::Replayed)
            }
        }
    }

    /// The family after the transition is committed; `None` when somebody else came first.
    pub(super) async fn apply(
        &self,
        family: Family,
        transition: Option<Transition>,
        now: Timestamp,
    ) -> Result<Option<Family>, AuthError> {
        let Some(transition) = transition else { return Ok(Some(family)) };
        let delay = self.policy.rotation.store_delay;
        let applied = self.store.apply(&family, transition, now, delay).await?;
        Ok(applied.then(|| family.after(transition, now)))
    }

    fn refreshed(
        &self,
        family: &Family,
        transition: Option<Transition>,
        now: Timestamp,
    ) -> Result<Refreshed, AuthError> {
        if transition.is_none() {
            self.note_use(family.id, now);
        }
        let carries = transition.is_some_and(Transition::answers_refresh);
        Ok(Refreshed {
            user_id: family.user_id,
            access: self.mint_access(family, family.generation, now)?,
            refresh: carries.then(|| self.tokens.refresh(family)).transpose()?,
            refresh_expires_at: family.refresh_expires_at(self.policy.rotation.refresh_lifetime),
        })
    }
}
