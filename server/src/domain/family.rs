//! A session family: one sign-in, for its whole life.

use std::time::Duration;

use super::{Generation, SessionId, Timestamp, UserId};

/// One sign-in. Its refresh token *is* `(id, generation)`; everything else in the token derives
/// from here, the settings and the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// The `sid` of all its tokens.
    pub id: SessionId,
    /// Whose session it is.
    pub user_id: UserId,
    /// When it was opened.
    pub created_at: Timestamp,
    /// The one live generation.
    pub generation: Generation,
    /// When that generation was made (or last renewed).
    pub rotated_at: Timestamp,
    /// When an answer last carried its refresh token.
    pub answered_at: Timestamp,
    /// When the client first showed that it holds this generation.
    pub seen_at: Option<Timestamp>,
    /// The limit that never moves.
    pub absolute_expires_at: Timestamp,
    /// When whoever holds it last showed the password; never, where it came with a token of an
    /// older system.
    pub authenticated_at: Option<Timestamp>,
    /// When and why it ended.
    pub revoked: Option<Revocation>,
}

impl Family {
    /// A family as a sign-in opens it.
    pub fn open(id: SessionId, user_id: UserId, now: Timestamp, absolute: Duration) -> Self {
        Self {
            id,
            user_id,
            created_at: now,
            generation: Generation::FIRST,
            rotated_at: now,
            answered_at: now,
            seen_at: None,
            absolute_expires_at: now + absolute,
            authenticated_at: Some(now),
            revoked: None,
        }
    }

    /// When its refresh token expires.
    pub fn refresh_expires_at(&self, lifetime: Duration) -> Timestamp {
        (self.rotated_at + lifetime).min(self.absolute_expires_at)
    }

    /// Whether the password was shown less than `span` ago.
    pub fn has_shown_password(&self, now: Timestamp, span: Duration) -> bool {
        self.authenticated_at.is_some_and(|at| now.since(at) < span)
    }

    /// The family after `transition`.
    #[must_use]
    pub fn after(mut self, transition: Transition, now: Timestamp) -> Self {
        match transition {
            Transition::Sight => self.seen_at = self.seen_at.or(Some(now)),
            Transition::Reissue => self.answered_at = now,
            Transition::Renew { sighting } => {
                self.seen_at = self.seen_at.or(sighting.then_some(now));
                self.rotated_at = now;
                self.answered_at = now;
            }
            Transition::Rotate { to } => {
                self.generation = to;
                self.rotated_at = now;
                self.answered_at = now;
                self.seen_at = None;
            }
        }
        self
    }
}

/// A change of a living family. The store applies it only while the family is still at the
/// generation that was read and has not been revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// The client has shown that it holds the generation.
    Sight,
    /// The answer carries the refresh token of the same generation again.
    Reissue,
    /// The same generation lives longer.
    Renew {
        /// Whether the presentation also proves that the client holds it.
        sighting: bool,
    },
    /// A new generation takes over.
    Rotate {
        /// Which.
        to: Generation,
    },
}

impl Transition {
    /// Whether the answer carries the refresh token.
    pub const fn answers_refresh(self) -> bool {
        match self {
            Self::Sight => false,
            Self::Reissue | Self::Renew { .. } | Self::Rotate { .. } => true,
        }
    }
}

/// The end of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub cause: RevokeCause,
}

/// Why a family was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevokeCause {
    /// The person signed out, here or from another session.
    Logout,
    /// The same browser signed in anew.
    Superseded,
    /// An old copy of a refresh token was presented.
    Replay,
    /// The account was disabled.
    UserDisabled,
    /// The password was changed.
    PasswordChanged,
    /// Whoever runs the server ended it.
    Administrator,
}

impl RevokeCause {
    const ALL: [Self; 6] = [
        Self::Logout,
        Self::Superseded,
        Self::Replay,
        Self::UserDisabled,
        Self::PasswordChanged,
        Self::Administrator,
    ];

    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Superseded => "superseded",
            Self::Replay => "replay",
            Self::UserDisabled => "user_disabled",
            Self::PasswordChanged => "password_changed",
            Self::Administrator => "administrator",
        }
    }

    /// Reads [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == text)
    }
}
