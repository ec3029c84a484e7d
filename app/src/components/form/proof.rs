//! The password, asked for once more in the midst of a form: what it does is more than somebody who
//! finds an open browser may do.

use leptos::prelude::*;

use super::{Form, frame::whose};
use crate::{
    components::{EntryField, Erase, Piece, Question, part},
    wire::paths,
};

/// The present password.
pub const PROOF: Question = Question::password("password", "Your password", "Enter your password.");

/// The id of the words that say why.
const WHY: &str = "proof-why";

impl Form {
    /// The question, once it is asked. What was entered so far stays where it is.
    pub(super) fn proof(&self, shown: RwSignal<bool>) -> Option<Piece> {
        let (asked, faults, entry) = (self.asked, self.faults, self.proof?);
        let question = move || {
            let error = Signal::derive(move || faults.get().of(PROOF.name));
            let described_by = Signal::stored(Some(WHY.to_owned()));
            let autofocus = faults.with_untracked(|faults| !faults.is_empty());
            view! {
                <div class="proof">
                    <p class="notice" id=WHY>
                        "Enter your password once more, to show that it is you."
                    </p>
                    {whose(&[PROOF])}
                    <EntryField entry value=None autofocus shown error described_by />
                    <p class="forgot">
                        <a href=paths::FORGOT_PASSWORD_PAGE>"Forgot it?"</a>
                    </p>
                </div>
            }
            .erase()
        };
        Some(part(move || asked.get().then(question)).erase())
    }
}
