//! A server made of a script, for tests: it answers when the test says so.

use std::{
    mem,
    sync::{Arc, Mutex},
};

use futures::channel::oneshot;

use super::{ApiRequest, ApiResponse, Body, BoxFuture, NoAnswer, Transport};

type Sent = Result<ApiResponse, NoAnswer>;

/// A [`Transport`] whose requests wait for [`FakeServer::answer`].
#[derive(Default)]
pub struct FakeServer {
    waiting: Mutex<Vec<(ApiRequest, oneshot::Sender<Sent>)>>,
    received: Mutex<Vec<ApiRequest>>,
}

impl FakeServer {
    /// A server that has received nothing.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Answers all that waits by `rule`, and says how many requests that were.
    pub fn answer(&self, rule: &dyn Fn(&ApiRequest) -> Sent) -> usize {
        let waiting = mem::take(&mut *self.waiting.lock().unwrap());
        let count = waiting.len();
        for (request, sender) in waiting {
            // Whoever has hung up does not get an answer.
            _ = sender.send(rule(&request));
        }
        count
    }

    /// Takes the requests to `path` out of the queue, to be answered later or never.
    pub fn hold(&self, path: &str) -> Vec<oneshot::Sender<Sent>> {
        let mut waiting = self.waiting.lock().unwrap();
        let held = waiting.extract_if(.., |(request, _)| request.path == path);
        held.map(|(_, sender)| sender).collect()
    }

    /// The bodies of the requests to `path`.
    pub fn bodies(&self, path: &str) -> Vec<Body> {
        let received = self.received.lock().unwrap();
        let of_path = received.iter().filter(|request| request.path == path);
        of_path.map(|request| request.body.clone()).collect()
    }

    /// Whom the requests to `path` were meant for.
    pub fn users(&self, path: &str) -> Vec<Option<i64>> {
        let received = self.received.lock().unwrap();
        let of_path = received.iter().filter(|request| request.path == path);
        of_path.map(|request| request.user).collect()
    }

    /// How many requests to `path` have come in so far.
    pub fn count(&self, path: &str) -> usize {
        self.received.lock().unwrap().iter().filter(|request| request.path == path).count()
    }
}

impl Transport for FakeServer {
    fn send(&self, request: ApiRequest) -> BoxFuture<'_, Sent> {
        let (sender, answer) = oneshot::channel();
        self.received.lock().unwrap().push(request.clone());
        self.waiting.lock().unwrap().push((request, sender));
        Box::pin(async move { answer.await.unwrap_or(Err(NoAnswer)) })
    }
}

/// A JSON answer.
#[expect(clippy::unnecessary_wraps, reason = "a rule may also give no answer")]
pub fn json(status: u16, body: &str) -> Sent {
    Ok(ApiResponse { status, is_json: true, body: body.to_owned(), ..ApiResponse::default() })
}

/// The 401 of a protected route.
pub fn challenge() -> Sent {
    refused(r#"{"detail":"Authentication credentials were not provided."}"#)
}

/// A 401 of our own API.
pub fn refused(body: &str) -> Sent {
    let www_authenticate = Some(r#"Bearer realm="api""#.to_owned());
    json(401, body).map(|answer| ApiResponse { www_authenticate, ..answer })
}
