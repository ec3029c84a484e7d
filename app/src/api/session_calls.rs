//! The calls that the session makes on its own behalf. They are never intercepted.

use std::sync::Arc;

use serde::Deserialize;

use super::{ApiRequest, ApiResponse, NoAnswer, Transport};
use crate::{
    session::{Answer, Renewal, SessionApi, Task},
    wire::{User, paths},
};

/// What the client needs of a `RefreshResponse`.
#[derive(Deserialize)]
struct Renewed {
    access_expires_in: Option<u64>,
    refresh_expires_in: Option<u64>,
}

/// [`SessionApi`] over a [`Transport`].
pub struct SessionCalls {
    transport: Arc<dyn Transport>,
}

impl SessionCalls {
    /// The calls, sent by `transport`.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport }
    }

    fn call(&self, request: ApiRequest) -> Task<Answer<ApiResponse>> {
        let transport = Arc::clone(&self.transport);
        Box::pin(async move { answer(transport.send(request).await) })
    }
}

impl SessionApi for SessionCalls {
    fn refresh(&self) -> Task<Answer<Renewal>> {
        let refresh = self.call(ApiRequest::post(paths::TOKEN_REFRESH));
        Box::pin(async move {
            refresh.await.and_then(|answer| {
                let renewed: Renewed = serde_json::from_str(&answer.body).ok()?;
                Some(Renewal {
                    expires_in_s: renewed.access_expires_in,
                    session_ends_in_s: renewed.refresh_expires_in,
                    user: answer.user,
                })
            })
        })
    }

    fn user(&self) -> Task<Answer<User>> {
        let user = self.call(ApiRequest::get(paths::USER));
        Box::pin(
            async move { user.await.and_then(|answer| serde_json::from_str(&answer.body).ok()) },
        )
    }

    fn logout(&self) -> Task<Answer<()>> {
        let logout = self.call(ApiRequest::post(paths::LOGOUT));
        Box::pin(async move { logout.await.and_then(|_| Some(())) })
    }
}

/// Only our own API's 401 ends a session, known by its challenge. A proxy's or a captive portal's
/// answer, whatever its status, is trouble like any other.
fn answer(sent: Result<ApiResponse, NoAnswer>) -> Answer<ApiResponse> {
    let Ok(response) = sent else { return Answer::Failed { retry_after_s: None } };
    match response.status {
        401 if response.is_challenge() => Answer::Refused(response.session_end),
        200..300 if response.is_json => Answer::Given(response),
        _ => Answer::Failed { retry_after_s: response.retry_after_s },
    }
}
