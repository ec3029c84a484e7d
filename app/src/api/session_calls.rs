//! The calls that the session makes on its own behalf. They are never intercepted.

use std::sync::Arc;

use serde::Deserialize;

use super::{ApiRequest, ApiResponse, NoAnswer, Transport};
use crate::{
    session::{Answer, SessionApi, Task},
    wire::{User, paths},
};

/// What the client needs of a `RefreshResponse`.
#[derive(Deserialize)]
struct Renewed {
    access_expires_in: Option<u64>,
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

    /// The body of a success.
    fn call(&self, request: ApiRequest) -> Task<Answer<String>> {
        let transport = Arc::clone(&self.transport);
        Box::pin(async move { answer(transport.send(request).await) })
    }
}

impl SessionApi for SessionCalls {
    fn refresh(&self) -> Task<Answer<Option<u64>>> {
        let refresh = self.call(ApiRequest::post(paths::TOKEN_REFRESH));
        Box::pin(async move {
            let read = |body: String| serde_json::from_str(&body).ok();
            refresh
                .await
                .and_then(|body| read(body).map(|renewed: Renewed| renewed.access_expires_in))
        })
    }

    fn user(&self) -> Task<Answer<User>> {
        let user = self.call(ApiRequest::get(paths::USER));
        Box::pin(async move { user.await.and_then(|body| serde_json::from_str(&body).ok()) })
    }

    fn logout(&self) -> Task<Answer<()>> {
        let logout = self.call(ApiRequest::post(paths::LOGOUT));
        Box::pin(async move { logout.await.and_then(|_| Some(())) })
    }
}

/// Only the API's own 401 ends a session. A proxy's or a captive portal's page, whatever its
/// status, is trouble like any other.
fn answer(sent: Result<ApiResponse, NoAnswer>) -> Answer<String> {
    let Ok(response) = sent else { return Answer::Failed { retry_after_s: None } };
    match response.status {
        401 if response.is_json => Answer::Refused(response.session_end),
        200..300 if response.is_json => Answer::Given(response.body),
        _ => Answer::Failed { retry_after_s: response.retry_after_s },
    }
}
