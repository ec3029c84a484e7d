//! What the page of the sessions knows of them, and what becomes of it when some are ended.

use std::{sync::Arc, time::Duration};

use leptos::{html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::opened::{Opened, Why};
use crate::{
    api::{Api, ApiError, use_api},
    components::{Values, first_reply, forget_query, still_there},
    wire::{
        Ending, Problem, paths,
        query::{self, EVERYWHERE, OTHERS},
    },
};

/// Leaves for another page, which takes the place of this one in the history.
type Leave = Arc<dyn Fn(&str) + Send + Sync>;

/// For how long the pointer is not heeded after something has moved under it: the second click of
/// a double click, or one more of somebody in a hurry, was meant for what is gone.
const SETTLING: Duration = Duration::from_millis(600);

/// How many endings have come to their end after their page was left. Another one of the same kind may
/// have come up meanwhile, and shows what is gone by now.
#[derive(Clone, Copy, Default)]
struct LateEndings(RwSignal<u32>);

/// Lets pages hear of what an earlier one began.
pub fn provide_late_endings() {
    provide_context(LateEndings::default());
}

/// The state of the page. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    api: Api,
    leave: Leave,
    load_again: Arc<dyn Fn() + Send + Sync>,
    /// All that was loaded.
    pub place: NodeRef<html::Div>,
    /// The session that one is in.
    pub here: NodeRef<html::Section>,
    /// The others that are listed, in their order.
    pub rows: StoredValue<Vec<Row>>,
    /// How many others there are.
    pub others: RwSignal<usize>,
    /// How many of them are listed.
    pub listed: RwSignal<usize>,
    /// What was done last, in words.
    pub said: RwSignal<String>,
    /// What could not be done at once, and why: more is asked for there.
    pub open: RwSignal<Option<Opened>>,
    /// Whether something is being ended. One thing at a time: what comes of it is told at its place.
    pub busy: RwSignal<bool>,
    /// How many endings of earlier pages have come late.
    pub late: RwSignal<u32>,
    /// How many moves have not been seen yet.
    pub moves: RwSignal<u32>,
}

/// A row of the list.
#[derive(Clone)]
pub struct Row {
    /// The id of its session.
    pub id: String,
    /// It takes the focus when the row before it is gone.
    pub item: NodeRef<html::Li>,
    /// Whether its session was ended.
    pub gone: RwSignal<bool>,
}

impl Row {
    /// The row of the session of this id.
    pub fn new(id: &str) -> Self {
        Self { id: id.to_owned(), item: NodeRef::new(), gone: RwSignal::new(false) }
    }

    /// Takes the focus, once the document is what it will be.
    fn focus(&self) {
        let item = self.item;
        request_animation_frame(move || {
            if let Some(item) = item.try_get_untracked().flatten() {
                _ = item.focus();
            }
        });
    }
}

impl Desk {
    /// The state that the page came with.
    pub fn new(load_again: impl Fn() + Send + Sync + 'static) -> Self {
        let navigate = use_navigate();
        let leave = move |place: &str| {
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate(place, options);
        };
        let reply = first_reply(paths::SESSIONS_PAGE);
        let said = use_location().search.with_untracked(|search| match () {
            () if query::is_done(search) => "That browser is signed out.",
            () if query::says(search, OTHERS) => "All other browsers are signed out.",
            () => "",
        });
        if !said.is_empty() {
            forget_query();
        }
        let opened = reply.as_ref().and_then(Opened::by_reply);
        let said = match &reply {
            None => said.to_owned(),
            Some(_) if opened.is_some() => String::new(),
            // It was meant for somebody else: there is no place for it.
            Some(reply) => Problem::parse(&reply.body).detail.unwrap_or_default(),
        };
        Self {
            api: use_api(),
            leave: Arc::new(leave),
            load_again: Arc::new(load_again),
            place: NodeRef::new(),
            here: NodeRef::new(),
            rows: StoredValue::new(Vec::new()),
            others: RwSignal::new(0),
            listed: RwSignal::new(0),
            said: RwSignal::new(said),
            open: RwSignal::new(opened),
            busy: RwSignal::new(false),
            late: use_context::<LateEndings>().unwrap_or_default().0,
            moves: RwSignal::new(0),
        }
    }

    /// Ends sessions. `whom` is what the one is called.
    ///
    /// # Errors
    /// When the API does not.
    pub async fn end(&self, ending: &Ending, whom: &str, entered: &Values) -> Result<(), ApiError> {
        self.busy.set(true);
        let ended = self.api.end_sessions(ending, entered).await;
        if *ending == Ending::All && ended.is_ok() {
            // Not in an effect: the page goes now. Back must not lead to it.
            (self.leave)(&format!("{}?{EVERYWHERE}", paths::LOGIN_PAGE));
            return ended;
        }
        if still_there(self.busy).await {
            self.busy.set(false);
            if ended.is_ok() {
                self.ended(ending, whom);
            }
        } else if ended.is_ok() {
            self.late.update(|late| *late += 1);
        }
        ended
    }

    /// Says what was done, and takes it off the list.
    fn ended(&self, ending: &Ending, whom: &str) {
        let desk = self.clone();
        if let Ending::One(id) = ending {
            let id = id.clone();
            self.tell(format!("{whom} is signed out."), move || desk.take_out(&id));
        } else {
            let words = "All other browsers are signed out.".to_owned();
            self.tell(words, move || desk.take_all_out());
        }
    }

    /// Opens a question or shows what went wrong, or closes what was open.
    pub fn show(&self, opened: Option<Opened>) {
        self.settle();
        self.open.set(opened);
    }

    /// Something is tried anew: should it fail again, that is told again.
    pub fn forget_failure(&self) {
        let failed = |open: &Option<Opened>| {
            open.as_ref().is_some_and(|opened| matches!(opened.why, Why::Failed(_)))
        };
        if self.open.with_untracked(failed) {
            self.show(None);
        }
    }

    /// Does not heed the pointer until whoever moves it has seen what is under it now.
    pub fn settle(&self) {
        let moves = self.moves;
        moves.update(|moves| *moves += 1);
        let seen = move || _ = moves.try_update(|moves| *moves = moves.saturating_sub(1));
        set_timeout(seen, SETTLING);
    }

    /// Says what was done. The rows go in the next frame: what is in them has come to rest by then.
    fn tell(&self, words: String, then: impl FnOnce() + 'static) {
        self.said.set(words);
        self.show(None);
        request_animation_frame(then);
    }

    /// The row goes, and the next one has the focus: not its button, which whoever holds the key
    /// down would press.
    fn take_out(&self, id: &str) {
        let Some(rows) = self.rows.try_get_value() else { return };
        let Some(place) = rows.iter().position(|row| row.id == id) else { return };
        rows[place].gone.set(true);
        for count in [self.others, self.listed] {
            count.update(|count| *count = count.saturating_sub(1));
        }
        let (before, after) = rows.split_at(place);
        let stays = |row: &&Row| !row.gone.get_untracked();
        let near = after.iter().find(stays).or_else(|| before.iter().rev().find(stays));
        match near {
            Some(row) => row.focus(),
            None if self.others.get_untracked() > 0 => self.load_more(),
            None => self.focus_here(),
        }
    }

    fn take_all_out(&self) {
        let Some(rows) = self.rows.try_get_value() else { return };
        for row in &rows {
            row.gone.set(true);
        }
        self.others.set(0);
        self.listed.set(0);
        self.focus_here();
    }

    /// Of very many not all are listed, and those that were are gone.
    fn load_more(&self) {
        if let Some(place) = self.place.get_untracked() {
            _ = place.focus();
        }
        (self.load_again)();
    }

    fn focus_here(&self) {
        let here = self.here;
        request_animation_frame(move || {
            if let Some(here) = here.try_get_untracked().flatten() {
                _ = here.focus();
            }
        });
    }
}
