//! Links in mails. A ticket proves that somebody reads the mails of an account. It is derived from
//! the account and the key, never stored, and worth nothing once what it was made for has happened:
//! that changes the account.
//!
//! In form they are Django's and allauth's, so that pages written for those can pass them on.

use super::{Keyring, PasswordHash, SigningKey, Timestamp, UserId, key::TicketMac};

/// Django counts the seconds of its reset tokens from the first of January 2001.
const EPOCH_2001: i64 = 978_307_200;
/// Bytes of a ticket's signature: nobody guesses 128 bits.
const MAC_BYTES: usize = 16;
/// More digits than any moment or id has.
const LONGEST_NUMBER: usize = 13;

/// What a ticket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose<'a> {
    /// A new password for an account whose owner has forgotten theirs.
    ResetPassword,
    /// The address is theirs.
    VerifyEmail,
    /// This address is theirs, and takes the place of the other one.
    ChangeEmail(&'a NewAddress),
}

/// An address that is to take the place of the present one. Asking again makes earlier tickets void.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAddress {
    /// The address, as it is looked up.
    pub email_key: String,
    /// When that was asked for.
    pub asked_at: Timestamp,
}

/// The account as a ticket sees it. What is in here makes earlier tickets void when it changes; the
/// last two concern new passwords alone.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// Whose.
    pub user: UserId,
    /// The address, as it is looked up.
    pub email_key: String,
    /// The password's hash.
    pub password_hash: &'a PasswordHash,
    /// The last sign-in.
    pub last_login_at: Option<Timestamp>,
}

/// Makes and checks tickets. A link in a mail outlives the day of a rotation: any of the keys may have
/// made it.
#[derive(Clone, Copy, Debug)]
pub struct Tickets<'k>(pub &'k Keyring);

impl Tickets<'_> {
    /// The two parts of a reset link: who, and a token for them.
    pub fn reset(self, subject: &Subject<'_>, now: Timestamp) -> (String, String) {
        let moment = now.seconds();
        let mac = mac(self.0.signing(), Purpose::ResetPassword, subject, moment);
        let mac = mac.truncated(MAC_BYTES);
        let since_2001 = u64::try_from(moment - EPOCH_2001).unwrap_or_default();
        let uid = base36(subject.user.0.unsigned_abs());
        (uid, format!("{}-{}", base36(since_2001), hex::encode(mac)))
    }

    /// The key of a link that verifies an address.
    pub fn verification(self, subject: &Subject<'_>, now: Timestamp) -> String {
        self.key(Purpose::VerifyEmail, subject, now)
    }

    /// The key of a link that verifies a new address. It looks like one for the present address, so
    /// that the same page takes it.
    pub fn change(self, subject: &Subject<'_>, to: &NewAddress, now: Timestamp) -> String {
        self.key(Purpose::ChangeEmail(to), subject, now)
    }

    /// When a reset token was made, if it is one of this subject.
    pub fn check_reset(self, token: &str, subject: &Subject<'_>) -> Option<Timestamp> {
        let (moment, mac) = token.split_once('-')?;
        let moment = i64::try_from(from_base36(moment)?).ok()?.checked_add(EPOCH_2001)?;
        self.check(Purpose::ResetPassword, subject, moment, mac)
    }

    /// When a verification key was made, if it is one of this subject.
    pub fn check_verification(self, key: &str, subject: &Subject<'_>) -> Option<Timestamp> {
        self.check_key(Purpose::VerifyEmail, key, subject)
    }

    /// When the key for a new address was made, if it is one of this subject.
    pub fn check_change(
        self,
        key: &str,
        subject: &Subject<'_>,
        to: &NewAddress,
    ) -> Option<Timestamp> {
        self.check_key(Purpose::ChangeEmail(to), key, subject)
    }

    fn key(self, purpose: Purpose<'_>, subject: &Subject<'_>, now: Timestamp) -> String {
        let moment = now.seconds();
        let mac = mac(self.0.signing(), purpose, subject, moment).truncated(MAC_BYTES);
        let (user, moment) = (subject.user.0.unsigned_abs(), moment.unsigned_abs());
        format!("{}:{}:{}", base36(user), base36(moment), hex::encode(mac))
    }

    fn check_key(
        self,
        purpose: Purpose<'_>,
        key: &str,
        subject: &Subject<'_>,
    ) -> Option<Timestamp> {
        let (_, rest) = key.split_once(':')?;
        let (moment, mac) = rest.split_once(':')?;
        let moment = i64::try_from(from_base36(moment)?).ok()?;
        self.check(purpose, subject, moment, mac)
    }

    fn check(
        self,
        purpose: Purpose<'_>,
        subject: &Subject<'_>,
        moment: i64,
        shown: &str,
    ) -> Option<Timestamp> {
        let shown = hex::decode(shown).ok().filter(|shown| shown.len() == MAC_BYTES)?;
        let made_at = Timestamp::from_millis(moment.checked_mul(1_000)?);
        let mut keys = self.0.keys();
        keys.any(|key| mac(key, purpose, subject, moment).is(&shown)).then_some(made_at)
    }
}

fn mac(key: &SigningKey, purpose: Purpose<'_>, subject: &Subject<'_>, moment: i64) -> TicketMac {
    let last_login = subject.last_login_at.map_or(-1, Timestamp::millis).to_be_bytes();
    let asked_at = match purpose {
        Purpose::ChangeEmail(to) => to.asked_at.millis().to_be_bytes(),
        Purpose::ResetPassword | Purpose::VerifyEmail => [0; 8],
    };
    // Whoever signs in has not forgotten their password, and has still to show their address.
    let (purpose, state): (&[u8], [&[u8]; 2]) = match purpose {
        Purpose::ResetPassword => {
            (b"reset password", [subject.password_hash.expose().as_bytes(), &last_login])
        }
        Purpose::VerifyEmail => (b"verify e-mail", [b"", b""]),
        Purpose::ChangeEmail(to) => (b"change e-mail", [to.email_key.as_bytes(), &asked_at]),
    };
    key.ticket_mac(&[
        purpose,
        &subject.user.0.to_be_bytes(),
        &moment.to_be_bytes(),
        subject.email_key.as_bytes(),
        state[0],
        state[1],
    ])
}

/// Whose reset link this is.
pub fn user_of_reset(uid: &str) -> Option<UserId> {
    from_base36(uid).and_then(|id| i64::try_from(id).ok()).map(UserId)
}

/// Whose verification key this is.
pub fn user_of_verification(key: &str) -> Option<UserId> {
    key.split_once(':').and_then(|(user, _)| user_of_reset(user))
}

fn base36(mut number: u64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut digits = Vec::new();
    loop {
        let digit = usize::try_from(number % 36).unwrap_or_default();
        digits.push(char::from(DIGITS[digit]));
        number /= 36;
        if number == 0 {
            break;
        }
    }
    digits.iter().rev().collect()
}

/// As Django's `base36_to_int`: in either case.
fn from_base36(text: &str) -> Option<u64> {
    let plain = text.len() <= LONGEST_NUMBER && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if plain { u64::from_str_radix(text, 36).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_466_863_217);

    fn key(secret: &str) -> Keyring {
        SigningKey::from_secret(secret.as_bytes()).unwrap().into()
    }

    fn hash(text: &str) -> &'static PasswordHash {
        Box::leak(Box::new(PasswordHash::from_stored(text.to_owned())))
    }

    fn ada() -> Subject<'static> {
        let email_key = "ada@example.com".to_owned();
        let password_hash = hash("$argon2id$1");
        Subject { user: UserId(6), email_key, password_hash, last_login_at: None }
    }

    #[test]
    fn a_ticket_looks_as_djangos_does_and_holds_for_its_subject() {
        let key = key("a secret of thirty-two bytes or more");
        let tickets = Tickets(&key);
        let (uid, token) = tickets.reset(&ada(), NOW);
        assert_eq!((uid.as_str(), token.len(), token.find('-')), ("6", 39, Some(6)));
        assert_eq!(user_of_reset(&uid), Some(ada().user));
        let made_at = Timestamp::from_millis(NOW.seconds() * 1_000);
        assert_eq!(tickets.check_reset(&token, &ada()), Some(made_at));
        let verification = tickets.verification(&ada(), NOW);
        assert_eq!(user_of_verification(&verification), Some(ada().user));
        assert_eq!(tickets.check_verification(&verification, &ada()), Some(made_at));
    }

    #[test]
    fn whatever_changes_makes_it_void() {
        let (key, other) = (
            key("a secret of thirty-two bytes or more"),
            key("another secret of thirty-two bytes, or more"),
        );
        let tickets = Tickets(&key);
        let (_, token) = tickets.reset(&ada(), NOW);
        let verification = tickets.verification(&ada(), NOW);
        for (changed, verifies) in [
            (Subject { user: UserId(7), ..ada() }, false),
            (Subject { email_key: "ada@example.org".to_owned(), ..ada() }, false),
            (Subject { password_hash: hash("$argon2id$2"), ..ada() }, true),
            (Subject { last_login_at: Some(NOW), ..ada() }, true),
        ] {
            assert_eq!(tickets.check_reset(&token, &changed), None, "{changed:?}");
            let verified = tickets.check_verification(&verification, &changed);
            assert_eq!(verified.is_some(), verifies, "{changed:?}");
        }
        assert_eq!(Tickets(&other).check_reset(&token, &ada()), None);
        // One purpose's ticket is none for another.
        let parts: Vec<_> = verification.split(':').collect();
        assert_eq!(tickets.check_reset(&format!("{}-{}", parts[1], parts[2]), &ada()), None);
    }

    #[test]
    fn a_new_address_has_tickets_of_its_own() {
        let key = key("a secret of thirty-two bytes or more");
        let tickets = Tickets(&key);
        let to =
            |email_key: &str, asked_at| NewAddress { email_key: email_key.to_owned(), asked_at };
        let countess = to("countess@example.com", NOW);
        let change = tickets.change(&ada(), &countess, NOW);
        assert_eq!(user_of_verification(&change), Some(ada().user));
        assert!(tickets.check_change(&change, &ada(), &countess).is_some());
        for other in
            [to("bob@example.com", NOW), to("countess@example.com", NOW + Duration::from_millis(1))]
        {
            assert_eq!(tickets.check_change(&change, &ada(), &other), None, "{other:?}");
        }
        let moved = Subject { email_key: countess.email_key.clone(), ..ada() };
        assert_eq!(tickets.check_change(&change, &moved, &countess), None, "used");
        // Neither is one of the other kind.
        let verification = tickets.verification(&moved, NOW);
        assert_eq!(tickets.check_verification(&change, &moved), None);
        assert_eq!(tickets.check_change(&verification, &moved, &countess), None);
    }

    #[test]
    fn no_text_but_a_tickets_own_is_one() {
        let key = key("a secret of thirty-two bytes or more");
        let tickets = Tickets(&key);
        let (_, token) = tickets.reset(&ada(), NOW);
        for (place, character) in token.char_indices() {
            let other = if character == '1' { "2" } else { "1" };
            let mut bent = token.clone();
            bent.replace_range(place..=place, other);
            assert_eq!(tickets.check_reset(&bent, &ada()), None, "{bent}");
        }
        for text in ["", "-", "x", "abc-def", "-1", "zzzzzzzzzzzzz-00", "+1-00", " ", "0-"] {
            assert_eq!(tickets.check_reset(text, &ada()), None, "{text}");
            assert_eq!(tickets.check_verification(text, &ada()), None, "{text}");
        }
        for uid in ["", "-6", "+6", "zzzzzzzzzzzzzz", "6 ", "ö"] {
            assert_eq!(user_of_reset(uid), None, "{uid}");
        }
    }

    proptest! {
        #[test]
        fn numbers_come_back(number: u64) {
            prop_assert_eq!(from_base36(&base36(number)), Some(number));
        }
    }
}
