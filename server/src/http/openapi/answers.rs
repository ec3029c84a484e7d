//! What every endpoint may answer besides its own: the gate's refusals, a body that cannot be read,
//! trouble.

use utoipa::{
    PartialSchema as _, ToSchema,
    openapi::{
        Content, Header, HeaderBuilder, Ref, RefOr, Response, ResponseBuilder,
        path::Operation,
        request_body::RequestBody,
        schema::{AnyOfBuilder, Schema},
    },
};

use crate::http::Access;

/// Why not, in a sentence.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described, and never made: see `Failure`")]
pub struct Refusal {
    /// The sentence.
    #[schema(example = "Given token not valid for any token type")]
    detail: String,
    /// The cause, for programs: `token_not_valid`, `user_not_found`, `user_inactive` or
    /// `bad_authorization_header`.
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

/// Adds to an operation what it has in common with the others: how it is refused, and the other two
/// types that its body may be of.
pub fn complete(operation: &mut Operation, access: Access, changes: bool) {
    let mut refusals = vec!["406"];
    if access != Access::Open {
        refusals.push("401");
    }
    if changes {
        refusals.push("403");
    }
    if access != Access::Open || changes {
        refusals.push("503");
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        refusals.extend(["400", "413", "415"]);
        accept_forms(body);
    }
    let answers = &mut operation.responses.responses;
    if access == Access::Private {
        name_the_caller(answers.values_mut());
    }
    for (status, name, _) in SHARED.iter().filter(|(status, ..)| refusals.contains(status)) {
        let answer = RefOr::Ref(Ref::from_response_name(*name));
        answers.entry((*status).to_owned()).or_insert(answer);
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
            answer.headers.insert("Latchkey-User".to_owned(), id.into());
        }
    }
}

const JSON: &str = "application/json";

const SHARED: [(&str, &str, &str); 7] = [
    ("400", "BadRequest", "What is wrong, by field; or a body that is not what its type says."),
    ("401", "Unauthorized", "Nobody is signed in, or the token is not acceptable."),
    ("403", "Forbidden", "From the page of an origin that may not do this."),
    ("406", "NotAcceptable", "The `Accept` header leaves no room for JSON."),
    ("413", "TooLarge", "A body over 128 KiB."),
    ("415", "UnsupportedMediaType", "A body that is neither JSON nor a form."),
    ("503", "Unavailable", "Not now. Nobody is signed out by it."),
];

/// The answers that operations refer to, by name.
pub fn shared() -> impl Iterator<Item = (String, RefOr<Response>)> {
    SHARED.into_iter().map(|(status, name, words)| {
        let answer = ResponseBuilder::new().description(words).content(JSON, body(status));
        let answer = match status {
            "401" => answer.header(
                "WWW-Authenticate",
                header(String::schema(), "Always `Bearer realm=\"api\"`."),
            ),
            "503" => answer.header("Retry-After", header(u64::schema(), "Seconds to wait.")),
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
