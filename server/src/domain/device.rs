//! Browsers that an account has been used with before: each keeps a signed mark of it.

use super::{Keyring, SigningKey, UserId, key::TicketMac};

/// So many accounts are remembered in one browser.
const MOST: usize = 8;
const MAC_BYTES: usize = 16;

/// The marks in a browser, one for each account that was used there, the latest first.
///
/// A mark is `<id>-<nonce>-<signature>`, and marks are joined by dots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device(String);

impl Device {
    /// As the browser shows it; nothing of it is believed yet.
    pub fn shown(text: String) -> Self {
        Self(text)
    }

    /// Its text, for the browser to keep.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn marks(&self) -> impl Iterator<Item = &str> {
        self.0.split('.').filter(|mark| !mark.is_empty()).take(MOST)
    }

    /// Whether the account has been used here before.
    pub fn knows(&self, user: UserId, keys: &Keyring) -> bool {
        self.mark_of(user, keys).is_some()
    }

    /// What tells this browser from the account's others, if the account has been used here before.
    pub fn mark_of(&self, user: UserId, keys: &Keyring) -> Option<&str> {
        self.good_mark(user, keys).map(|mark| mark.nonce)
    }

    /// The same browser once the account was used there.
    #[must_use]
    pub fn with(&self, user: UserId, keys: &Keyring, nonce: [u8; 8]) -> Self {
        self.marked(user, keys, &hex::encode(nonce))
    }

    /// The same browser after the signing key was rotated: the mark of whoever uses it, if it is by an
    /// older key, which will be over one day, is signed anew. Nobody else's is: whoever has an old key
    /// could make some. `None` where there is nothing to do.
    pub fn renewed(&self, user: UserId, keys: &Keyring) -> Option<Self> {
        let mark = self.good_mark(user, keys)?;
        (!mark.is_by(keys.signing())).then(|| self.marked(user, keys, mark.nonce))
    }

    fn good_mark(&self, user: UserId, keys: &Keyring) -> Option<Mark<'_>> {
        let marks = self.marks().filter_map(Mark::read);
        marks.filter(|mark| mark.user == user).find(|mark| mark.is_good(keys))
    }

    fn marked(&self, user: UserId, keys: &Keyring, nonce: &str) -> Self {
        let mark = Mark::write(keys, user, nonce);
        let own = format!("{user}-");
        let others = self.marks().filter(|mark| !mark.starts_with(&own));
        let marks: Vec<_> = std::iter::once(mark.as_str()).chain(others).take(MOST).collect();
        Self(marks.join("."))
    }
}

/// What a mark says.
struct Mark<'a> {
    user: UserId,
    nonce: &'a str,
    signature: Vec<u8>,
}

impl<'a> Mark<'a> {
    fn write(keys: &Keyring, user: UserId, nonce: &str) -> String {
        let signature = mac(keys.signing(), user, nonce).truncated(MAC_BYTES);
        format!("{user}-{nonce}-{}", hex::encode(signature))
    }

    fn read(text: &'a str) -> Option<Self> {
        let (user, rest) = text.split_once('-')?;
        let (nonce, signature) = rest.split_once('-')?;
        let (user, signature) = (user.parse().ok()?, hex::decode(signature).ok()?);
        (signature.len() == MAC_BYTES).then_some(Self { user: UserId(user), nonce, signature })
    }

    fn is_by(&self, key: &SigningKey) -> bool {
        mac(key, self.user, self.nonce).is(&self.signature)
    }

    fn is_good(&self, keys: &Keyring) -> bool {
        keys.keys().any(|key| self.is_by(key))
    }
}

fn mac(key: &SigningKey, user: UserId, nonce: &str) -> TicketMac {
    key.ticket_mac(&[b"device", &user.0.to_be_bytes(), nonce.as_bytes()])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn key(secret: &str) -> Keyring {
        SigningKey::from_secret(
            format!("{secret} is a secret of thirty-two bytes or more").as_bytes(),
        )
        .unwrap()
        .into()
    }

    #[test]
    fn a_browser_knows_who_used_it() {
        let (key, ada, bob) = (key("k"), UserId(1), UserId(11));
        let fresh = Device::default();
        let once = fresh.with(ada, &key, [1; 8]);
        let both = once.with(bob, &key, [2; 8]);
        assert!(!fresh.knows(ada, &key) && once.knows(ada, &key) && !once.knows(bob, &key));
        assert!(both.knows(ada, &key) && both.knows(bob, &key));
        let again = both.with(ada, &key, [3; 8]);
        assert!(again.knows(ada, &key) && again.knows(bob, &key));
        assert_eq!(again.marks().count(), 2);
    }

    #[test]
    fn only_the_latest_are_remembered() {
        let key = key("k");
        let marked =
            (0..20).fold(Device::default(), |device, id| device.with(UserId(id), &key, [0; 8]));
        let known = (0..20).filter(|id| marked.knows(UserId(*id), &key)).collect::<Vec<_>>();
        assert_eq!(known, (12..20).collect::<Vec<_>>());
    }

    #[test]
    fn a_mark_outlives_the_key_that_signed_it() {
        let [old, new] = ["old", "new"].map(|name| Arc::clone(key(name).keys().next().unwrap()));
        let (ada, bob) = (UserId(1), UserId(2));
        let before = Keyring::of(&[Arc::clone(&old)]).unwrap();
        let rotated = Keyring::of(&[Arc::clone(&new), old]).unwrap();
        let after = Keyring::of(&[new]).unwrap();
        let device = Device::default().with(ada, &before, [1; 8]).with(bob, &rotated, [2; 8]);
        assert!(!device.knows(ada, &after) && device.knows(bob, &after));

        let renewed = device.renewed(ada, &rotated).unwrap();
        assert!(renewed.knows(ada, &after) && renewed.knows(bob, &after));
        // It is the same browser as before, for whoever counts guesses.
        assert_eq!(renewed.mark_of(ada, &after), device.mark_of(ada, &before));
        assert_eq!(renewed.renewed(ada, &rotated), None);
        // What nobody has signed does not become good by it, nor what is somebody else's.
        assert_eq!(device.renewed(ada, &key("stranger")), None);
        assert_eq!(device.renewed(bob, &rotated), None);
        let forged = Device(device.0.replacen("0101", "0102", 1)).renewed(ada, &rotated);
        assert_eq!(forged, None);
    }

    #[test]
    fn a_mark_cannot_be_made_up() {
        let key_of = key;
        let (key, ada) = (key("k"), UserId(1));
        let mark = Device::default().with(ada, &key, [1; 8]).0;
        assert!(!Device(mark.clone()).knows(ada, &key_of("other")));
        let bent = [
            mark.replacen("1-", "2-", 1),
            mark[..mark.len() - 2].to_owned(),
            mark.replacen("0101", "0102", 1),
            "1--".to_owned(),
            "1".to_owned(),
            "...".to_owned(),
            String::new(),
        ];
        for text in bent {
            let device = Device(text);
            assert!(!device.knows(ada, &key) && !device.knows(UserId(2), &key), "{device:?}");
        }
    }
}
