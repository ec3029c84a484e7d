//! What becomes of the people of a batch beside the accounts that are there.

use std::collections::{HashMap, HashSet};

use super::{Applicant, Candidate, Notice, Refusal};
use crate::{
    domain::{Email, Timestamp, UserId},
    storage::{Claim, Removal, Wanted},
};

/// What becomes of somebody.
#[derive(Debug)]
pub enum Verdict {
    /// They are taken over.
    Insert(Box<Candidate>),
    /// They were before.
    Present,
    /// They were before, and their account was deleted here.
    Removed,
    /// They cannot be.
    Refused(Refusal),
}

/// What nobody else can have any more.
#[derive(Debug, Default)]
pub struct Taken {
    ids: HashMap<UserId, Known>,
    names: HashSet<String>,
    emails: HashSet<String>,
    removed: HashMap<UserId, Timestamp>,
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
    pub fn extend(&mut self, claims: Vec<Claim>, removals: Vec<Removal>) {
        self.removed.extend(removals.into_iter().map(|removal| (removal.id, removal.at)));
        for claim in claims {
            self.names.insert(claim.username_key.clone());
            self.emails.extend(claim.email_key);
            let Claim { id, username_key: name, created_at, imported, .. } = claim;
            self.ids.insert(id, Known { name, created_at, imported });
        }
    }

    /// Decides about somebody, and takes note of what is theirs from now on.
    pub fn decide(&mut self, applicant: Applicant, restore_deleted: bool) -> Verdict {
        if let Some(known) = applicant.id.and_then(|id| self.ids.get(&id)) {
            return match applicant.judged {
                _ if known.is(&applicant) => Verdict::Present,
                Ok(_) => Verdict::Refused(Refusal::IdTaken),
                Err(refusal) => Verdict::Refused(refusal),
            };
        }
        let removed_at = applicant.id.and_then(|id| self.removed.get(&id)).copied();
        if removed_at.is_some() && !restore_deleted {
            return Verdict::Removed;
        }
        match applicant.judged {
            Ok(candidate) => self.settle(candidate, removed_at),
            Err(refusal) => Verdict::Refused(refusal),
        }
    }

    /// Decides about somebody who is not here.
    fn settle(&mut self, mut candidate: Candidate, removed_at: Option<Timestamp>) -> Verdict {
        // What was signed in at the time of the removal stays out.
        candidate.user.legacy_refused_before = removed_at;
        let (id, user) = (candidate.user.id, &mut candidate.user.user);
        let (name, created_at) = (user.username.key(), user.created_at);
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
        self.ids.insert(id, Known { name, created_at, imported: true });
        Verdict::Insert(Box::new(candidate))
    }
}

impl Known {
    /// Whether it is theirs. Whoever was taken over may have another name by now; who was not is
    /// somebody else.
    fn is(&self, applicant: &Applicant) -> bool {
        let same_name = applicant.name.as_ref() == Some(&self.name);
        self.imported && (same_name || applicant.created_at == Some(self.created_at))
    }
}

/// What these people want for themselves.
pub fn wanted(applicants: &[Applicant]) -> Wanted {
    Wanted {
        ids: applicants.iter().filter_map(|applicant| applicant.id).collect(),
        names: applicants.iter().filter_map(|applicant| applicant.name.clone()).collect(),
        emails: applicants.iter().filter_map(Applicant::email).map(Email::key).collect(),
    }
}
