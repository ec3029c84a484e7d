//! The parts that pages are made of.

mod arrival;
mod busy_button;
mod entry;
mod entry_form;
mod erase;
mod faults;
mod field;
mod frame;
mod guard;
mod keys;
mod person;
mod problem;
mod sign_out;

pub use self::{
    arrival::{Heading, on_arrival},
    busy_button::{BusyButton, use_hydrated},
    entry::{Entry, PasswordField, TextField},
    entry_form::{EntryForm, Sending, use_faults, use_reply},
    erase::{Erase, Piece, part},
    faults::{Faults, Place},
    field::Field,
    frame::{Footer, Header},
    guard::{private, redirect_strangers},
    keys::{KeyStory, Mark, UprightKey},
    person::{use_admission, use_user},
    problem::in_words,
    sign_out::SignOut,
};
