//! Mails, as the file transport writes them.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// Longer than the queue sleeps between two looks.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits for the newest mail to an address whose link holds this query key, and reads its value.
pub fn link_value(folder: &Path, to: &str, page: &str, key: &str) -> String {
    let started = Instant::now();
    loop {
        if let Some(link) = newest_link(folder, to, page) {
            let link = url::Url::parse(&link).unwrap();
            let value = link.query_pairs().find(|(name, _)| name == key);
            return value.expect("the link has that key").1.into_owned();
        }
        assert!(started.elapsed() < PATIENCE, "no mail to {to} with a link to {page}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn newest_link(folder: &Path, to: &str, page: &str) -> Option<String> {
    let mut mails: Vec<_> =
        fs::read_dir(folder.join("data/mail")).ok()?.map(|file| file.unwrap().path()).collect();
    mails.sort();
    let address = format!("To: {to}");
    mails.iter().rev().find_map(|mail| {
        let text = fs::read_to_string(mail).unwrap();
        let is_theirs = text.lines().next().is_some_and(|to| to.eq_ignore_ascii_case(&address));
        let mut lines = text.lines().filter(|_| is_theirs);
        lines.find(|line| line.contains(&format!("/{page}?"))).map(str::to_owned)
    })
}
