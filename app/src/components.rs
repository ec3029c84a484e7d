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
mod moment;
mod person;
mod problem;
mod sign_out;

pub use self::{
    arrival::{Heading, is_first_frame, on_arrival},
    busy_button::{BusyButton, use_hydrated},
    client::client,
    entry::{Entry, EntryField, Kind, Question},
    erase::{Erase, Piece, effect, part},
    faults::{Faults, Place},
    field::{Fault, Field},
    form::{Form, Sender, Sheet, first_reply, instead, saying, still_there},
    frame::{Footer, Header},
    guard::{private, redirect_strangers},
    keys::{KeyStory, Mark, UprightKey},
    moment::moment,
    person::{meant_for, on_reconnected, use_admission, use_user},
    problem::in_words,
    sign_out::SignOut,
};
