//! The sessions, a row each.

use leptos::{prelude::*, tachys::view::iterators::StaticVec};

use super::{
    desk::{Desk, Row},
    ending::{Whom, ending_part},
};
use crate::{
    components::{Clock, Erase, Piece, client, exact, moment, part},
    wire::{Ending, Session},
};

/// The rows, which go one by one as their sessions are ended.
pub fn rows(desk: &Desk, sessions: Vec<Session>, clock: Clock) -> Piece {
    let rows: Vec<_> = sessions.iter().map(|session| Row::new(&session.id)).collect();
    desk.rows.set_value(rows.clone());
    let items = sessions.into_iter().zip(rows).map(|(session, row)| {
        let (desk, gone) = (desk.clone(), row.gone);
        part(move || (!gone.get()).then(|| item(&desk, &session, &row, clock))).erase()
    });
    view! { <ul class="rows">{StaticVec::from(items.collect::<Vec<_>>())}</ul> }.erase()
}

fn item(desk: &Desk, session: &Session, row: &Row, clock: Clock) -> Piece {
    let (title, name) = (format!("session-{}", session.id), name(session));
    let whom = Whom { name: name.clone(), since: exact(&session.created_at) };
    let ending = ending_part(desk, Ending::One(session.id.clone()), whom);
    // Several may have one name; what tells them apart is when they began.
    let labelled_by = format!("{title} {title}-begun");
    view! {
        <li class="session" tabindex="-1" node_ref=row.item aria-labelledby=labelled_by>
            <div class="session-words">
                <h3 id=title>
                    <bdi>{name}</bdi>
                </h3>
                {facts(session, clock)}
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
pub fn facts(session: &Session, clock: Clock) -> Piece {
    let last_used = if session.is_current {
        view! { <span>"Now"</span> }.erase()
    } else {
        moment(&session.last_used_at, clock)
    };
    let begun = moment(&session.created_at, clock);
    let address = if session.ip.is_empty() { "not known" } else { &session.ip };
    view! {
        <dl class="session-facts">
            <div>
                <dt>"Last used"</dt>
                <dd>{last_used}</dd>
            </div>
            <div id=format!("session-{}-begun", session.id)>
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
