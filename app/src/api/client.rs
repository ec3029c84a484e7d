//! The client and its interceptor.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use leptos::prelude::{ArcRwSignal, GetUntracked as _, Set as _, provide_context, use_context};

use super::{ApiError, ApiRequest, ApiResponse, Host, Method, Transport};
use crate::{
    session::{Driver, Outcome, Ticket, use_session},
    wire::paths,
};

/// The typed client. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    pub(super) transport: Arc<dyn Transport>,
    driver: Option<Arc<Driver>>,
    undone_for: ArcRwSignal<Option<i64>>,
}

impl Api {
    /// A client that sends by `transport` and, where there is a driver, keeps the session alive.
    pub fn new(transport: Arc<dyn Transport>, driver: Option<Arc<Driver>>) -> Self {
        Self { transport, driver, undone_for: ArcRwSignal::new(None) }
    }

    /// What keeps the session alive: there in the browser alone.
    pub(super) fn driver(&self) -> Option<&Driver> {
        self.driver.as_deref()
    }

    /// For whom the last change was meant, if it was not made because somebody else may be signed in by
    /// now. The page that asked for it is gone then.
    pub fn undone_for(&self) -> &ArcRwSignal<Option<i64>> {
        &self.undone_for
    }

    /// Sends a request. If the API asks for a valid access token, waits for a refresh and sends it
    /// once more; authentication runs before anything is written, so nothing happens twice.
    ///
    /// # Errors
    /// [`ApiError::NoAnswer`] when none arrived; an answer of any status is `Ok`.
    pub(super) async fn send(&self, request: ApiRequest) -> Result<ApiResponse, ApiError> {
        let Some(driver) = self.driver().filter(|_| is_intercepted(&request.path)) else {
            return Ok(self.transport.send(request).await?);
        };
        let request = self.meant(request);
        let meant_for = request.user;
        let answer = self.send_meant(driver, request).await?;
        self.note_undone(meant_for, &answer);
        Ok(answer)
    }

    async fn send_meant(
        &self,
        driver: &Driver,
        request: ApiRequest,
    ) -> Result<ApiResponse, ApiError> {
        match driver.before_request(request.margin_ms()).await {
            Outcome::Retry => {}
            // Whoever made it is signed in no more: it must not go out in another's name.
            Outcome::Final => return Ok(not_theirs()),
            // Offline, say: the answer would be a 401 that reads as "signed out".
            Outcome::Trouble => return Err(ApiError::NoAnswer),
        }
        let ticket = driver.ticket();
        let answer = self.carry(driver, request.clone()).await?;
        if !answer.is_challenge() {
            return Ok(note(driver, ticket, answer));
        }
        if !request.is_repeatable() {
            return Ok(answer);
        }
        match driver.ensure_refreshed(ticket).await {
            // Not in the name of somebody who has signed in meanwhile.
            Outcome::Retry if driver.ticket().epoch == ticket.epoch => {
                self.send_again(driver, request).await
            }
            Outcome::Retry | Outcome::Final => Ok(answer),
            // The 401 would read as "signed out", and that is not what happened.
            Outcome::Trouble => Err(ApiError::NoAnswer),
        }
    }

    /// The request, meant for whom this tab shows before anything is waited for. The cookies may be
    /// another's by the time that it is sent: somebody has signed in in a tab that told this one
    /// nothing. What only reads tells afterwards whose it was.
    pub(super) fn meant(&self, request: ApiRequest) -> ApiRequest {
        let changes = request.method != Method::Get;
        let user = self.driver().filter(|_| changes).and_then(Driver::shown);
        ApiRequest { user: user.map(|user| user.pk), ..request }
    }

    /// Remembers whether a change was not made because it was meant for somebody else.
    pub(super) fn note_undone(&self, meant_for: Option<i64>, answer: &ApiResponse) {
        let Some((driver, user)) = self.driver().zip(meant_for) else { return };
        let undone = !answer.is_success() && driver.may_be_of_another(user);
        let undone_for = undone.then_some(user);
        if self.undone_for.get_untracked() != undone_for {
            self.undone_for.set(undone_for);
        }
    }

    async fn carry(&self, driver: &Driver, request: ApiRequest) -> Result<ApiResponse, ApiError> {
        let answer = self.transport.send(request).await;
        if answer.is_err() {
            driver.unanswered();
        }
        Ok(answer?)
    }

    async fn send_again(
        &self,
        driver: &Driver,
        request: ApiRequest,
    ) -> Result<ApiResponse, ApiError> {
        let ticket = driver.ticket();
        let answer = self.carry(driver, request).await?;
        if answer.is_challenge() {
            driver.retry_refused(ticket);
            return Ok(answer);
        }
        Ok(note(driver, ticket, answer))
    }
}

/// Provides the client. Comes after [`crate::session::provide_session`].
pub fn provide_api() {
    let driver = use_session().driver().cloned();
    provide_context(Api::new(Host::from_context().transport, driver));
}

/// The client. Take it before the first `.await`. Outside of the app it gets no answers.
pub fn use_api() -> Api {
    use_context().unwrap_or_else(|| Api::new(Host::default().transport, None))
}

/// Whether a 401 on this path may be cured by a refresh: our own API, but not the endpoints of the
/// session themselves. The slash at the end is optional there as everywhere.
fn is_intercepted(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let bare = |path: &'static str| path.trim_end_matches('/');
    path.strip_prefix(paths::API).is_some_and(|rest| rest.starts_with('/'))
        && !paths::NEVER_INTERCEPTED.iter().any(|own| bare(own) == path.trim_end_matches('/'))
}

/// Tells the session that it works. The success of a public endpoint counts as well: that can only
/// put off the conclusion that cookies are refused, while the opposite error would sign people out.
///
/// An answer that was given to somebody else is not shown to the person who asked.
pub(super) fn note(driver: &Driver, ticket: Ticket, answer: ApiResponse) -> ApiResponse {
    if let Some(user) = answer.user
        && driver.is_of_another(ticket, user)
    {
        return not_theirs();
    }
    if answer.is_success() && answer.is_json {
        driver.authenticated(ticket);
    }
    answer
}

/// What a request comes to whose sender is signed in no more.
fn not_theirs() -> ApiResponse {
    ApiResponse { status: 401, ..ApiResponse::default() }
}
