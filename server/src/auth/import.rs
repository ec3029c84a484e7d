//! Taking over the people of a Django project: in batches, each of which is one transaction. Whoever
//! is there is left alone, so it can be started again at any time, beside a running server, too.

mod ended;
mod expected;
mod moment;
pub mod plan;
pub mod row;

use std::{collections::HashSet, time::Duration};

use self::{
    plan::{Taken, Verdict, wanted},
    row::{Addresses, Applicant, Candidate},
};
use super::{ATTEMPTS, Auth, AuthError, imported_hash::INTERVAL};
use crate::{
    domain::{UserId, password::HashFault, user::UsernameFault},
    storage::{DjangoSource, DjangoUser, ImportedUser, SourceError, StoreError},
};

/// How many people a transaction takes.
const BATCH: u32 = 1_000;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct ImportRules {
    /// Whether people whose passwords were hashed with MD5 are taken over.
    pub allow_md5: bool,
    /// Whether people come back whose accounts were deleted here.
    pub restore_deleted: bool,
    /// Whether it is only looked at what would become of them.
    pub dry_run: bool,
    /// How long to wait, before the first of a new kind of hash is there, until whoever serves knows
    /// what it costs: [`ImportRules::UNTIL_KNOWN`].
    pub wait: Duration,
}

impl ImportRules {
    /// By then every running server has looked which hashes there will be, and tried them.
    pub const UNTIL_KNOWN: Duration = Duration::from_secs(2 * INTERVAL.as_secs());
}

/// Why somebody is not taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No id of ours is like that.
    #[error("its id is not above zero, or above 2^53 - 1")]
    Id,
    /// Another account has it.
    #[error("its id is another account's here")]
    IdTaken,
    /// Bytes that are no text, whatever the column is called.
    #[error("its {0} is no text: its bytes are not UTF-8")]
    Garbled(&'static str),
    /// There is none.
    #[error("its user name is empty")]
    NameBlank,
    /// Over 150 characters.
    #[error("its user name is too long")]
    NameTooLong,
    /// It would not stay on its line.
    #[error("its user name holds control characters")]
    NameControl,
    /// Names that differ in case alone are one here.
    #[error("its user name is another account's here, or differs from one in case alone")]
    NameTaken,
    /// The hash is none, or an absurd one.
    #[error(transparent)]
    Hash(#[from] HashFault),
    /// MD5 protects nobody.
    #[error("its password was hashed with MD5: --allow-md5 takes it until its next sign-in")]
    Md5,
    /// A moment that is none.
    #[error("one of its dates cannot be read")]
    Date,
}

impl From<UsernameFault> for Refusal {
    fn from(fault: UsernameFault) -> Self {
        match fault {
            UsernameFault::Blank => Self::NameBlank,
            UsernameFault::TooLong => Self::NameTooLong,
            UsernameFault::Characters => Self::NameControl,
        }
    }
}

/// What somebody who is taken over leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Notice {
    /// Nothing can be sent there.
    #[error("without its e-mail address, which is none")]
    EmailImpossible,
    /// Somebody has it.
    #[error("without its e-mail address, which is another account's")]
    EmailTaken,
    /// It was too long or would not stay on its line.
    #[error("with its given or family name cut")]
    NameCut,
}

/// How many became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Were taken over.
    pub imported: u64,
    /// Were there before.
    pub present: u64,
    /// Were there before, and their accounts were deleted.
    pub removed: u64,
    /// Cannot be taken over.
    pub refused: u64,
    /// Of those who were taken over: without something that they had.
    pub noticed: u64,
    /// Refresh tokens that were ended there and would be good otherwise.
    pub ended_tokens: u64,
}

/// Why an import stopped. What was taken over until then stays.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Django's database.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Ours.
    #[error(transparent)]
    Auth(#[from] AuthError),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Auth(error.into())
    }
}

/// Whoever looks on.
pub trait ImportWatcher: Send {
    /// So many will come; whether allauth says which addresses were verified.
    fn begins(&mut self, people: u64, knows_verified: bool);
    /// It goes on in a while.
    fn waits(&mut self, time: Duration);
    /// Somebody was before, and their account was deleted here.
    fn removed(&mut self, who: &DjangoUser);
    /// Somebody cannot be taken over.
    fn refused(&mut self, who: &DjangoUser, why: Refusal);
    /// Somebody is taken over, but not with everything.
    fn noticed(&mut self, who: &DjangoUser, what: Notice);
    /// So many more were dealt with.
    fn advanced(&mut self, people: u64);
}

impl Auth {
    /// Takes over all people of a Django project who can be and are not here, and what simplejwt knows
    /// of ended tokens.
    ///
    /// # Errors
    /// [`ImportError`]; what was taken over until then stays.
    pub async fn import(
        &self,
        source: &mut DjangoSource,
        rules: ImportRules,
        watcher: &mut dyn ImportWatcher,
    ) -> Result<Counts, ImportError> {
        let verified = source.verified_addresses().await?;
        let (people, highest) = source.extent().await?;
        watcher.begins(people, verified.is_some());
        if !rules.dry_run {
            // Whoever registers meanwhile gets an id that is nobody's.
            let mut tx = self.store.begin().await?;
            tx.reserve_ids(UserId(highest)).await?;
            tx.commit().await?;
        }
        let addresses = Addresses::new(verified.unwrap_or_default());
        let counts = Counts::default();
        let expected = HashSet::new();
        let mut import = Import { auth: self, rules, addresses, expected, counts, watcher };
        let done = import.people(source).await;
        let mut counts = import.counts;
        if !rules.dry_run {
            // Whoever is here brings their own.
            self.store.forget_expected_decoys().await?;
        }
        done?;
        counts.ended_tokens = self.import_ended_tokens(source, rules.dry_run).await?;
        Ok(counts)
    }
}

struct Import<'a> {
    auth: &'a Auth,
    rules: ImportRules,
    addresses: Addresses,
    /// The decoys of the hashes that may come, as whoever serves knows.
    expected: HashSet<String>,
    counts: Counts,
    watcher: &'a mut dyn ImportWatcher,
}

impl Import<'_> {
    async fn people(&mut self, source: &mut DjangoSource) -> Result<(), ImportError> {
        // Without writes nothing else remembers who would have come before.
        let mut taken = Taken::default();
        let mut after = i64::MIN;
        loop {
            let rows = source.users_after(after, BATCH).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            self.batch(source, &rows, &mut taken).await?;
            if !self.rules.dry_run {
                taken = Taken::default();
            }
        }
    }

    async fn batch(
        &mut self,
        source: &mut DjangoSource,
        rows: &[DjangoUser],
        taken: &mut Taken,
    ) -> Result<(), ImportError> {
        let verdicts = loop {
            let applicants = self.applicants(rows).await?;
            if let Some(verdicts) = self.settle(&applicants, taken).await? {
                break verdicts;
            }
            *taken = Taken::default();
            self.expect_hashes(source, &applicants).await?;
        };
        for (row, verdict) in rows.iter().zip(verdicts) {
            self.count(row, verdict);
        }
        self.watcher.advanced(rows.len() as u64);
        Ok(())
    }

    async fn applicants(&self, rows: &[DjangoUser]) -> Result<Vec<Applicant>, AuthError> {
        let now = self.auth.store.now().await?;
        let read = |row| Applicant::read(row, &self.addresses, self.rules, now);
        Ok(rows.iter().map(read).collect())
    }

    /// Decides about people and takes over who can be, in one transaction. `None` where somebody would
    /// come whose hash is not expected.
    async fn settle(
        &self,
        applicants: &[Applicant],
        taken: &mut Taken,
    ) -> Result<Option<Vec<Verdict>>, AuthError> {
        let wanted = wanted(applicants);
        for _ in 0..ATTEMPTS {
            let mut tx = self.auth.store.begin().await?;
            // In this order: whoever is deleted between the two is found by one of them.
            let claims = tx.claims(&wanted).await?;
            taken.extend(claims, tx.removals(&wanted.ids).await?);
            let restore = self.rules.restore_deleted;
            let applicants = applicants.iter().cloned();
            let verdicts: Vec<_> = applicants.map(|one| taken.decide(one, restore)).collect();
            if self.rules.dry_run {
                return Ok(Some(verdicts));
            }
            let users: Vec<_> = verdicts.iter().filter_map(to_insert).collect();
            if !users.iter().all(|user| self.expects(user)) {
                return Ok(None);
            }
            let restored = users.iter().filter(|user| user.legacy_refused_before.is_some());
            let restored: Vec<_> = restored.map(|user| user.id).collect();
            tx.forget_removals(&restored).await?;
            if tx.insert_imported(&users).await?.len() == users.len() {
                tx.commit().await?;
                return Ok(Some(verdicts));
            }
            // Somebody has registered between the two statements: look again.
            *taken = Taken::default();
        }
        Err(AuthError::unavailable("accounts kept being made"))
    }

    fn count(&mut self, row: &DjangoUser, verdict: Verdict) {
        match verdict {
            Verdict::Present => self.counts.present += 1,
            Verdict::Removed => {
                self.counts.removed += 1;
                self.watcher.removed(row);
            }
            Verdict::Refused(refusal) => {
                self.counts.refused += 1;
                self.watcher.refused(row, refusal);
            }
            Verdict::Insert(candidate) => {
                self.counts.imported += 1;
                self.counts.noticed += u64::from(!candidate.notices.is_empty());
                for notice in candidate.notices {
                    self.watcher.noticed(row, notice);
                }
            }
        }
    }
}

fn to_insert(verdict: &Verdict) -> Option<ImportedUser> {
    match verdict {
        Verdict::Insert(candidate) => Some(candidate.user.clone()),
        Verdict::Present | Verdict::Removed | Verdict::Refused(_) => None,
    }
}
