//! The table of the rotation rule, a row a line.

use std::time::Duration;

use super::{super::*, *};
use crate::domain::entropy::SeededEntropy;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn policy() -> RotationPolicy {
    RotationPolicy {
        rotate: true,
        blacklist: true,
        race_window: Duration::from_mins(1),
        store_delay: Duration::from_mins(1),
        refresh_lifetime: Duration::from_hours(168),
    }
}

/// A family that stands at generation 5, made at 0.
fn family(seen_at: Option<i64>, answered_at: i64) -> Family {
    let id = SessionId::generate(at(0), &SeededEntropy::new(1)).unwrap();
    let opened = Family::open(id, UserId(1), at(0), Duration::from_hours(2160));
    Family {
        generation: generation(5),
        answered_at: at(answered_at),
        seen_at: seen_at.map(at),
        ..opened
    }
}

fn generation(number: i64) -> Generation {
    Generation::new(number).unwrap()
}

const FRESH: Decision = Decision::Fresh { sighting: false };
const SIGHTED: Decision = Decision::Fresh { sighting: true };

fn rotate(to: i64) -> Decision {
    Decision::Rotate { to: generation(to) }
}

#[test]
fn the_table() {
    use Decision::{Expired, Reissue, Renew, Replay};
    let hour = 60 * MINUTE;
    // presented, seen_at, answered_at, now, decision
    let rows = [
        // The current one, before the client can be trusted to have stored it.
        (5, None, 0, 0, FRESH),
        (5, None, 0, MINUTE - 1, FRESH),
        // Its first presentation after that makes it seen; nothing rotates yet.
        (5, None, 0, MINUTE, SIGHTED),
        (5, None, 0, DAY, SIGHTED),
        // Seen: one window later it rotates.
        (5, Some(hour), 0, hour, FRESH),
        (5, Some(hour), 0, hour + MINUTE - 1, FRESH),
        (5, Some(hour), 0, hour + MINUTE, rotate(6)),
        // Answered again lately (a reissue, a renewal): not yet.
        (5, Some(hour), 2 * hour, 2 * hour + MINUTE - 1, FRESH),
        (5, Some(hour), 2 * hour, 2 * hour + MINUTE, rotate(6)),
        // Unseen and past half of its life: activity extends the session.
        (5, None, 0, 7 * DAY / 2 - 1, SIGHTED),
        (5, None, 0, 7 * DAY / 2, Renew { sighting: true }),
        (5, None, 7 * DAY / 2, 7 * DAY / 2, Renew { sighting: false }),
        (5, Some(7 * DAY / 2), 0, 7 * DAY / 2, Renew { sighting: false }),
        // The parent is honoured until one window after the successor was seen.
        (4, None, 0, 0, Reissue),
        (4, None, 0, 3 * DAY, Reissue),
        (4, Some(hour), 0, hour + MINUTE - 1, Reissue),
        (4, Some(hour), 0, hour + MINUTE, Replay),
        // Older ones never are.
        (3, None, 0, 0, Replay),
        (1, Some(0), 0, 0, Replay),
        // Newer than the database: it lost commits.
        (6, None, 0, 0, rotate(7)),
        (9, Some(hour), 0, 2 * hour, rotate(10)),
        // Idle for too long.
        (5, Some(0), 0, 7 * DAY - 1, rotate(6)),
        (5, Some(0), 0, 7 * DAY, Expired),
        (4, None, 0, 7 * DAY, Expired),
        (6, None, 0, 7 * DAY, Expired),
        // A clock that runs backwards closes nothing.
        (5, Some(hour), hour, 0, FRESH),
        (4, Some(hour), hour, 0, Reissue),
    ];
    for (presented, seen_at, answered_at, now, expected) in rows {
        let family = family(seen_at, answered_at);
        let decision = decide(generation(presented), &family, at(now), &policy());
        assert_eq!(
            decision, expected,
            "{presented} seen {seen_at:?} answered {answered_at} at {now}"
        );
    }
}

#[test]
fn a_revoked_family_is_over_whatever_is_presented() {
    let revoked = Revocation { at: at(0), cause: RevokeCause::Logout };
    for presented in [1, 4, 5, 6] {
        let family = Family { revoked: Some(revoked), ..family(None, 0) };
        let decision = decide(generation(presented), &family, at(0), &policy());
        assert_eq!(decision, Decision::Revoked(RevokeCause::Logout));
    }
}

#[test]
fn the_absolute_limit_never_moves() {
    let mut family = family(Some(89 * DAY), 89 * DAY);
    family.rotated_at = at(89 * DAY);
    assert_eq!(decide(generation(5), &family, at(90 * DAY - 1), &policy()), rotate(6));
    let rotated = family.clone().after(Transition::Rotate { to: generation(6) }, at(90 * DAY - 1));
    assert_eq!(rotated.absolute_expires_at, family.absolute_expires_at);
    assert_eq!(decide(generation(6), &rotated, at(90 * DAY), &policy()), Decision::Expired);
}

#[test]
fn with_both_windows_at_zero_every_refresh_rotates() {
    let zero =
        RotationPolicy { race_window: Duration::ZERO, store_delay: Duration::ZERO, ..policy() };
    assert_eq!(decide(generation(5), &family(None, 0), at(0), &zero), rotate(6));
    assert_eq!(decide(generation(4), &family(Some(0), 0), at(0), &zero), Decision::Replay);
    assert_eq!(decide(generation(4), &family(None, 0), at(0), &zero), Decision::Reissue);
}

#[test]
fn without_rotation_the_current_one_stays() {
    let fixed = RotationPolicy { rotate: false, ..policy() };
    assert_eq!(decide(generation(5), &family(Some(0), 0), at(6 * DAY), &fixed), FRESH);
    assert_eq!(decide(generation(3), &family(Some(0), 0), at(DAY), &fixed), Decision::Replay);
}

#[test]
fn without_the_blacklist_every_generation_counts_as_the_current_one() {
    let lax = RotationPolicy { blacklist: false, ..policy() };
    for presented in 1..=5 {
        let decision = decide(generation(presented), &family(Some(0), 0), at(DAY), &lax);
        assert_eq!(decision, rotate(6), "{presented}");
    }
    let fixed = RotationPolicy { rotate: false, ..lax };
    assert_eq!(decide(generation(2), &family(Some(0), 0), at(DAY), &fixed), FRESH);
}
