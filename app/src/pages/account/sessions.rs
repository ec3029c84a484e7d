//! Where one is signed in, and how that is ended.

mod desk;
mod ending;
mod list;
mod opened;

use leptos::{ev::MouseEvent, prelude::*};
use leptos_meta::Title;

pub use self::desk::provide_late_endings;
use self::{
    desk::Desk,
    ending::{Whom, ending_part},
    list::rows,
};
use super::area::AreaNavigation;
use crate::{
    api::use_api,
    components::{
        Again, Clock, Erase, Heading, Piece, SignOut, Unloaded, effect, is_first_frame, loaded,
        on_reconnected, part,
    },
    wire::{Ending, Session, SessionList, paths},
};

/// The page at [`crate::wire::paths::SESSIONS_PAGE`]. Private.
#[component]
pub fn SessionsPage() -> Piece {
    let api = use_api();
    let answer = Resource::new(
        || (),
        move |()| {
            let api = api.clone();
            async move { api.sessions().await.map_err(Unloaded::from) }
        },
    );
    on_reconnected(move || {
        // What is here is kept: somebody may be about to enter their password.
        if answer.with_untracked(|answer| matches!(answer, Some(Err(_)))) {
            answer.refetch();
        }
    });
    let desk = Desk::new(move || answer.refetch());
    let (late, open) = (desk.late, desk.open);
    effect(move |before| {
        late.track();
        if before.is_some() && open.with_untracked(Option::is_none) {
            answer.refetch();
        }
    });
    let said = desk.said;
    let notice = part(move || {
        let words = said.get();
        (!words.is_empty()).then(|| view! { <p class="notice">{words}</p> }.erase())
    });
    let again = Again { page: paths::SESSIONS_PAGE, query: None, other: || None };
    let moves = desk.moves;
    // The pointer falls through what it is not to press, and must not take the focus from there.
    let keep_focus = move |event: MouseEvent| {
        if moves.get_untracked() != 0 {
            event.prevent_default();
        }
    };
    let content = loaded(answer, desk.place, again, move |list| sessions(&desk, list));
    view! {
        <Title text="Your sessions" />
        <div class="account" on:mousedown=keep_focus>
            <Heading words="Your sessions" />
            <AreaNavigation />
            <div>
                <p class="area-lead">
                    "Wherever you have signed in and not signed out since. Is one of them not yours? \
                     Sign it out, and " <a href=paths::PASSWORD_PAGE>"change your password"</a> "."
                </p>
                <div role="status">{notice}</div>
            </div>
            {content}
        </div>
    }
    .erase()
}

/// This browser, the others, and the end of all.
fn sessions(desk: &Desk, list: SessionList) -> Piece {
    if !is_first_frame() {
        desk.settle();
    }
    let clock = Clock::started(&list.now);
    let (here, others): (Vec<_>, Vec<_>) =
        list.sessions.into_iter().partition(|session| session.is_current);
    let listed = here.len() + others.len();
    let total = usize::try_from(list.total).unwrap_or(listed).max(listed);
    desk.others.set(total - here.len());
    desk.listed.set(others.len());
    let gone = gone(desk, &others);
    let here = here.first().map(|session| this_browser(desk, session, clock));
    let others = other_browsers(desk, others, clock);
    let all = ending_part(desk, Ending::All, Whom::default());
    let moves = desk.moves;
    view! {
        <div class="sessions" class:settling=move || moves.get() != 0>
            {gone}
            {here}
            {others}
            <section class="panel danger-zone" aria-labelledby="all-title">
                <div>
                    <h2 id="all-title">"Sign out everywhere"</h2>
                    <p class="soft">"In all browsers, this one too. You sign in again with your password."</p>
                </div>
                {all}
            </section>
        </div>
    }
    .erase()
}

/// Whoever wanted to end what has ended already would otherwise see nothing of it: no row is there
/// to ask for the password.
fn gone(desk: &Desk, others: &[Session]) -> Piece {
    let ids: Vec<_> = others.iter().map(|session| session.id.clone()).collect();
    let open = desk.open;
    part(move || {
        let is_gone = open.with(|open| match open.as_ref().map(|opened| &opened.ending) {
            Some(Ending::One(id)) => !ids.contains(id),
            Some(Ending::Others) => ids.is_empty(),
            Some(Ending::All) | None => false,
        });
        is_gone.then(|| view! { <p class="notice">"That was signed out already."</p> }.erase())
    })
    .erase()
}

/// The session that one is in.
fn this_browser(desk: &Desk, session: &Session, clock: Clock) -> Piece {
    let facts = list::facts(session, clock);
    view! {
        <section class="panel session" tabindex="-1" node_ref=desk.here aria-labelledby="here-title">
            <div class="session-words">
                <h2 id="here-title">
                    <bdi>{list::name(session)}</bdi> " " <span class="badge">"This browser"</span>
                </h2>
                {facts}
            </div>
            <SignOut />
        </section>
    }
    .erase()
}

/// The sessions in other browsers, the latest used first.
fn other_browsers(desk: &Desk, sessions: Vec<Session>, clock: Clock) -> Piece {
    let (count, listed) = (desk.others, desk.listed);
    let words = Signal::derive(move || match count.get() {
        0 => "You are signed in nowhere else.".to_owned(),
        1 => "1 other browser.".to_owned(),
        n if n > listed.get() => format!("{n} other browsers. These were used last."),
        n => format!("{n} other browsers."),
    });
    let any = Memo::new(move |_| count.get() > 0);
    let desk_of_all = desk.clone();
    let all =
        part(move || any.get().then(|| ending_part(&desk_of_all, Ending::Others, Whom::default())));
    let rows = rows(desk, sessions, clock);
    view! {
        <section class="panel" aria-labelledby="others-title">
            <div class="panel-head">
                <div>
                    <h2 id="others-title">"Elsewhere"</h2>
                    <p class="status">{words}</p>
                </div>
                {all}
            </div>
            {rows}
        </section>
    }
    .erase()
}
