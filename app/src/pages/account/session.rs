//! How the session stands: when it refreshes next, and how often it has.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    components::{Erase, Piece, effect},
    session::use_session,
};

/// The session at a glance.
#[component]
pub fn SessionPanel() -> Piece {
    let refreshes = use_session().refreshes();
    let count = Signal::derive(move || refreshes.get().to_string());
    let times = Signal::derive(move || match refreshes.get() {
        1 => " time".to_owned(),
        _ => " times".to_owned(),
    });
    view! {
        <section class="panel door" aria-labelledby="session-title">
            <h2 id="session-title">"Your session"</h2>
            <Countdown />
            <p class="door-soft">
                "This tab has refreshed "
                <span data-testid="refresh-count">{count}</span>
                {times}
                " since it was opened."
            </p>
        </section>
    }
    .erase()
}

/// The time to the next refresh, every second anew. A timer is not read out as it ticks.
///
/// The first frame is computed from the state in the HTML, on the server and in the browser alike;
/// the ticking starts after hydration.
#[component]
fn Countdown() -> Piece {
    let session = use_session();
    let left = RwSignal::new(session.next_refresh_in_s());
    effect(move |_| {
        let session = session.clone();
        let tick = move || left.set(session.next_refresh_in_s());
        if let Ok(interval) = set_interval_with_handle(tick, Duration::from_secs(1)) {
            on_cleanup(move || interval.clear());
        }
    });
    let time = Signal::derive(move || clock(left.get()));
    view! {
        <div class="countdown">
            <p class="door-soft" id="countdown-label">"Next refresh in"</p>
            <p
                class="countdown-time"
                role="timer"
                aria-labelledby="countdown-label"
                data-testid="refresh-countdown"
            >
                {time}
            </p>
        </div>
    }
    .erase()
}

/// `4:07`, from an hour on `1:00:00`; a dash while none is planned.
fn clock(seconds: Option<u64>) -> String {
    let Some(all) = seconds else { return "–:––".to_owned() };
    let (hours, minutes, seconds) = (all / 3600, all / 60 % 60, all % 60);
    if hours == 0 {
        format!("{minutes}:{seconds:02}")
    } else {
        format!("{hours}:{minutes:02}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn reads_like_a_clock() {
        let rows = [
            (Some(0), "0:00"),
            (Some(59), "0:59"),
            (Some(60), "1:00"),
            (Some(822), "13:42"),
            (Some(3600), "1:00:00"),
            (Some(86_399), "23:59:59"),
            (None, "–:––"),
        ];
        for (seconds, words) in rows {
            assert_eq!(clock(seconds), words);
        }
    }
}
