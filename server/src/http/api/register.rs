//! `POST /api/auth/registration/`: an account of one's own.

use app::wire::paths;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};

use super::{
    Detail,
    login::{answer, keeper},
};
use crate::{
    auth::{
        CreateUserError,
        register::{Draft, DraftFaults, Registered, Registration},
    },
    http::{
        AppState, Failure,
        client::Client,
        field_errors::FieldErrors,
        fields::{Fields, message},
        openapi::bodies,
        sender,
    },
};

const SENT: &str = "Verification e-mail sent.";

/// Makes an account and signs in, as the login does; where addresses have to be verified first, the
/// answer is the same whether an address was free.
///
/// # Errors
/// 400 with what is wrong; 429; 503.
#[utoipa::path(
    post,
    path = paths::REGISTRATION,
    operation_id = "register",
    tag = "account",
    params(bodies::Transport),
    request_body = bodies::Registration,
    responses((
        status = CREATED,
        description = "Made, and signed in; or a mail is on its way.",
        body = bodies::Registered,
        headers(("Set-Cookie" = String, description = "Both token cookies.")),
    )),
)]
pub async fn post(
    State(state): State<AppState>,
    Client(client): Client,
    sender::From(sender): sender::From,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let keeper = keeper(&headers)?;
    state.auth.may_register(sender).await?;
    let mut entry = Entry::read(&fields, state.web.asks_email);
    let faults = state.auth.review(&entry.draft).await?;
    entry.check(&faults)?;
    let Draft { username: Some(username), email, password: Some(password) } = entry.draft else {
        return Err(Failure::Internal("a draft that was not checked".to_owned()));
    };
    let replaces = state.web.cookies.refresh_tokens(&headers);
    let registration = Registration { username, email, password, replaces, client, sender };
    match state.auth.register(registration).await.map_err(failure)? {
        Registered::SignedIn(signed_in) => {
            answer(&state, &headers, keeper, StatusCode::CREATED, *signed_in)
        }
        Registered::VerificationSent => {
            Ok((StatusCode::CREATED, Json(Detail { detail: SENT })).into_response())
        }
    }
}

/// The fields as they were sent, and what is wrong with their form.
struct Entry {
    draft: Draft,
    repeated: Option<String>,
    missing: [(&'static str, Option<&'static str>); 4],
}

impl Entry {
    fn read(fields: &Fields, asks_email: bool) -> Self {
        let username = fields.filled("username");
        // Missing it may be, unless it is asked for; blank it may not.
        let email = if asks_email { fields.trimmed("email") } else { fields.optional("email") };
        let email = email.and_then(|email| match email {
            Some(email) if email.is_empty() => Err(message::BLANK),
            None if asks_email => Err(message::REQUIRED),
            email => Ok(email),
        });
        let password = fields.required("password1");
        let repeated = fields.required("password2");
        Self {
            missing: [
                ("username", username.as_ref().err().copied()),
                ("email", email.as_ref().err().copied()),
                ("password1", password.as_ref().err().copied()),
                ("password2", repeated.as_ref().err().copied()),
            ],
            draft: Draft {
                username: username.ok(),
                email: email.unwrap_or_default(),
                password: password.ok().map(Into::into),
            },
            repeated: repeated.ok(),
        }
    }

    /// All that is wrong with single fields, else what is wrong with them together.
    fn check(&mut self, faults: &DraftFaults) -> Result<(), Failure> {
        let mut errors = FieldErrors::default();
        for (field, missing) in self.missing {
            if let Some(message) = missing {
                errors.push(field, message);
                continue;
            }
            match field {
                "username" => errors.push_all(field, faults.username.map(|f| f.to_string())),
                "email" => errors.push_all(field, faults.email.map(|f| f.to_string())),
                "password1" => {
                    errors.push_all(field, faults.password.iter().map(ToString::to_string));
                }
                _ => {}
            }
        }
        errors.into_result()?;
        let password = self.draft.password.as_ref().map(secrecy::ExposeSecret::expose_secret);
        if password != self.repeated.as_deref() {
            let text = "The two password fields didn't match.";
            return Err(Failure::Fields(FieldErrors::general(text)));
        }
        match faults.similarity {
            Some(fault) => Err(Failure::Fields(FieldErrors::general(fault.to_string()))),
            None => Ok(()),
        }
    }
}

/// What a second look at the last moment found.
fn failure(error: CreateUserError) -> Failure {
    let text = error.to_string();
    let field = match error {
        // Names other than the user name are not asked for.
        CreateUserError::Username(_)
        | CreateUserError::UsernameTaken
        | CreateUserError::Name(_) => "username",
        CreateUserError::Email(_) | CreateUserError::EmailTaken => "email",
        CreateUserError::Password(_) => "password1",
        CreateUserError::Other(error) => return error.into(),
    };
    Failure::Fields(FieldErrors::one(field, text))
}
