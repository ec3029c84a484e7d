//! What happened to the account.

use leptos::{prelude::*, tachys::view::iterators::StaticVec};
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::area::AreaNavigation;
use crate::{
    api::use_api,
    components::{
        Again, Clock, Erase, Heading, Piece, Unloaded, client, loaded, moment, on_reconnected, part,
    },
    pages::gate::use_asked,
    wire::{
        Activity, ActivityKind, ActivityList, paths,
        query::{self, BEFORE},
    },
};

/// The page at [`paths::ACTIVITY_PAGE`]. Private. Its query says where the page before it stopped.
#[component]
pub fn ActivityPage() -> Piece {
    let search = use_location().search;
    let before = Memo::new(move |_| search.with(|search| query::value(search, BEFORE)));
    // Another page of it comes up as any other page does: from its top.
    part(move || Some(page(before.get()))).erase()
}

fn page(before: Option<String>) -> Piece {
    let api = use_api();
    let is_first = before.is_none();
    let query = before.clone().map(|before| (BEFORE, before));
    let answer = Resource::new(
        || (),
        move |()| {
            let (api, before) = (api.clone(), before.clone());
            async move { api.activity(before.as_deref()).await.map_err(Unloaded::from) }
        },
    );
    on_reconnected(move || answer.refetch());
    // An address may have been mistyped, or may be older than what is kept.
    let other = if is_first { || None } else { || Some(latest()) };
    let again = Again { page: paths::ACTIVITY_PAGE, query, other };
    let content = loaded(answer, NodeRef::new(), again, move |list| events(list, is_first));
    view! {
        <Title text="Your activity" />
        <div class="account">
            <Heading words="Your activity" />
            <AreaNavigation />
            <p class="area-lead">
                "What happened to your account, the latest first. Was something not you? "
                <a href=paths::PASSWORD_PAGE>"Change your password"</a> "."
            </p>
            {content}
        </div>
    }
    .erase()
}

/// The way back to where it begins.
fn latest() -> Piece {
    view! { <a class="button quiet" href=paths::ACTIVITY_PAGE>"Latest"</a> }.erase()
}

/// The events, and the ways to earlier and later ones.
fn events(list: ActivityList, is_first: bool) -> Piece {
    let ActivityList { events, next, now } = list;
    let empty = events.is_empty().then(|| {
        let words = match () {
            () if !is_first => "Nothing happened before that.",
            () if !use_asked().remembers => "On this server nothing is kept of what happens.",
            () => "Nothing has happened yet.",
        };
        view! { <p class="status">{words}</p> }.erase()
    });
    let clock = Clock::started(&now);
    let events: Vec<_> = events.iter().map(|event| item(event, clock)).collect();
    // By the browser itself, not by the router: Back then finds this page as it was left, scrolled to
    // where one was.
    let earlier = next.map(|next| {
        let page = format!("{}?{BEFORE}={}", paths::ACTIVITY_PAGE, query::encode(&next));
        view! { <a class="button quiet" rel="external" href=page>"Earlier"</a> }.erase()
    });
    let latest = (!is_first).then(latest);
    view! {
        <section class="panel" aria-label="Events">
            {empty}
            <ol class="rows">{StaticVec::from(events)}</ol>
            <div class="actions">{earlier} {latest}</div>
        </section>
    }
    .erase()
}

fn item(event: &Activity, clock: Clock) -> Piece {
    let what = match event.count {
        0 | 1 => in_short(event.kind).to_owned(),
        n => format!("{}, {n} times", in_short(event.kind)),
    };
    let at = moment(&event.at, clock);
    let known = [client(&event.browser, &event.device), event.ip.clone()];
    let is_known = !(event.browser.is_empty() && event.device.is_empty() && event.ip.is_empty());
    let from = is_known.then(|| {
        let known: Vec<_> = known.into_iter().filter(|part| !part.is_empty()).collect();
        view! { <p class="soft"><bdi>{known.join(", ")}</bdi></p> }.erase()
    });
    view! {
        <li class="event" class:warning=is_warning(event.kind)>
            <p class="event-what">{what}</p>
            {from}
            <p class="soft">{at}</p>
        </li>
    }
    .erase()
}

/// What happened, in a few words.
const fn in_short(kind: ActivityKind) -> &'static str {
    match kind {
        ActivityKind::Registered => "Account made",
        ActivityKind::SignedIn => "Signed in",
        ActivityKind::SignInFailed => "Failed sign-in",
        ActivityKind::SignedOut => "Signed out",
        ActivityKind::SessionsEnded => "Signed out from elsewhere",
        ActivityKind::ReplayCaught => "Signed out, because an old copy of the session was used",
        ActivityKind::PasswordChanged => "Password changed",
        ActivityKind::PasswordReset => "Password replaced by a mailed link",
        ActivityKind::EmailChangeAsked => "Another e-mail address asked for",
        ActivityKind::EmailChanged => "E-mail address changed",
        ActivityKind::Unknown => "Something else",
    }
}

/// Whether it may be the work of somebody else.
const fn is_warning(kind: ActivityKind) -> bool {
    matches!(kind, ActivityKind::SignInFailed | ActivityKind::ReplayCaught)
}
