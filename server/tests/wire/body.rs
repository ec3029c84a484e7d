//! What a request carries.

use serde::Deserialize;

use super::{exchange::Sent, setting::Setting};

const BOUNDARY: &str = "----a-boundary";

/// A body in one of the ways in which a table can give it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Body {
    /// JSON, sent as it stands.
    pub json: Option<String>,
    /// `name=value&...`, as a form without script sends it.
    pub form: Option<String>,
    /// The same, as a form with files sends it.
    pub multipart: Option<String>,
    /// Anything else, without a type unless the headers name one.
    pub raw: Option<String>,
    /// Bytes that are no text, in hexadecimal digits.
    pub hex: Option<String>,
}

impl Body {
    pub fn put_into(&self, sent: Sent, setting: &Setting<'_>) -> Sent {
        if let Some(json) = &self.json {
            return sent.holding("application/json", setting.text(json));
        }
        if let Some(form) = &self.form {
            return sent.holding("application/x-www-form-urlencoded", setting.text(form));
        }
        if let Some(form) = &self.multipart {
            let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
            return sent.holding(&media_type, multipart(&setting.text(form)));
        }
        if let Some(raw) = &self.raw {
            return Sent { body: setting.text(raw).into_bytes(), ..sent };
        }
        if let Some(hex) = &self.hex {
            return Sent { body: hex::decode(hex).unwrap(), ..sent };
        }
        sent
    }

    pub fn json(json: impl Into<String>) -> Self {
        Self { json: Some(json.into()), ..Self::default() }
    }

    pub fn raw(text: impl Into<String>) -> Self {
        Self { raw: Some(text.into()), ..Self::default() }
    }
}

fn multipart(form: &str) -> String {
    let part = |(name, value): (_, _)| {
        format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
    };
    let parts: String = url::form_urlencoded::parse(form.as_bytes()).map(part).collect();
    format!("{parts}--{BOUNDARY}--\r\n")
}
