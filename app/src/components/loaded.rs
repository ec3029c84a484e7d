//! What a page has loaded, or why it could not, with a way to try again.

use std::{sync::Arc, time::Duration};

use leptos::{ev, html, prelude::*};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{BusyButton, Erase, Piece, effect, in_words, instead, part};
use crate::api::ApiError;

/// A browser's timers know no longer time than some weeks; nobody waits for so long.
const LONGEST_WAIT_S: u64 = 86_400;

/// For how long nobody is let try by hand. The server may have said more than it turns out to take.
const LONGEST_PATIENCE_S: u64 = 60;

/// Why something could not be loaded, in words, and the seconds that the server asks to wait. It is put
/// into the HTML, so that hydration starts from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unloaded(String, Option<u64>);

impl From<ApiError> for Unloaded {
    fn from(error: ApiError) -> Self {
        let wait_s = match error {
            ApiError::Refused { retry_after_s, .. } => retry_after_s,
            ApiError::NoAnswer | ApiError::Unreadable => None,
        };
        Self(in_words(&error), wait_s)
    }
}

/// How a page tries again.
#[derive(Clone)]
pub struct Again {
    /// The page, which is opened anew where there is no script.
    pub page: &'static str,
    /// What its query says.
    pub query: Option<(&'static str, String)>,
    /// Another way out.
    pub other: fn() -> Option<Piece>,
}

/// What there is once it is loaded. It has the focus while and after somebody tries again: the button
/// that was pressed is gone then.
pub fn loaded<T>(
    answer: Resource<Result<T, Unloaded>>,
    place: NodeRef<html::Div>,
    again: Again,
    show: impl Fn(T) -> Piece + Send + 'static,
) -> Piece
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
{
    let run: Arc<dyn Fn() + Send + Sync> = Arc::new(move || answer.refetch());
    let attempt = Attempt { again, run, place };
    let content = part(move || {
        answer.get().map(|answer| match answer {
            Ok(found) => show(found),
            Err(why) => unloaded(why, attempt.clone()),
        })
    });
    view! {
        <div class="loaded" tabindex="-1" node_ref=place>
            <Transition fallback=loading>
                {content}
            </Transition>
        </div>
    }
    .erase()
}

fn loading() -> Piece {
    view! { <p class="status">"Loading…"</p> }.erase()
}

/// The next attempt.
#[derive(Clone)]
struct Attempt {
    again: Again,
    run: Arc<dyn Fn() + Send + Sync>,
    place: NodeRef<html::Div>,
}

impl Attempt {
    /// Tries again when the browser is online again, and when the server has said; meanwhile somebody
    /// who may not ask yet is not asked to, for a while. Tells whether that is so.
    fn unasked(&self, wait_s: Option<u64>) -> RwSignal<bool> {
        let (run, patient) = (self.run.clone(), RwSignal::new(false));
        effect(move |_| {
            let online = run.clone();
            let online = window_event_listener(ev::online, move |_| online());
            on_cleanup(move || online.remove());
            let Some(seconds) = wait_s.filter(|seconds| *seconds > 0) else { return };
            let (run, wait) = (run.clone(), Duration::from_secs(seconds.min(LONGEST_WAIT_S)));
            if let Ok(timer) = set_timeout_with_handle(move || run(), wait) {
                patient.set(true);
                on_cleanup(move || timer.clear());
            }
            if seconds > LONGEST_PATIENCE_S {
                let over = move || _ = patient.try_set(false);
                set_timeout(over, Duration::from_secs(LONGEST_PATIENCE_S));
            }
        });
        patient
    }

    fn press(self, busy: RwSignal<bool>) {
        if !busy.get_untracked() {
            busy.set(true);
            if let Some(place) = self.place.get_untracked() {
                _ = place.focus();
            }
            (self.run)();
        }
    }
}

/// Why there is nothing, and what can be done about it.
fn unloaded(Unloaded(words, wait_s): Unloaded, attempt: Attempt) -> Piece {
    let patient = attempt.unasked(wait_s);
    let Again { page, query, other } = attempt.again.clone();
    // What comes of it is shown anew, whatever that is.
    let busy = RwSignal::new(false);
    let query =
        query.map(|(name, value)| view! { <input type="hidden" name=name value=value /> }.erase());
    let press = instead(move || attempt.clone().press(busy));
    view! {
        <p class="alert" role="alert">{words}</p>
        <div class="actions">
            <form method="get" action=page hidden=move || patient.get() on:submit=press>
                {query}
                <BusyButton class="button quiet" label="Try again" busy_label="Trying…" busy />
            </form>
            {other()}
        </div>
    }
    .erase()
}
