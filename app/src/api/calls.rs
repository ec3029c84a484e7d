//! The calls that pages make.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Api, ApiError, ApiRequest, NativeBody};
use crate::{
    session::Driver,
    wire::{ItemList, LoginRequest, RegisterRequest, User, paths},
};

/// What the client needs of a `LoginResponse`.
#[derive(Deserialize)]
struct SignedIn {
    user: Option<User>,
    access_expires_in: Option<u64>,
    refresh_expires_in: Option<u64>,
}

impl Api {
    /// Signs in. The session of this tab is then that person's; a failure leaves it as it is.
    ///
    /// # Errors
    /// Status 400 with messages beside their fields when the credentials are refused.
    pub async fn login(&self, request: LoginRequest) -> Result<User, ApiError> {
        let user = self.sign_in(ApiRequest::post(paths::LOGIN).with(&request)?).await?;
        user.ok_or(ApiError::Unreadable)
    }

    /// Makes an account and signs in with it; nobody is signed in where the address has to be
    /// confirmed first.
    ///
    /// # Errors
    /// Status 400 with messages beside their fields when something about it will not do.
    pub async fn register(&self, request: RegisterRequest) -> Result<Option<User>, ApiError> {
        self.sign_in(ApiRequest::post(paths::REGISTRATION).with(&request)?).await
    }

    async fn sign_in(&self, request: ApiRequest) -> Result<Option<User>, ApiError> {
        let mut change = self.driver().map(Driver::begin_change);
        if let Some(change) = &mut change {
            change.locked().await;
        }
        let signed_in: SignedIn = self.send(request).await?.read()?;
        let SignedIn { user, access_expires_in, refresh_expires_in } = &signed_in;
        if let (Some(change), Some(user)) = (change, user) {
            change.signed_in(user.clone(), *access_expires_in, *refresh_expires_in);
        }
        Ok(signed_in.user)
    }

    /// Signs out. Where the API cannot be reached one is signed out here all the same: the browser is
    /// marked, and the server is told as soon as it can be.
    ///
    /// # Errors
    /// When the API refuses, which it has no reason to: one is still signed in then, and is to be
    /// told.
    pub async fn logout(&self) -> Result<(), ApiError> {
        let mut change = self.driver().map(Driver::begin_change);
        if let Some(change) = &mut change {
            // Before anything is waited for: whoever closes the tab now is out all the same.
            change.mark_out();
            change.locked().await;
        }
        // What it says does not matter, but it must be the API that says it.
        let confirmed = match self.send(ApiRequest::post(paths::LOGOUT)).await {
            Ok(answer) if !answer.is_json => Err(ApiError::Unreadable),
            Ok(answer) => answer.read::<serde::de::IgnoredAny>().map(|_| ()),
            Err(error) => Err(error),
        };
        match (confirmed, change) {
            (Ok(()), Some(change)) => change.signed_out(),
            (Ok(()), None) => {}
            (Err(error), Some(change)) if error.is_trouble() => change.signed_out_offline(),
            (Err(error), _) => return Err(error),
        }
        Ok(())
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// Status 401 when nobody is.
    pub async fn user(&self) -> Result<User, ApiError> {
        self.get(paths::USER).await
    }

    /// The example data.
    ///
    /// # Errors
    /// Status 401 when nobody is signed in.
    pub async fn data(&self) -> Result<ItemList, ApiError> {
        self.get(paths::DATA).await
    }

    /// Reads from a route of the own API.
    ///
    /// # Errors
    /// When no answer came, the API refused, or the answer is not a `T`.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        self.send(ApiRequest::get(path)).await?.read()
    }

    /// Sends something of the browser's own to a route of the own API: a form, a file, a stream.
    ///
    /// # Errors
    /// When no answer came, the API refused, or the answer is not a `T`.
    pub async fn upload<T: DeserializeOwned>(
        &self,
        path: &str,
        body: NativeBody,
    ) -> Result<T, ApiError> {
        self.send(ApiRequest::upload(path, body)).await?.read()
    }

    /// Sends JSON to a route of the own API.
    ///
    /// # Errors
    /// When no answer came, the API refused, or the answer is not a `T`.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<T, ApiError> {
        self.send(ApiRequest::post(path).with(body)?).await?.read()
    }
}
