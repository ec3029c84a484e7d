//! The rotation rule.
//!
//! In words: the parent is honoured until one window after its successor was truly seen, and
//! nothing rotates before that. An answer that was lost, for minutes or days, costs nobody the
//! session; neither does a crash before the cookie reached the disk, nor any number of racing
//! tabs; and whoever presents an old copy after the window ends the family.

use std::time::Duration;

use super::{Family, Generation, RevokeCause, Timestamp, Transition};

/// The settings that the rule depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotationPolicy {
    /// `ROTATE_REFRESH_TOKENS`: whether generations are replaced at all.
    pub rotate: bool,
    /// `BLACKLIST_AFTER_ROTATION`: whether replaced generations are refused.
    pub blacklist: bool,
    /// `RACE_WINDOW`: how long a seen generation shares the field with its parent.
    pub race_window: Duration,
    /// `STORE_DELAY`: how long after an answer the client may still lose what it carried.
    pub store_delay: Duration,
    /// `REFRESH_TOKEN_LIFETIME`: how long a generation lives unused.
    pub refresh_lifetime: Duration,
}

/// What to do with a presented refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Refuse: the family was ended.
    Revoked(RevokeCause),
    /// Refuse: unused for too long, or past the absolute limit.
    Expired,
    /// A new access token; the client keeps its refresh token.
    Fresh {
        /// Whether this presentation makes the generation seen.
        sighting: bool,
    },
    /// A new access token, and the refresh token of the same generation with a new expiry.
    Renew {
        /// Whether this presentation makes the generation seen.
        sighting: bool,
    },
    /// A new access token and the refresh token of a new generation.
    Rotate {
        /// Which.
        to: Generation,
    },
    /// A new access token, and the refresh token of the current generation once more.
    Reissue,
    /// Refuse and end the family: an old copy was used.
    Replay,
}

impl Decision {
    /// What a page load makes of it: a page never changes which refresh token the browser holds,
    /// so that a hundred tabs restored at once change nothing.
    #[must_use]
    pub const fn for_page_load(self) -> Self {
        match self {
            Self::Rotate { .. } | Self::Renew { .. } | Self::Reissue => {
                Self::Fresh { sighting: false }
            }
            other => other,
        }
    }

    /// What it does to the family.
    ///
    /// # Errors
    /// Why the presentation is refused.
    pub const fn transition(self) -> Result<Option<Transition>, Refusal> {
        match self {
            Self::Fresh { sighting: false } => Ok(None),
            Self::Fresh { sighting: true } => Ok(Some(Transition::Sight)),
            Self::Renew { sighting } => Ok(Some(Transition::Renew { sighting })),
            Self::Rotate { to } => Ok(Some(Transition::Rotate { to })),
            Self::Reissue => Ok(Some(Transition::Reissue)),
            Self::Revoked(cause) => Err(Refusal::Revoked(cause)),
            Self::Expired => Err(Refusal::Expired),
            Self::Replay => Err(Refusal::Replay),
        }
    }
}

/// Why a presentation is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The family was ended.
    Revoked(RevokeCause),
    /// Unused for too long, or past the absolute limit.
    Expired,
    /// An old copy was used: the family is to be ended before anything is answered.
    Replay,
}

/// Decides on generation `presented` of a family that stands at `family.generation`.
pub fn decide(
    presented: Generation,
    family: &Family,
    now: Timestamp,
    policy: &RotationPolicy,
) -> Decision {
    if let Some(revocation) = family.revoked {
        return Decision::Revoked(revocation.cause);
    }
    if now >= family.refresh_expires_at(policy.refresh_lifetime) {
        return Decision::Expired;
    }
    if presented > family.generation {
        // The database lost commits (a restored backup, a fail-over): the client is ahead of it.
        return Decision::Rotate { to: presented.next() };
    }
    if !policy.blacklist {
        return without_blacklist(presented, family, policy);
    }
    if presented == family.generation {
        return decide_current(family, now, policy);
    }
    let parent = presented.next() == family.generation;
    match family.seen_at {
        None if parent => Decision::Reissue,
        Some(seen) if parent && now.since(seen) < policy.race_window => Decision::Reissue,
        _ => Decision::Replay,
    }
}

fn decide_current(family: &Family, now: Timestamp, policy: &RotationPolicy) -> Decision {
    let settled = now.since(family.answered_at) >= policy.store_delay;
    let sighting = family.seen_at.is_none() && settled;
    let seen_at = family.seen_at.or(sighting.then_some(now));
    let closed = seen_at.is_some_and(|seen| now.since(seen) >= policy.race_window);

    if !policy.rotate {
        Decision::Fresh { sighting }
    } else if closed && settled {
        Decision::Rotate { to: family.generation.next() }
    } else if now.since(family.rotated_at) >= policy.refresh_lifetime / 2 {
        Decision::Renew { sighting }
    } else {
        Decision::Fresh { sighting }
    }
}

/// `BLACKLIST_AFTER_ROTATION=false`: every generation counts as the current one until its own
/// expiry; there are no windows and there is no replay.
fn without_blacklist(presented: Generation, family: &Family, policy: &RotationPolicy) -> Decision {
    if policy.rotate {
        Decision::Rotate { to: family.generation.next() }
    } else if presented == Generation::LEGACY {
        // It is to be exchanged for one of ours.
        Decision::Reissue
    } else {
        Decision::Fresh { sighting: false }
    }
}

#[cfg(test)]
mod tests;
