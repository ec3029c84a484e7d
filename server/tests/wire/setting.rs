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

    /// The word's meaning: `username`, `email`, `password`; `access` and `refresh`, alone for a
    /// token and with a fault for a forged one; `first refresh` for that of the beginning; `uid` and `token` of the last mail that leads to a
    /// new password, `key` of the last one that verifies an address; `150 x` for 150 times an x.
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
            |page: &str, key: &str| mail::link_value(profile.folder(), &person.email, page, key);
        Some(match word {
            "username" => person.username.clone(),
            "email" => person.email.clone(),
            "password" => person.password.clone(),
            "csrf" => person.csrf.clone()?,
            "first refresh" => person.first_refresh.clone()?.value,
            "uid" | "token" => linked("reset-password", word),
            "key" => linked("verify-email", word),
            _ => return None,
        })
    }
}
