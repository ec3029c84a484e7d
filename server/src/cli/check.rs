//! `latchkey check`

use clap::Args;

use super::{CliError, say};
use crate::{
    config::{
        Config, KeySettings, KeySource, LegacyKeySettings,
        checklist::{KeyFaults, Verdict, checklist},
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
        let findings = checklist(config, key_faults(config));
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

/// What is wrong with keys that were given; one that the server makes is not made for this.
fn key_faults(config: &Config) -> KeyFaults {
    let given = config.key.as_ref().filter(|key| !matches!(key.source, KeySource::Own(_)));
    let own = given.and_then(|key| key::load(key, None, |_| false, &SystemEntropy).err());
    let legacy = config.legacy_key.as_ref().and_then(|legacy| legacy_fault(legacy, given));
    KeyFaults { own: own.map(|fault| fault.to_string()), legacy }
}

fn legacy_fault(legacy: &LegacyKeySettings, own: Option<&KeySettings>) -> Option<String> {
    const INSECURE: &str = "it begins with django-insecure-, as keys do that stand in \
        repositories: whoever knows it can be anybody. Give Django another one, or let people sign \
        in again";
    let checked = || {
        key::load_legacy(legacy)?;
        own.map_or(Ok(()), |own| key::check_apart(own, legacy))?;
        key::is_insecure(legacy)
    };
    match checked() {
        Ok(insecure) => insecure.then(|| INSECURE.to_owned()),
        Err(fault) => Some(fault.to_string()),
    }
}
