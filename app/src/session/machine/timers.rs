//! When the machine does something by itself: in every order of events, with every lifetime.

use proptest::{collection::vec, option, prelude::*};

use super::*;
use crate::{
    session::{Elapsed, Fresh, testing::ada},
    wire::SessionSnapshot,
};

/// 24.8 days: a browser that is asked to wait for longer does not wait at all.
const LONGEST_MS: u64 = 2_147_483_647;
const DECADE_MS: u64 = 315_360_000_000;

/// From nothing to beyond all reason; most of what servers say lies in between.
fn span() -> impl Strategy<Value = u64> {
    prop_oneof![0..1_000_u64, 0..10_000_000_u64, any::<u64>()]
}

/// Up to a few months.
fn pause() -> impl Strategy<Value = u64> {
    prop_oneof![0..1_000_u64, 0..10_000_000_u64, 0..10_000_000_000_u64]
}

fn event() -> impl Strategy<Value = Event> {
    let ticket = (0..3_u32, 0..3_u32).prop_map(|(epoch, refreshes)| Ticket { epoch, refreshes });
    let access = || option::of((span(), span()).prop_map(|(at, s)| Access::fresh(Elapsed(at), s)));
    let end = prop_oneof![
        3 => access().prop_map(|access| RefreshEnd::Renewed { user: ada(), access }),
        2 => option::of(span()).prop_map(|retry_after_s| RefreshEnd::Failed { retry_after_s }),
        1 => Just(RefreshEnd::Refused { why: None }),
    ];
    prop_oneof![
        3 => any::<bool>().prop_map(|visible| Event::Tick { visible }),
        2 => ticket.prop_map(|ticket| Event::Unauthorised { ticket }),
        3 => (0..3_u32, end).prop_map(|(epoch, end)| Event::RefreshEnded { epoch, end }),
        2 => access().prop_map(|access| Event::SignedIn { user: ada(), access }),
        1 => Just(Event::SignedOut { offline: false }),
        1 => Just(Event::ChangeBegins),
        1 => Just(Event::ChangeFailed),
        1 => any::<bool>().prop_map(|visible| Event::Online { visible }),
        1 => Just(Event::Restored),
        2 => hint().prop_map(Event::Elsewhere),
        1 => span().prop_map(|margin_ms| Event::Requested { margin_ms }),
        1 => Just(Event::Unanswered),
        1 => Just(Event::FarewellHeard),
    ]
}

fn hint() -> impl Strategy<Value = Hint> {
    let fresh = || {
        let expires_in_s = option::of(span());
        (1..3_i64, expires_in_s).prop_map(|(user, expires_in_s)| Fresh { user, expires_in_s })
    };
    prop_oneof![
        Just(Hint::ChangeBegins),
        Just(Hint::ChangeFailed),
        Just(Hint::Nobody),
        fresh().prop_map(Hint::SignedIn),
        fresh().prop_map(Hint::Refreshed),
        any::<bool>().prop_map(|offline| Hint::SignedOut { offline }),
    ]
}

fn snapshot() -> impl Strategy<Value = SessionSnapshot> {
    let active =
        (span(), span()).prop_map(|(expires_in_ms, lifetime_ms)| SessionSnapshot::Active {
            user: ada(),
            expires_in_ms,
            lifetime_ms,
            session_ends_in_ms: None,
        });
    prop_oneof![1 => Just(SessionSnapshot::Unknown), 3 => active]
}

/// A timer leads to what is due, or some of the way. It rings at once only for what was held up by a
/// sign-in or a sign-out, and where it has become doubtful who is signed in.
fn check_timers(event: &Event, machine: &Machine, commands: &[Command], now: Elapsed) {
    for command in commands {
        let Command::Arm { delay_ms } = command else { continue };
        let delay_ms = u64::from(*delay_ms);
        let due = machine.resumes.or_else(|| machine.due(now)).expect("a timer for nothing");
        assert_eq!(delay_ms, due.since(now).min(LONGEST_MS));
        let at_once = matches!(
            event,
            Event::ChangeFailed
                | Event::Restored
                | Event::Elsewhere(Hint::SignedIn(_) | Hint::Refreshed(_) | Hint::Nobody)
        );
        assert!(delay_ms > 0 || at_once, "a timer in the past: {event:?}");
    }
}

/// What the design says about the next refresh of a token: not before the first moment, and by
/// the second at the latest if somebody looks.
#[derive(Clone, Copy, Debug)]
struct Due(u64, u64);

impl Due {
    fn of(expires: u64, lifetime_ms: u64, rested: u64) -> Self {
        let margin = if lifetime_ms < 300_000 { lifetime_ms.div_ceil(5) } else { 60_000 };
        let latest = expires.saturating_sub(margin);
        let earliest = latest.saturating_sub((lifetime_ms / 20).min(30_000));
        Self(earliest.max(rested), latest.max(rested))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_timer_is_set_to_the_past_or_beyond_what_a_browser_can_hold(
        snapshot in snapshot(),
        events in vec((option::of(pause()), event(), 0.0..1.0_f64), 1..60),
    ) {
        let mut machine = Machine::new(snapshot, 0.5);
        let mut elapsed = Elapsed(0);
        for (passed, event, jitter) in events {
            // Some time passes, or just as much as until something is due.
            let until_due = machine.due(elapsed).map_or(0, |due| due.since(elapsed));
            elapsed = elapsed.plus(passed.unwrap_or(until_due.min(DECADE_MS)));
            let (after, commands) = machine.step(event.clone(), Now { elapsed, jitter });
            check_timers(&event, &after, &commands, elapsed);
            machine = after;
        }
    }

    #[test]
    fn each_token_is_replaced_once_and_not_before_it_is_due(
        lifetime_s in prop_oneof![0..20_u64, 20..2_000_u64, 2_000..10_000_000_u64],
        age in 0.0..1.2_f64,
        looks in vec((0.0..0.4_f64, 0..2_000_u64, any::<(bool, bool)>(), 0.0..1.0_f64), 1..80),
    ) {
        #[expect(
            clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss,
            reason = "a sample"
        )]
        let part = |share: f64| (lifetime_s as f64 * 1_000.0 * share) as u64;
        let lifetime_ms = lifetime_s * 1_000;
        let expires_in_ms = lifetime_ms.saturating_sub(part(age));
        let snapshot = SessionSnapshot::Active {
            user: ada(), expires_in_ms, lifetime_ms, session_ends_in_ms: None,
        };
        let mut machine = Machine::new(snapshot, 0.5);
        let mut due = Due::of(expires_in_ms, lifetime_ms, 0);
        let (mut now, mut begun) = (0, false);
        for (share, more, (visible, answered), jitter) in looks {
            now += part(share) + more;
            let moment = Now { elapsed: Elapsed(now), jitter };
            let (after, commands) = machine.step(Event::Tick { visible }, moment);
            machine = after;
            if commands.iter().any(|command| matches!(command, Command::Refresh { .. })) {
                prop_assert!(visible, "nobody looks");
                prop_assert!(!begun, "a second refresh for one token");
                prop_assert!(now >= due.0, "{} ms early", due.0 - now);
                begun = true;
            }
            prop_assert!(begun || !visible || now < due.1, "overdue since {}", due.1);
            if begun && answered {
                // The token was answered a little before the client had read the answer.
                let answered = now.saturating_sub(more);
                let access = Some(Access::fresh(Elapsed(answered), lifetime_s));
                let end = RefreshEnd::Renewed { user: ada(), access };
                let ended = Event::RefreshEnded { epoch: machine.ticket.epoch, end };
                machine = machine.step(ended, moment).0;
                due = Due::of(answered + lifetime_ms, lifetime_ms, now + 1_000);
                begun = false;
            }
        }
    }
}
