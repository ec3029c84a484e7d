//! A row of Django's, judged by itself.

use std::collections::HashMap;

use super::{ImportRules, Notice, Refusal, moment::moment};
use crate::{
    auth::profile::MAX_NAME_CHARS,
    domain::{Email, PasswordHash, StoredHash, Timestamp, UserId, Username},
    storage::{DjangoUser, HIGHEST_ID, ImportedUser, NewUser, VerifiedAddress},
};

/// Whose each verified address is, by its look-up form.
#[derive(Debug, Default)]
pub struct Addresses(HashMap<String, UserId>);

impl Addresses {
    /// Of two who have shown that one is theirs, it is the first one's.
    pub fn new(verified: Vec<VerifiedAddress>) -> Self {
        let mut owners = HashMap::with_capacity(verified.len());
        for VerifiedAddress { address, owner } in verified {
            if let Some(address) = address {
                owners.entry(Email::key_of(&address)).or_insert(UserId(owner));
            }
        }
        Self(owners)
    }
}

/// Somebody of whom a row tells: who they are, and what they would be here.
#[derive(Clone, Debug)]
pub struct Applicant {
    /// Their id, if it can be one here.
    pub id: Option<UserId>,
    /// The look-up form of their name, if it can be one here.
    pub name: Option<String>,
    /// When their account was made, if that can be read.
    pub created_at: Option<Timestamp>,
    /// Who they would be. Whoever is here already may be none who would be taken over today.
    pub judged: Result<Candidate, Refusal>,
}

impl Applicant {
    /// Reads a row. `now` is when inactive accounts count as disabled, and addresses as verified.
    pub fn read(
        row: &DjangoUser,
        addresses: &Addresses,
        rules: ImportRules,
        now: Timestamp,
    ) -> Self {
        Self {
            id: id(row),
            name: Username::imported(&row.username).ok().map(|name| name.key()),
            created_at: created_at(row),
            judged: judge(row, addresses, rules, now),
        }
    }

    /// A hash that costs as much to check as theirs, if they would bring one.
    pub fn decoy(&self) -> Option<&PasswordHash> {
        self.judged.as_ref().ok().and_then(|candidate| candidate.user.decoy.as_ref())
    }

    /// Their address, if they would have one.
    pub fn email(&self) -> Option<&Email> {
        self.judged.as_ref().ok().and_then(|candidate| candidate.user.user.email.as_ref())
    }
}

fn id(row: &DjangoUser) -> Option<UserId> {
    (1..=HIGHEST_ID).contains(&row.id).then_some(UserId(row.id))
}

fn created_at(row: &DjangoUser) -> Option<Timestamp> {
    row.date_joined.as_deref().and_then(moment)
}

/// Somebody who can be taken over if nobody has what is theirs.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Who.
    pub user: ImportedUser,
    /// What they leave behind.
    pub notices: Vec<Notice>,
}

fn judge(
    row: &DjangoUser,
    addresses: &Addresses,
    rules: ImportRules,
    now: Timestamp,
) -> Result<Candidate, Refusal> {
    let (id, mut notices) = (id(row).ok_or(Refusal::Id)?, Vec::new());
    if let Some(column) = row.garbled {
        return Err(Refusal::Garbled(column));
    }
    let username = Username::imported(&row.username)?;
    let stored = StoredHash::parse(&row.password)?;
    if matches!(stored, StoredHash::Md5(_)) && !rules.allow_md5 {
        return Err(Refusal::Md5);
    }
    let created_at = created_at(row).ok_or(Refusal::Date)?;
    let last_login_at = match row.last_login.as_deref() {
        None | Some("") => None,
        Some(text) => Some(moment(text).ok_or(Refusal::Date)?),
    };
    let email = address(&row.email, id, addresses, &mut notices);
    let verified = email.as_ref().is_some_and(|email| addresses.0.get(&email.key()) == Some(&id));
    let mut name = |name: &str| person_name(name, &mut notices);
    let user = NewUser {
        username,
        email,
        email_verified_at: verified.then_some(now),
        first_name: name(&row.first_name),
        last_name: name(&row.last_name),
        password_hash: PasswordHash::from_stored(row.password.clone()),
        superuser_since: row.is_superuser.then_some(created_at),
        created_at,
    };
    let disabled_at = (!row.is_active).then_some(now);
    let user = ImportedUser {
        id,
        user,
        decoy: stored.decoy(),
        last_login_at,
        disabled_at,
        imported_at: now,
        legacy_refused_before: None,
    };
    Ok(Candidate { user, notices })
}

/// The address, unless it is none or somebody else has shown that it is theirs.
fn address(
    raw: &str,
    id: UserId,
    addresses: &Addresses,
    notices: &mut Vec<Notice>,
) -> Option<Email> {
    if raw.trim().is_empty() {
        return None;
    }
    let Ok(email) = Email::parse(raw) else {
        notices.push(Notice::EmailImpossible);
        return None;
    };
    if addresses.0.get(&email.key()).is_some_and(|owner| *owner != id) {
        notices.push(Notice::EmailTaken);
        return None;
    }
    Some(email)
}

/// A given or family name without what would not stay on its line.
fn person_name(raw: &str, notices: &mut Vec<Notice>) -> String {
    let kept = raw.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS);
    let name: String = kept.collect();
    if name != raw.trim() {
        notices.push(Notice::NameCut);
    }
    name
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_466_863_217);
    const RULES: ImportRules = ImportRules {
        allow_md5: false,
        restore_deleted: false,
        dry_run: false,
        wait: Duration::ZERO,
    };

    fn ada() -> DjangoUser {
        DjangoUser {
            id: 7,
            username: "Ada".to_owned(),
            first_name: "Ada".to_owned(),
            last_name: "Lovelace".to_owned(),
            email: "ADA@example.com".to_owned(),
            password: "!unusable".to_owned(),
            is_active: true,
            is_superuser: false,
            date_joined: Some("2020-02-29 23:59:59.123456".to_owned()),
            last_login: None,
            garbled: None,
        }
    }

    fn judged(row: &DjangoUser) -> Result<Candidate, Refusal> {
        judge(row, &Addresses::default(), RULES, NOW)
    }

    #[test]
    fn whoever_is_refused_is_told_why() {
        let long = "a".repeat(151);
        let rows: [(DjangoUser, Refusal); 14] = [
            (DjangoUser { id: 0, ..ada() }, Refusal::Id),
            (DjangoUser { id: -1, ..ada() }, Refusal::Id),
            (DjangoUser { id: (1 << 52) + 1, ..ada() }, Refusal::Id),
            (DjangoUser { garbled: Some("email"), ..ada() }, Refusal::Garbled("email")),
            (DjangoUser { username: " ".into(), ..ada() }, Refusal::NameBlank),
            (DjangoUser { username: long, ..ada() }, Refusal::NameTooLong),
            (DjangoUser { username: "a\u{1b}[2J".into(), ..ada() }, Refusal::NameControl),
            (DjangoUser { username: "ada\n".into(), ..ada() }, Refusal::NameControl),
            (
                DjangoUser { password: "crypt$$x".into(), ..ada() },
                Refusal::Hash(crate::domain::password::HashFault::Unknown),
            ),
            (DjangoUser { password: format!("md5$x${}", "0".repeat(32)), ..ada() }, Refusal::Md5),
            (DjangoUser { date_joined: None, ..ada() }, Refusal::Date),
            (DjangoUser { date_joined: Some("yesterday".into()), ..ada() }, Refusal::Date),
            (
                DjangoUser { date_joined: Some("2021-02-29 00:00:00".into()), ..ada() },
                Refusal::Date,
            ),
            (DjangoUser { last_login: Some("infinity".into()), ..ada() }, Refusal::Date),
        ];
        for (row, expected) in rows {
            assert_eq!(judged(&row).unwrap_err(), expected, "{row:?}");
        }
        let md5 = DjangoUser { password: format!("md5$x${}", "0".repeat(32)), ..ada() };
        let allowed = ImportRules { allow_md5: true, ..RULES };
        assert!(judge(&md5, &Addresses::default(), allowed, NOW).is_ok());
    }

    #[test]
    fn what_cannot_be_kept_is_noticed() {
        let rows: [(DjangoUser, &[Notice]); 5] = [
            (ada(), &[]),
            (DjangoUser { email: String::new(), ..ada() }, &[]),
            (DjangoUser { email: "nobody".into(), ..ada() }, &[Notice::EmailImpossible]),
            (DjangoUser { first_name: "A\u{7}da".into(), ..ada() }, &[Notice::NameCut]),
            (DjangoUser { last_name: "x".repeat(151), ..ada() }, &[Notice::NameCut]),
        ];
        for (row, expected) in rows {
            assert_eq!(judged(&row).unwrap().notices, expected, "{row:?}");
        }
    }

    #[test]
    fn an_address_is_whose_it_was_shown_to_be() {
        let verified = |owner| {
            let address = Some("ada@EXAMPLE.com".to_owned());
            let garbled = VerifiedAddress { address: None, owner };
            Addresses::new(vec![garbled, VerifiedAddress { address, owner }])
        };
        let own = judge(&ada(), &verified(7), RULES, NOW).unwrap();
        assert_eq!(own.user.user.email_verified_at, Some(NOW));
        let other = judge(&ada(), &verified(8), RULES, NOW).unwrap();
        assert_eq!((other.user.user.email, &other.notices[..]), (None, &[Notice::EmailTaken][..]));
        assert_eq!(judged(&ada()).unwrap().user.user.email_verified_at, None);
    }

    #[test]
    fn moments_and_flags_are_kept() {
        let seen = |last_login: Option<&str>| {
            let row = DjangoUser { last_login: last_login.map(Into::into), ..ada() };
            judged(&row).unwrap().user.last_login_at.map(Timestamp::millis)
        };
        assert_eq!(seen(Some("2020-02-29 23:59:59.123456")), Some(1_583_020_799_123));
        assert_eq!((seen(Some("")), seen(None)), (None, None));
        let row = DjangoUser { is_active: false, is_superuser: true, ..ada() };
        let user = judged(&row).unwrap().user;
        assert_eq!(
            (user.disabled_at, user.user.superuser_since),
            (Some(NOW), Some(user.user.created_at))
        );
        assert!(user.decoy.is_none());
    }
}
