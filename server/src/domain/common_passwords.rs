//! The passwords that are tried first: Django's list of 20 thousand, compiled by Royce Williams, in
//! lower case. Its licence stands beside it.

use std::sync::LazyLock;

const TEXT: &str = include_str!("../../assets/common-passwords.txt");

/// In the order of their bytes.
static LIST: LazyLock<Vec<&'static str>> = LazyLock::new(|| TEXT.lines().collect());

/// Whether a password is on the list, whatever its case and the white space around it.
pub fn is_common(password: &str) -> bool {
    let password = password.to_lowercase();
    LIST.binary_search(&password.trim()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_in_order() {
        assert_eq!(LIST.len(), 19_640);
        assert!(LIST.is_sorted(), "what is out of order is not found");
        assert!(LIST.iter().all(|password| is_common(password)));
    }

    #[test]
    fn case_and_white_space_around_it_make_no_difference() {
        for password in ["password123", "PassWord123", " password123\t", "любовь", "ЛЮБОВЬ"]
        {
            assert!(is_common(password), "{password}");
        }
        for password in ["", "correct-horse-9", "pass word123"] {
            assert!(!is_common(password), "{password}");
        }
    }
}
