//! What becomes of the people of a batch beside the accounts that are there.

use std::collections::{HashMap, HashSet};

use super::{Candidate, Notice, Refusal};
use crate::{
    domain::{Email, Timestamp, UserId},
    storage::Claim,
};

/// What becomes of somebody.
#[derive(Debug)]
pub enum Verdict {
    /// They are taken over.
    Insert(Box<Candidate>),
    /// They were before.
    Present,
    /// They cannot be.
    Refused(Refusal),
}

/// What nobody else can have any more.
#[derive(Debug, Default)]
pub struct Taken {
    ids: HashMap<UserId, Known>,
    names: HashSet<String>,
    emails: HashSet<String>,
}

/// An account that has an id.
#[derive(Debug)]
struct Known {
    name: String,
    created_at: Timestamp,
    imported: bool,
}

impl Taken {
    /// Takes note of accounts.
    pub fn extend(&mut self, claims: Vec<Claim>) {
        for claim in claims {
            self.names.insert(claim.username_key.clone());
            self.emails.extend(claim.email_key);
            let Claim { id, username_key: name, created_at, imported, .. } = claim;
            self.ids.insert(id, Known { name, created_at, imported });
        }
    }

    /// Decides about somebody, and takes note of what is theirs from now on.
    pub fn decide(&mut self, mut candidate: Candidate) -> Verdict {
        let (id, user) = (candidate.user.id, &mut candidate.user.user);
        let name = user.username.key();
        if let Some(known) = self.ids.get(&id) {
            // Whoever was taken over may have another name by now. Who was not is somebody else.
            let same = known.name == name || known.created_at == user.created_at;
            let same = same && known.imported;
            return if same { Verdict::Present } else { Verdict::Refused(Refusal::IdTaken) };
        }
        if !self.names.insert(name.clone()) {
            return Verdict::Refused(Refusal::NameTaken);
        }
        if let Some(key) = user.email.as_ref().map(Email::key)
            && !self.emails.insert(key)
        {
            user.email = None;
            user.email_verified_at = None;
            candidate.notices.push(Notice::EmailTaken);
        }
        let created_at = candidate.user.user.created_at;
        self.ids.insert(id, Known { name, created_at, imported: true });
        Verdict::Insert(Box::new(candidate))
    }
}
