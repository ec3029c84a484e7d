//! The rotation rule, proved: every order of events that a browser, a server and a thief can come
//! to, with the rule that the server runs (`decide`) and the session machine that the browser runs.
//!
//! The rule and the machine are the real ones, and so are the blacklist and the check of tokens.
//! Transport, cookies, rows and the driver around the machine are the model's own.
//!
//! **What is looked at.** Up to three tabs of one browser, each with a refresh under way and one of
//! them with an API call; pages that the server renders; crashes of the browser, after which it
//! has only what was on its disk; a thief who presents a copy of any age; sign-outs, and a sign-in
//! as another. Answers are lost, doubled and reordered. All of it as often as it likes and in every
//! order, with any number of rotations: a generation is known by its distance from the current one.
//! A world ends where a thief was served, but for one scenario: nothing is promised to his victim.
//!
//! **What is taken for granted.** An exchange takes less than 30 s (the client gives up after 15), a
//! browser writes its cookies to disk within 30 s, and what a dead browser has sent is heard at once
//! or never. Sign-ins and sign-outs of one tab, refreshes of another and pages that renew keep apart,
//! as the tabs' lock sees to; without it a promise breaks, see `tabs_that_share_no_lock_are_found`.
//! Sessions are used, and heard of, before they expire.
//!
//! Scenarios of their own look at what would make the whole too large: 15 s between reading and
//! writing, sightings that are written late or lost, two refreshes that are heard after they were
//! given up, 75 s later, one token that has expired when it was fetched just now, a backup. Where they
//! do not, a statement reads and writes at the same moment, a sighting is written at once or never,
//! one refresh at a time is heard although it was given up, within 15 s, and a fresh token is in force.
//!
//! **Which promise is kept where.** I2, I3, I4 and "nobody honest is signed out" are checked at every
//! step here, and so is I5, the limit that never moves. I1 holds by construction: a row has one
//! generation. That cookies are deleted by sign-outs alone (I6) and that trouble signs
//! nobody out (I7) is checked over HTTP, too: `http::refresh`, `http::logout`, `http::trouble`. That
//! nothing is answered before its commit (I8) is what `crash` is about.

mod canonical;
mod explore;
mod faults;
mod happenings;
mod scenario;
mod server;
mod tab;
mod world;

use explore::{Report, explore};
use faults::Fault;
use scenario::Scenario;

/// The promises, as they are named where they break.
const SIGNED_OUT: &str = "nobody honest is signed out";
const THIEF: &str = "nobody honest is taken for a thief";

/// Everything at once. The whole takes minutes and gigabytes: `make prove`.
#[test]
fn every_order_of_events_keeps_every_promise() {
    let all = |tabs| Scenario {
        crash: true,
        load: true,
        thief: true,
        changes: true,
        ..Scenario::tabs(tabs)
    };
    if crate::support::in_full() {
        holds("3 tabs, page loads, crashes, a thief, sign-out and sign-in", &all(3));
    } else {
        holds("1 tab, page loads, crashes", &Scenario { changes: false, ..all(1) });
        let two = Scenario { load: false, crash: false, ..all(2) };
        holds("2 tabs, a thief, sign-out and sign-in", &two);
    }
}

/// Reading and writing are two statements, up to 15 s apart: what comes between is found out by the
/// second.
#[test]
fn nothing_is_lost_between_reading_and_writing() {
    let tabs = if crate::support::in_full() { 3 } else { 2 };
    let scenario = Scenario { phases: true, changes: true, ..Scenario::tabs(tabs) };
    holds("refreshes and sign-ins in two statements", &scenario);
    let crash = Scenario { crash: true, load: true, changes: false, ..scenario };
    holds(
        "refreshes in two statements, page loads, crashes",
        &Scenario { tabs: tabs - 1, ..crash },
    );
}

/// Thief and owner go on side by side, until one of them is too late.
#[test]
fn a_theft_ends_with_the_first_old_copy() {
    let tabs = if crate::support::in_full() { 2 } else { 1 };
    let scenario = Scenario { thief: true, aftermath: true, expiry: true, ..Scenario::tabs(tabs) };
    holds("a thief and his victim", &scenario);
}

/// While the browser lives a refresh may be heard up to 90 s after it was sent: with an answer on
/// its way that is less than both windows together.
fn late_packets(tabs: usize) -> Scenario {
    Scenario { late: 5, orphans: 2, ..Scenario::tabs(tabs) }
}

#[test]
fn a_late_packet_signs_nobody_out() {
    let tabs = if crate::support::in_full() { 3 } else { 1 };
    holds("late packets", &late_packets(tabs));
}

/// What waited for an answer while the database was put back has got none.
#[test]
fn a_database_that_lost_commits_signs_nobody_out() {
    let tabs = if crate::support::in_full() { 3 } else { 1 };
    holds("a restored backup", &Scenario { restore: true, ..Scenario::tabs(tabs) });
}

#[test]
fn the_access_tokens_of_a_family_that_has_ended_are_never_accepted() {
    let scenario = Scenario { changes: true, expiry: true, ..Scenario::tabs(1) };
    holds("ended families", &scenario);
}

/// Ada has just signed in in a browser whose tabs are left open: what the machine keeps in mind of
/// the browser's cookies never turns against them.
#[test]
fn cookies_that_are_kept_are_never_suspected() {
    let tabs = if crate::support::in_full() { 3 } else { 2 };
    holds("trust in the browser's cookies", &Scenario { trust: true, ..Scenario::tabs(tabs) });
}

/// The database was away when the sighting was made, or the server's memory is lost.
#[test]
fn a_sighting_that_is_written_late_signs_nobody_out() {
    let tabs = if crate::support::in_full() { 2 } else { 1 };
    let scenario = Scenario { gather: true, crash: true, load: true, ..Scenario::tabs(tabs) };
    holds("sightings that are written late", &scenario);
}

#[test]
fn a_fork_is_found() {
    let scenario = || Scenario { phases: true, ..Scenario::tabs(2) };
    breaks(Fault::Fork, scenario(), "I2");
    ends_in(Fault::Fork, scenario(), THIEF);
}

#[test]
fn a_reissue_that_mints_a_new_successor_is_found() {
    breaks(Fault::ReissueMints, Scenario::tabs(2), "I2");
    ends_in(Fault::ReissueMints, Scenario::tabs(2), THIEF);
}

#[test]
fn a_failed_refresh_that_deletes_cookies_is_found() {
    breaks(Fault::FailureDeletes, Scenario::tabs(1), SIGNED_OUT);
}

#[test]
fn a_sighting_that_counts_at_once_is_found() {
    breaks(Fault::SightingAtOnce, Scenario { crash: true, ..Scenario::tabs(1) }, THIEF);
}

#[test]
fn a_sighting_that_is_dated_late_is_found() {
    let scenario = Scenario { gather: true, crash: true, ..Scenario::tabs(1) };
    breaks(Fault::SightingDatedLate, scenario, THIEF);
}

#[test]
fn a_sighting_that_disregards_the_last_answer_is_found() {
    let scenario = Scenario { gather: true, crash: true, ..Scenario::tabs(1) };
    breaks(Fault::SightingUnchecked, scenario, THIEF);
}

#[test]
fn a_page_load_that_confirms_what_the_browser_does_not_hold_is_found() {
    breaks(Fault::PageLoadCurrent, Scenario { load: true, ..Scenario::tabs(1) }, THIEF);
}

#[test]
fn a_window_that_is_closed_by_time_alone_is_found() {
    breaks(Fault::WindowByTime, Scenario::tabs(1), THIEF);
}

#[test]
fn a_parent_that_is_refused_as_soon_as_its_successor_is_seen_is_found() {
    breaks(Fault::NoWindow, late_packets(1), THIEF);
}

#[test]
fn a_rotation_right_after_a_renewal_is_found() {
    breaks(Fault::RotationAfterRenewal, Scenario::tabs(2), THIEF);
}

#[test]
fn a_token_ahead_of_the_database_that_is_replaced_by_its_next_generation_is_found() {
    let scenario = || Scenario { restore: true, ..Scenario::tabs(2) };
    breaks(Fault::RotateToNext, scenario(), "I2");
    ends_in(Fault::RotateToNext, scenario(), THIEF);
}

#[test]
fn a_late_success_over_a_newer_sign_in_is_found() {
    breaks(Fault::LateSuccess, Scenario { changes: true, ..Scenario::tabs(1) }, SIGNED_OUT);
}

#[test]
fn a_sign_in_without_the_lock_on_the_users_row_is_found() {
    let scenario = Scenario { phases: true, changes: true, ..Scenario::tabs(1) };
    breaks(Fault::NoUserLock, scenario, "no session lives by");
}

#[test]
fn a_blacklist_entry_dropped_at_the_access_lifetime_is_found() {
    let scenario = Scenario { changes: true, expiry: true, ..Scenario::tabs(2) };
    breaks(Fault::ForgetfulBlacklist, scenario, "I4");
}

#[test]
fn a_rotation_that_overlooks_a_renewal_is_found() {
    let scenario = Scenario { phases: true, ..Scenario::tabs(2) };
    breaks(Fault::RotationByGeneration, scenario, THIEF);
}

#[test]
fn an_answer_that_is_forgotten_over_an_older_one_is_found() {
    let scenario = Scenario { phases: true, crash: true, load: true, ..Scenario::tabs(1) };
    breaks(Fault::AnsweredBack, scenario, THIEF);
}

#[test]
fn a_limit_that_moves_is_found() {
    breaks(Fault::SlidingLimit, Scenario::tabs(1), "I5");
}

/// A sign-in in one tab beside a refresh of another: the late answer's cookies come out on top.
#[test]
fn tabs_that_share_no_lock_are_found() {
    let scenario = Scenario { changes: true, ..Scenario::tabs(2) };
    breaks(Fault::NoLock, scenario, SIGNED_OUT);
}

/// A dead browser's request that is heard 15 s later is one too many for `STORE_DELAY`.
#[test]
fn how_long_a_dead_browsers_request_may_travel() {
    let scenario = Scenario { crash: true, late: 1, alike: false, ..Scenario::tabs(1) };
    let report = show("a dead browser's request is heard 15 s later", &scenario);
    assert_eq!(report.broken.expect("the delay is no longer than it has to be").promise, THIEF);
}

fn holds(name: &str, scenario: &Scenario) {
    let report = show(name, scenario);
    assert!(report.broken.is_none(), "{name}: broken, see above");
    assert!(report.states > 1_000, "{name}: hardly anything was looked at");
}

fn breaks(fault: Fault, scenario: Scenario, promise: &str) {
    let report = show(&format!("{fault:?}"), &scenario.broken_by(fault));
    let broken = report.broken.expect("the fault is not found");
    assert!(broken.promise.starts_with(promise), "{fault:?} breaks: {}", broken.promise);
}

/// Where a token that leads to two successors is passed over, this comes of it.
fn ends_in(fault: Fault, scenario: Scenario, promise: &str) {
    let broken = scenario.broken_by(fault);
    let past = Scenario { server: broken.server.past_i2(), ..broken };
    let report = show(&format!("{fault:?}, and what comes of it"), &past);
    assert_eq!(report.broken.expect("nothing comes of it").promise, promise);
}

fn show(name: &str, scenario: &Scenario) -> Report {
    let report = explore(scenario);
    println!(
        "{name}: {} states, {} steps, {} deep, {:.1} s",
        report.states,
        report.steps,
        report.depth,
        report.took.as_secs_f64()
    );
    if let Some(broken) = &report.broken {
        println!("  broken after {} steps: {}", broken.trace.len(), broken.promise);
        for (number, step) in broken.trace.iter().enumerate() {
            println!("  {:3}. {step}", number + 1);
        }
    }
    report
}
