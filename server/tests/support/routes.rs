//! What is served, read from the tables of the routes: whatever is added there is in every test that
//! goes over all of it.

use app::wire::paths;
use axum::http::Method;
use latchkey::http::{Access, api, pages};

/// A path and one of its methods.
#[derive(Clone, Debug)]
pub struct Operation {
    pub method: Method,
    pub path: &'static str,
    /// Whom it serves; pages' forms say so themselves.
    pub access: Option<Access>,
}

/// All that the API serves.
pub fn api() -> Vec<Operation> {
    let mut served = Vec::new();
    for (path, access, allow, _) in api::routes().into_iter().chain(api::throttled_routes()) {
        for method in allow.split(", ").filter(|method| !["HEAD", "OPTIONS"].contains(method)) {
            // Signing out names GET, as the peer does, and refuses it.
            if (path, method) != (paths::LOGOUT, "GET") {
                let method = method.parse().unwrap();
                served.push(Operation { method, path, access: Some(access) });
            }
        }
    }
    served
}

/// Where pages' forms are sent.
pub fn forms() -> Vec<Operation> {
    let sent = |path| Operation { method: Method::POST, path, access: None };
    pages::form_paths().map(sent).collect()
}

/// All that may change something.
pub fn mutating() -> Vec<Operation> {
    let served = api().into_iter().chain(forms());
    served.filter(|operation| !operation.method.is_safe()).collect()
}

/// The paths that can be read, but for files.
pub fn readable() -> Vec<&'static str> {
    let read = api().into_iter().filter(|operation| operation.method.is_safe());
    let pages = paths::PAGES.iter().copied().chain([paths::HOME_PAGE]);
    let known = ["/healthz", "/readyz", "/.well-known/jwks.json"];
    read.map(|operation| operation.path).chain(pages).chain(known).collect()
}
