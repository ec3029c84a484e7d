//! The endpoints, and the cases that follow from the conventions that hold for all of them
//! (`WIRE.md` section 1): each is asked in every way in which it can be asked wrongly.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{
    body::Body,
    case::Case,
    fields::{Form, form_encoded},
};

/// What every 401 says of itself.
pub const CHALLENGE: &str = r#"Bearer realm="api""#;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const EXPECTED_OBJECT: &str = "Invalid data. Expected a dictionary, but got";

/// A row of `endpoints.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// The group whose cases these are.
    pub group: String,
    pub path: String,
    /// What `Allow` says.
    pub allow: String,
    access: Access,
    /// The methods that it answers.
    methods: Vec<String>,
    /// What is sent with them.
    #[serde(default)]
    pub forms: Vec<Form>,
}

/// Whom it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Access {
    /// Who is calling is not even looked at.
    Open,
    /// Everybody; only a bad `Authorization` is refused.
    Public,
    /// Only who is signed in.
    Private,
}

/// All of them.
pub static ENDPOINTS: LazyLock<Vec<Endpoint>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Table {
        endpoint: Vec<Endpoint>,
    }
    let table: Table = toml::from_str(include_str!("endpoints.toml")).unwrap();
    table.endpoint
});

/// What `Allow` says where a request goes, if that is an endpoint.
pub fn allow(send: &str) -> Option<&'static str> {
    let path = send.split_once(' ')?.1.split('?').next()?.trim_end_matches('/');
    let endpoint = ENDPOINTS.iter().find(|one| one.path.trim_end_matches('/') == path)?;
    Some(&endpoint.allow)
}

impl Endpoint {
    /// The cases that follow from the conventions.
    pub fn cases(&self) -> Vec<Case> {
        let mut cases = self.methods_not_allowed();
        cases.extend(self.negotiation());
        cases.extend(self.callers());
        for form in &self.forms {
            cases.extend(self.encodings(form));
            if form.body_is_read {
                cases.extend(self.shapes(form));
            }
            cases.extend(form.field_cases(&self.path));
        }
        for case in &mut cases {
            case.name = format!("{}: {}", self.path, case.name);
        }
        cases
    }

    /// Somebody whom it serves.
    fn served(&self) -> &'static str {
        if self.access == Access::Private { "alice" } else { "nobody" }
    }

    fn case(&self, name: &str, method: &str, status: u16, answer: impl Into<String>) -> Case {
        Case {
            name: format!("{method} {name}"),
            r#as: self.served().to_owned(),
            send: format!("{method} {}", self.path),
            status,
            answer: answer.into(),
            ..Case::default()
        }
    }

    fn methods_not_allowed(&self) -> Vec<Case> {
        let others = METHODS.iter().filter(|method| !self.methods.iter().any(|m| m == *method));
        let mut cases: Vec<_> = others
            .map(|method| {
                let answer = format!(r#"{{"detail":"Method \"{method}\" not allowed."}}"#);
                self.case("is not allowed", method, 405, answer)
            })
            .collect();
        // A preflight's cousin: no metadata, only what is allowed.
        cases.push(self.case("tells what is allowed", "OPTIONS", 204, ""));
        if !self.methods.iter().any(|method| method == "GET") {
            cases.push(self.case("is not allowed", "HEAD", 405, ""));
            cases.last_mut().unwrap().with = vec!["Content-Type: application/json".to_owned()];
        }
        cases
    }

    /// Before anything else: is there a form of the answer that the caller takes?
    fn negotiation(&self) -> Vec<Case> {
        let method = &self.methods[0];
        let refused = r#"{"detail":"Could not satisfy the request Accept header."}"#;
        let mut cases: Vec<_> = ["application/xml", "text/html", "image/*, text/plain;q=0.5"]
            .map(|accept| {
                let case = self.case(&format!("for {accept}"), method, 406, refused);
                Case { headers: vec![format!("Accept: {accept}")], ..case }
            })
            .into();
        // It beats authentication and the method.
        for (name, headers) in [
            ("in another form, with a bad token", vec!["Authorization: Bearer garbage"]),
            ("in another form, anonymously", vec![]),
        ] {
            let mut case = self.case(name, "DELETE", 404, r#"{"detail":"Not found."}"#);
            case.send += "?format=xml";
            case.cookie = Some(String::new());
            case.headers = headers.into_iter().map(str::to_owned).collect();
            cases.push(case);
        }
        cases
    }

    /// Who is calling comes before what they call for.
    fn callers(&self) -> Vec<Case> {
        let refused = |name: &str, authorization: Option<&str>, answer: &str| {
            let mut case = self.case(name, "DELETE", 401, answer);
            case.cookie = Some(String::new());
            case.headers.extend(authorization.map(|value| format!("Authorization: {value}")));
            case
        };
        let bad_header = "<bad authorization header>";
        match self.access {
            Access::Open => Vec::new(),
            Access::Public => vec![
                refused("with a bad token", Some("Bearer garbage"), "<invalid access>"),
                refused("with two tokens", Some("Bearer a b"), bad_header),
            ],
            Access::Private => vec![
                refused("with a bad token", Some("Bearer garbage"), "<invalid access>"),
                refused("with two tokens", Some("Bearer a b"), bad_header),
                refused("with another scheme", Some("Basic YTpi"), "<anonymous>"),
                refused("anonymously", None, "<anonymous>"),
            ],
        }
    }

    /// The same body in all the ways in which it may be sent.
    fn encodings(&self, form: &Form) -> Vec<Case> {
        let good = form.case(&self.path);
        let encoded = form_encoded(&form.good());
        let with = |name: &str, body: Body| Case {
            name: format!("{} {name}", form.method),
            body,
            ..good.clone()
        };
        let urlencoded = Body { form: Some(encoded.clone()), ..Body::default() };
        let multipart = Body { multipart: Some(encoded), ..Body::default() };
        let mut cases = vec![
            with("as JSON", good.body.clone()),
            with("urlencoded", urlencoded),
            with("as multipart", multipart),
        ];
        let bare = good.send.trim_end_matches('/').to_owned();
        cases.push(Case { send: bare, ..with("without the slash", good.body.clone()) });
        for accept in ["*/*", "application/*", "text/html, application/json;q=0.1"] {
            let mut case = with(&format!("for {accept}"), good.body.clone());
            case.headers.push(format!("Accept: {accept}"));
            cases.push(case);
        }
        let mut case = with("for ?format=json", good.body.clone());
        case.send += "?format=json";
        cases.push(case);
        cases
    }

    /// Bodies that are no object, no JSON, or of no type that is read.
    fn shapes(&self, form: &Form) -> Vec<Case> {
        let general = |text: &str| format!(r#"{{"non_field_errors":["{text}"]}}"#);
        let object = |kind: &str| general(&format!("{EXPECTED_OBJECT} {kind}."));
        let case = |name: &str, body: Body, status: u16, answer: String| Case {
            name: format!("{} {name}", form.method),
            body,
            status,
            answer,
            ..form.case(&self.path)
        };
        let mut cases: Vec<_> = [
            ("[]", object("list")),
            ("\"text\"", object("str")),
            ("7", object("int")),
            ("7.5", object("float")),
            ("true", object("bool")),
            ("null", general("No data provided")),
        ]
        .into_iter()
        .map(|(json, answer)| case(&format!("of {json}"), Body::json(json), 400, answer))
        .collect();
        let unreadable = r#"{"detail":"JSON parse error - <any>"}"#;
        for json in ["{", r#"{"a": 1,}"#, "{'a': 1}", r#"{"a": NaN}"#, "{} {}"] {
            let name = format!("of {json}");
            cases.push(case(&name, Body::json(json), 400, unreadable.to_owned()));
        }
        let mut no_text =
            case("of bytes that are no text", Body::default(), 400, unreadable.into());
        no_text.headers.push("Content-Type: application/json".to_owned());
        no_text.body.hex = Some(hex::encode(b"{\"a\": \"\xff\xfe\"}"));
        cases.push(no_text);

        let json = form.case(&self.path).body.json.unwrap_or_default();
        for (media_type, named) in
            [("text/plain", "text/plain"), ("application/xml", "application/xml"), ("", "")]
        {
            let answer =
                format!(r#"{{"detail":"Unsupported media type \"{named}\" in request."}}"#);
            let name = format!("as \"{media_type}\"");
            let mut case = case(&name, Body::raw(json.clone()), 415, answer);
            if !media_type.is_empty() {
                case.headers.push(format!("Content-Type: {media_type}"));
            }
            cases.push(case);
        }
        // What is empty holds no field, whatever its type.
        for media_type in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
            let name = format!("of nothing as {media_type}");
            let (status, answer) = form.empty();
            let mut case = case(&name, Body::default(), status, answer);
            case.headers.push(format!("Content-Type: {media_type}"));
            cases.push(case);
        }
        cases
    }
}
