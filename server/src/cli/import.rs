//! `latchkey import ...`

#![expect(clippy::doc_markdown, reason = "on a terminal, back-ticks are only noise")]

use std::{
    fs::File,
    io::{self, Write},
    path::PathBuf,
    time::Duration,
};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;

use super::{CliError, say, table::print};
use crate::{
    auth::import::{Counts, ImportError, ImportRules, ImportWatcher, Notice, Refusal},
    config::{Config, Database, settings::duration},
    startup,
    storage::{DjangoSource, DjangoUser, Schema, SourceError},
};

/// Commands that take over people from elsewhere.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Take over the people of a Django project, with ids, passwords and verified addresses
    ///
    /// Reads auth_user, allauth's account_emailaddress and simplejwt's blacklist; changes nothing there. The accounts go to
    /// Latchkey's own database, as everywhere: that of the variable DATABASE_URL, or of the flag
    /// --database-url before "import". People who are here already are left as they are, so it can be
    /// run again, and beside a running server. The status is 0 even if some people are refused;
    /// each of them is named, with the reason.
    Django(Django),
}

/// `latchkey import django`
#[derive(Args, Debug)]
pub struct Django {
    /// Django's database: sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE
    #[arg(id = "source", long = "database-url", value_name = "URL")]
    source: SecretString,
    /// The table of the user model
    #[arg(long, value_name = "TABLE", default_value = "auth_user")]
    user_table: String,
    /// Take over nobody: only say what would become of them
    #[arg(long)]
    dry_run: bool,
    /// Bring back people whose accounts were deleted here; where they were signed in then, they are not
    #[arg(long)]
    restore_deleted: bool,
    /// Take over people whose passwords were hashed with MD5, too
    #[arg(long)]
    allow_md5: bool,
    /// How long to wait, where people bring new kinds of hashes, until running servers know what those
    /// cost to check: 0s where none runs. Unset: 20s
    #[arg(long, value_name = "TIME", value_parser = duration)]
    wait: Option<Duration>,
    /// Write who is refused, and why, to this file instead of to standard error
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

impl ImportCommand {
    /// Does it.
    ///
    /// # Errors
    /// [`CliError`].
    pub async fn run(self, config: &Config) -> Result<(), CliError> {
        match self {
            Self::Django(django) => django.run(config).await,
        }
    }
}

impl Django {
    async fn run(self, config: &Config) -> Result<(), CliError> {
        let mut source = self.open().await?;
        let mut watcher = Watcher::new(self.report.as_ref())?;
        // Of nobody there is nothing to look at: an empty database does, and is thrown away.
        let (config, _stand_in) = if self.dry_run && is_empty(config).await? {
            stand_in(config)?
        } else {
            (config.clone(), None)
        };
        let auth = startup::open(&config).await?;
        let rules = ImportRules {
            allow_md5: self.allow_md5,
            restore_deleted: self.restore_deleted,
            dry_run: self.dry_run,
            wait: self.wait.unwrap_or(ImportRules::UNTIL_KNOWN),
        };
        let done = auth.import(&mut source, rules, &mut watcher).await;
        watcher.bar.finish_and_clear();
        auth.store.close().await;
        let counts = done?;
        watcher.out.flush().map_err(CliError::Report)?;
        tell(counts, self.dry_run);
        Ok(())
    }

    async fn open(&self) -> Result<DjangoSource, CliError> {
        let source = Database::parse("--database-url", self.source.expose_secret())?;
        let opened = match source {
            Database::Sqlite(file) => DjangoSource::sqlite(file, &self.user_table).await,
            Database::Postgres(url) => match url.expose_secret().parse() {
                Ok(options) => DjangoSource::postgres(options, &self.user_table).await,
                Err(error) => Err(SourceError::from(error)),
            },
        };
        Ok(opened.map_err(ImportError::from)?)
    }
}

/// Whether there is nobody. A database that would have to be changed to find out is left alone.
async fn is_empty(config: &Config) -> Result<bool, CliError> {
    match startup::database::schema(&config.database).await? {
        Schema::None => Ok(true),
        Schema::Current => Ok(false),
        Schema::Older => Err(CliError::OlderDatabase),
    }
}

fn stand_in(config: &Config) -> Result<(Config, Option<TempDir>), CliError> {
    let folder = TempDir::new().map_err(CliError::StandIn)?;
    let database = Database::Sqlite(folder.path().join("empty.db"));
    Ok((Config { database, ..config.clone() }, Some(folder)))
}

fn tell(counts: Counts, dry_run: bool) {
    let headings = [if dry_run { "WOULD BE" } else { "DONE" }, "COUNT"];
    let rows = [
        ("imported", counts.imported),
        ("  of these, not with everything", counts.noticed),
        ("here already", counts.present),
        ("deleted here", counts.removed),
        ("refused", counts.refused),
        ("refresh tokens that were ended there", counts.ended_tokens),
    ];
    print(headings, rows.map(|(what, count)| [what.to_owned(), count.to_string()]));
}

/// Shows how far it is, on a terminal, and writes down what is to be known of whom.
struct Watcher {
    bar: ProgressBar,
    out: Box<dyn Write + Send>,
}

impl Watcher {
    fn new(report: Option<&PathBuf>) -> Result<Self, CliError> {
        let out: Box<dyn Write + Send> = match report {
            Some(file) => {
                Box::new(io::BufWriter::new(File::create(file).map_err(CliError::Report)?))
            }
            None => Box::new(io::stderr()),
        };
        Ok(Self { bar: ProgressBar::hidden(), out })
    }

    /// Whatever stands in another database cannot steer the terminal.
    fn note(&mut self, who: &DjangoUser, verdict: &str, reason: &dyn std::fmt::Display) {
        let (id, name) = (who.id, who.username.escape_debug());
        // A name may be as long as its column.
        let name: String = name.take(200).collect();
        let Self { bar, out } = self;
        bar.suspend(|| {
            let _ = writeln!(out, "{verdict} {id} \"{name}\": {reason}");
        });
    }
}

impl ImportWatcher for Watcher {
    fn begins(&mut self, people: u64, knows_verified: bool) {
        if !knows_verified {
            say("there is no table account_emailaddress: no address counts as verified");
        }
        // Where standard error is no terminal, it draws nothing.
        self.bar = ProgressBar::new(people);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} people, {eta} left") {
            self.bar.set_style(style);
        }
    }

    fn waits(&mut self, time: Duration) {
        if time.is_zero() {
            return;
        }
        let seconds = time.as_secs();
        self.bar.suspend(|| {
            say(&format!(
                "waiting {seconds} s, until running servers know what these passwords cost to check: \
                 --wait 0s where none runs"
            ));
        });
    }

    fn removed(&mut self, who: &DjangoUser) {
        self.note(
            who,
            "left out",
            &"the account was deleted here: --restore-deleted brings it back",
        );
    }

    fn refused(&mut self, who: &DjangoUser, why: Refusal) {
        self.note(who, "refused", &why);
    }

    fn noticed(&mut self, who: &DjangoUser, what: Notice) {
        self.note(who, "imported", &what);
    }

    fn advanced(&mut self, people: u64) {
        self.bar.inc(people);
    }
}
