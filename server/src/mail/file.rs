//! A text file a mail: for development, and for who looks after a handful of people by hand.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;

use super::{Letter, MailError, Postman};
use crate::domain::{Clock, Timestamp};

/// Writes letters into a folder, in the order of their names.
pub struct FilePostman {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
}

/// A file that is not there yet: two letters may leave in one millisecond.
fn new_file(folder: &Path, now: Timestamp) -> io::Result<File> {
    let now = now.millis();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    for number in 0..1_000 {
        match options.open(folder.join(format!("{now}-{number:03}.txt"))) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened,
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

impl FilePostman {
    /// Into this folder, which is there.
    pub const fn new(folder: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self { folder, clock }
    }
}

#[async_trait]
impl Postman for FilePostman {
    async fn deliver(&self, letter: &Letter) -> Result<(), MailError> {
        let Letter { to, subject, text, .. } = letter.clone();
        let (folder, now) = (self.folder.clone(), self.clock.now());
        // Disks take their time, and others wait for this thread.
        let written = tokio::task::spawn_blocking(move || {
            let mut file = new_file(&folder, now)?;
            write!(file, "To: {to}\nSubject: {subject}\n\n{text}")
        });
        let written = written.await.unwrap_or_else(|stopped| Err(io::Error::other(stopped)));
        written.map_err(|error| MailError::not_now(error.to_string()))
    }
}
