//! The calls by which people change their accounts. What a form holds is sent as it is: by the names
//! of its inputs, which are those of the API's fields.

use serde::{Serialize, de::IgnoredAny};

use super::{Api, ApiError, ApiRequest, ApiResponse, client::note};
use crate::{
    session::{Change, Outcome},
    wire::{User, paths},
};

impl Api {
    /// Says something that is answered by yes or no.
    ///
    /// # Errors
    /// Status 400 with messages beside their fields; 404 where a link leads nowhere.
    pub async fn say(&self, path: &str, body: &(impl Serialize + Sync)) -> Result<(), ApiError> {
        self.post::<IgnoredAny>(path, body).await.map(drop)
    }

    /// Shows that an address is theirs, which may be a new one of whoever is signed in here.
    ///
    /// # Errors
    /// Status 404 where the link was used or is too old.
    pub async fn verify_email(&self, body: &(impl Serialize + Sync)) -> Result<(), ApiError> {
        self.say(paths::VERIFY_EMAIL, body).await?;
        if let Some(driver) = self.driver().filter(|driver| driver.shown().is_some())
            && let Ok(user) = self.user().await
        {
            driver.renamed(user);
        }
        Ok(())
    }

    /// Gives the person other names.
    ///
    /// # Errors
    /// Status 400 with messages beside their fields.
    pub async fn rename(&self, body: &(impl Serialize + Sync)) -> Result<(), ApiError> {
        let renamed = self.send(ApiRequest::patch(paths::USER).with(body)?).await?;
        let user = renamed.read::<User>()?;
        if let Some(driver) = self.driver() {
            driver.renamed(user);
        }
        Ok(())
    }

    /// Replaces the password, at an endpoint that does. All sessions end, and this browser gets a new
    /// one, unless the server wants a sign-in. Returns whether somebody is signed in now.
    ///
    /// # Errors
    /// Status 400 with messages beside their fields.
    pub async fn replace_password(
        &self,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<bool, ApiError> {
        let (answer, change) = self.send_alone(ApiRequest::post(path).with(body)?).await?;
        answer.read::<IgnoredAny>()?;
        // The answer says neither whose session it is nor how long it lasts.
        let user = self.transport.send(ApiRequest::get(paths::USER)).await;
        let user = user.ok().and_then(|answer| answer.read::<User>().ok());
        let signed_in = user.is_some();
        match (user, change) {
            (Some(user), Some(change)) => change.signed_in(user, None, None),
            (_, change) => drop(change),
        }
        if let Some(driver) = self.driver() {
            driver.ensure_refreshed(driver.ticket()).await;
        }
        Ok(signed_in)
    }

    /// Ends the account, and with it the session.
    ///
    /// # Errors
    /// Status 400 with messages beside their fields.
    pub async fn delete_account(&self, body: &(impl Serialize + Sync)) -> Result<(), ApiError> {
        let request = ApiRequest::post(paths::ACCOUNT_DELETE).with(body)?;
        let (answer, change) = self.send_alone(request).await?;
        answer.read::<IgnoredAny>()?;
        if let Some(change) = change {
            change.signed_out();
        }
        Ok(())
    }

    /// Sends a request whose answer sets or deletes token cookies: nothing is refreshed beside it.
    /// Where the API wants a valid access token it is given way to a refresh, and sent once more.
    pub(super) async fn send_alone(
        &self,
        request: ApiRequest,
    ) -> Result<(ApiResponse, Option<Change<'_>>), ApiError> {
        let request = self.meant(request);
        let meant_for = request.user;
        let (answer, change) = self.send_meant_alone(request).await?;
        self.note_undone(meant_for, &answer);
        Ok((answer, change))
    }

    async fn send_meant_alone(
        &self,
        request: ApiRequest,
    ) -> Result<(ApiResponse, Option<Change<'_>>), ApiError> {
        let mut refreshed = false;
        loop {
            let ticket = self.driver().map(|driver| (driver, driver.ticket()));
            let mut change = ticket.map(|(driver, _)| driver.begin_change());
            if let Some(change) = &mut change {
                change.locked().await;
            }
            let answer = self.transport.send(request.clone()).await?;
            let Some((driver, ticket)) = ticket else { return Ok((answer, change)) };
            if refreshed || !answer.is_challenge() {
                return Ok((note(driver, ticket, answer), change));
            }
            drop(change);
            match driver.ensure_refreshed(ticket).await {
                // Not in the name of somebody who has signed in meanwhile.
                Outcome::Retry if driver.ticket().epoch == ticket.epoch => refreshed = true,
                Outcome::Retry | Outcome::Final => return Ok((answer, None)),
                Outcome::Trouble => return Err(ApiError::NoAnswer),
            }
        }
    }
}
