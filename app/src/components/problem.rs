//! Failures of the API in a person's words.

use crate::api::ApiError;

/// What went wrong and what to do about it. Words that the server chose for people (a `detail`)
/// are passed on; nothing is said about the inside of the server.
pub fn in_words(error: &ApiError) -> String {
    match error {
        ApiError::NoAnswer => {
            "There was no answer. Check your connection, then try again.".to_owned()
        }
        ApiError::Unreadable => {
            "Something between you and the server answered in its place. If your network asks for a \
             sign-in of its own, do that first, then try again."
                .to_owned()
        }
        ApiError::Refused { status: 429, retry_after_s, .. } => {
            format!("That was too often in a short time. Try again {}.", after(*retry_after_s))
        }
        ApiError::Refused { status: 503, retry_after_s, .. } => {
            format!("The server is busy right now. Try again {}.", after(*retry_after_s))
        }
        ApiError::Refused { status: 500.., .. } => {
            "Something went wrong on our side. Try again in a moment.".to_owned()
        }
        ApiError::Refused { problem, .. } => {
            problem.general().unwrap_or("The server refused this request.").to_owned()
        }
    }
}

/// When to try again.
fn after(seconds: Option<u64>) -> String {
    match seconds {
        None | Some(0) => "in a moment".to_owned(),
        Some(1) => "in a second".to_owned(),
        Some(s @ 2..120) => format!("in {s} seconds"),
        Some(s) => format!("in {} minutes", s.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Problem;

    fn refused(status: u16, body: &str, retry_after_s: Option<u64>) -> ApiError {
        ApiError::Refused { status, problem: Problem::parse(body), retry_after_s }
    }

    #[test]
    fn says_when_to_come_back() {
        let words = |s| in_words(&refused(429, r#"{"detail":"Request was throttled."}"#, s));
        assert_eq!(words(None), "That was too often in a short time. Try again in a moment.");
        assert_eq!(words(Some(58)), "That was too often in a short time. Try again in 58 seconds.");
        assert_eq!(words(Some(121)), "That was too often in a short time. Try again in 3 minutes.");
    }

    #[test]
    fn the_inside_of_the_server_stays_inside() {
        let words = in_words(&refused(500, r#"{"detail":"disk I/O error"}"#, None));
        assert_eq!(words, "Something went wrong on our side. Try again in a moment.");
    }

    #[test]
    fn a_refusal_is_passed_on() {
        assert_eq!(in_words(&refused(403, r#"{"detail":"Not here."}"#, None)), "Not here.");
        assert_eq!(in_words(&refused(418, "", None)), "The server refused this request.");
    }
}
