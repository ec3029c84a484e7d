//! What could not be ended at once, and why.

use crate::{
    api::ApiError,
    components::{PROOF, in_words, refusal, wants_proof},
    wire::{Ending, FormReply},
};

/// What was not done at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What was to be ended.
    pub ending: Ending,
    /// Why it was not.
    pub why: Why,
}

/// Why it was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The password is asked for: what the API said, or nothing where the page came with that.
    Asked(Option<ApiError>),
    /// It failed; in words.
    Failed(String),
}

impl Opened {
    /// After the API has not done it.
    pub fn by_error(ending: Ending, error: ApiError) -> Self {
        let why = if is_asked(&error) { Why::Asked(Some(error)) } else { failed(&error) };
        Self { ending, why }
    }

    /// What the page came with, where it came with what became of its form.
    pub fn by_reply(reply: &FormReply) -> Option<Self> {
        let ending = Ending::parse(reply.value(Ending::INPUT)?);
        let error = refusal(reply);
        let was_asked = reply.value(PROOF.name).is_some();
        let why = if was_asked || is_asked(&error) { Why::Asked(None) } else { failed(&error) };
        Some(Self { ending, why })
    }
}

fn failed(error: &ApiError) -> Why {
    Why::Failed(in_words(error))
}

fn is_asked(error: &ApiError) -> bool {
    matches!(error, ApiError::Refused { problem, .. } if wants_proof(problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came_with(values: &[(&str, &str)], status: u16, body: &str) -> Option<Opened> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let (values, body) = (values.collect(), body.to_owned());
        let page = crate::wire::paths::SESSIONS_PAGE.to_owned();
        Opened::by_reply(&FormReply { page, values, status, body, retry_after_s: None })
    }

    #[test]
    fn a_password_is_asked_for_and_a_failure_is_told() {
        let too_old = r#"{"detail":"No.","code":"reauthentication_required"}"#;
        let others = [("end", "others")];
        let opened = came_with(&others, 403, too_old).unwrap();
        assert_eq!((opened.ending, opened.why), (Ending::Others, Why::Asked(None)));
        let opened = came_with(&[("end", "7"), ("password", "")], 503, "").unwrap();
        assert_eq!(opened.ending, Ending::One("7".to_owned()));
        assert_eq!(opened.why, Why::Asked(None), "what was asked is asked again");
        let opened = came_with(&others, 503, "").unwrap();
        let words = "The server is busy right now. Try again in a moment.";
        assert_eq!(opened.why, Why::Failed(words.to_owned()));
        assert!(came_with(&[], 403, too_old).is_none());
    }
}
