//! What every endpoint may answer besides its own: the gate's refusals, a body that cannot be read,
//! trouble.

use app::wire;
use utoipa::{
    PartialSchema as _, ToSchema,
    openapi::{
        Content, Header, HeaderBuilder, Ref, RefOr, Required, Response, ResponseBuilder,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        request_body::RequestBody,
        schema::{AnyOfBuilder, Schema},
    },
};

use crate::http::Access;

const JSON: &str = "application/json";
/// What is said of the header that asks for a sign-in.
const CHALLENGE: &str = "`Bearer realm=\"api\"`; the scheme is the first of `AUTH_HEADER_TYPES`.";

/// Why not, in a sentence.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described, and never made: see `Failure`")]
pub struct Refusal {
    /// The sentence.
    #[schema(example = "Given token not valid for any token type")]
    detail: String,
    /// The cause, for programs: `token_not_valid`, `user_not_found`, `user_inactive`,
    /// `bad_authorization_header`, `reauthentication_required` or `another_user`.
    #[schema(nullable = false)]
    code: Option<String>,
    /// What is wrong with an access token.
    #[schema(nullable = false, inline)]
    messages: Option<Vec<TokenMessage>>,
    /// Of a fault of the server's: what to look for in its log.
    #[schema(nullable = false)]
    request_id: Option<String>,
}

/// What is wrong with a token.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described, and never made: see `Failure`")]
struct TokenMessage {
    /// Always `AccessToken`.
    token_class: String,
    /// Always `access`.
    token_type: String,
    /// `Token is expired`, `Token is blacklisted`, ...
    message: String,
}

/// What is wrong, by field; `non_field_errors` are about several fields.
#[derive(ToSchema)]
#[schema(example = json!({"password": ["This field is required."]}))]
#[expect(dead_code, reason = "described, and never made: see `FieldErrors`")]
pub struct FieldMessages(std::collections::BTreeMap<String, Vec<String>>);

/// What decides how an operation may be refused.
pub struct Kind {
    /// Whom it serves.
    pub access: Access,
    /// Whether it changes anything.
    pub changes: bool,
    /// Whether it reads a body.
    pub reads: bool,
    /// Whether it may be tried too often.
    pub throttled: bool,
}

impl Kind {
    /// Whether a request may name whom it is meant for, so that nothing is done to another.
    fn may_be_for_another(&self) -> bool {
        self.access == Access::Private && self.changes
    }
}

/// An answer that operations have in common.
struct Shared {
    status: &'static str,
    name: &'static str,
    words: &'static str,
    happens: fn(&Kind) -> bool,
}

const SHARED: [Shared; 9] = [
    Shared {
        status: "400",
        name: "BadRequest",
        words: "What is wrong, by field; or a body that is not what its type says.",
        happens: |kind| kind.reads,
    },
    Shared {
        status: "401",
        name: "Unauthorized",
        words: "Nobody is signed in, or the token is not acceptable.",
        happens: |kind| kind.access != Access::Open,
    },
    Shared {
        status: "403",
        name: "Forbidden",
        words: "From the page of an origin that may not do this, without the value of the cookie \
                `csrftoken` where that is asked for, or by a sign-in that is too old for it \
                (`reauthentication_required`).",
        happens: |kind| kind.changes,
    },
    Shared {
        status: "406",
        name: "NotAcceptable",
        words: "The `Accept` header leaves no room for JSON.",
        happens: |_| true,
    },
    Shared {
        status: "409",
        name: "AnotherUser",
        words: "Meant for another account than the one that is signed in (`another_user`).",
        happens: Kind::may_be_for_another,
    },
    Shared {
        status: "413",
        name: "TooLarge",
        words: "The body is over 128 KiB.",
        happens: |kind| kind.reads,
    },
    Shared {
        status: "415",
        name: "UnsupportedMediaType",
        words: "The body is neither JSON nor a form.",
        happens: |kind| kind.reads,
    },
    Shared {
        status: "429",
        name: "Throttled",
        words: "Too often, by `DEFAULT_THROTTLE_RATES`.",
        happens: |kind| kind.throttled,
    },
    Shared {
        status: "503",
        name: "Unavailable",
        words: "Not now. Nobody is signed out by it.",
        happens: |kind| kind.access != Access::Open || kind.changes,
    },
];

/// Adds to an operation what it has in common with the others: how it is refused, and the other two
/// types that its body may be of.
pub fn complete(operation: &mut Operation, kind: &Kind) {
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        accept_forms(body);
    }
    let answers = &mut operation.responses.responses;
    if kind.access == Access::Private {
        name_the_caller(answers.values_mut());
    }
    if kind.may_be_for_another() {
        operation.parameters.get_or_insert_default().push(meant_for().into());
    }
    for shared in SHARED.iter().filter(|shared| (shared.happens)(kind)) {
        let answer = RefOr::Ref(Ref::from_response_name(shared.name));
        answers.entry(shared.status.to_owned()).or_insert(answer);
    }
}

fn accept_forms(body: &mut RequestBody) {
    let Some(RefOr::T(json)) = body.content.get_mut(JSON) else { return };
    // A body may be left out; it may not be `null`.
    if let Some(RefOr::T(Schema::OneOf(either))) = &json.schema {
        json.schema = either.items.first().cloned();
    }
    let json = json.clone();
    for form in ["application/x-www-form-urlencoded", "multipart/form-data"] {
        body.content.insert(form.to_owned(), json.clone().into());
    }
}

fn name_the_caller<'a>(answers: impl Iterator<Item = &'a mut RefOr<Response>>) {
    for answer in answers {
        if let RefOr::T(answer) = answer {
            let id = header(i64::schema(), "The id of the account that it was given to.");
            answer.headers.insert(wire::USER.to_owned(), id.into());
        }
    }
}

fn meant_for() -> Parameter {
    ParameterBuilder::new()
        .name(wire::USER)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The id of the account that this is meant for, where that may be another.",
        ))
        .schema(Some(i64::schema()))
        .build()
}

/// The answers that operations refer to, by name.
pub fn shared() -> impl Iterator<Item = (String, RefOr<Response>)> {
    SHARED.into_iter().map(|Shared { status, name, words, .. }| {
        let answer = ResponseBuilder::new().description(words).content(JSON, body(status));
        let answer = match status {
            "409" => answer.header(wire::USER, header(i64::schema(), "Who is signed in.")),
            "401" => answer.header("WWW-Authenticate", header(String::schema(), CHALLENGE)),
            "429" | "503" => {
                answer.header("Retry-After", header(u64::schema(), "Seconds to wait."))
            }
            _ => answer,
        };
        (name.to_owned(), answer.build().into())
    })
}

fn body(status: &str) -> Content {
    let refusal = Ref::from_schema_name(Refusal::name());
    if status != "400" {
        return Content::new(Some(refusal));
    }
    let fields = Ref::from_schema_name(FieldMessages::name());
    Content::new(Some(Schema::from(AnyOfBuilder::new().item(fields).item(refusal).build())))
}

fn header(schema: RefOr<Schema>, words: &str) -> Header {
    HeaderBuilder::new().schema(Some(schema)).description(Some(words)).build()
}
