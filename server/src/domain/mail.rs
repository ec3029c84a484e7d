//! What mails are about.

/// What a mail is about. Text and links are made when it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// Whether the address is theirs.
    VerifyEmail,
    /// How to a new password.
    ResetPassword,
    /// The password was changed.
    PasswordChanged,
    /// Whether the address that they want to have from now on is theirs; it goes there.
    ConfirmNewEmail,
    /// Somebody wants another address; it goes to the present one.
    NewEmailAsked,
    /// Somebody wanted an account with their address.
    AccountExists,
    /// Somebody signed in with a browser that is new to the account.
    UnknownDevice,
}

impl MailKind {
    const NAMES: [(Self, &str); 7] = [
        (Self::VerifyEmail, "verify_email"),
        (Self::ResetPassword, "reset_password"),
        (Self::PasswordChanged, "password_changed"),
        (Self::ConfirmNewEmail, "confirm_new_email"),
        (Self::NewEmailAsked, "new_email_asked"),
        (Self::AccountExists, "account_exists"),
        (Self::UnknownDevice, "unknown_device"),
    ];

    /// The name under which it is stored.
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// Whether anybody who knows an address can have it sent there.
    pub const fn is_at_anybodys_wish(self) -> bool {
        match self {
            Self::VerifyEmail
            | Self::ResetPassword
            | Self::ConfirmNewEmail
            | Self::AccountExists => true,
            Self::PasswordChanged | Self::NewEmailAsked | Self::UnknownDevice => false,
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}
