//! A hint about a password that one chooses, as one types it. It knows of no list and no names: what
//! will do is the server's to say.

use leptos::prelude::*;

use super::{Erase, Piece};

/// How good a password looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strength {
    /// Nothing is there yet.
    #[default]
    None,
    /// Shorter than the server takes.
    Short,
    /// Long, but of little that has to be guessed.
    Easy,
    /// It may do.
    Fair,
    /// There is much to guess.
    Good,
}

/// So many characters that have to be guessed are few, and so many are enough.
const FEW: usize = 6;
const ENOUGH: usize = 14;

impl Strength {
    /// Judges a password of which the server takes `min` characters or more. A character that repeats
    /// the one before it, or is its neighbour, is no more to guess.
    pub fn of(password: &str, min: usize) -> Self {
        let (mut length, mut telling, mut before) = (0, 0, None);
        for character in password.chars().map(u32::from) {
            length += 1;
            if before.is_none_or(|before| character.abs_diff(before) > 1) {
                telling += 1;
            }
            before = Some(character);
        }
        match telling {
            0 => Self::None,
            _ if length < min => Self::Short,
            n if n < FEW => Self::Easy,
            n if n < ENOUGH => Self::Fair,
            _ => Self::Good,
        }
    }

    /// What is said of it.
    const fn words(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Short => "Too short yet.",
            Self::Easy => "Easy to guess.",
            Self::Fair => "Fair, unless it is a common one; longer is safer.",
            Self::Good => "Hard to guess.",
        }
    }
}

/// What to know before one chooses, and how good the present choice looks. It describes the input
/// (`<name>-hint`) and is read out with it, not at each key.
pub fn advice(name: &str, min: usize, strength: RwSignal<Strength>) -> Piece {
    view! {
        <p class="advice" id=format!("{name}-hint")>
            {min} " characters or more. Several words are good; your name is not, nor what you use elsewhere. "
            <b>{move || strength.get().words()}</b>
        </p>
    }
    .erase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_and_varied_looks_good() {
        use Strength::{Easy, Fair, Good, None, Short};
        for (password, expected) in [
            ("", None),
            ("a", Short),
            ("seven77", Short),
            ("aaaaaaaaaaaaaaaaaaaa", Easy),
            ("1234567890", Easy),
            ("abcdefghijklmnop", Easy),
            ("8 zebra!", Fair),
            ("correct-horse", Fair),
            ("correct-horse-battery", Good),
            ("ünïcødé ☃ sentence", Good),
        ] {
            assert_eq!(Strength::of(password, 8), expected, "{password}");
        }
        assert_eq!(Strength::of("11 chars ok", 12), Short);
        assert_eq!(Strength::of("ok", 1), Easy);
    }
}
