//! The sessions, a row each.

use leptos::{prelude::*, tachys::view::iterators::StaticVec};

use super::{
    desk::{Desk, Row},
    ending::ending_part,
};
use crate::{
    components::{Erase, Piece, client, moment, part},
    wire::{Ending, Session},
};

/// The rows, which go one by one as their sessions are ended.
pub fn rows(desk: &Desk, sessions: Vec<Session>, now: &str) -> Piece {
    let rows: Vec<_> = sessions.iter().map(|session| Row::new(&session.id)).collect();
    desk.rows.set_value(rows.clone());
    let items = sessions.into_iter().zip(rows).map(|(session, row)| {
        let (desk, now, gone) = (desk.clone(), now.to_owned(), row.gone);
        part(move || (!gone.get()).then(|| item(&desk, &session, &row, &now))).erase()
    });
    view! { <ul class="rows">{StaticVec::from(items.collect::<Vec<_>>())}</ul> }.erase()
}

fn item(desk: &Desk, session: &Session, row: &Row, now: &str) -> Piece {
    let (title, name) = (format!("session-{}", session.id), name(session));
    let ending = ending_part(desk, Ending::One(session.id.clone()), name.clone());
    let labelled_by = title.clone();
    view! {
        <li class="session" tabindex="-1" node_ref=row.item aria-labelledby=labelled_by>
            <div class="session-words">
                <h3 id=title>
                    <bdi>{name}</bdi>
                </h3>
                {facts(session, now)}
            </div>
            {ending}
        </li>
    }
    .erase()
}

/// What a session's browser is called.
pub fn name(session: &Session) -> String {
    client(&session.browser, &session.device)
}

/// When it was used, when it began, and where.
pub fn facts(session: &Session, now: &str) -> Piece {
    let last_used = moment(&session.last_used_at, now);
    let begun = moment(&session.created_at, now);
    let address = if session.ip.is_empty() { "not known" } else { &session.ip };
    view! {
        <dl class="session-facts">
            <div>
                <dt>"Last used"</dt>
                <dd>{last_used}</dd>
            </div>
            <div>
                <dt>"Signed in"</dt>
                <dd>{begun}</dd>
            </div>
            <div>
                <dt>"Address"</dt>
                <dd>
                    <bdi>{address.to_owned()}</bdi>
                </dd>
            </div>
        </dl>
    }
    .erase()
}
