//! Settings that work, and settings that are refused with a sentence.

use std::{path::Path, time::Duration};

use latchkey::config::{Config, Database, MailRoute};
use secrecy::ExposeSecret as _;

use crate::support::app::{bare_settings, settings};

fn config(flags: &[&str]) -> Result<Config, String> {
    Config::new(settings(flags)).map_err(|error| error.to_string())
}

#[test]
fn the_defaults_are_the_seeds() {
    let config = config(&[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert!(
        matches!(config.database, Database::Sqlite(file) if file == Path::new("data/latchkey.db"))
    );
    assert_eq!(config.tokens.access_lifetime, Duration::from_mins(15));
    assert_eq!(config.tokens.refresh_lifetime, Duration::from_hours(168));
    assert_eq!(config.auth.absolute_lifetime, Duration::from_hours(2160));
    assert!(config.auth.rotation.rotate && config.auth.rotation.blacklist);
    assert!(config.auth.update_last_login && config.bodies.login_expiration);
    assert_eq!(
        (config.cookies.access.name.as_str(), config.cookies.access.path.as_str()),
        ("access", "/")
    );
    assert_eq!(config.cookies.refresh.name, "refresh");
    assert!(config.cookies.http_only && !config.cookies.secure);
    assert_eq!(config.cookies.same_site, cookie::SameSite::Lax);
    assert!(config.hsts.is_none());
}

#[test]
fn an_https_public_url_switches_tls_on() {
    let url = ["--public-url", "https://app.example.com/"];
    let secure = config(&url).unwrap();
    assert!(secure.cookies.secure && secure.hsts.is_some());
    assert_eq!(secure.cookies.refresh.name, "__Host-Http-refresh");
    let scoped = [&url[..], &["--jwt-auth-refresh-cookie-path", "/api/auth/token/"]].concat();
    let scoped = config(&scoped).unwrap();
    assert_eq!(scoped.cookies.access.name, "__Host-Http-access");
    assert_eq!(scoped.cookies.refresh.name, "__Secure-refresh");
    let shared = [&url[..], &["--jwt-auth-cookie-domain", ".example.com"]].concat();
    assert_eq!(config(&shared).unwrap().cookies.access.name, "__Secure-access");
    // Compose files hand over unset variables as empty ones.
    let unset = [&url[..], &["--jwt-auth-cookie-domain=", "--jwt-auth-cookie="]].concat();
    assert_eq!(config(&unset).unwrap().cookies.access.name, "__Host-Http-access");
    let readable = [&url[..], &["--jwt-auth-httponly", "false"]].concat();
    assert_eq!(config(&readable).unwrap().cookies.access.name, "__Host-access");
    let named = [&url[..], &["--jwt-auth-cookie", "mine"]].concat();
    assert_eq!(config(&named).unwrap().cookies.access.name, "mine");
}

#[test]
fn durations_and_flags_are_read_as_people_write_them() {
    for text in ["900", "900s", "15m", "14m 60s"] {
        let lifetime = config(&["--access-token-lifetime", text]).unwrap().tokens.access_lifetime;
        assert_eq!(lifetime, Duration::from_mins(15), "{text}");
    }
    for text in ["false", "False", "0", "no", "off"] {
        assert!(!config(&["--rotate-refresh-tokens", text]).unwrap().auth.rotation.rotate);
    }
    for text in ["strict", "Strict", "STRICT"] {
        let site = config(&["--jwt-auth-samesite", text]).unwrap().cookies.same_site;
        assert_eq!(site, cookie::SameSite::Strict);
    }
}

#[test]
fn impossible_combinations_are_refused_with_a_sentence() {
    let https = "--public-url=https://app.example.com";
    let rows: [(&[&str], &str); 22] = [
        (&["--jwt-auth-samesite=None"], "JWT_AUTH_SAMESITE=None needs"),
        (&["--jwt-auth-cookie-partitioned=true"], "JWT_AUTH_COOKIE_PARTITIONED needs"),
        (&[https, "--jwt-auth-secure=false"], "JWT_AUTH_SECURE=false with an https"),
        (&["--jwt-auth-cookie=__Host-a"], "needs JWT_AUTH_SECURE=true"),
        (
            &[https, "--jwt-auth-cookie=__Host-a", "--jwt-auth-cookie-domain=example.com"],
            "__Secure-",
        ),
        (
            &[https, "--jwt-auth-refresh-cookie=__host-r", "--jwt-auth-refresh-cookie-path=/api"],
            "__Secure-",
        ),
        (
            &[https, "--jwt-auth-cookie=__Http-a", "--jwt-auth-httponly=false"],
            "JWT_AUTH_HTTPONLY=true",
        ),
        (&["--jwt-auth-cookie=same", "--jwt-auth-refresh-cookie=same"], "the same name"),
        (&["--jwt-auth-cookie=a b"], "no cookie name"),
        (&["--jwt-auth-cookie=a;b"], "no cookie name"),
        (&["--jwt-auth-cookie-domain=."], "a domain's name only"),
        (&["--jwt-auth-refresh-cookie-path=api"], "starts with a slash"),
        (&["--jwt-auth-refresh-cookie-path=/api\u{1}"], "no cookie path"),
        (&["--jwt-auth-refresh-cookie-path=/api\t"], "no cookie path"),
        (&["--jwt-auth-cookie-domain=e.com; Path=/x"], "a domain's name only"),
        (&["--public-url=app.example.com"], "PUBLIC_URL"),
        (&["--public-url=https://app.example.com/path"], "PUBLIC_URL"),
        (&["--database-url=mysql://x"], "DATABASE_URL"),
        (&["--database-url=postgres://a:b c@[x"], "DATABASE_URL cannot be read"),
        (&["--access-token-lifetime=0s"], "ACCESS_TOKEN_LIFETIME"),
        (&["--revocation-max-staleness=0s"], "REVOCATION_MAX_STALENESS"),
        (
            &["--revocation-max-staleness=4s", "--database-url=postgres://u@localhost/x"],
            "REVOCATION_MAX_STALENESS is below 5s",
        ),
    ];
    for (flags, part) in rows {
        let sentence = config(flags).unwrap_err();
        assert!(sentence.contains(part), "{flags:?}: {sentence}");
        assert!(sentence.ends_with('.') || sentence.contains("with: "), "a sentence: {sentence}");
    }
}

#[test]
fn impossible_settings_of_accounts_tokens_and_mails_are_refused_too() {
    let rows: [(&[&str], &str); 17] = [
        (&["--password-max-length=7"], "PASSWORD_MAX_LENGTH is below 8"),
        (&["--password-min-length=0"], "PASSWORD_MIN_LENGTH is 0"),
        (&["--auth-password-validators=none,NumericPasswordValidator"], "has none and others"),
        (&["--auth-header-types=Basic"], "names Basic"),
        (&["--jwt-auth-cookie=csrftoken"], "says something else"),
        (&["--jwt-auth-refresh-cookie=latchkey-device"], "says something else"),
        (&["--algorithm=EdDSA", "--verifying-key=public.pem"], "the signing key is not"),
        (&["--verifying-key=public.pem"], "HS256 verifies with SIGNING_KEY"),
        (&["--user-id-claim=sid"], "USER_ID_CLAIM"),
        (&["--user-id-claim="], "USER_ID_CLAIM"),
        (&["--auth-header-types=JWT,Bea rer"], "AUTH_HEADER_TYPES"),
        (&["--account-signup-fields=email,password1*,password2*"], "ACCOUNT_SIGNUP_FIELDS"),
        (&["--email-url=pop3://mail.example.com"], "EMAIL_URL has to be smtp://"),
        (&["--email-url=smtp://mail.example.com"], "DEFAULT_FROM_EMAIL"),
        (&["--email-url=smtp://mail.example.com?tls=perhaps"], "EMAIL_URL cannot be used"),
        (&["--email-url=file:"], "EMAIL_URL has to be"),
        (
            &["--email-url=smtp://mail.example.com", "--default-from-email=nobody"],
            "DEFAULT_FROM_EMAIL is",
        ),
    ];
    for (flags, part) in rows {
        let sentence = config(flags).unwrap_err();
        assert!(sentence.contains(part), "{flags:?}: {sentence}");
    }
}

#[test]
fn mails_are_not_left_in_files_where_strangers_come() {
    let https = "--public-url=https://app.example.com";
    let refused = Config::new(bare_settings(&[https])).unwrap_err().to_string();
    assert!(refused.contains("EMAIL_URL") && refused.contains("--allow-file-mail"), "{refused}");
    let smtp = ["--email-url=smtps://mail.example.com", "--default-from-email=A <a@example.com>"];
    let allowed = [&[https, "--allow-file-mail"][..], &[https, smtp[0], smtp[1]], &[]];
    for flags in allowed {
        assert!(Config::new(bare_settings(flags)).is_ok(), "{flags:?}");
    }
}

#[test]
fn mails_travel_encrypted_unless_somebody_says_so() {
    for (url, expected) in [
        ("smtp://mail.example.com", "smtp://mail.example.com?tls=required"),
        ("smtp://a:b@mail.example.com:2525", "smtp://a:b@mail.example.com:2525?tls=required"),
        ("smtp://mail.example.com?tls=none", "smtp://mail.example.com"),
        ("smtp://mail.example.com?tls=opportunistic", "smtp://mail.example.com?tls=opportunistic"),
        ("smtps://mail.example.com", "smtps://mail.example.com"),
        ("smtp://127.0.0.1:25", "smtp://127.0.0.1:25"),
        ("smtp://[::1]:25", "smtp://[::1]:25"),
        ("smtp://localhost", "smtp://localhost"),
    ] {
        let flags = [&format!("--email-url={url}"), "--default-from-email=a@example.com"];
        let MailRoute::Smtp { server, .. } = config(&flags).unwrap().mail else {
            panic!("{url}");
        };
        assert_eq!(server.expose_secret(), expected);
    }
}
