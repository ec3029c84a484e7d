//! What the page of the sessions knows of them, and what becomes of it when some are ended.

use leptos::{html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use serde::Serialize;

use crate::{
    api::{Api, ApiError, use_api},
    components::first_reply,
    wire::{
        Ending, Problem, paths,
        query::{self, EVERYWHERE, OTHERS},
    },
};

/// Leaves for another page, which takes the place of this one in the history.
type Leave = std::sync::Arc<dyn Fn(&str) + Send + Sync>;

/// The state of the page. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    api: Api,
    leave: Leave,
    /// The session that one is in.
    pub here: NodeRef<html::Section>,
    /// The others that are listed, in their order.
    pub rows: StoredValue<Vec<Row>>,
    /// How many others there are.
    pub others: RwSignal<usize>,
    /// What was done last, in words.
    pub said: RwSignal<String>,
    /// What could not be done at once, and why: more is asked for there.
    pub open: RwSignal<Option<Opened>>,
}

/// A row of the list.
#[derive(Clone)]
pub struct Row {
    id: String,
    /// It takes the focus when the row before it is gone.
    pub item: NodeRef<html::Li>,
    /// Whether its session was ended.
    pub gone: RwSignal<bool>,
}

/// What was not done at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What was to be ended.
    pub ending: Ending,
    /// What the API said; nothing where the page came with that.
    pub error: Option<ApiError>,
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
    pub fn new() -> Self {
        let navigate = use_navigate();
        let leave = move |place: &str| {
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate(place, options);
        };
        let reply = first_reply(paths::SESSIONS_PAGE);
        let opened = reply.as_ref().and_then(|reply| {
            let ending = Ending::parse(reply.value(Ending::INPUT)?);
            Some(Opened { ending, error: None })
        });
        let said = use_location().search.with_untracked(|search| match () {
            () if query::is_done(search) => "That browser is signed out.",
            () if query::says(search, OTHERS) => "All other browsers are signed out.",
            () => "",
        });
        let said = match &reply {
            None => said.to_owned(),
            Some(_) if opened.is_some() => String::new(),
            // It was meant for somebody else: there is no place for it.
            Some(reply) => Problem::parse(&reply.body).detail.unwrap_or_default(),
        };
        Self {
            api: use_api(),
            leave: std::sync::Arc::new(leave),
            here: NodeRef::new(),
            rows: StoredValue::new(Vec::new()),
            others: RwSignal::new(0),
            said: RwSignal::new(said),
            open: RwSignal::new(opened),
        }
    }

    /// Ends sessions. `whom` is what the one is called.
    ///
    /// # Errors
    /// When the API does not.
    pub async fn end(
        &self,
        ending: &Ending,
        whom: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<(), ApiError> {
        self.api.end_sessions(ending, body).await?;
        match ending {
            Ending::One(id) => self.one_ended(id, whom),
            Ending::Others => self.others_ended(),
            // Not in an effect: the page is gone by now. Back must not lead to it.
            Ending::All => (self.leave)(&format!("{}?{EVERYWHERE}", paths::LOGIN_PAGE)),
        }
        Ok(())
    }

    fn one_ended(&self, id: &str, whom: &str) {
        let (desk, id) = (self.clone(), id.to_owned());
        self.tell(format!("{whom} is signed out."), move || desk.take_out(&id));
    }

    fn others_ended(&self) {
        let desk = self.clone();
        self.tell("All other browsers are signed out.".to_owned(), move || desk.take_all_out());
    }

    /// Says what was done. The rows go in the next frame: what is in them has come to rest by then.
    fn tell(&self, words: String, then: impl FnOnce() + 'static) {
        self.said.try_set(words);
        self.open.try_set(None);
        request_animation_frame(then);
    }

    /// The row goes, and the next one has the focus: not its button, which whoever holds the key
    /// down would press.
    fn take_out(&self, id: &str) {
        let Some(rows) = self.rows.try_get_value() else { return };
        let Some(place) = rows.iter().position(|row| row.id == id) else { return };
        rows[place].gone.set(true);
        self.others.update(|count| *count = count.saturating_sub(1));
        let (before, after) = rows.split_at(place);
        let stays = |row: &&Row| !row.gone.get_untracked();
        let near = after.iter().find(stays).or_else(|| before.iter().rev().find(stays));
        match near {
            Some(row) => row.focus(),
            None => self.focus_here(),
        }
    }

    fn take_all_out(&self) {
        let Some(rows) = self.rows.try_get_value() else { return };
        for row in &rows {
            row.gone.set(true);
        }
        self.others.set(0);
        self.focus_here();
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
