//! What stands in front of every API endpoint, in Django REST framework's order: negotiation,
//! authentication, method; and the headers that every answer carries.

use app::wire::paths;
use axum::{
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};

use super::{AppState, Failure, caller, caller::Verified, named, negotiate};

/// Larger bodies are refused unread.
pub const MAX_BODY_BYTES: usize = 128 * 1024;

/// Whom an endpoint serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody; who is calling is not even looked at (`token/*`).
    Open,
    /// Everybody; a bad Bearer token is refused, a bad cookie ignored.
    Public,
    /// Only who is signed in.
    Private,
}

/// A request that one of our own pages sends on, whose origin was checked at the door: its form
/// carries no header. Nothing that comes over the network can put it there.
#[derive(Clone, Copy, Debug)]
pub struct OwnForm;

#[derive(Clone)]
struct Gate {
    state: AppState,
    access: Access,
    throttled: bool,
    allow: &'static str,
}

/// Puts the gate in front of a route. `allow` names its methods, as the `Allow` header does.
pub fn endpoint(
    state: &AppState,
    access: Access,
    allow: &'static str,
    methods: MethodRouter<AppState>,
) -> MethodRouter<AppState> {
    gated(methods, Gate { state: state.clone(), access, throttled: false, allow })
}

/// As [`endpoint`], for what strangers try often: `DEFAULT_THROTTLE_RATES` limits it.
pub fn throttled(
    state: &AppState,
    access: Access,
    allow: &'static str,
    methods: MethodRouter<AppState>,
) -> MethodRouter<AppState> {
    gated(methods, Gate { state: state.clone(), access, throttled: true, allow })
}

fn gated(methods: MethodRouter<AppState>, gate: Gate) -> MethodRouter<AppState> {
    methods.fallback(method_not_allowed).layer(from_fn_with_state(gate, pass))
}

async fn method_not_allowed(method: Method) -> Response {
    if method == Method::OPTIONS {
        // The `Allow` header says it all.
        return StatusCode::NO_CONTENT.into_response();
    }
    Failure::MethodNotAllowed(method.to_string()).into_response()
}

async fn pass(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let mut response = match gate.check(&request) {
        Ok(verified) => {
            request.extensions_mut().insert(verified);
            DefaultBodyLimit::max(MAX_BODY_BYTES).apply(&mut request);
            let mut response = next.run(request).await;
            // What is public may have signed somebody in or out.
            if let (Access::Private, Verified(Some(identity))) = (gate.access, verified) {
                named::name(&mut response, identity.user_id);
            }
            response
        }
        Err(failure) => failure.into_response(),
    };
    let headers = response.headers_mut();
    gate.name_scheme(headers);
    // What the API says is for the caller alone.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::ALLOW, HeaderValue::from_static(gate.allow));
    headers.entry(header::VARY).or_insert(HeaderValue::from_static("Accept, origin"));
    response
}

impl Gate {
    fn check(&self, request: &Request) -> Result<Verified, Failure> {
        let headers = request.headers();
        negotiate::check(request.uri(), headers)?;
        if let Some(verified) = request.extensions().get::<Verified>() {
            return self.admit(verified.0, request);
        }
        self.check_double_submit(request)?;
        let caller = match self.access {
            Access::Open => None,
            Access::Public => caller::identify_leniently(&self.state, headers)?,
            Access::Private => caller::identify(&self.state, headers)?,
        };
        self.admit(caller, request)
    }

    /// Who calls may do so, is whom the request is meant for, and does not call too often.
    fn admit(
        &self,
        caller: Option<crate::auth::Identity>,
        request: &Request,
    ) -> Result<Verified, Failure> {
        if self.access == Access::Private && caller.is_none() {
            return Err(Failure::NotAuthenticated);
        }
        // What is public is done for whoever the request itself names.
        if let (Access::Private, Some(identity)) = (self.access, caller)
            && self.serves(request.method())
            && named::is_for_another(request, identity.user_id)
        {
            return Err(Failure::AnotherUser(identity.user_id));
        }
        if let Some(rate) = self.state.web.throttle_rate.filter(|_| self.is_counted(request)) {
            self.state.throttle.check(rate, caller, request, self.state.auth.now())?;
        }
        Ok(Verified(caller))
    }

    /// Whether there is such a method here.
    fn serves(&self, method: &Method) -> bool {
        self.allow.split(", ").any(|allowed| allowed == method.as_str())
    }

    /// Whoever presses the button that signs them out is let out, however often they came in.
    fn is_counted(&self, request: &Request) -> bool {
        let leaves = || request.uri().path() == paths::LOGOUT;
        self.throttled && !(request.extensions().get::<OwnForm>().is_some() && leaves())
    }

    fn check_double_submit(&self, request: &Request) -> Result<(), Failure> {
        if self.access == Access::Open || request.extensions().get::<OwnForm>().is_some() {
            return Ok(());
        }
        let web = &self.state.web;
        web.double_submit.check(request.method(), request.headers(), &web.cookies.access.name)
    }

    /// A challenge names the first of `AUTH_HEADER_TYPES`.
    fn name_scheme(&self, headers: &mut HeaderMap) {
        let Some(scheme) = self.state.web.header_types.first().filter(|word| *word != "Bearer")
        else {
            return;
        };
        if let Some(challenge) = headers.get_mut(header::WWW_AUTHENTICATE)
            && let Ok(renamed) = HeaderValue::from_str(&format!(r#"{scheme} realm="api""#))
        {
            *challenge = renamed;
        }
    }
}
