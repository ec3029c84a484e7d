//! Whether the time tells who has an account: the same request for somebody and for nobody, in turn,
//! so that what else the machine does meets both alike.

use std::time::Instant;

use super::{
    load::Client,
    node::{Cores, Engine},
    report::Report,
    scenarios::median,
};

/// Requests for each.
const PAIRS: usize = 400;
/// Percent of the median.
const BUDGET: f64 = 3.0;

/// The difference of the medians, for each class of account and each thing that a stranger can ask.
pub async fn of_accounts(engine: &Engine, report: &mut Report) {
    let (active, disabled) = ("timed-active", "timed-disabled");
    for name in [active, disabled] {
        engine.create(&[
            "--username",
            name,
            "--email",
            &format!("{name}@example.com"),
            "--verified",
        ]);
    }
    engine.run(&["user", "disable", disabled]);
    let node = engine.serve(&[], Cores::All);
    for (class, name) in [("active", active), ("disabled", disabled)] {
        let rows = [
            ("sign-in", "/api/auth/login/", 400, wrong_login as fn(&str) -> String),
            ("reset", "/api/auth/password/reset/", 200, address),
            ("mail once more", "/api/auth/registration/resend-email/", 200, address),
        ];
        for (what, path, status, body) in rows {
            let asked = Asked { path, status, bodies: [body(name), body("timed-nobody")] };
            let percent = asked.difference(&node.address).await;
            let row = engine.row(&format!("{what}, {class} or nobody: medians differ by"));
            report.at_most(&row, percent, BUDGET, "%");
        }
    }
}

fn wrong_login(name: &str) -> String {
    format!(r#"{{"username":"{name}","password":"wrong-horse-9"}}"#)
}

fn address(name: &str) -> String {
    format!(r#"{{"email":"{name}@example.com"}}"#)
}

/// One request for somebody, and for nobody.
struct Asked {
    path: &'static str,
    status: u16,
    bodies: [String; 2],
}

impl Asked {
    /// By how many percent the medians differ.
    async fn difference(&self, address: &str) -> f64 {
        let mut client = Client::connect(address).await.unwrap();
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..2 * PAIRS {
            // Each goes first as often as the other.
            let turn = (round + round / 2) % 2;
            let started = Instant::now();
            let answer = client.send("POST", self.path, "", &self.bodies[turn]).await.unwrap();
            times[turn].push(started.elapsed().as_secs_f64());
            assert_eq!(answer.status, self.status, "{}", self.path);
        }
        let [somebody, nobody] = times.map(median);
        100.0 * (somebody / nobody - 1.0).abs()
    }
}
