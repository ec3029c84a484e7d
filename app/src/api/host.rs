//! What the app runs on: given by whoever renders it.

use std::sync::Arc;

use leptos::prelude::use_context;

use super::{ApiRequest, ApiResponse, BoxFuture, NoAnswer, Transport};
use crate::session::BrowserPort;

/// The surroundings of the app, provided as a context before `App` is rendered.
#[derive(Clone)]
pub struct Host {
    /// Carries requests to the API.
    pub transport: Arc<dyn Transport>,
    /// The tab; `None` during SSR, where no session needs to be kept alive.
    pub port: Option<Arc<dyn BrowserPort>>,
}

impl Host {
    /// The host that was provided; without one, nothing is ever answered. (The list of routes is
    /// made by rendering the app without a host.)
    pub fn from_context() -> Self {
        use_context().unwrap_or_default()
    }
}

impl Default for Host {
    fn default() -> Self {
        Self { transport: Arc::new(Nowhere), port: None }
    }
}

/// Leads nowhere.
struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _: ApiRequest) -> BoxFuture<'_, Result<ApiResponse, NoAnswer>> {
        Box::pin(std::future::ready(Err(NoAnswer)))
    }
}
