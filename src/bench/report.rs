//! The figures, as data and as a table.

use serde::Serialize;

/// One line of the report.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// Our median.
    pub ours: f64,
    /// The floor's median, where there is one.
    pub floor: Option<f64>,
    /// The unit of both: `ms` or `MB`.
    pub unit: &'static str,
    /// The most that is wanted.
    pub target: Target,
}

/// The most that is wanted of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// So many times the floor.
    Times(f64),
    /// So much more than the floor, in the unit.
    Beyond(f64),
    /// So much, in the unit.
    Most(f64),
}

impl Row {
    /// Times the floor.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        self.floor.filter(|floor| *floor > 0.0).map(|floor| self.ours / floor)
    }

    /// Whether the target is met.
    #[must_use]
    pub fn met(&self) -> bool {
        match self.target {
            Target::Times(most) => self.ratio().is_some_and(|ratio| ratio <= most),
            Target::Beyond(most) => self.floor.is_some_and(|floor| self.ours - floor <= most),
            Target::Most(most) => self.ours <= most,
        }
    }
}

/// All figures of one run.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// How often each was measured.
    pub rounds: usize,
    /// The figures.
    pub rows: Vec<Row>,
}

impl Report {
    /// The figures as a table.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = format!("{:<46} {:>9} {:>9} {:>6}  target\n", "median", "ours", "floor", "ratio");
        for row in &self.rows {
            let amount = |value: f64| if value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") };
            let floor = row.floor.map_or_else(String::new, |floor| format!("{} {}", amount(floor), row.unit));
            let ratio = row.ratio().map_or_else(String::new, |ratio| format!("{ratio:.2}"));
            let target = match row.target {
                Target::Times(most) => format!("≤ {most:.1} × floor"),
                Target::Beyond(most) => {
                    let beyond = row.ours - row.floor.unwrap_or_default();
                    format!("≤ floor + {most} {} (now {beyond:.1})", row.unit)
                }
                Target::Most(most) => format!("≤ {most} {}", row.unit),
            };
            let ours = format!("{} {}", amount(row.ours), row.unit);
            let verdict = if row.met() { "" } else { "  missed" };
            text.push_str(&format!("{:<46} {ours:>9} {floor:>9} {ratio:>6}  {target}{verdict}\n", row.name));
        }
        text
    }
}

/// The middle of several figures; the mean of the two middle ones of an even number.
pub(super) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.as_slice() {
        [] => 0.0,
        all if all.len() % 2 == 1 => all[middle],
        all => f64::midpoint(all[middle - 1], all[middle]),
    }
}
