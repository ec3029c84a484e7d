//! The calls by which people see where they are signed in and what happened, and end that.

use serde::{Serialize, de::IgnoredAny};

use super::{Api, ApiError, ApiRequest, ApiResponse};
use crate::wire::{
    ActivityList, Ending, SessionList, paths,
    query::{BEFORE, encode},
};

impl Api {
    /// Where one is signed in.
    ///
    /// # Errors
    /// Status 401 when nobody is signed in.
    pub async fn sessions(&self) -> Result<SessionList, ApiError> {
        self.get(paths::SESSIONS).await
    }

    /// What happened, from where an earlier answer stopped, else the latest.
    ///
    /// # Errors
    /// Status 401 when nobody is signed in.
    pub async fn activity(&self, before: Option<&str>) -> Result<ActivityList, ApiError> {
        let query = before.map(|before| format!("?{BEFORE}={}", encode(before)));
        self.get(&format!("{}{}", paths::ACTIVITY, query.unwrap_or_default())).await
    }

    /// Ends sessions. One that is gone already has ended.
    ///
    /// # Errors
    /// Status 403 when the sign-in is too old and no password came along; 400 when it is wrong.
    pub async fn end_sessions(
        &self,
        ending: &Ending,
        body: &(impl Serialize + Sync),
    ) -> Result<(), ApiError> {
        let endpoint = ending.endpoint();
        match ending {
            Ending::One(_) => {
                let request = ApiRequest::delete(&endpoint).with(body)?;
                gone(&self.send(request).await?)
            }
            Ending::Others => self.say(&endpoint, body).await,
            Ending::All => {
                let request = ApiRequest::post(&endpoint).with(body)?;
                let (answer, change) = self.send_alone(request).await?;
                answer.read::<IgnoredAny>()?;
                if let Some(change) = change {
                    change.signed_out();
                }
                Ok(())
            }
        }
    }
}

/// Whether what was to be removed is not there any more. The success has no body.
fn gone(answer: &ApiResponse) -> Result<(), ApiError> {
    match answer.status {
        204 => Ok(()),
        404 if answer.is_json => Ok(()),
        _ => answer.read::<IgnoredAny>().map(drop),
    }
}
