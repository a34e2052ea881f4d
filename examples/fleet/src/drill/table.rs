//! The drill's table: what was counted, and what it has to be.

use std::fmt;

/// What a row has to say.
enum Rule {
    Any,
    Exactly(u64),
    AtLeast(u64),
}

struct Row {
    what: &'static str,
    found: u64,
    rule: Rule,
    is_title: bool,
}

#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Row>,
    notes: Vec<String>,
}

impl Table {
    pub(super) fn title(&mut self, what: &'static str) {
        self.push(what, 0, Rule::Any, true);
    }

    /// A row that may say anything.
    pub(super) fn tell(&mut self, what: &'static str, found: impl TryInto<u64>) {
        self.push(what, number(found), Rule::Any, false);
    }

    pub(super) fn exactly(
        &mut self,
        what: &'static str,
        found: impl TryInto<u64>,
        expected: impl TryInto<u64>,
    ) {
        self.push(what, number(found), Rule::Exactly(number(expected)), false);
    }

    pub(super) fn none(&mut self, what: &'static str, found: impl TryInto<u64>) {
        self.exactly(what, found, 0_u64);
    }

    pub(super) fn at_least(&mut self, what: &'static str, found: impl TryInto<u64>, least: u64) {
        self.push(what, number(found), Rule::AtLeast(least), false);
    }

    /// A line below the table.
    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    pub(super) fn is_right(&self) -> bool {
        self.rows.iter().all(Row::is_right)
    }

    fn push(&mut self, what: &'static str, found: u64, rule: Rule, is_title: bool) {
        self.rows.push(Row {
            what,
            found,
            rule,
            is_title,
        });
    }
}

/// Counts of any type; one that is negative is wrong everywhere.
fn number(count: impl TryInto<u64>) -> u64 {
    count.try_into().unwrap_or(u64::MAX)
}

impl Row {
    fn is_right(&self) -> bool {
        match self.rule {
            Rule::Any => true,
            Rule::Exactly(expected) => self.found == expected,
            Rule::AtLeast(least) => self.found >= least,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_title {
            return write!(f, "| **{}** | | |", self.what);
        }
        let found = grouped(self.found);
        let wrong = if self.is_right() { "" } else { " **WRONG**" };
        match self.rule {
            Rule::Any => write!(f, "| {} | {found} | |", self.what),
            Rule::Exactly(expected) => {
                write!(
                    f,
                    "| {} | {found} | {}{wrong} |",
                    self.what,
                    grouped(expected)
                )
            }
            Rule::AtLeast(least) => {
                write!(
                    f,
                    "| {} | {found} | {} or more{wrong} |",
                    self.what,
                    grouped(least)
                )
            }
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | found | has to be |\n|---|---:|---:|")?;
        for row in &self.rows {
            writeln!(f, "{row}")?;
        }
        writeln!(f)?;
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        let wrong = self.rows.iter().filter(|row| !row.is_right()).count();
        match wrong {
            0 => writeln!(f, "All rows are right."),
            wrong => writeln!(f, "Rows that are WRONG: {wrong}"),
        }
    }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_row_makes_the_table_wrong() {
        let mut table = Table::default();
        table.tell("told", 1_234_567);
        table.exactly("equal", 3, 3);
        table.at_least("more", 21, 20);
        assert!(table.is_right());
        assert!(table.to_string().contains("| told | 1,234,567 | |"));
        table.none("lost", 1);
        assert!(!table.is_right());
        assert!(table.to_string().contains("| lost | 1 | 0 **WRONG** |"));
    }

    #[test]
    fn a_negative_count_is_wrong() {
        let mut table = Table::default();
        table.none("lost", -1);
        assert!(!table.is_right());
    }
}
