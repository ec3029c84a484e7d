//! User names and e-mail addresses, checked once and then carried as types.

use unicode_normalization::UnicodeNormalization;

/// Django's limit.
const MAX_USERNAME_CHARS: usize = 150;
/// RFC 5321's limit.
const MAX_EMAIL_CHARS: usize = 254;

/// A user name in its canonical form (NFKC, as Django keeps it).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

/// Why a user name is refused, in Django's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsernameFault {
    /// Nothing there.
    #[error("This field may not be blank.")]
    Blank,
    /// Over 150 characters.
    #[error("Ensure this field has no more than 150 characters.")]
    TooLong,
    /// A character that user names do not have.
    #[error(
        "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."
    )]
    Characters,
}

impl Username {
    /// Checks and normalises a user name.
    ///
    /// # Errors
    /// [`UsernameFault`].
    pub fn parse(raw: &str) -> Result<Self, UsernameFault> {
        let typed = raw.trim();
        let name: String = typed.nfkc().collect();
        let plain = |c: char| c.is_alphanumeric() || "@.+-_".contains(c);
        match name.chars().count() {
            0 => Err(UsernameFault::Blank),
            n if n > MAX_USERNAME_CHARS => Err(UsernameFault::TooLong),
            _ if typed.chars().chain(name.chars()).all(plain) => Ok(Self(name)),
            _ => Err(UsernameFault::Characters),
        }
    }

    /// Takes a name that somebody has had elsewhere: any that can be typed in and shown on a line.
    ///
    /// # Errors
    /// [`UsernameFault`].
    pub fn imported(raw: &str) -> Result<Self, UsernameFault> {
        let name: String = raw.trim().nfkc().collect();
        match name.chars().count() {
            0 => Err(UsernameFault::Blank),
            n if n > MAX_USERNAME_CHARS => Err(UsernameFault::TooLong),
            _ if raw.chars().any(char::is_control) => Err(UsernameFault::Characters),
            _ => Ok(Self(name)),
        }
    }

    /// The name as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which a name is unique and is looked up: without regard to case.
    pub fn key(&self) -> String {
        key(&self.0)
    }

    /// The look-up form of whatever somebody typed; it need not be a possible name.
    pub fn key_of(typed: &str) -> String {
        key(typed.trim())
    }
}

/// An e-mail address that can be written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

/// Not an address, in Django's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Enter a valid email address.")]
pub struct EmailFault;

impl Email {
    /// Checks an address: one `@`, a local part, a host of dotted labels.
    ///
    /// # Errors
    /// [`EmailFault`].
    pub fn parse(raw: &str) -> Result<Self, EmailFault> {
        let address = raw.trim();
        let (local, host) = address.rsplit_once('@').ok_or(EmailFault)?;
        let dotted = |part: &str| part.split('.').all(|label| !label.is_empty());
        let local_ok = dotted(local)
            && local
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
        let label_ok = |label: &str| {
            !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().count() <= 63
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        // No top-level domain has one letter.
        let top_ok = |(_, top): (&str, &str)| top.chars().count() >= 2;
        let host_ok = (host == "localhost" || host.rsplit_once('.').is_some_and(top_ok))
            && dotted(host)
            && host.split('.').all(label_ok);
        (local_ok && host_ok && address.chars().count() <= MAX_EMAIL_CHARS)
            .then(|| Self(address.to_owned()))
            .ok_or(EmailFault)
    }

    /// The address as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which an address is unique: without regard to case.
    pub fn key(&self) -> String {
        key(&self.0)
    }

    /// The look-up form of an address that was checked before.
    pub fn key_of(address: &str) -> String {
        key(address.trim())
    }
}

fn key(text: &str) -> String {
    // Lower case has two forms of sigma, by its place in the word; a key has one.
    text.nfkc().collect::<String>().to_lowercase().replace('ς', "σ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_case_alone_have_one_key() {
        for (one, other) in [("Ada", "ADA"), ("ΟΔΟΣ", "οδοσ"), ("ΟΔΟΣ", "οδος"), ("ａｄａ", "ada")]
        {
            assert_eq!(Username::key_of(one), Username::key_of(other), "{one} {other}");
            assert_eq!(Username::parse(one).unwrap().key(), Username::key_of(other));
        }
    }

    #[test]
    fn a_name_is_judged_as_it_was_typed() {
        for (typed, expected) in [
            ("Zoë", Ok("Zoë")),
            (" ada ", Ok("ada")),
            ("a\u{301}", Err(UsernameFault::Characters)),
            ("a b", Err(UsernameFault::Characters)),
            (" ", Err(UsernameFault::Blank)),
        ] {
            let parsed = Username::parse(typed);
            assert_eq!(
                parsed.as_ref().map(Username::as_str),
                expected.as_ref().copied(),
                "{typed}"
            );
        }
    }

    #[test]
    fn an_address_has_a_host_that_can_be_one() {
        let long = format!("a@{}.com", "b".repeat(64));
        for address in ["a@b.c", "a@1.2.3.4", &long, "a@-b.com", "a@b", "a@b..com", "@b.com", "a"] {
            assert_eq!(Email::parse(address), Err(EmailFault), "{address}");
        }
        for address in ["a@b.co", "a.b+c@sub.example.com", "a@localhost", "a@münchen.de"] {
            assert!(Email::parse(address).is_ok(), "{address}");
        }
    }
}
