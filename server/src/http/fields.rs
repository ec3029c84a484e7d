//! Request bodies as fields, read the way Django REST framework reads them: JSON, urlencoded and
//! multipart; numbers count as text; what is wrong is said per field.

use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::{HeaderMap, StatusCode, header},
};
use serde_json::{Map, Value};

use super::{Failure, field_errors::FieldErrors, negotiate::media_type};

/// Messages of Django REST framework.
pub mod message {
    /// The field is not there.
    pub const REQUIRED: &str = "This field is required.";
    /// The field is empty.
    pub const BLANK: &str = "This field may not be blank.";
    /// The field is `null`.
    pub const NULL: &str = "This field may not be null.";
    /// The field is no text.
    pub const NOT_TEXT: &str = "Not a valid string.";
    /// The field holds a NUL character.
    pub const NUL: &str = "Null characters are not allowed.";
}

/// The fields of a request body. An empty body has none.
#[derive(Debug, Default)]
pub struct Fields {
    values: Map<String, Value>,
    /// Whether they are a form's: one that was left empty there was left out.
    form: bool,
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let media_type = content_type(request.headers());
        if media_type == "multipart/form-data" {
            return multipart(request, state).await;
        }
        let body = Bytes::from_request(request, state).await.map_err(|error| {
            unread(error.status(), format!("Request body - {}", error.body_text()))
        })?;
        match media_type.as_str() {
            _ if body.is_empty() => Ok(Self::default()),
            "application/json" => json(&body),
            "application/x-www-form-urlencoded" => Ok(urlencoded(&body)),
            _ => Err(Failure::UnsupportedMediaType(media_type)),
        }
    }
}

/// A body that could not be read: too large, or not what it says.
fn unread(status: StatusCode, fault: String) -> Failure {
    if status == StatusCode::PAYLOAD_TOO_LARGE { Failure::TooLarge } else { Failure::Parse(fault) }
}

fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type(value.unwrap_or_default())
}

fn json(body: &[u8]) -> Result<Fields, Failure> {
    let value = serde_json::from_slice(body)
        .map_err(|error| Failure::Parse(format!("JSON parse error - {error}")))?;
    let python_type = match value {
        Value::Object(values) => return Ok(Fields { values, form: false }),
        Value::Null => return Err(Failure::Fields(FieldErrors::general("No data provided"))),
        Value::Array(_) => "list",
        Value::String(_) => "str",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
    };
    let message = format!("Invalid data. Expected a dictionary, but got {python_type}.");
    Err(Failure::Fields(FieldErrors::general(message)))
}

fn urlencoded(body: &[u8]) -> Fields {
    let pairs = url::form_urlencoded::parse(body);
    let values = pairs.map(|(key, value)| (key.into_owned(), value.into_owned().into()));
    Fields { values: values.collect(), form: true }
}

async fn multipart<S: Send + Sync>(request: Request, state: &S) -> Result<Fields, Failure> {
    let unreadable = |error: MultipartError| {
        unread(error.status(), format!("Multipart form parse error - {}", error.body_text()))
    };
    let mut form = Multipart::from_request(request, state).await.map_err(|error| {
        unread(error.status(), format!("Multipart form parse error - {}", error.body_text()))
    })?;
    let mut fields = Map::new();
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        let is_file = field.file_name().is_some();
        let text = field.text().await.map_err(unreadable)?;
        // A file is no text, whatever it holds.
        fields.insert(name, if is_file { Value::Array(Vec::new()) } else { text.into() });
    }
    Ok(Fields { values: fields, form: true })
}

impl Fields {
    /// A text field as it was sent, or `None` where it is missing.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn text(&self, name: &str) -> Result<Option<String>, &'static str> {
        let text = match self.values.get(name) {
            None => return Ok(None),
            Some(Value::Null) => return Err(message::NULL),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
                return Err(message::NOT_TEXT);
            }
        };
        if text.contains('\0') { Err(message::NUL) } else { Ok(Some(text)) }
    }

    /// A text field without the white space around it; an empty one is empty, not wrong, and in a
    /// form it is missing.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn optional(&self, name: &str) -> Result<Option<String>, &'static str> {
        Ok(self.trimmed(name)?.filter(|text| !(self.form && text.is_empty())))
    }

    /// A text field without the white space around it, where it makes a difference that an empty one
    /// was sent.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn trimmed(&self, name: &str) -> Result<Option<String>, &'static str> {
        Ok(self.text(name)?.map(|text| text.trim().to_owned()))
    }

    /// A text field as it was sent, where an empty one is empty, and in a form missing.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn untouched(&self, name: &str) -> Result<Option<String>, &'static str> {
        Ok(self.text(name)?.filter(|text| !(self.form && text.is_empty())))
    }

    /// A text field that has to be there and hold something. Taken as it was sent.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn required(&self, name: &str) -> Result<String, &'static str> {
        match self.text(name)? {
            None => Err(message::REQUIRED),
            Some(text) if text.is_empty() => Err(message::BLANK),
            Some(text) => Ok(text),
        }
    }
    /// A text field that has to be there and hold more than white space. Without the white space
    /// around it.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn filled(&self, name: &str) -> Result<String, &'static str> {
        match self.optional(name)? {
            None => Err(message::REQUIRED),
            Some(text) if text.is_empty() => Err(message::BLANK),
            Some(text) => Ok(text),
        }
    }
}
