//! Claims that are signed, and not to be believed.

use serde_json::{Value, json};

use super::{
    Row, Scene, Signer, Told,
    forge::{Forge, Kind},
    invalid, row,
};
use crate::support::app::START;

const NOW: i64 = START / 1000;

/// A claim, its value, and what is said of it.
type Case = (&'static str, Option<Value>, Told);

fn rows(forge: &Forge, cases: impl IntoIterator<Item = Case>) -> Vec<Row> {
    let changed = |(claim, value, told): Case| {
        let name = value.as_ref().map_or("none".to_owned(), Value::to_string);
        row(format!("{claim} {name:.40}"), forge.with_claims(&[(claim, value)]), told)
    };
    cases.into_iter().map(changed).collect()
}

fn times(forge: &Forge) -> Vec<Row> {
    use Told::{Expired, Invalid, NoExpiry};
    let far = forge.claims["token_type"] == Kind::Access.as_str();
    let mut cases = vec![
        ("exp", Some(json!(NOW)), Expired),
        ("exp", Some(json!(NOW - 1)), Expired),
        ("exp", Some(json!(0)), Expired),
        ("exp", Some(json!(1.5)), Expired),
        ("exp", None, NoExpiry),
        ("exp", Some(Value::Null), NoExpiry),
        ("iat", Some(json!(NOW + 61)), Invalid),
        ("iat", Some(json!(1_u64 << 53)), Invalid),
        ("nbf", Some(json!(NOW + 61)), Invalid),
        // CVE-2026-25537: a date that is text is no date, and not none either.
        ("nbf", Some(json!("9999999999")), Invalid),
    ];
    for claim in ["exp", "iat", "nbf"] {
        for odd in [
            json!("9999999999"),
            json!(""),
            json!("tomorrow"),
            json!(-1),
            json!((1_i64 << 53) + 1),
            json!(i64::MAX),
            json!(u64::MAX),
            json!(1e300),
            json!([NOW + 300]),
            json!({"at": NOW + 300}),
            json!(true),
        ] {
            cases.push((claim, Some(odd), Invalid));
        }
    }
    if far {
        cases.push(("exp", Some(json!(NOW + 900 + 61)), Invalid));
    }
    let mut rows = rows(forge, cases);
    for (name, value) in
        [("1e400", "1e400"), ("NaN", "NaN"), ("Infinity", "Infinity"), ("0x", "0x7")]
    {
        rows.push(invalid(format!("exp {name}"), forge.with_raw_claim("exp", value)));
    }
    let before =
        forge.with_claims(&[("exp", Some(json!(NOW + 10))), ("iat", Some(json!(NOW + 50)))]);
    rows.push(invalid("exp before iat", before));
    let late = forge.with_claims(&[("exp", Some(json!(NOW - 1))), ("nbf", Some(json!("text")))]);
    rows.push(invalid("expired, and an odd nbf", late));
    rows
}

fn who(forge: &Forge) -> Vec<Row> {
    use Told::{Invalid, NoId, NoType, NoUser, WrongType};
    let mut cases = vec![
        ("user_id", None, NoUser),
        ("user_id", Some(Value::Null), NoUser),
        ("jti", None, NoId),
        ("jti", Some(Value::Null), NoId),
        ("token_type", None, NoType),
        ("token_type", Some(Value::Null), NoType),
        ("sid", None, Invalid),
        ("gen", None, Invalid),
    ];
    for odd in ["reset", "verify", "sliding", "Access", "access ", "ACCESS", "\u{430}ccess", ""] {
        cases.push(("token_type", Some(json!(odd)), WrongType));
    }
    for odd in [json!(7), json!(["access"]), json!({"token_type": "access"})] {
        cases.push(("token_type", Some(odd), WrongType));
    }
    for (claim, odd) in odd_claims(forge.claims["sid"].as_str().unwrap()) {
        cases.push((claim, Some(odd), Invalid));
    }
    rows(forge, cases)
}

/// Values that name nobody, no session, no generation, no token.
fn odd_claims(sid: &str) -> Vec<(&'static str, Value)> {
    let texts = [
        "root",
        "",
        "01",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "\u{ff11}",
        "1\u{0}",
        "9223372036854775808",
        "' OR 1=1--",
    ];
    let mut odd: Vec<_> = texts.map(|text| ("user_id", json!(text))).into();
    let others = [json!(1.5), json!(u64::MAX), json!([1]), json!({"id": 1}), json!(true)];
    odd.extend(others.map(|other| ("user_id", other)));
    let spellings = [
        String::new(),
        "01999999".to_owned(),
        sid.to_uppercase(),
        format!("{{{sid}}}"),
        sid.replace('-', ""),
        format!(" {sid}"),
        format!("{sid}\u{0}"),
    ];
    odd.extend(spellings.map(|spelling| ("sid", json!(spelling))));
    odd.extend([json!(7), json!([sid])].map(|other| ("sid", other)));
    let numbers = [json!(0), json!(-1), json!(1.0), json!(1.5), json!(i64::MAX), json!(u64::MAX)];
    odd.extend(numbers.map(|number| ("gen", number)));
    odd.extend([json!("1"), json!([1]), json!(true)].map(|other| ("gen", other)));
    odd.extend([json!(7), json!(["a"]), json!({}), json!(false)].map(|other| ("jti", other)));
    odd
}

/// What only the database can tell of a refresh token.
fn strangers(forge: &Forge) -> Vec<Row> {
    if forge.claims["token_type"] == Kind::Access.as_str() {
        return rows(forge, [("sid", Some(json!("nobody's")), Told::Invalid)]);
    }
    let unknown = "01999999-0000-7000-8000-000000000000";
    rows(
        forge,
        [
            ("sid", Some(json!(unknown)), Told::Invalid),
            ("sid", Some(json!("00000000-0000-0000-0000-000000000000")), Told::Invalid),
        ],
    )
}

fn others(forge: &Forge) -> Vec<Row> {
    use Told::Invalid;
    rows(
        forge,
        [
            ("aud", None, Invalid),
            ("aud", Some(json!("other")), Invalid),
            ("aud", Some(json!(["other", "another"])), Invalid),
            ("aud", Some(json!([])), Invalid),
            ("aud", Some(json!([["spa"]])), Invalid),
            ("aud", Some(json!({"spa": "spa"})), Invalid),
            ("aud", Some(json!("SPA")), Invalid),
            ("aud", Some(json!("spa ")), Invalid),
            ("aud", Some(Value::Null), Invalid),
            ("iss", None, Invalid),
            ("iss", Some(json!("them")), Invalid),
            ("iss", Some(json!(["us"])), Invalid),
            ("iss", Some(json!("")), Invalid),
        ],
    )
}

/// What is added changes nothing.
fn injected(forge: &Forge) -> Vec<Row> {
    rows(
        forge,
        [
            ("role", Some(json!("admin")), Told::Good),
            ("is_superuser", Some(json!(true)), Told::Good),
            ("is_staff", Some(json!(true)), Told::Good),
            ("scope", Some(json!("*")), Told::Good),
            ("sub", Some(json!("2")), Told::Good),
            ("aud", Some(json!("anybody")), Told::Good),
            ("iss", Some(json!("anybody")), Told::Good),
        ],
    )
}

#[tokio::test]
async fn no_token_is_taken_outside_its_time() {
    Scene::new(Signer::HS256).await.refuses("time", times).await;
}

#[tokio::test]
async fn no_token_is_taken_that_does_not_say_whose_it_is_and_what_for() {
    Scene::new(Signer::HS256).await.refuses("claims", who).await;
    Scene::new(Signer::HS256).await.refuses("strangers", strangers).await;
}

#[tokio::test]
async fn no_token_for_others_is_taken() {
    let flags = ["--issuer", "us", "--audience", "spa"];
    Scene::with(Signer::HS256, &flags).await.refuses("aud and iss", others).await;
}

#[tokio::test]
async fn claims_of_others_give_nobody_anything() {
    let scene = Scene::new(Signer::HS256).await;
    scene.refuses("injected claims", injected).await;
    let forge = scene.forge(Kind::Access);
    let plain = scene.browser.get("/api/auth/user/").await.body;
    for row in injected(&forge) {
        let stranger = scene.app.browser();
        stranger.set_cookie("access", &row.token);
        assert_eq!(stranger.get("/api/auth/user/").await.assert_status(200).body, plain);
    }
}

#[tokio::test]
async fn nobody_is_signed_in_who_is_gone_or_was_ended() {
    let scene = Scene::new(Signer::HS256).await;
    let [access, refresh] = [Kind::Access, Kind::Refresh].map(|kind| scene.forge(kind));
    let show = async |name: &str, token: String| {
        let stranger = scene.app.browser();
        stranger.set_cookie(name, &token);
        match name {
            "access" => stranger.get("/api/auth/user/").await,
            _ => stranger.refresh().await,
        }
    };
    for id in [json!("999999"), json!(-1), json!("0")] {
        let reply = show("access", access.with_claims(&[("user_id", Some(id.clone()))])).await;
        let nobody = json!({"detail": "User not found", "code": "user_not_found"});
        assert_eq!(reply.assert_status(401).json(), nobody, "{id}");
        let reply = show("refresh", refresh.with_claims(&[("user_id", Some(id))])).await;
        assert_eq!(reply.assert_status(401).json()["detail"], "Token is invalid");
    }
    scene.browser.logout().await.assert_status(200);
    let reply = show("access", access.good()).await;
    assert_eq!(reply.assert_status(401).json()["messages"][0]["message"], "Token is blacklisted");
    let reply = show("refresh", refresh.good()).await;
    assert_eq!(reply.assert_status(401).json()["detail"], "Token is blacklisted");
}
