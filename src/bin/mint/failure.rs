//! What is said when there are no coupons.

use std::{
    fmt::Display,
    io::{self, ErrorKind, Write},
    path::Path,
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
                    CodeKind::Coupon => "coupons",
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
        cannot_write(Path::new("the output"), &error)
    }
}

pub(crate) fn cannot_write(target: &Path, error: &io::Error) -> Failure {
    let line = match error.kind() {
        // Whoever read the output has seen enough.
        ErrorKind::BrokenPipe => String::new(),
        _ => format!("error: cannot write {}: {error}", target.display()),
    };
    Failure { status: 1, line }
}

/// Of a file that an option names.
pub(crate) fn cannot_read(file: &Path, error: &io::Error) -> Failure {
    wrong_file(format!("cannot read {}: {error}", file.display()))
}

/// Of a file that an option names.
pub(crate) fn wrong_file(why: impl Display) -> Failure {
    let line = format!("error: {why}");
    Failure { status: 2, line }
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
    let mut paragraphs = text.split("\n\n").map(|paragraph| {
        let lines: Vec<_> = paragraph.split_whitespace().collect();
        lines.join(" ")
    });
    let mut line = paragraphs.next().unwrap_or_default();
    if let Some(tip) = paragraphs.find(|paragraph| paragraph.starts_with("tip: ")) {
        line = format!("{line} ({tip})");
    }
    say(&line);
    ExitCode::from(2)
}
