//! What has to come back, and whether it did.

use std::collections::BTreeMap;

use super::{cookies, exchange::Answer, pattern};

/// An answer as it should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    pub status: u16,
    /// With gaps.
    pub body: String,
    /// Headers with their values, which may have gaps, or `None` where there is none.
    pub headers: BTreeMap<String, Option<String>>,
    /// The cookies, as [`cookies::seen`] writes them, in any order.
    pub cookies: Vec<String>,
}

impl Expected {
    /// Says what is not as it should be.
    pub fn complaints(&self, answer: &Answer) -> Vec<String> {
        let mut complaints = Vec::new();
        let mut compare = |what: &str, expected: &str, answered: &str| {
            if let Err(difference) = pattern::compare(expected, answered) {
                complaints.push(format!("{what}\n{difference}"));
            }
        };
        compare("status", &self.status.to_string(), &answer.status.to_string());
        compare("body", &self.body, &answer.body);
        for (name, expected) in &self.headers {
            let answered = answer.header(name);
            let shown = |value: &Option<String>| value.as_deref().unwrap_or("(none)").to_owned();
            compare(name, &shown(expected), &shown(&answered));
        }
        let mut expected = self.cookies.clone();
        expected.sort();
        match cookies::seen(answer) {
            Ok(seen) => compare("cookies", &expected.join("\n"), &seen.join("\n")),
            Err(fault) => complaints.push(format!("cookies\n{fault}")),
        }
        complaints
    }
}
