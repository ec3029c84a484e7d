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
    ids: HashMap<UserId, (String, Timestamp)>,
    names: HashSet<String>,
    emails: HashSet<String>,
}

impl Taken {
    /// Takes note of accounts.
    pub fn extend(&mut self, claims: Vec<Claim>) {
        for claim in claims {
            self.names.insert(claim.username_key.clone());
            self.emails.extend(claim.email_key);
            self.ids.insert(claim.id, (claim.username_key, claim.created_at));
        }
    }

    /// Decides about somebody, and takes note of what is theirs from now on.
    pub fn decide(&mut self, mut candidate: Candidate) -> Verdict {
        let (id, user) = (candidate.user.id, &mut candidate.user.user);
        let name = user.username.key();
        if let Some((present, made)) = self.ids.get(&id) {
            // Whoever was taken over may have another name by now.
            let same = *present == name || *made == user.created_at;
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
        self.ids.insert(id, (name, candidate.user.user.created_at));
        Verdict::Insert(Box::new(candidate))
    }
}
