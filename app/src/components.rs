//! The parts that pages are made of.

mod arrival;
mod busy_button;
mod client;
mod entry;
mod erase;
mod faults;
mod field;
mod form;
mod frame;
mod guard;
mod keys;
mod loaded;
mod moment;
mod person;
mod problem;
mod sign_out;
mod strength;
mod undone;

pub use self::{
    arrival::{Heading, forget_query, is_first_frame, on_arrival},
    busy_button::{BusyButton, use_hydrated},
    client::client,
    entry::{Entry, EntryField, Kind, Question},
    erase::{Erase, Piece, effect, part},
    faults::{DEAD_LINK, Faults, Place, wants_proof},
    field::{Fault, Field},
    form::{
        Form, PROOF, Sender, Sheet, Values, first_reply, instead, refusal, saying, still_there,
    },
    frame::{Footer, Header},
    guard::{private, redirect_strangers},
    keys::{KeyStory, Mark, UprightKey},
    loaded::{Again, Unloaded, loaded},
    moment::{Clock, exact, moment},
    person::{meant_for, on_reconnected, use_admission, use_user},
    problem::in_words,
    sign_out::SignOut,
    undone::Undone,
};
