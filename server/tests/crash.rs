//! kill -9 in the middle of refreshes: whoever retries is still signed in, and nothing is forked.

use std::{
    sync::{
        Arc, RwLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use crate::support::{
    database::new_postgres_database,
    in_full,
    program::{Place, Server, cookie, send},
};

const CLIENTS: usize = 4;
const PATH: &str = "POST /api/auth/token/refresh/";

/// Every refresh rotates; a lost answer is found out by the next one.
fn settings() -> Vec<(&'static str, String)> {
    let own = [
        ("LOG", "error"),
        ("RACE_WINDOW", "0s"),
        ("STORE_DELAY", "0s"),
        ("SIGNING_KEY", "a secret of thirty-two bytes or more"),
    ];
    own.map(|(name, value)| (name, value.to_owned())).into()
}

/// What the clients of one run share.
#[derive(Default)]
struct Run {
    address: RwLock<String>,
    over: AtomicBool,
    refreshed: AtomicUsize,
    lost: AtomicUsize,
}

impl Run {
    /// Refreshes until the run is over, with the same token again whenever no answer came.
    fn refresh_on_and_on(&self, mut token: String) -> Result<String, String> {
        while !self.over.load(Ordering::SeqCst) {
            match self.refresh(&token) {
                Some(answer) if answer.starts_with("HTTP/1.1 200") => {
                    self.refreshed.fetch_add(1, Ordering::SeqCst);
                    token = cookie(&answer, "refresh").unwrap_or(token);
                }
                // A server that is being started may still be busy.
                Some(answer) if answer.starts_with("HTTP/1.1 503") => {}
                Some(answer) => return Err(answer),
                None => {
                    self.lost.fetch_add(1, Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(5));
                }
            }
        }
        Ok(token)
    }

    /// The answer, if all its headers came: a browser keeps cookies then.
    fn refresh(&self, token: &str) -> Option<String> {
        let address = self.address.read().unwrap().clone();
        let answer = send(&address, PATH, &format!("Cookie: refresh={token}\r\n"), "").ok()?;
        answer.contains("\r\n\r\n").then_some(answer)
    }
}

fn sign_in(server: &Server) -> String {
    let cookies = server.login();
    let (_, token) = cookies.trim_end().split_once("refresh=").unwrap();
    token.to_owned()
}

fn kill_and_kill_again(place: &Place) {
    assert!(place.create_ada().status.success());
    let mut server = place.serve();
    let run = Arc::new(Run::default());
    run.address.write().unwrap().clone_from(&server.address);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (run, token) = (Arc::clone(&run), sign_in(&server));
            thread::spawn(move || run.refresh_on_and_on(token))
        })
        .collect();
    let kills = if in_full() { 200 } else { 50 };
    for kill in 0..kills {
        // Not in step with anything.
        thread::sleep(Duration::from_millis(20 + 13 * (kill as u64 % 7)));
        server.kill();
        server = place.serve();
        run.address.write().unwrap().clone_from(&server.address);
    }
    thread::sleep(Duration::from_millis(200));
    run.over.store(true, Ordering::SeqCst);
    let (refreshed, lost) = (run.refreshed.load(Ordering::SeqCst), run.lost.load(Ordering::SeqCst));
    println!("{kills} kills: {refreshed} refreshes, {lost} lost answers");
    assert!(refreshed > kills && lost > kills / 2, "{refreshed} refreshes, {lost} lost");

    for client in clients {
        let token = client.join().unwrap().unwrap_or_else(|answer| panic!("signed out: {answer}"));
        let headers = format!("Cookie: refresh={token}\r\n");
        let answer = server.send(PATH, &headers, "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let listed = place.run(&["session", "list"], "");
    let rows = crate::support::program::text(&listed.stdout).lines().count();
    assert_eq!(rows, CLIENTS + 1, "one row a sign-in, below the headings");
}

#[test]
fn on_sqlite() {
    kill_and_kill_again(&Place::with(settings()));
}

#[test]
fn on_postgres() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let url = runtime.block_on(new_postgres_database());
    let settings = settings().into_iter().chain([("DATABASE_URL", url)]);
    kill_and_kill_again(&Place::with(settings));
}
