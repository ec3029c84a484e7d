//! What could be wrong, one switch each: the search finds every one of them.

use latchkey::domain::{Decision, Family, Generation, RotationPolicy, Timestamp};

/// Something wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Every refresh that rotates makes a generation of its own, whoever came first.
    Fork,
    /// A reissue mints a new successor.
    ReissueMints,
    /// A failed refresh deletes the cookies.
    FailureDeletes,
    /// A sighting counts at once, as with `STORE_DELAY=0`.
    SightingAtOnce,
    /// A sighting counts from the moment at which it is written.
    SightingDatedLate,
    /// A sighting counts whenever the last answer came.
    SightingUnchecked,
    /// A page's access token carries the current generation, not the presented one.
    PageLoadCurrent,
    /// The window closes by time alone.
    WindowByTime,
    /// The parent is refused as soon as its successor is seen.
    NoWindow,
    /// A generation is replaced right after it was renewed.
    RotationAfterRenewal,
    /// A token that is ahead of the database is replaced by the database's next generation.
    RotateToNext,
    /// A tab that signs in does not hang up on its refresh.
    LateSuccess,
    /// A sign-in does not look at the account again before it opens the session.
    NoUserLock,
    /// The blacklist forgets a family as soon as the access lifetime is over. The model's `LEEWAY` is
    /// a minute; without one, only clocks that differ tell the difference.
    ForgetfulBlacklist,
    /// A rotation asks whether the generation is as it was read, and not whether it was handed out
    /// again since.
    RotationByGeneration,
    /// Of two answers that overlap the one that is written last counts, though it is older.
    AnsweredBack,
    /// A refresh moves the limit of the whole session.
    SlidingLimit,
    /// Sign-ins and sign-outs of one tab and refreshes of another do not keep apart.
    NoLock,
}

impl Fault {
    /// What the rule says where it is broken.
    pub fn bend(
        self,
        decision: Decision,
        presented: Generation,
        family: &Family,
        now: Timestamp,
        policy: &RotationPolicy,
    ) -> Decision {
        let next = family.generation.next();
        match (self, decision) {
            (Self::ReissueMints, Decision::Reissue) => Decision::Rotate { to: next },
            (Self::WindowByTime, Decision::Reissue)
                if now.since(family.answered_at) >= policy.race_window =>
            {
                Decision::Replay
            }
            (Self::NoWindow, Decision::Reissue) if family.seen_at.is_some() => Decision::Replay,
            (Self::RotationAfterRenewal, Decision::Fresh { .. })
                if family.seen_at.is_some_and(|seen| now.since(seen) >= policy.race_window) =>
            {
                Decision::Rotate { to: next }
            }
            (Self::RotateToNext, Decision::Rotate { .. }) if presented > family.generation => {
                Decision::Rotate { to: next }
            }
            _ => decision,
        }
    }
}
