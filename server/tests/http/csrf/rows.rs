//! What a request says about where it comes from, and what is made of that.

use url::Url;

/// An origin that may call us by `CORS_ALLOWED_ORIGINS`.
pub const SPA: &str = "https://spa.example.net";

/// Where the server is, and what it was told about callers that say nothing.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// `PUBLIC_URL`; without it our own origin is the one that the `Host` header names.
    pub public_url: Option<&'static str>,
    /// What the `Host` header says.
    pub host: &'static str,
    /// `CSRF_REQUIRE_ORIGIN`.
    pub requires_origin: bool,
}

impl Place {
    /// Our own origin.
    pub fn own(self) -> String {
        self.public_url.map_or_else(|| format!("http://{}", self.host), str::to_owned)
    }

    pub fn flags(self) -> Vec<String> {
        let mut flags = vec![
            format!("--cors-allowed-origins={SPA}"),
            format!("--csrf-require-origin={}", self.requires_origin),
        ];
        flags.extend(self.public_url.map(|url| format!("--public-url={url}")));
        flags
    }
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Passes,
    /// And the page that sent it may read the answer.
    PassesForOthers,
    /// It is refused because of this header.
    Refused(&'static str),
}

/// What a request says.
#[derive(Clone, Debug)]
pub struct Row {
    pub headers: Vec<(&'static str, String)>,
    pub verdict: Verdict,
}

impl Row {
    fn new(
        site: Option<&str>,
        origin: Option<&str>,
        referer: Option<&str>,
        verdict: Verdict,
    ) -> Self {
        let said = [("sec-fetch-site", site), ("origin", origin), ("referer", referer)];
        let said = said.into_iter().filter_map(|(name, value)| Some((name, value?.to_owned())));
        Self { headers: said.collect(), verdict }
    }

    pub fn headers(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}

/// All rows.
pub fn rows(place: Place) -> Vec<Row> {
    use Verdict::{Passes, PassesForOthers, Refused};
    let own = place.own();
    let own = own.as_str();
    let page = format!("{own}/login?next=/account");
    let (site, foreign) = (Refused("Sec-Fetch-Site"), "https://evil.example");
    let unsaid = if place.requires_origin { Refused("Origin") } else { Passes };
    let sibling = sibling(own);
    let mut rows = vec![
        // Our own pages, in browsers of this decade and of the one before.
        Row::new(Some("same-origin"), Some(own), None, Passes),
        Row::new(Some("same-origin"), None, None, Passes),
        Row::new(None, Some(own), None, Passes),
        Row::new(None, Some(own), Some(foreign), Passes),
        Row::new(None, None, Some(&page), Passes),
        // Pages that may call.
        Row::new(Some("cross-site"), Some(SPA), None, PassesForOthers),
        Row::new(Some("same-site"), Some(SPA), None, PassesForOthers),
        Row::new(None, Some(SPA), None, PassesForOthers),
        Row::new(None, None, Some(&format!("{SPA}/app")), Passes),
        // No browser.
        Row::new(None, None, None, unsaid),
        // By hand: nobody types a POST into the address bar.
        Row::new(Some("none"), None, None, site),
        Row::new(Some("none"), Some(own), None, site),
        // Other sites, and other origins of ours.
        Row::new(Some("cross-site"), Some(foreign), None, site),
        Row::new(Some("cross-site"), Some("null"), None, site),
        Row::new(Some("cross-site"), None, None, site),
        Row::new(Some("cross-site"), None, Some(&page), site),
        Row::new(Some("cross-site"), Some(own), None, site),
        Row::new(Some("same-site"), Some(&sibling), None, site),
        Row::new(Some("same-site"), Some(own), None, site),
        Row::new(Some("same-site"), None, None, site),
        // What no browser says.
        Row::new(Some("Same-Origin"), Some(own), None, site),
        Row::new(Some("same-origin, cross-site"), Some(own), None, site),
        Row::new(Some(""), Some(own), None, site),
        // Referers that are none, or that only mention us.
        Row::new(None, None, Some(&format!("{foreign}/{own}/")), Refused("Referer")),
        Row::new(None, None, Some("nonsense"), Refused("Referer")),
        Row::new(None, None, Some(""), Refused("Referer")),
        Row::new(None, None, Some("about:blank"), Refused("Referer")),
    ];
    let strangers = look_alikes(own).into_iter().chain(look_alikes(SPA));
    let strangers = strangers.chain([foreign, "null", ""].map(str::to_owned));
    // Where it is known who we are, whatever the `Host` header says changes nothing; otherwise there may
    // be TLS before us, or not.
    let known = place.public_url.map(|url| [format!("http://{}", place.host), other_scheme(url)]);
    let strangers = strangers.chain([other_scheme(SPA)]).chain(known.into_iter().flatten());
    for stranger in strangers {
        rows.push(Row::new(None, Some(&stranger), Some(&page), Refused("Origin")));
        rows.push(Row::new(Some("cross-site"), Some(&stranger), None, site));
    }
    rows
}

/// Another host of the same site.
fn sibling(own: &str) -> String {
    own.replacen("://", "://evil.", 1)
}

fn other_scheme(own: &str) -> String {
    own.strip_prefix("https")
        .map_or_else(|| own.replace("http", "https"), |rest| format!("http{rest}"))
}

/// Origins that look like this one and are others, or are not as browsers write them.
fn look_alikes(own: &str) -> Vec<String> {
    let url = Url::parse(own).unwrap();
    let (scheme, host) = (url.scheme(), url.host_str().unwrap());
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let usual_port = if scheme == "https" { 443 } else { 80 };
    let written = [
        format!("{scheme}://{host}:8443"),
        format!("{scheme}://{host}:{usual_port}"),
        format!("{scheme}://{host}{port}0"),
        format!("{scheme}://{host}.evil.io"),
        format!("{scheme}://{host}{port}.evil.io"),
        format!("{scheme}://evil-{host}{port}"),
        format!("{scheme}://{host}.{port}"),
        format!("{scheme}://user@{host}{port}"),
        format!("{scheme}://evil.example#{host}{port}"),
        format!("{scheme}://evil.example?{own}"),
        format!("{scheme}://evil.example\\@{host}{port}"),
        format!("{own}/"),
        format!("{own} {own}"),
        format!("{own}, https://evil.example"),
        own.to_uppercase(),
        // A Cyrillic letter, as it is and as browsers write it.
        own.replacen('a', "\u{430}", 1),
        own.replacen("://", "://xn--pp-8kc.", 1),
        sibling(own),
        scheme.to_owned(),
        host.to_owned(),
        format!("//{host}{port}"),
        "file://".to_owned(),
    ];
    written.into_iter().filter(|written| written != own).collect()
}
