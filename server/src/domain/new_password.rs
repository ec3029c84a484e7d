//! What a new password has to be, by the rules and in the words of Django's validators.

use std::collections::HashMap;

use secrecy::{ExposeSecret as _, SecretString};

use super::{breached_passwords::was_breached, common_passwords::is_common};

/// As similar as this to something about the person is too similar.
const MAX_SIMILARITY: f64 = 0.7;

/// `AUTH_PASSWORD_VALIDATORS` and their settings: what a new password is checked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    /// `PASSWORD_MAX_LENGTH` in characters.
    pub max_chars: usize,
    /// `MinimumLengthValidator`: the fewest characters.
    pub min_chars: Option<usize>,
    /// `CommonPasswordValidator`: none that is tried first, or was found in breaches.
    pub uncommon: bool,
    /// `NumericPasswordValidator`: not digits alone.
    pub not_numeric: bool,
    /// `UserAttributeSimilarityValidator`: nothing like what is known about the person, nor like
    /// the site's names.
    pub dissimilar: bool,
    /// What the site is called: what it runs on, and where it is found.
    pub site_names: Vec<String>,
}

/// What Django takes of whoever signs in. Those who come from there may have chosen one that is longer than a
/// new one can be, and who they are is nobody's business.
const LONGEST_SHOWN: usize = 4096;

impl PasswordRules {
    /// The most characters that can belong to any account.
    pub fn longest_shown(&self) -> usize {
        self.max_chars.max(LONGEST_SHOWN)
    }
}

/// What is wrong with a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// It holds a NUL.
    #[error("Null characters are not allowed.")]
    Nul,
    /// Over `PASSWORD_MAX_LENGTH`, the number.
    #[error("Ensure this field has no more than {0} characters.")]
    TooLong(usize),
    /// Too few characters, and the fewest.
    #[error(
        "This password is too short. It must contain at least {0} character{plural}.",
        plural = if *.0 == 1 { "" } else { "s" }
    )]
    TooShort(usize),
    /// One that is tried first.
    #[error("This password is too common.")]
    Common,
    /// Digits alone.
    #[error("This password is entirely numeric.")]
    Numeric,
    /// Nearly something that is known about the person or the site.
    #[error("The password is too similar to the {0}.")]
    Similar(&'static str),
}

/// What is known about the person; empty where it is not.
#[derive(Clone, Copy, Debug, Default)]
pub struct Person<'a> {
    /// User name.
    pub username: &'a str,
    /// Given name.
    pub first_name: &'a str,
    /// Family name.
    pub last_name: &'a str,
    /// Address.
    pub email: &'a str,
}

impl PasswordRules {
    /// What the password itself shows. A password that cannot be stored has that fault alone.
    pub fn faults(&self, password: &SecretString) -> Vec<PasswordFault> {
        let password = password.expose_secret();
        let chars = password.chars().count();
        if password.contains('\0') {
            return vec![PasswordFault::Nul];
        }
        if chars > self.max_chars {
            return vec![PasswordFault::TooLong(self.max_chars)];
        }
        let short = self.min_chars.filter(|min| chars < *min).map(PasswordFault::TooShort);
        let common = self.uncommon && is_common(password);
        let numeric = self.not_numeric && chars > 0 && password.chars().all(char::is_numeric);
        short
            .into_iter()
            .chain(common.then_some(PasswordFault::Common))
            .chain(numeric.then_some(PasswordFault::Numeric))
            .collect()
    }

    /// Whether the password was breached. Asked where nothing else is wrong with it: of all others
    /// is said what Django says.
    pub fn breach(&self, password: &SecretString) -> Option<PasswordFault> {
        let known = self.uncommon && was_breached(password.expose_secret());
        known.then_some(PasswordFault::Common)
    }

    /// Whether the password is nearly something that is known about the person or the site.
    pub fn similarity(&self, password: &SecretString, person: Person<'_>) -> Option<PasswordFault> {
        let password = password.expose_secret().to_lowercase();
        // Of `ada.l@example.com` Django compares `ada`, `l`, and all of it: not what stands before the @.
        let mailbox = person.email.rsplit_once('@').map_or("", |(mailbox, _)| mailbox);
        let known = [
            (person.username, "username"),
            (person.first_name, "first name"),
            (person.last_name, "last name"),
            (person.email, "email address"),
            (mailbox, "email address"),
        ];
        let site = self.site_names.iter().map(|name| (name.as_str(), "name of this site"));
        known
            .into_iter()
            .chain(site)
            .filter(|_| self.dissimilar)
            .find(|(value, _)| is_similar(&password, &value.to_lowercase()))
            .map(|(_, name)| PasswordFault::Similar(name))
    }
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self {
            max_chars: 128,
            min_chars: Some(8),
            uncommon: true,
            not_numeric: true,
            dissimilar: true,
            site_names: vec!["latchkey".to_owned()],
        }
    }
}

/// Compares with the value and with each of its words.
fn is_similar(password: &str, value: &str) -> bool {
    let words = value.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.chain([value]).filter(|word| !word.is_empty()).any(|word| {
        !is_much_longer(password, word) && quick_ratio(password, word) >= MAX_SIMILARITY
    })
}

/// Whether the word is too short to make the password similar; it would only cost time to compare.
fn is_much_longer(password: &str, word: &str) -> bool {
    let (password, word) = (length(password), length(word));
    password >= 10.0 * word && word < MAX_SIMILARITY / 2.0 * password
}

/// Python's `difflib.SequenceMatcher.quick_ratio`: twice the characters that both have, counted,
/// by the characters of both.
fn quick_ratio(a: &str, b: &str) -> f64 {
    let mut rest: HashMap<char, u32> = HashMap::new();
    for character in b.chars() {
        *rest.entry(character).or_default() += 1;
    }
    let mut common = 0.0;
    for character in a.chars() {
        if let Some(left) = rest.get_mut(&character).filter(|left| **left > 0) {
            *left -= 1;
            common += 1.0;
        }
    }
    2.0 * common / (length(a) + length(b))
}

#[expect(clippy::cast_precision_loss, reason = "a password's or a name's length")]
fn length(text: &str) -> f64 {
    text.chars().count() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_judged_as_django_judges_it() {
        use PasswordFault::{Common, Nul, Numeric, TooLong, TooShort};
        let rows: [(&str, &[PasswordFault]); 10] = [
            ("correct-horse-9", &[]),
            ("7 chars", &[TooShort(8)]),
            ("8 chars!", &[]),
            ("ünïcødé☃", &[]),
            ("1234567", &[TooShort(8), Common, Numeric]),
            ("Password123", &[Common]),
            ("90218347650", &[Numeric]),
            ("", &[TooShort(8)]),
            ("nul\0 inside", &[Nul]),
            ("twenty-one characters", &[TooLong(20)]),
        ];
        let rules = PasswordRules { max_chars: 20, ..PasswordRules::default() };
        for (password, expected) in rows {
            assert_eq!(rules.faults(&password.into()), expected, "{password:?}");
        }
    }

    #[test]
    fn a_rule_that_is_switched_off_finds_nothing() {
        let none = PasswordRules {
            max_chars: 20,
            min_chars: None,
            uncommon: false,
            not_numeric: false,
            dissimilar: false,
            ..PasswordRules::default()
        };
        let ada = Person { username: "ada", ..Person::default() };
        for password in ["1", "1234567", "ada", "latchkey"] {
            assert_eq!(none.faults(&password.into()), []);
            assert_eq!(none.similarity(&password.into(), ada), None);
        }
        let long = PasswordRules { min_chars: Some(12), ..none };
        let text = long.faults(&"11-characte".into())[0].to_string();
        assert_eq!(text, "This password is too short. It must contain at least 12 characters.");
    }

    #[test]
    fn what_is_known_about_a_person_is_no_password() {
        let rules = PasswordRules::default();
        let ada = Person {
            username: "ada.lovelace",
            first_name: "Ada",
            last_name: "Lovelace",
            email: "countess.of.l@example.com",
        };
        let rows = [
            ("ada.lovelace", Some("username")),
            ("LOVELACE.ADA", Some("username")),
            ("lovelace1", Some("username")),
            ("countess1", Some("email address")),
            ("countess-of-l", Some("email address")),
            ("example.com", Some("email address")),
            ("analytical engine", None),
            ("ada and something that is much longer", None),
        ];
        for (password, name) in rows {
            let expected = name.map(PasswordFault::Similar);
            assert_eq!(rules.similarity(&password.into(), ada), expected, "{password}");
        }
        assert_eq!(rules.similarity(&"lovelace".into(), Person::default()), None);
    }

    #[test]
    fn neither_is_the_sites_name() {
        let site_names = vec!["latchkey".to_owned(), "accounts.analytical-engine.org".to_owned()];
        let rules = PasswordRules { site_names, ..PasswordRules::default() };
        for password in ["Latchkey2026!", "l4tchk3y1", "analytical1", "accounts99", "engine.org"] {
            let fault = rules.similarity(&password.into(), Person::default());
            let text = fault.map(|fault| fault.to_string());
            let expected = "The password is too similar to the name of this site.";
            assert_eq!(text.as_deref(), Some(expected), "{password}");
        }
        for password in ["correct-horse-9", "a key for every latch here"] {
            assert_eq!(rules.similarity(&password.into(), Person::default()), None, "{password}");
        }
    }
}
