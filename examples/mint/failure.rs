//! What is said when there are no coupons.

use std::{
    io::{self, ErrorKind, Write},
    process::ExitCode,
};

use couponmint::{CodeKind, Error, Rejection};

/// Why there are no coupons: the exit status, and a line to say (none if nobody listens).
pub(crate) struct Failure {
    pub(crate) status: u8,
    pub(crate) line: String,
}

pub(crate) fn wrong_option(wrong: impl Into<Rejection>) -> Failure {
    let line = format!("error {}", wrong.into());
    Failure { status: 2, line }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let fields = match error {
            Error::Exhausted { kind, asked, left } => {
                let kind = match kind {
                    CodeKind::Widget => "widget codes",
                    CodeKind::Custom => "custom codes",
                    _ => "codes",
                };
                format!(" ({kind}: {asked} asked for, {left} left)")
            }
            Error::OutOfSequenceIds { asked, left } => format!(" ({asked} asked for, {left} left)"),
            _ => String::new(),
        };
        let line = format!("error {}: {error}{fields}", error.code());
        Self { status: 1, line }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let line = match error.kind() {
            // Whoever read standard output has seen enough.
            ErrorKind::BrokenPipe => String::new(),
            _ => format!("error: cannot write the output: {error}"),
        };
        Self { status: 1, line }
    }
}

/// Lines on standard error, if anyone listens.
pub(crate) fn say(lines: &str) {
    if !lines.is_empty() {
        let _ = writeln!(io::stderr(), "{lines}");
    }
}

/// Help and version as they are; of an error what matters of it, on one line.
pub(crate) fn not_parsed(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.to_string();
    let lines = text.lines().map(str::trim);
    let first: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    say(&first.join(" "));
    ExitCode::from(2)
}
