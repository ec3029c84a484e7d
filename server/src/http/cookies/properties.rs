//! What holds for all cookies: under all settings, for every token, whatever a browser sends.

use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*};

use super::*;
use crate::domain::PlainToken;

/// Until the end of the year 9999, as far as a cookie's date reaches.
const LAST_SECOND: i64 = 253_402_300_799;

fn policy() -> impl Strategy<Value = CookiePolicy> {
    let name = || "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}";
    // What is printed, but for comma and semicolon.
    let path = || r"/[!-+\--:<-~]{0,30}";
    let domain = option::of("\\.?[a-z0-9-]{1,12}\\.[a-z]{2,8}");
    let same_site = prop_oneof![Just(SameSite::Strict), Just(SameSite::Lax), Just(SameSite::None)];
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), same_site);
    ((name(), path()), (name(), path()), domain, flags).prop_map(
        |(access, refresh, domain, (secure, http_only, partitioned, same_site))| CookiePolicy {
            access: TokenCookie { name: access.0, path: access.1 },
            refresh: TokenCookie { name: refresh.0, path: refresh.1 },
            // What goes with Secure only is refused without it at the start.
            secure: secure || partitioned || same_site == SameSite::None,
            http_only,
            same_site,
            domain,
            partitioned,
            legacy_refresh: None,
        },
    )
}

fn kind() -> impl Strategy<Value = TokenKind> {
    prop_oneof![Just(TokenKind::Access), Just(TokenKind::Refresh)]
}

/// A text as long as tokens are, or as cookies may just be.
fn token() -> impl Strategy<Value = String> {
    ("[A-Za-z0-9_.-]{13}", prop_oneof![1..900_usize, 4_000..4_110_usize])
        .prop_map(|(piece, bytes)| piece.chars().cycle().take(bytes).collect())
}

fn minted(token: &str, expires_ms: i64) -> Minted {
    let token = PlainToken::new(token.to_owned());
    Minted { token, expires_at: Timestamp::from_millis(expires_ms) }
}

/// A cookie as browsers read it (RFC 6265, 5.2): cut at semicolons, names of attributes in any
/// case, the last of one name counts.
#[derive(Debug, PartialEq, Eq)]
struct Stored {
    pair: (String, String),
    attributes: BTreeMap<String, String>,
}

impl Stored {
    fn read(header: &HeaderValue) -> Self {
        let pair = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (name.trim().to_owned(), value.trim().to_owned())
        };
        let mut parts = header.to_str().unwrap().split(';').map(pair);
        let first = parts.next().unwrap();
        let attributes = parts.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        Self { pair: first, attributes }
    }

    /// The moment of `Expires`, in seconds.
    fn expires(header: &HeaderValue) -> i64 {
        let cookie = Cookie::parse(header.to_str().unwrap().to_owned()).unwrap();
        cookie.expires_datetime().unwrap().unix_timestamp()
    }

    /// Takes out what says how long it is kept.
    fn take_age(&mut self) -> i64 {
        assert!(self.attributes.remove("expires").is_some());
        self.attributes.remove("max-age").unwrap().parse().unwrap()
    }
}

fn request(cookies: &[Vec<u8>]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_bytes(cookie) {
            headers.append(header::COOKIE, value);
        }
    }
    headers
}

proptest! {
    #[test]
    fn what_is_set_is_stored_and_comes_back(
        policy in policy(), kind in kind(), token in token(),
        before in "([a-z]{1,5}=[^;[:cntrl:]]{0,9}; )?", after in "(;[^;=[:cntrl:]]{0,9})?",
    ) {
        let name = &policy.of(kind).name;
        let fits = name.len() + token.len() <= 4096;
        let set = policy.set(kind, &minted(&token, 9_000), Timestamp::from_millis(0));
        prop_assert_eq!(set.is_ok(), fits);
        let Ok(set) = set else { return Ok(()) };

        let (stored_name, stored) = Stored::read(&set).pair;
        prop_assert_eq!((&stored_name, &stored), (name, &token));
        prop_assume!(!before.starts_with(&format!("{name}=")));
        let sent = format!("{before}{stored_name}={stored}{after}").into_bytes();
        prop_assert_eq!(candidates(&request(&[sent]), name), [token]);
    }

    #[test]
    fn the_flags_are_the_settings(policy in policy(), kind in kind()) {
        let set = policy.set(kind, &minted("a.b.c", 9_000), Timestamp::from_millis(0)).unwrap();
        let attributes = Stored::read(&set).attributes;
        let has = |name: &str| attributes.contains_key(name);
        prop_assert_eq!(has("httponly"), policy.http_only);
        prop_assert_eq!(has("secure"), policy.secure);
        prop_assert_eq!(has("partitioned"), policy.partitioned);
        prop_assert_eq!(&attributes["path"], &policy.of(kind).path);
        prop_assert_eq!(&attributes["samesite"], &policy.same_site.to_string());
        let domain = policy.domain.as_deref().map(|domain| domain.trim_start_matches('.'));
        prop_assert_eq!(attributes.get("domain").map(String::as_str), domain);
    }

    /// A browser replaces a cookie by one of the same name, domain and path, and only if the flags
    /// allow it.
    #[test]
    fn what_is_set_can_be_cleared(policy in policy(), kind in kind(), token in token()) {
        prop_assume!(policy.of(kind).name.len() + token.len() <= 4096);
        let set = policy.set(kind, &minted(&token, 9_000), Timestamp::from_millis(0)).unwrap();
        let clear = policy.clear(kind).unwrap();
        prop_assert_eq!(Stored::expires(&clear), 0);
        let (mut set, mut clear) = (Stored::read(&set), Stored::read(&clear));
        prop_assert!(set.take_age() > 0);
        prop_assert_eq!(clear.take_age(), 0);
        prop_assert_eq!(clear.pair, (set.pair.0, String::new()));
        prop_assert_eq!(clear.attributes, set.attributes);
    }

    /// Both count in whole seconds, as the token's own `exp` does.
    #[test]
    fn a_cookie_is_kept_until_its_token_expires(
        policy in policy(), kind in kind(),
        now in 0..=LAST_SECOND * 1000,
        lasts in prop_oneof![-10_000..10_000_i64, 0..4_000_000_000_000_i64],
    ) {
        let expires = (now + lasts).clamp(0, LAST_SECOND * 1000);
        let set = policy.set(kind, &minted("a.b.c", expires), Timestamp::from_millis(now)).unwrap();
        prop_assert_eq!(Stored::expires(&set), expires / 1000);
        prop_assert_eq!(Stored::read(&set).take_age(), (expires / 1000 - now / 1000).max(0));
    }

    #[test]
    fn any_cookies_are_read_without_a_panic(
        headers in vec(prop_oneof![vec(any::<u8>(), 0..200), vec(0x20..0x7f_u8, 0..200)], 0..5),
        ours in vec("[ -~]{0,9}", 0..5),
    ) {
        let ours = ours.iter().map(|value| format!("a={value}").into_bytes());
        let headers: Vec<_> = headers.into_iter().chain(ours).collect();
        prop_assert!(candidates(&request(&headers), "a").len() <= 200);
    }

    #[test]
    fn more_than_200_of_one_name_are_not_looked_at(sent in vec(0..150_usize, 1..5)) {
        let all: Vec<_> = (0..sent.iter().sum()).map(|number: usize| number.to_string()).collect();
        let mut rest = all.iter();
        let mut header = |count: usize| {
            let cookies: Vec<_> = rest.by_ref().take(count).map(|v| format!("a={v}")).collect();
            cookies.join("; b=1; ").into_bytes()
        };
        let headers: Vec<_> = sent.into_iter().map(&mut header).collect();
        let found = candidates(&request(&headers), "a");
        prop_assert_eq!(&found[..], &all[..all.len().min(200)]);
    }
}
