//! What is wrong with a request's fields, in words.

use app::wire::error::NON_FIELD_ERRORS;
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::Failure;

/// Messages by field, in the order in which the fields were checked.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(&'static str, Vec<String>)>);

impl FieldErrors {
    /// One message for one field.
    pub fn one(field: &'static str, message: impl Into<String>) -> Self {
        Self(vec![(field, vec![message.into()])])
    }

    /// One message that belongs to no field.
    pub fn general(message: impl Into<String>) -> Self {
        Self::one(NON_FIELD_ERRORS, message)
    }

    /// Adds what is wrong with another field.
    pub fn push(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push((field, vec![message.into()]));
    }

    /// Adds all that is wrong with another field, if anything is.
    pub fn push_all(&mut self, field: &'static str, messages: impl IntoIterator<Item = String>) {
        let messages: Vec<_> = messages.into_iter().collect();
        if !messages.is_empty() {
            self.0.push((field, messages));
        }
    }

    /// `Err` when anything is wrong.
    ///
    /// # Errors
    /// [`Failure::Fields`].
    pub fn into_result(self) -> Result<(), Failure> {
        if self.0.is_empty() { Ok(()) } else { Err(Failure::Fields(self)) }
    }
}

impl Serialize for FieldErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, messages) in &self.0 {
            map.serialize_entry(field, messages)?;
        }
        map.end()
    }
}
