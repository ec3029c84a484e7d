//! The calls that the session makes on its own behalf. They are never intercepted.

use std::sync::Arc;

use serde::{Deserialize, de::DeserializeOwned};

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

    fn call<T: DeserializeOwned>(&self, request: ApiRequest) -> Task<Answer<T>> {
        let transport = Arc::clone(&self.transport);
        Box::pin(async move { answer(transport.send(request).await) })
    }
}

impl SessionApi for SessionCalls {
    fn refresh(&self) -> Task<Answer<Option<u64>>> {
        let refresh = self.call::<Renewed>(ApiRequest::post(paths::TOKEN_REFRESH));
        Box::pin(async move {
            match refresh.await {
                Answer::Given(tokens) => Answer::Given(tokens.access_expires_in),
                Answer::Refused(why) => Answer::Refused(why),
                Answer::Failed { retry_after_s } => Answer::Failed { retry_after_s },
            }
        })
    }

    fn user(&self) -> Task<Answer<User>> {
        self.call(ApiRequest::get(paths::USER))
    }

    fn logout(&self) -> Task<Answer<()>> {
        let logout = self.call::<serde::de::IgnoredAny>(ApiRequest::post(paths::LOGOUT));
        Box::pin(async move {
            match logout.await {
                Answer::Given(_) => Answer::Given(()),
                Answer::Refused(why) => Answer::Refused(why),
                Answer::Failed { retry_after_s } => Answer::Failed { retry_after_s },
            }
        })
    }
}

/// Only the API's own 401 ends a session. A proxy's or a captive portal's page, whatever its
/// status, is trouble like any other.
fn answer<T: DeserializeOwned>(sent: Result<ApiResponse, NoAnswer>) -> Answer<T> {
    let Ok(response) = sent else { return Answer::Failed { retry_after_s: None } };
    if response.status == 401 && response.is_json {
        return Answer::Refused(response.session_end);
    }
    match response.read() {
        Ok(value) => Answer::Given(value),
        Err(_) => Answer::Failed { retry_after_s: response.retry_after_s },
    }
}
