//! `latchkey check`

use clap::Args;

use super::{CliError, say};
use crate::{
    config::{
        Config, KeySource,
        checklist::{Verdict, checklist},
    },
    domain::SystemEntropy,
    startup::key,
};

/// `latchkey check`
#[derive(Args, Debug)]
pub struct Check {
    /// Fail if something has to change before strangers may come
    #[arg(long)]
    deploy: bool,
}

impl Check {
    /// Prints a line for each point of the list.
    ///
    /// # Errors
    /// [`CliError::Unsafe`] with `--deploy`, when something has to change.
    pub fn run(&self, config: &Config) -> Result<(), CliError> {
        let findings = checklist(config, key_fault(config));
        for finding in &findings {
            let verdict = match finding.verdict {
                Verdict::Good => "ok",
                Verdict::Advice => "advice",
                Verdict::Change => "change",
            };
            say(&format!("{verdict:<7} {}: {}", finding.setting, finding.words));
        }
        let bad = findings.iter().filter(|finding| finding.verdict == Verdict::Change).count();
        match bad {
            1 if self.deploy => Err(CliError::Unsafe("1 setting has".to_owned())),
            2.. if self.deploy => Err(CliError::Unsafe(format!("{bad} settings have"))),
            _ => Ok(()),
        }
    }
}

/// What is wrong with a key that was given; one that the server makes is not made for this.
fn key_fault(config: &Config) -> Option<String> {
    let given = config.key.as_ref().filter(|key| !matches!(key.source, KeySource::Own(_)))?;
    key::load(given, false, &SystemEntropy).err().map(|fault| fault.to_string())
}
