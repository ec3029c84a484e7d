//! Where one is signed in, and how that is ended.

mod desk;
mod ending;
mod list;

use leptos::prelude::*;
use leptos_meta::Title;

use self::{desk::Desk, ending::ending_part, list::rows};
use super::area::AreaNavigation;
use crate::{
    api::use_api,
    components::{Erase, Heading, Piece, SignOut, in_words, on_reconnected, part},
    wire::{Ending, Session, SessionList},
};

const LEAD: &str = "Wherever you have signed in and not signed out since. Is one of them not yours? Sign \
                    it out, and change your password.";

/// The page at [`crate::wire::paths::SESSIONS_PAGE`]. Private.
#[component]
pub fn SessionsPage() -> Piece {
    let api = use_api();
    let answer = Resource::new(
        || (),
        move |()| {
            let api = api.clone();
            async move { api.sessions().await.map_err(|error| in_words(&error)) }
        },
    );
    on_reconnected(move || {
        // What is here is kept: somebody may be about to enter their password.
        if answer.with_untracked(|answer| matches!(answer, Some(Err(_)))) {
            answer.refetch();
        }
    });
    let desk = Desk::new();
    let said = desk.said;
    let notice = part(move || {
        let words = said.get();
        (!words.is_empty()).then(|| view! { <p class="notice">{words}</p> }.erase())
    });
    let content = part(move || {
        answer.get().map(|answer| match answer {
            Ok(list) => sessions(&desk, list),
            Err(words) => view! { <p class="alert" role="alert">{words}</p> }.erase(),
        })
    });
    view! {
        <Title text="Your sessions" />
        <div class="account">
            <Heading words="Your sessions" />
            <AreaNavigation />
            <div>
                <p class="area-lead">{LEAD}</p>
                <div role="status">{notice}</div>
            </div>
            <Transition fallback=loading>{content}</Transition>
        </div>
    }
    .erase()
}

fn loading() -> Piece {
    view! { <p class="status">"Loading…"</p> }.erase()
}

/// This browser, the others, and the end of all.
fn sessions(desk: &Desk, list: SessionList) -> Piece {
    let (here, others): (Vec<_>, Vec<_>) =
        list.sessions.into_iter().partition(|session| session.is_current);
    let listed = here.len() + others.len();
    let total = usize::try_from(list.total).unwrap_or(listed).max(listed);
    desk.others.set(total - here.len());
    let here = here.first().map(|session| this_browser(desk, session, &list.now));
    let others = other_browsers(desk, others, &list.now);
    let all = ending_part(desk, Ending::All, String::new());
    view! {
        <div class="sessions">
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

/// The session that one is in.
fn this_browser(desk: &Desk, session: &Session, now: &str) -> Piece {
    let facts = list::facts(session, now);
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
fn other_browsers(desk: &Desk, sessions: Vec<Session>, now: &str) -> Piece {
    let (count, listed) = (desk.others, sessions.len());
    let words = Signal::derive(move || match count.get() {
        0 => "You are signed in nowhere else.".to_owned(),
        1 => "1 other browser.".to_owned(),
        n if n > listed => format!("{n} other browsers. These were used last."),
        n => format!("{n} other browsers."),
    });
    let any = Memo::new(move |_| count.get() > 0);
    let desk_of_all = desk.clone();
    let all =
        part(move || any.get().then(|| ending_part(&desk_of_all, Ending::Others, String::new())));
    let rows = rows(desk, sessions, now);
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
