//! Fields of requests, and the cases in which one of them is wrong: every fault in every field.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{body::Body, case::Case};

/// What an endpoint takes by one of its methods.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Form {
    pub method: String,
    #[serde(default)]
    r#as: String,
    fields: Vec<Field>,
    /// The answer where every field is in order. It changes nothing.
    passes: (u16, String),
    /// The answer where there is none of them.
    empty: Option<(u16, String)>,
    /// Logging out has its reasons not to read.
    #[serde(default = "yes")]
    pub body_is_read: bool,
}

const fn yes() -> bool {
    true
}

const fn seven() -> u32 {
    7
}

/// A field, with a value that is in order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Field {
    name: String,
    value: String,
    #[serde(default)]
    may_be_missing: bool,
    #[serde(default)]
    may_be_blank: bool,
    /// White space around it counts.
    #[serde(default)]
    as_typed: bool,
    /// The number that is sent in its place.
    #[serde(default = "seven")]
    number: u32,
    /// The most characters that it may have.
    max: Option<usize>,
    /// What is answered to some faults instead of the usual.
    #[serde(default)]
    but: BTreeMap<String, Outcome>,
}

/// What comes of a fault.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Outcome {
    /// What comes of a form without fault: [`PASSES`]. Else 400 and this message about the field.
    Message(String),
    /// This status and this body.
    Answer(u16, String),
}

const PASSES: &str = "passes";

fn message(text: &str) -> Outcome {
    Outcome::Message(text.to_owned())
}

impl Form {
    /// All fields with their good values.
    pub fn good(&self) -> Vec<(&str, Value)> {
        self.fields.iter().map(|field| (&*field.name, field.value.clone().into())).collect()
    }

    /// The case in which all is well.
    pub fn case(&self, path: &str) -> Case {
        Case {
            r#as: self.r#as.clone(),
            send: format!("{} {path}", self.method),
            body: Body::json(object(&self.good())),
            status: self.passes.0,
            answer: self.passes.1.clone(),
            ..Case::default()
        }
    }

    /// What is answered to an empty body.
    pub fn empty(&self) -> (u16, String) {
        self.empty.clone().unwrap_or_else(|| self.passes.clone())
    }

    /// Every fault in every field.
    pub fn field_cases(&self, path: &str) -> Vec<Case> {
        let of_field = |field| Field::faults(field).into_iter().map(move |fault| (field, fault));
        let faults = self.fields.iter().flat_map(of_field);
        faults
            .map(|(field, (fault, value, usual))| {
                let outcome = field.but.get(fault).cloned().unwrap_or(usual);
                let (status, answer) = match outcome {
                    Outcome::Message(text) if text == PASSES => self.passes.clone(),
                    Outcome::Message(text) => (400, format!(r#"{{"{}":["{text}"]}}"#, field.name)),
                    Outcome::Answer(status, answer) => (status, answer),
                };
                let mut fields = self.good();
                fields.retain_mut(|(name, good)| {
                    if *name != field.name {
                        return true;
                    }
                    *good = value.clone().unwrap_or_default();
                    value.is_some()
                });
                Case {
                    name: format!("{} {}, {fault}", self.method, field.name),
                    body: Body::json(object(&fields)),
                    status,
                    answer,
                    ..self.case(path)
                }
            })
            .collect()
    }
}

impl Field {
    /// The faults by name, the value that has each (or none where it is missing), and what usually
    /// comes of it.
    fn faults(&self) -> Vec<(&'static str, Option<Value>, Outcome)> {
        let passes_if = |passes: bool, text: &str| message(if passes { PASSES } else { text });
        let blank = "<blank>";
        let mut faults = vec![
            ("missing", None, passes_if(self.may_be_missing, "<required>")),
            ("null", Some(Value::Null), message("<null>")),
            ("blank", Some("".into()), passes_if(self.may_be_blank, blank)),
            (
                "white space",
                Some("  ".into()),
                passes_if(self.as_typed || self.may_be_blank, blank),
            ),
            ("a number", Some(json!(self.number)), message(PASSES)),
            ("a fraction", Some(json!(f64::from(self.number) + 0.5)), message(PASSES)),
            ("true", Some(json!(true)), message("<not text>")),
            ("false", Some(json!(false)), message("<not text>")),
            ("a list", Some(json!(["a"])), message("<not text>")),
            ("an object", Some(json!({"a": "b"})), message("<not text>")),
            ("with NUL", Some("a\0b".into()), message("<nul>")),
        ];
        if !self.as_typed {
            faults.push((
                "surrounded by white space",
                Some(format!(" \t{}\n", self.value).into()),
                message(PASSES),
            ));
        }
        if let Some(max) = self.max {
            let text = format!("Ensure this field has no more than {max} characters.");
            faults.push(("too long", Some("x".repeat(max + 1).into()), message(&text)));
            // Characters are counted, not bytes.
            faults.push((
                "too long in two bytes each",
                Some("é".repeat(max + 1).into()),
                message(&text),
            ));
        }
        faults
    }
}

/// A JSON object with its keys in this order.
fn object(fields: &[(&str, Value)]) -> String {
    let pairs: Vec<_> =
        fields.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    format!("{{{}}}", pairs.join(","))
}

/// The same as a form sends it.
pub fn form_encoded(fields: &[(&str, Value)]) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pair = |(name, value): &(&str, Value)| {
        // Words are written out later; they must not be encoded.
        format!("{name}={}", text(value).replace('@', "%40").replace('+', "%2B"))
    };
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}
