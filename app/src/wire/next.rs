//! Where to go after signing in.

use super::{paths, query};

/// A path on this origin, fit for `?next=`. Whatever could lead elsewhere does not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextPath(String);

const NEVER_NEXT: [&str; 3] = [paths::LOGIN_PAGE, paths::REGISTER_PAGE, paths::LOGOUT_PAGE];

/// Longer paths are nobody's page.
const MAX_LENGTH: usize = 2048;

impl NextPath {
    /// Accepts an absolute path of this origin: one leading `/`, then neither `/` nor `\`, and no
    /// backslash, control or white-space character anywhere. The pages that lead back here, and the
    /// one that signs out, are refused.
    pub fn parse(raw: &str) -> Option<Self> {
        let rest = raw.strip_prefix('/')?;
        let elsewhere = rest.starts_with('/') || rest.starts_with('\\');
        let odd = raw.chars().any(|c| c == '\\' || c.is_control() || c.is_whitespace());
        let path = raw.split(['?', '#']).next().unwrap_or_default();
        let back_here = NEVER_NEXT.contains(&path.trim_end_matches('/'));
        let api = path == paths::API || path.starts_with("/api/");
        (!elsewhere && !odd && !back_here && !api && is_plain(path) && raw.len() <= MAX_LENGTH)
            .then(|| Self(raw.to_owned()))
    }

    /// The `next` of a query string, as it stands in the address, percent-encoded and without `?`.
    pub fn from_query(query: &str) -> Option<Self> {
        Self::parse(&query::value(query, "next")?)
    }

    /// The path itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The login page that leads here.
    pub fn login_page(&self) -> String {
        self.after(paths::LOGIN_PAGE)
    }

    /// A page that leads here once somebody is signed in.
    pub fn after(&self, page: &str) -> String {
        format!("{page}?next={}", query::encode(&self.0))
    }
}

impl Default for NextPath {
    fn default() -> Self {
        Self(paths::ACCOUNT_PAGE.to_owned())
    }
}

/// Whether a path means what it says: browsers resolve `.` and `..`, in every spelling, and a path
/// that comes out as `//host` would lead elsewhere.
fn is_plain(path: &str) -> bool {
    let segments = path.split('/').map(|segment| segment.to_ascii_lowercase().replace("%2e", "."));
    !path.contains("//") && !segments.into_iter().any(|segment| segment == "." || segment == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_origin_paths_are_kept() {
        for raw in ["/", "/account", "/account?tab=1#x", "/a.b/..c", "/loginx", "/%2f%2fe.com"] {
            assert_eq!(NextPath::parse(raw).as_ref().map(NextPath::as_str), Some(raw));
        }
    }

    #[test]
    fn everything_that_could_leave_is_refused() {
        let corpus = [
            "/.//e.com",
            "/a/..//e",
            "/%2e//e",
            "/%2E%2e//e",
            "/./a",
            "/a/..",
            "/a/%2e%2E/login",
            "/account/../login",
            "/a//b",
            "",
            "account",
            "//e.com",
            "///e.com",
            r"/\e.com",
            r"\\e.com",
            "https:e.com",
            "https://e.com",
            "javascript:alert(1)",
            "/\t/e.com",
            "/a\r\nSet-Cookie: x=y",
            "/a\\b",
            " /account",
            "/\u{0}",
            "/login",
            "/login/",
            "/login?next=/account",
            "/register",
            "/logout/",
            "/api",
            "/api/auth/logout/",
        ];
        for raw in corpus {
            assert_eq!(NextPath::parse(raw), None, "{raw:?}");
        }
        assert_eq!(NextPath::parse(&format!("/{}", "a".repeat(MAX_LENGTH))), None);
    }

    #[test]
    fn the_login_page_leads_back() {
        let next = NextPath::parse("/account?a=1&b=ü").map(|n| n.login_page());
        assert_eq!(next.as_deref(), Some("/login?next=/account%3Fa%3D1%26b%3D%C3%BC"));
        assert_eq!(NextPath::default().login_page(), "/login?next=/account");
    }

    #[test]
    fn what_was_encoded_is_read_back_once() {
        for raw in ["/account", "/a?b=1&c=50%25", "/ü", "/%2f%2fe.com", "/a+b"] {
            let page = NextPath::parse(raw).map(|next| next.login_page()).unwrap();
            let query = page.split_once('?').map(|(_, query)| query).unwrap();
            assert_eq!(NextPath::from_query(query).unwrap().as_str(), raw);
        }
        let among = NextPath::from_query("a=1&next=%2Faccount&b=2").unwrap();
        assert_eq!(among.as_str(), "/account");
    }

    #[test]
    fn a_query_that_could_lead_away_leads_nowhere() {
        let corpus = [
            "",
            "next",
            "next=",
            "nextt=/a",
            "next=//e.com",
            "next=%2F%2Fe.com",
            "next=%2f%5ce.com",
            "next=https://e.com",
            "next=/%0d%0aSet-Cookie:a",
            "next=/+a",
            "next=/%",
            "next=/%zz",
            "next=/%ff",
        ];
        for query in corpus {
            assert_eq!(NextPath::from_query(query), None, "{query:?}");
        }
    }
}
