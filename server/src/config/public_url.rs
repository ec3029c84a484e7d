//! Where people reach the server.

use url::{Origin, Url};

/// An http or https origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(Url);

impl PublicUrl {
    /// Reads an origin; a path, a query or credentials do not belong in it.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let plain = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        (plain && url.has_host() && ["http", "https"].contains(&url.scheme())).then_some(Self(url))
    }

    /// Whether it is https.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Its origin.
    pub fn origin(&self) -> Origin {
        self.0.origin()
    }

    /// The name of its host, unless that is an address.
    pub fn domain(&self) -> Option<String> {
        self.0.domain().map(str::to_owned)
    }

    /// Its text, without a slash at the end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
}
