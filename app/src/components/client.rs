//! Browsers and what they run on, in words.

/// What a browser is called, as far as it is known.
pub fn client(browser: &str, device: &str) -> String {
    match (browser, device) {
        ("", "") => "Unknown browser".to_owned(),
        ("", device) => format!("Unknown browser on {device}"),
        (browser, "") => browser.to_owned(),
        (browser, device) => format!("{browser} on {device}"),
    }
}

#[cfg(test)]
mod tests {
    use super::client;

    #[test]
    fn says_what_is_known() {
        assert_eq!(client("Firefox", "Linux"), "Firefox on Linux");
        assert_eq!(client("Firefox", ""), "Firefox");
        assert_eq!(client("", "Linux"), "Unknown browser on Linux");
        assert_eq!(client("", ""), "Unknown browser");
    }
}
