//! What the words in a row mean while it runs.

use super::{forge::forge, mail, person::Person, profile::Profile, words};

/// Who acts, and where.
#[derive(Clone, Copy)]
pub struct Setting<'c> {
    pub person: &'c Person,
    pub profile: &'c Profile,
}

impl Setting<'_> {
    /// A text that is sent: no word may be left.
    pub fn text(&self, text: &str) -> String {
        words::replace(&words::written_out(text), |word| {
            Some(self.means(word).unwrap_or_else(|| panic!("<{word}> means nothing in {text}")))
        })
    }

    /// A text that is expected: gaps stay.
    pub fn pattern(&self, text: &str) -> String {
        words::replace(&words::written_out(text), |word| self.means(word))
    }

    /// The word's meaning:
    ///
    /// - `username`, `email`, `password`, `csrf`: the person's;
    /// - `access`, `refresh`: their tokens, with a fault behind it a forged one; `first refresh`:
    ///   the token with which their session began;
    /// - `uid`, `token`: of the last mail that leads them to a new password; `key`: of the last one
    ///   that verifies their address, `new key`: or `new-` before it;
    /// - `150 x`: 150 times an x.
    fn means(&self, word: &str) -> Option<String> {
        let Setting { person, profile } = *self;
        let (first, rest) = word.split_once(' ').unwrap_or((word, ""));
        let token = match first {
            "access" => person.access.as_ref(),
            "refresh" => person.refresh.as_ref(),
            _ => None,
        };
        if let Some(token) = token {
            return Some(if rest.is_empty() {
                token.value.clone()
            } else {
                forge(&token.value, rest)
            });
        }
        if let Ok(times) = first.parse() {
            return Some(rest.repeat(times));
        }
        let linked =
            |to: &str, page: &str, key: &str| mail::link_value(profile.folder(), to, page, key);
        Some(match word {
            "username" => person.username.clone(),
            "email" => person.email.clone(),
            "password" => person.password.clone(),
            "csrf" => person.csrf.clone()?,
            "first refresh" => person.first_refresh.clone()?.value,
            "uid" | "token" => linked(&person.email, "reset-password", word),
            "key" => linked(&person.email, "verify-email", "key"),
            "new key" => linked(&format!("new-{}", person.email), "verify-email", "key"),
            _ => return None,
        })
    }
}
