//! `latchkey session ...`

use clap::Subcommand;

use super::{
    CliError, ended_in_words, open, say,
    table::{moment, print},
    user::unknown,
};
use crate::{auth::Auth, config::Config, domain::SessionId};

/// Commands on sessions.
#[derive(Debug, Subcommand)]
pub enum SessionCommand {
    /// List the sessions that go on, the latest used first
    List {
        /// Only this user's
        #[arg(long, value_name = "USERNAME")]
        user: Option<String>,
    },
    /// End a session or all of a user's, on running servers within seconds
    Revoke {
        /// The session's id, as `list` shows it
        #[arg(required_unless_present = "user", conflicts_with = "user")]
        id: Option<String>,
        /// All sessions of this user
        #[arg(long, value_name = "USERNAME")]
        user: Option<String>,
    },
}

impl SessionCommand {
    /// Does it.
    ///
    /// # Errors
    /// [`CliError`].
    pub async fn run(self, config: &Config) -> Result<(), CliError> {
        let auth = open(config).await?;
        let done = match self {
            Self::List { user } => list(&auth, user.as_deref()).await,
            Self::Revoke { user: Some(username), .. } => revoke_all(&auth, &username).await,
            Self::Revoke { id, .. } => revoke(&auth, &id.unwrap_or_default()).await,
        };
        auth.store.close().await;
        done
    }
}

async fn list(auth: &Auth, of: Option<&str>) -> Result<(), CliError> {
    let found = auth.sessions(of).await;
    let sessions = found.map_err(|error| unknown(of.unwrap_or_default(), error))?;
    let rows = sessions.into_iter().map(|session| {
        [
            session.id.to_string(),
            session.username,
            moment(session.created_at),
            moment(session.last_used_at),
            session.client.ip,
            session.client.user_agent,
        ]
    });
    print(["SESSION", "USER", "SIGNED IN", "LAST REFRESH", "FROM", "BROWSER"], rows);
    Ok(())
}

async fn revoke(auth: &Auth, id: &str) -> Result<(), CliError> {
    let none = || CliError::NoSession(id.to_owned());
    let session = SessionId::parse(id).ok_or_else(none)?;
    if !auth.end_session(session).await? {
        return Err(none());
    }
    say(&format!("session {session} is ended"));
    Ok(())
}

async fn revoke_all(auth: &Auth, username: &str) -> Result<(), CliError> {
    let ended = auth.end_sessions_of(username).await.map_err(|error| unknown(username, error))?;
    say(&format!("{username}: {}", ended_in_words(ended)));
    Ok(())
}
