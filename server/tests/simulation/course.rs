//! The course of a simulation: rounds, in each of which every browser's tabs present what they
//! hold at the same moment.

use std::{collections::HashMap, fmt, sync::Arc, time::Instant};

use fastrand::Rng;
use futures::future::join_all;
use latchkey::{
    auth::{Auth, AuthError, ClientInfo},
    domain::SessionId,
};

use super::{
    browser::{Answer, Browser, Cookie, Presented, claims, expired_claims},
    wait::{Histogram, WAITS},
};
use crate::support::{Engine, TestApp};

const TABS: usize = 8;

#[derive(Clone, Copy)]
pub struct Plan {
    pub refreshes: usize,
    pub browsers: usize,
    pub seed: u64,
}

/// What has happened.
#[derive(Default)]
pub struct Report {
    refreshes: usize,
    page_loads: usize,
    rotations: usize,
    answers_lost: usize,
    crashes: usize,
    /// Presentations that were answered with 503.
    busy: usize,
    /// Sessions that reached their end: 90 days old, or unused for a week.
    expired: usize,
    /// Cookies that reached theirs while the session went on: every answer with a newer one was
    /// lost, for days.
    unheard: usize,
    honest_sign_outs: usize,
    forks: usize,
    replays: usize,
    replays_caught: usize,
    sign_ins: usize,
    rows: usize,
    waits: Histogram,
    days: u64,
    seconds: f64,
}

pub struct Course {
    app: TestApp,
    plan: Plan,
    rng: Rng,
    browsers: Vec<Browser>,
    report: Report,
    /// The newest generation that was handed out in each session.
    newest: HashMap<SessionId, i64>,
    begun: Instant,
}

impl Course {
    pub async fn begin(engine: Engine, plan: Plan) -> Self {
        let app = TestApp::on(engine, &[]).await;
        let mut course = Self {
            rng: Rng::with_seed(plan.seed),
            browsers: Vec::new(),
            report: Report::default(),
            newest: HashMap::new(),
            begun: Instant::now(),
            app,
            plan,
        };
        for number in 0..plan.browsers {
            let username = format!("user{number}");
            course.app.user(&username).await;
            let mut browser = Browser::new(username, course.app.auth.now());
            browser.sign_in(&course.app.auth).await;
            course.report.sign_ins += 1;
            course.browsers.push(browser);
        }
        course
    }

    pub async fn run(&mut self) {
        while self.report.refreshes < self.plan.refreshes {
            self.pass_time().await;
            self.happen();
            self.present().await;
            self.rob().await;
        }
    }

    async fn pass_time(&mut self) {
        let choice = self.rng.usize(0..WAITS.len());
        let wait = WAITS[choice].1;
        self.app.advance(wait);
        self.report.days += wait.as_secs();
        let now = self.app.auth.now();
        for number in 0..self.browsers.len() {
            let browser = &mut self.browsers[number];
            self.report.waits.0[choice] += usize::from(browser.lost);
            let expired = browser.wait_until(now);
            if browser.jar.refresh.is_some() {
                continue;
            }
            let lives_on = match expired {
                Some(cookie) => self.lives_on(&cookie).await,
                // A crash has left nothing.
                None => true,
            };
            self.report.expired += usize::from(!lives_on);
            self.report.unheard += usize::from(lives_on);
            self.browsers[number].sign_in(&self.app.auth).await;
            self.report.sign_ins += 1;
        }
    }

    /// Whether the session of a cookie that has expired has not.
    async fn lives_on(&self, cookie: &Cookie) -> bool {
        let auth = &self.app.auth;
        let Some(claims) = expired_claims(auth, cookie) else { return true };
        let record = auth.store.lookup_family(claims.session).await.unwrap().unwrap();
        record.family.refresh_expires_at(auth.policy.rotation.refresh_lifetime) > auth.now()
    }

    /// Crashes, thefts, and calls to the API, whose access tokens show what the browsers hold.
    fn happen(&mut self) {
        for browser in &mut self.browsers {
            if self.rng.u16(0..1000) < 5 {
                browser.crash();
                self.report.crashes += 1;
            }
            if self.rng.u16(0..1000) < 5 {
                browser.lose_a_copy();
            }
            if let Some(access) = browser.jar.access.as_ref().filter(|_| self.rng.bool()) {
                // An expired one shows nothing.
                let _ = self.app.auth.authenticate(&access.token);
            }
        }
    }

    /// Some tabs of every browser present what is in the jar, all at once.
    async fn present(&mut self) {
        self.app.auth.write_sightings().await.unwrap();
        let mut rounds = Vec::new();
        for (number, browser) in self.browsers.iter().enumerate() {
            let Some(cookie) = &browser.jar.refresh else { continue };
            let mut tabs = Vec::new();
            for _ in 0..self.rng.usize(1..=TABS) {
                let page = self.rng.u8(0..10) == 0;
                if page {
                    self.report.page_loads += 1;
                } else {
                    self.report.refreshes += 1;
                }
                tabs.push(tab(Arc::clone(&self.app.auth), cookie.token.clone(), page));
            }
            rounds.push(async move { (number, join_all(tabs).await) });
        }
        // Every browser's requests run on their own, beside those of the others.
        let rounds = join_all(rounds.into_iter().map(tokio::spawn)).await;
        for round in rounds {
            let (browser, presented) = round.unwrap();
            self.settle(browser, presented).await;
        }
    }

    async fn settle(&mut self, number: usize, round: Vec<Presented>) {
        let mut answers = Vec::new();
        let mut signed_out = false;
        for presented in round {
            match presented.outcome {
                Ok(refreshed) => {
                    self.check_successor(&presented.token, &refreshed);
                    answers.push(Answer::from(&refreshed));
                }
                Err(AuthError::Unavailable { .. }) => self.report.busy += 1,
                Err(error) => {
                    println!("{} is signed out: {error}", self.browsers[number].username);
                    signed_out = true;
                }
            }
        }
        let browser = &mut self.browsers[number];
        self.report.answers_lost += browser.receive(answers, &mut self.rng);
        if signed_out {
            self.report.honest_sign_outs += 1;
            browser.sign_in(&self.app.auth).await;
            self.report.sign_ins += 1;
        }
    }

    /// A token leads to itself or to its one successor.
    fn check_successor(&mut self, presented: &str, refreshed: &latchkey::auth::Refreshed) {
        let auth = &self.app.auth;
        let Some(presented) = claims(auth, presented) else { return };
        let answered = refreshed.refresh.as_ref().and_then(|r| claims(auth, r.token.expose()));
        let Some(answered) = answered else { return };
        let (before, after) = (presented.generation.number(), answered.generation.number());
        let forked =
            presented.session != answered.session || !(before..=before + 1).contains(&after);
        self.report.forks += usize::from(forked);
        let newest = self.newest.entry(answered.session).or_insert(1);
        self.report.rotations += usize::from(after > *newest);
        *newest = (*newest).max(after);
    }

    /// Copies that are too old are presented; the family must be over after that.
    async fn rob(&mut self) {
        for number in 0..self.browsers.len() {
            let Some(stolen) = self.old_copy(number).await else { continue };
            self.report.replays += 1;
            let auth = &self.app.auth;
            let caught = matches!(
                auth.refresh(&stolen, &ClientInfo::default()).await,
                Err(AuthError::Replayed)
            );
            let browser = &mut self.browsers[number];
            let access = browser.jar.access.as_ref();
            let dead = access.is_none_or(|access| auth.authenticate(&access.token).is_err());
            let refresh = browser.jar.refresh.as_ref().map(|cookie| cookie.token.clone());
            let over = match refresh {
                Some(token) => matches!(
                    auth.refresh(&token, &ClientInfo::default()).await,
                    Err(AuthError::Ended(_))
                ),
                None => true,
            };
            self.report.replays_caught += usize::from(caught && dead && over);
            browser.sign_in(auth).await;
            self.report.sign_ins += 1;
        }
    }

    /// A stolen token whose time is over by what the database says.
    async fn old_copy(&self, number: usize) -> Option<String> {
        let auth = &self.app.auth;
        let window = auth.policy.rotation.race_window;
        for stolen in &self.browsers[number].stolen {
            let Some(held) = claims(auth, stolen) else { continue };
            let record = auth.store.lookup_family(held.session).await.unwrap().unwrap();
            let behind = record.family.generation.number() - held.generation.number();
            let seen = record.family.seen_at;
            let closed = seen.is_some_and(|seen| record.read_at.since(seen) >= window);
            let lives = record.family.revoked.is_none();
            if lives && (behind >= 2 || (behind == 1 && closed)) {
                return Some(stolen.clone());
            }
        }
        None
    }

    pub async fn end(mut self) -> Report {
        self.report.rows = self.app.database.count("sessions").await;
        self.report.days /= 86_400;
        self.report.seconds = self.begun.elapsed().as_secs_f64();
        self.report
    }
}

/// A tab presents a token: to the API, or by opening a page.
async fn tab(auth: Arc<Auth>, token: String, page: bool) -> Presented {
    let outcome = if page {
        auth.page_load(&token, &ClientInfo::default()).await
    } else {
        auth.refresh(&token, &ClientInfo::default()).await
    };
    Presented { token, outcome }
}

impl Report {
    pub fn check(&self, refreshes: usize) {
        assert!(self.refreshes >= refreshes);
        assert_eq!(self.honest_sign_outs, 0, "honest sign-outs");
        assert_eq!(self.forks, 0, "forks");
        assert!(self.busy * 1000 < self.refreshes, "503 is no way to keep promises");
        assert!(self.unheard * 1000 < self.refreshes, "too many cookies expired unheard");
        assert!(self.replays > 0 && self.rotations > 0 && self.crashes > 0, "too little happened");
        assert_eq!(self.replays_caught, self.replays, "replays that were not caught");
        assert_eq!(self.rows, self.sign_ins, "one row for each sign-in");
        assert!(self.waits.0.iter().all(|count| *count > 0), "a wait that never came");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { refreshes, page_loads, rotations, answers_lost, crashes, busy, .. } = self;
        let Self { replays, replays_caught, sign_ins, rows, expired, days, seconds, .. } = self;
        let unheard = self.unheard;
        writeln!(
            f,
            "{refreshes} refreshes and {page_loads} page loads in {days} days ({seconds:.0} s)"
        )?;
        writeln!(
            f,
            "    {rotations} rotations, {answers_lost} answers lost, {crashes} browser crashes, {busy} times 503"
        )?;
        writeln!(
            f,
            "    {sign_ins} sign-ins, {expired} after a session and {unheard} after only its cookie had expired; {rows} rows"
        )?;
        writeln!(
            f,
            "    {replays} replays, {replays_caught} caught; {} honest sign-outs, {} forks",
            self.honest_sign_outs, self.forks
        )?;
        write!(f, "    waits after a lost answer:\n{}", self.waits)
    }
}
