//! Rows for a terminal.

use comfy_table::{Table, presets::NOTHING};

use super::say;
use crate::{domain::Timestamp, http::api::tokens::iso};

/// Prints rows under their headings. What people or browsers chose cannot steer the terminal:
/// control characters are left out.
pub fn print<const N: usize>(headings: [&str; N], rows: impl IntoIterator<Item = [String; N]>) {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(headings);
    for row in rows {
        table.add_row(row.map(|cell| cell.replace(char::is_control, "")));
    }
    for line in table.lines() {
        say(line.trim_end());
    }
}

/// A moment to the second, in UTC.
pub fn moment(at: Timestamp) -> String {
    iso(Timestamp::from_millis(at.seconds() * 1000))
}
