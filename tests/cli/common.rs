//! A directory of its own for each run of `mint`, and what the run leaves behind.

use std::{
    collections::HashSet,
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A directory to run in.
pub(crate) struct Place(TempDir);

/// What a run said and how it ended.
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    pub(crate) fn put(&self, file: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(file), content).unwrap();
    }

    pub(crate) fn text(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort_unstable();
        names
    }

    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mint"));
        command.current_dir(&self.0).stdin(Stdio::null());
        // A word `''` is an empty argument.
        command.args(
            arguments
                .split_whitespace()
                .map(|word| word.trim_matches('\'')),
        );
        command
    }

    pub(crate) fn run(&self, arguments: &str) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    pub(crate) fn run_on(&self, input: &str, arguments: &str) -> Ran {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A run that reads nothing may end before.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ran::of(child.wait_with_output().unwrap())
    }

    /// Runs what has to go well, and gives what it said.
    #[track_caller]
    pub(crate) fn mint(&self, arguments: &str) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.status, Some(0), "{arguments}: {}", ran.stderr);
        ran.stderr
    }

    /// Runs what has to fail with one line, and leave the directory as it was.
    #[track_caller]
    pub(crate) fn fail(&self, status: i32, arguments: &str, line: &str) {
        let before = self.files();
        let ran = self.run(arguments);
        assert_eq!(ran.stderr, format!("{line}\n"), "{arguments}");
        assert_eq!(ran.status, Some(status), "{arguments}");
        assert_eq!(ran.stdout, "", "{arguments}");
        assert_eq!(self.files(), before, "{arguments}");
    }

    /// Codes of one kind in a CSV file that was minted.
    pub(crate) fn column(&self, file: &str, name: &str) -> Vec<String> {
        let mut rows = csv::Reader::from_path(self.path(file)).unwrap();
        let names = rows.headers().unwrap();
        let place = names.iter().position(|column| column == name).unwrap();
        rows.records()
            .map(|row| row.unwrap()[place].to_owned())
            .collect()
    }
}

impl Ran {
    fn of(output: std::process::Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// One field of all coupons of an envelope.
pub(crate) fn fields(envelope: &Value, name: &str) -> Vec<String> {
    let coupons = envelope["data"].as_array().unwrap().iter();
    coupons
        .map(|coupon| coupon[name].as_str().unwrap().to_owned())
        .collect()
}

#[track_caller]
pub(crate) fn assert_distinct(codes: &[String]) {
    let distinct: HashSet<_> = codes.iter().collect();
    assert_eq!(distinct.len(), codes.len());
}
