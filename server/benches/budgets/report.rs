//! The table.

use comfy_table::{Table, presets::ASCII_MARKDOWN};

/// What was measured.
#[derive(Default)]
pub struct Report(Vec<[String; 5]>);

impl Report {
    /// A rate beside its floor, and the share of the floor that the budget asks for.
    pub fn rate(&mut self, what: &str, rate: f64, floor: f64, budget: f64) {
        let ratio = rate / floor;
        self.row(
            what,
            &format!("{rate:.0}/s"),
            &format!("{floor:.0}/s"),
            &format!("≥ {budget}"),
            &{ format!("{ratio:.2} {}", verdict(ratio >= budget)) },
        );
    }

    /// A figure that may not be above its budget.
    pub fn at_most(&mut self, what: &str, value: f64, budget: f64, unit: &str) {
        self.row(what, &format!("{value:.1} {unit}"), "", &format!("≤ {budget} {unit}"), &{
            verdict(value <= budget).to_owned()
        });
    }

    /// A figure that has no budget.
    pub fn figure(&mut self, what: &str, value: f64, unit: &str) {
        self.row(what, &format!("{value:.1} {unit}"), "", "", "");
    }

    fn row(&mut self, what: &str, value: &str, floor: &str, budget: &str, result: &str) {
        println!("  {what}: {value} {floor} {result}");
        self.0.push([what, value, floor, budget, result].map(str::to_owned));
    }

    pub fn print(self) {
        let mut table = Table::new();
        table.load_style(ASCII_MARKDOWN);
        table.set_header(["", "measured", "floor", "budget", "of the floor"]);
        for row in self.0 {
            table.add_row(row);
        }
        println!("\n{table}");
    }
}

const fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}
