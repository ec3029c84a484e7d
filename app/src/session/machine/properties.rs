//! What holds for the machine in every order of events.

use proptest::prelude::*;

use super::*;
use crate::{
    session::{Elapsed, Fresh, testing::ada},
    wire::SessionSnapshot,
};

/// Something that may happen at any time, whatever the machine is in.
#[derive(Clone, Debug)]
enum Happening {
    Pass(u64),
    Tick(bool),
    Unauthorised { epochs_ago: u32, refreshes_ago: u32 },
    RetryRefused,
    Authenticated,
    ChangeBegins,
    ChangeFailed,
    SignIn(Option<u64>),
    SignOut,
    Online,
    Restored,
    FarewellHeard,
    Unanswered,
    Elsewhere(u8),
    Requested(u64),
    End { epochs_ago: u32, end: u8 },
    Rename,
}

fn happening() -> impl Strategy<Value = Happening> {
    let lifetime = proptest::option::of(0..2_000_u64);
    prop_oneof![
        (0..2_000_000_u64).prop_map(Happening::Pass),
        any::<bool>().prop_map(Happening::Tick),
        (0..2_u32, 0..2_u32).prop_map(|(epochs_ago, refreshes_ago)| Happening::Unauthorised {
            epochs_ago,
            refreshes_ago
        }),
        Just(Happening::RetryRefused),
        Just(Happening::Authenticated),
        Just(Happening::ChangeBegins),
        Just(Happening::ChangeFailed),
        lifetime.prop_map(Happening::SignIn),
        Just(Happening::SignOut),
        Just(Happening::Online),
        Just(Happening::Restored),
        Just(Happening::Unanswered),
        Just(Happening::FarewellHeard),
        (0..8_u8).prop_map(Happening::Elsewhere),
        (0..100_000_u64).prop_map(Happening::Requested),
        (0..2_u32, 0..3_u8).prop_map(|(epochs_ago, end)| Happening::End { epochs_ago, end }),
        Just(Happening::Rename),
    ]
}

fn event(happening: &Happening, machine: &Machine, now: Elapsed) -> Option<Event> {
    let ticket = machine.ticket;
    let access = |s: u64| Access::fresh(now, s);
    Some(match *happening {
        Happening::Pass(_) => return None,
        Happening::Tick(visible) => Event::Tick { visible },
        Happening::Unauthorised { epochs_ago, refreshes_ago } => Event::Unauthorised {
            ticket: Ticket {
                epoch: ticket.epoch.saturating_sub(epochs_ago),
                refreshes: ticket.refreshes.saturating_sub(refreshes_ago),
            },
        },
        Happening::RetryRefused => Event::RetryRefused { ticket },
        Happening::Authenticated => Event::Authenticated { ticket },
        Happening::ChangeBegins => Event::ChangeBegins,
        Happening::ChangeFailed => Event::ChangeFailed,
        Happening::SignIn(s) => Event::SignedIn { user: ada(), access: s.map(access) },
        Happening::Online => Event::Online { visible: true },
        Happening::Restored => Event::Restored,
        Happening::Unanswered => Event::Unanswered,
        Happening::FarewellHeard => Event::FarewellHeard,
        Happening::Elsewhere(n) => Event::Elsewhere(hint(n)),
        Happening::Requested(margin_ms) => Event::Requested { margin_ms },
        Happening::Rename => Event::Renamed { user: ada() },
        Happening::SignOut => Event::SignedOut { offline: false },
        Happening::End { epochs_ago, end } => Event::RefreshEnded {
            epoch: ticket.epoch.saturating_sub(epochs_ago),
            end: match end {
                0 => RefreshEnd::Renewed { user: ada(), access: Some(access(900)) },
                1 => RefreshEnd::Refused { why: None },
                _ => RefreshEnd::Failed { retry_after_s: Some(58) },
            },
        },
    })
}

/// Of the person who is signed in here, or of another.
fn hint(n: u8) -> Hint {
    let fresh = |user| Fresh { user, expires_in_s: Some(900) };
    match n {
        0 => Hint::ChangeBegins,
        6 => Hint::ChangeFailed,
        7 => Hint::Nobody,
        1 => Hint::SignedOut { offline: false },
        2 | 3 => Hint::SignedIn(fresh(i64::from(n) - 1)),
        _ => Hint::Refreshed(fresh(i64::from(n) - 3)),
    }
}

/// What the driver would have under way after the machine's commands.
#[derive(Default)]
struct UnderWay {
    timer: bool,
    refresh: bool,
}

impl UnderWay {
    /// Carries out the commands of one step, and checks that they make sense.
    fn obey(&mut self, event: &Event, before: &Machine, after: &Machine, commands: &[Command]) {
        if matches!(event, Event::RefreshEnded { .. }) && after != before {
            self.refresh = false;
        }
        for command in commands {
            match command {
                Command::Refresh { epoch, .. } => {
                    assert!(!self.refresh, "two refreshes at once");
                    assert!(!after.changes.any(), "a refresh beside a sign-in or a sign-out");
                    assert_eq!(*epoch, after.ticket.epoch);
                    self.refresh = true;
                }
                Command::AbortRefresh => self.refresh = false,
                Command::Arm { .. } => self.timer = true,
                Command::Disarm => self.timer = false,
                Command::Reply(_) => {
                    let asks =
                        matches!(event, Event::Unauthorised { .. } | Event::Requested { .. });
                    assert!(asks, "nobody asked");
                }
                Command::Settle(_) => {
                    let refreshing = matches!(before.state, State::Refreshing { .. });
                    assert!(refreshing || before.changes.any(), "nobody waited");
                }
            }
        }
    }

    /// Holds after every step.
    fn check(&self, machine: &Machine, now: Elapsed) {
        let refreshing = matches!(machine.state, State::Refreshing { .. });
        assert_eq!(refreshing && machine.resumes.is_none(), self.refresh);
        if machine.resumes.is_some_and(|at| at > now) {
            assert!(refreshing && self.timer, "given up for ever");
        }
        assert!(
            !(self.refresh && machine.changes.any()),
            "a refresh beside a sign-in or a sign-out"
        );
        if !self.refresh && !machine.changes.any() && machine.due(now).is_some_and(|due| due > now)
        {
            assert!(self.timer, "nothing will wake it: {machine:?}");
        }
    }
}

/// What an event may and may not lead to.
fn check_step(event: &Event, before: &Machine, after: &Machine, commands: &[Command]) {
    let in_flight = |machine: &Machine| matches!(machine.state, State::Refreshing { .. });
    match event {
        Event::RefreshEnded { epoch, .. }
            if *epoch != before.ticket.epoch || !in_flight(before) =>
        {
            assert_eq!(after, before, "an overtaken refresh changed something");
        }
        Event::RefreshEnded { end, .. } => {
            let out = matches!(after.state, State::Anonymous { .. });
            assert_eq!(out, matches!(end, RefreshEnd::Refused { .. }), "trouble is no end");
        }
        Event::Unauthorised { .. } | Event::Requested { .. } => {
            let replied = commands.iter().any(|command| matches!(command, Command::Reply(_)));
            assert!(replied || in_flight(after) || after.changes.any(), "left without an answer");
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn in_every_order_of_events(
        snapshot in 0..3_u8,
        happenings in proptest::collection::vec(happening(), 1..60),
        jitter in 0.0..1.0_f64,
    ) {
        let snapshot = match snapshot {
            0 => SessionSnapshot::Unknown,
            1 => SessionSnapshot::Anonymous { why: None },
            _ => SessionSnapshot::Active { user: ada(), expires_in_ms: 9_000, lifetime_ms: 9_000, session_ends_in_ms: None },
        };
        let mut machine = Machine::new(snapshot, jitter);
        let mut now = Now { elapsed: Elapsed(0), jitter };
        let mut under_way = UnderWay::default();
        for happening in std::iter::once(Happening::Tick(true)).chain(happenings) {
            if let Happening::Pass(ms) = happening {
                now.elapsed = now.elapsed.plus(ms);
                let rings = machine.resumes.or_else(|| machine.due(now.elapsed));
                under_way.timer &= rings.is_some_and(|rings| rings > now.elapsed);
            }
            let Some(event) = event(&happening, &machine, now.elapsed) else { continue };
            let (after, commands) = machine.clone().step(event.clone(), now);
            under_way.obey(&event, &machine, &after, &commands);
            check_step(&event, &machine, &after, &commands);
            under_way.check(&after, now.elapsed);
            machine = after;
        }
    }
}
