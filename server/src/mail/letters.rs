//! What mails say, as text and as HTML.

use maud::{DOCTYPE, html};

/// A mail, ready to leave.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// All of it.
    pub text: String,
    /// The same for those who like it bright.
    pub html: String,
}

/// Where links in mails lead: never where a request's `Host` header says.
#[derive(Clone, Debug)]
pub struct Links(String);

impl Links {
    /// To the pages below this address, which has no slash at its end.
    pub fn new(base: impl Into<String>) -> Self {
        Self(base.into().trim_end_matches('/').to_owned())
    }

    /// Where an address is shown to be theirs.
    pub fn verification(&self, key: &str) -> String {
        self.to("verify-email", &[("key", key)])
    }

    /// Where a new password is chosen.
    pub fn reset(&self, uid: &str, token: &str) -> String {
        self.to("reset-password", &[("uid", uid), ("token", token)])
    }

    fn to(&self, page: &str, query: &[(&str, &str)]) -> String {
        let mut encoded = url::form_urlencoded::Serializer::new(String::new());
        let query = encoded.extend_pairs(query).finish();
        format!("{}/{page}?{query}", self.0)
    }
}

/// Asks whether an address is theirs.
pub fn verify_email(to: &str, name: &str, link: &str) -> Letter {
    Content {
        subject: "Is this your e-mail address?",
        name,
        lines: &["Please confirm that this e-mail address is yours:"],
        link: Some(("Confirm my address", link)),
        end: "If you have not asked for this, somebody has mistyped their address. You need not do \
              anything.",
    }
    .letter(to)
}

/// Leads to a new password.
pub fn reset_password(to: &str, name: &str, link: &str) -> Letter {
    Content {
        subject: "A new password",
        name,
        lines: &["Somebody, you we hope, has asked for a new password. Choose one here:"],
        link: Some(("Choose a new password", link)),
        end: "The link can be used once. If you have not asked for it, you need not do anything: \
              your password stays as it is.",
    }
    .letter(to)
}

/// Tells that the password is another one now.
pub fn password_changed(to: &str, name: &str) -> Letter {
    Content {
        subject: "Your password was changed",
        name,
        lines: &["Your password was changed, and all other browsers were signed out."],
        link: None,
        end: "If that was not you, ask for a new password on the sign-in page at once.",
    }
    .letter(to)
}

/// Asks whether an address is theirs that they want to have from now on.
pub fn confirm_new_email(to: &str, name: &str, link: &str) -> Letter {
    Content {
        subject: "Is this your new e-mail address?",
        name,
        lines: &["Please confirm that this is to be the e-mail address of your account:"],
        link: Some(("Confirm my new address", link)),
        end: "The link can be used once. If you have not asked for this, somebody has mistyped their \
              address. You need not do anything.",
    }
    .letter(to)
}

/// Tells whoever has an address why another account of theirs cannot have it, too.
pub fn address_taken(to: &str, name: &str) -> Letter {
    Content {
        subject: "This e-mail address is in use",
        name,
        lines: &[
            "Somebody, you we hope, has asked for this e-mail address for another account. It stays \
             with the one that has it.",
        ],
        link: None,
        end: "If that was you, sign in to the other account, or give it another address first.",
    }
    .letter(to)
}

/// Tells that somebody wants another address for the account.
pub fn new_email_asked(to: &str, name: &str, new: &str) -> Letter {
    let told =
        format!("Somebody who knows your password has asked for another e-mail address: {new}");
    Content {
        subject: "Another e-mail address for your account",
        name,
        lines: &[&told, "It takes the place of this one once it is confirmed there."],
        link: None,
        end: "If that was not you, ask for a new password on the sign-in page at once. Until the \
              other address is confirmed, a new password calls this off.",
    }
    .letter(to)
}

/// Tells that somebody signed in where nobody has before.
pub fn unknown_device(to: &str, name: &str) -> Letter {
    Content {
        subject: "A new browser has signed in",
        name,
        lines: &[
            "Somebody, you we hope, has just signed in to your account with a browser or an app that \
             has not been used with it before.",
        ],
        link: None,
        end: "If it was you, you need not do anything. If not, somebody knows your password: ask for \
              a new one on the sign-in page at once, which signs them out, too.",
    }
    .letter(to)
}

/// Tells that their address was given by somebody who wanted an account, while they have one; by its
/// user name, where that is nothing that a stranger may have chosen for them to read.
pub fn account_exists(to: &str, name: &str, username: Option<&str>) -> Letter {
    let account = match username {
        Some(username) => format!("You have one already: your user name is {username}."),
        None => "You have one already.".to_owned(),
    };
    Content {
        subject: "You have an account",
        name,
        lines: &["Somebody, you we hope, has tried to make an account with this address.", &account],
        link: None,
        end: "If you do not know its password any more, ask for a new one on the sign-in page. If it \
              was not you, you need not do anything.",
    }
    .letter(to)
}

struct Content<'a> {
    subject: &'a str,
    name: &'a str,
    lines: &'a [&'a str],
    link: Option<(&'a str, &'a str)>,
    end: &'a str,
}

impl Content<'_> {
    fn letter(&self, to: &str) -> Letter {
        Letter {
            to: to.to_owned(),
            subject: self.subject.to_owned(),
            text: self.text(),
            html: self.html(),
        }
    }

    fn greeting(&self) -> String {
        if self.name.is_empty() { "Hello,".to_owned() } else { format!("Hello {},", self.name) }
    }

    fn text(&self) -> String {
        let mut parts = vec![self.greeting()];
        parts.extend(self.lines.iter().map(|line| (*line).to_owned()));
        parts.extend(self.link.map(|(_, address)| address.to_owned()));
        parts.push(self.end.to_owned());
        parts.join("\n\n") + "\n"
    }

    fn html(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    title { (self.subject) }
                }
                body style="font-family: sans-serif; line-height: 1.5" {
                    p { (self.greeting()) }
                    @for line in self.lines {
                        p { (line) }
                    }
                    @if let Some((words, address)) = self.link {
                        p { a href=(address) { (words) } }
                    }
                    p { (self.end) }
                }
            }
        };
        page.into_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_the_same_twice() {
        let links = Links::new("https://app.example.com/");
        let link = links.reset("6", "diijs0-6bbe");
        assert_eq!(link, "https://app.example.com/reset-password?uid=6&token=diijs0-6bbe");
        let letter = reset_password("ada@example.com", "Ada", &link);
        assert!(letter.text.starts_with("Hello Ada,\n\n"));
        assert!(letter.text.contains(&format!("\n\n{link}\n\n")));
        assert!(letter.html.contains(&link.replace('&', "&amp;")));
        assert!(letter.html.contains("<p>Hello Ada,</p>"));
    }

    #[test]
    fn a_name_is_text_and_nothing_else() {
        let letter = password_changed("ada@example.com", "<b>Ada</b>&\"");
        assert!(letter.html.contains("Hello &lt;b&gt;Ada&lt;/b&gt;&amp;"), "{}", letter.html);
        assert!(letter.text.starts_with("Hello <b>Ada</b>&\","));
    }

    #[test]
    fn a_key_is_encoded() {
        let links = Links::new("http://127.0.0.1:3000");
        assert_eq!(links.verification("6:a b"), "http://127.0.0.1:3000/verify-email?key=6%3Aa+b");
    }
}
