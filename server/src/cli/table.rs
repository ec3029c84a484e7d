//! Rows for a terminal.

use comfy_table::{Table, presets::NOTHING};

use super::say;
use crate::{domain::Timestamp, http::api::tokens::iso};

/// Prints rows under their headings. What people or browsers chose cannot steer the terminal:
/// characters that do, by control or by turning the direction of writing, are left out.
pub fn print<const N: usize>(headings: [&str; N], rows: impl IntoIterator<Item = [String; N]>) {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(headings);
    for row in rows {
        table.add_row(row.map(|cell| cell.replace(steers, "")));
    }
    for line in table.lines() {
        say(line.trim_end());
    }
}

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A moment to the second, in UTC.
pub fn moment(at: Timestamp) -> String {
    iso(Timestamp::from_millis(at.seconds() * 1000))
}
