//! Content negotiation: the API speaks JSON and nothing else.

use axum::http::{HeaderMap, Uri, header};

use super::Failure;

/// Checks `?format=` and `Accept`, in Django REST framework's order.
///
/// # Errors
/// [`Failure::NotFound`] for an unknown format, [`Failure::NotAcceptable`] for an `Accept` that
/// leaves no room for JSON.
pub fn check(uri: &Uri, headers: &HeaderMap) -> Result<(), Failure> {
    if format(uri).is_some_and(|format| format != "json") {
        return Err(Failure::NotFound);
    }
    let mut ranges = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(media_type)
        .filter(|range| !range.is_empty())
        .peekable();
    let accepts_json =
        |range: String| matches!(range.as_str(), "*/*" | "application/*" | "application/json");
    if ranges.peek().is_none() || ranges.any(accepts_json) {
        Ok(())
    } else {
        Err(Failure::NotAcceptable)
    }
}

fn format(uri: &Uri) -> Option<String> {
    url::form_urlencoded::parse(uri.query()?.as_bytes())
        .find(|(key, _)| key == "format")
        .map(|(_, value)| value.into_owned())
}

/// A media type without its parameters, in lower case.
pub fn media_type(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
