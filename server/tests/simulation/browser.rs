//! A browser: a jar that its tabs share, a disk that lags behind, and answers on their way.

use std::time::Duration;

use fastrand::Rng;
use latchkey::{
    auth::{Auth, AuthError, LoginInput, LoginName, Refreshed},
    domain::{Claims, Device, Timestamp, TokenKind, token::Minted},
    storage::ClientInfo,
};

use crate::support::app::PASSWORD;

/// How long a browser may take to write its cookies.
const DISK_LAG: Duration = Duration::from_secs(30);
/// How long a client waits for an answer.
const TIME_OUT: Duration = Duration::from_secs(15);

/// A cookie and the moment at which the browser drops it.
#[derive(Clone)]
pub struct Cookie {
    pub token: String,
    expires_at: Timestamp,
}

impl From<&Minted> for Cookie {
    fn from(minted: &Minted) -> Self {
        Self { token: minted.token.expose().to_owned(), expires_at: minted.expires_at }
    }
}

#[derive(Clone, Default)]
pub struct Jar {
    pub access: Option<Cookie>,
    pub refresh: Option<Cookie>,
}

/// An answer on its way.
pub struct Answer {
    access: Cookie,
    refresh: Option<Cookie>,
}

impl From<&Refreshed> for Answer {
    fn from(refreshed: &Refreshed) -> Self {
        Self {
            access: Cookie::from(&refreshed.access),
            refresh: refreshed.refresh.as_ref().map(Cookie::from),
        }
    }
}

pub struct Browser {
    pub username: String,
    pub jar: Jar,
    /// What a crash leaves of the jar, and since when it has not been all.
    disk: Jar,
    unwritten_since: Option<Timestamp>,
    now: Timestamp,
    /// Answers that arrive after those of the next round, if that comes soon enough.
    pub late: Vec<Answer>,
    /// Copies that a thief has taken.
    pub stolen: Vec<String>,
    /// Whether an answer was lost since the last presentation.
    pub lost: bool,
}

impl Browser {
    pub fn new(username: String, now: Timestamp) -> Self {
        Self {
            username,
            jar: Jar::default(),
            disk: Jar::default(),
            unwritten_since: None,
            now,
            late: Vec::new(),
            stolen: Vec::new(),
            lost: false,
        }
    }

    /// Signs in with what is in the jar.
    pub async fn sign_in(&mut self, auth: &Auth) {
        let input = LoginInput {
            name: LoginName::Username(self.username.clone()),
            device: Device::default(),
            sender: None,
            password: PASSWORD.into(),
            replaces: self.jar.refresh.iter().map(|cookie| cookie.token.clone()).collect(),
            client: ClientInfo::default(),
        };
        let signed_in = auth.login(input).await.unwrap();
        self.jar = Jar {
            access: Some(Cookie::from(&signed_in.access)),
            refresh: Some(Cookie::from(&signed_in.refresh)),
        };
        // A sign-in that is forgotten in a crash is another matter.
        self.write();
        self.late.clear();
        self.stolen.clear();
        self.lost = false;
    }

    /// Keeps what an answer sets.
    pub fn keep(&mut self, answer: Answer) {
        self.jar.access = Some(answer.access);
        if answer.refresh.is_some() {
            self.jar.refresh = answer.refresh;
        }
        self.unwritten_since.get_or_insert(self.now);
    }

    fn write(&mut self) {
        self.disk = self.jar.clone();
        self.unwritten_since = None;
    }

    /// Time has passed: cookies expire, the disk catches up, and what is late is lost once the
    /// client's patience is over. Returns the refresh cookie that has expired.
    pub fn wait_until(&mut self, now: Timestamp) -> Option<Cookie> {
        if self.unwritten_since.is_some_and(|since| now.since(since) >= DISK_LAG) {
            self.write();
        }
        if now.since(self.now) > TIME_OUT {
            self.late.clear();
        }
        self.now = now;
        let expired = |cookie: &mut Cookie| cookie.expires_at <= now;
        self.jar.access.take_if(expired);
        self.disk.access.take_if(expired);
        self.disk.refresh.take_if(expired);
        self.jar.refresh.take_if(expired)
    }

    /// The process dies, and starts again from its disk.
    pub fn crash(&mut self) {
        self.jar = self.disk.clone();
        self.unwritten_since = None;
        self.late.clear();
    }

    /// A thief copies what is in the jar.
    pub fn lose_a_copy(&mut self) {
        self.stolen.extend(self.jar.refresh.iter().map(|cookie| cookie.token.clone()));
    }

    /// The network: every fifth answer is lost, some come late, and the others in any order.
    pub fn receive(&mut self, mut answers: Vec<Answer>, rng: &mut Rng) -> usize {
        let mut lost = 0;
        rng.shuffle(&mut answers);
        let mut overtaken = std::mem::take(&mut self.late);
        for answer in answers {
            match rng.u8(0..100) {
                0..20 => lost += 1,
                20..30 => self.late.push(answer),
                _ => self.keep(answer),
            }
        }
        overtaken.drain(..).for_each(|answer| self.keep(answer));
        self.lost = lost > 0;
        lost
    }
}

/// What a refresh token said while it was in force.
pub fn expired_claims(auth: &Auth, cookie: &Cookie) -> Option<Claims> {
    let kind = Some(TokenKind::Refresh);
    auth.tokens.check(&cookie.token, kind, cookie.expires_at.before(Duration::from_secs(1))).ok()
}

/// What a refresh token says.
pub fn claims(auth: &Auth, token: &str) -> Option<Claims> {
    auth.tokens.check(token, Some(TokenKind::Refresh), auth.now()).ok()
}

/// What a tab has done, and what came of it.
pub struct Presented {
    pub token: String,
    pub outcome: Result<Refreshed, AuthError>,
}
