//! A text file a mail: for development, and for who looks after a handful of people by hand.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::PathBuf,
    sync::Arc,
};

use async_trait::async_trait;

use super::{Letter, MailError, Postman};
use crate::domain::Clock;

/// Writes letters into a folder, in the order of their names.
pub struct FilePostman {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
}

impl FilePostman {
    /// Into this folder, which is there.
    pub const fn new(folder: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self { folder, clock }
    }

    /// A file that is not there yet: two letters may leave in one millisecond.
    fn new_file(&self) -> io::Result<File> {
        let now = self.clock.now().millis();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        for number in 0..1_000 {
            match options.open(self.folder.join(format!("{now}-{number:03}.txt"))) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                opened => return opened,
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

#[async_trait]
impl Postman for FilePostman {
    async fn deliver(&self, letter: &Letter) -> Result<(), MailError> {
        let Letter { to, subject, text, .. } = letter;
        let written = self
            .new_file()
            .and_then(|mut file| write!(file, "To: {to}\nSubject: {subject}\n\n{text}"));
        written.map_err(|error| MailError(Box::new(error)))
    }
}
