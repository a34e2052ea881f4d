//! The drill finds a fault where there is one. (That it finds none otherwise is for the drill itself to show.)

use std::{
    process::Command,
    sync::{Mutex, PoisonError},
};

/// One drill at a time.
static DRILL: Mutex<()> = Mutex::new(());

/// The table of a short drill of machines that lease in a wrong way.
fn table_with(fault: &str) -> String {
    let _alone = DRILL.lock().unwrap_or_else(PoisonError::into_inner);
    let output = Command::new(env!("CARGO_BIN_EXE_fleet"))
        .args(["drill", "--seconds", "6", "--fault", fault])
        .output()
        .unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{table}{complaints}");
    table
}

/// Whether a row of the table is marked.
#[track_caller]
fn assert_wrong(table: &str, row: &str) {
    let is_wrong = |line: &str| line.starts_with(&format!("| {row} |")) && line.contains("WRONG");
    assert!(table.lines().any(is_wrong), "{table}");
}

#[test]
fn counters_moved_on_outside_the_transaction_of_the_lease_are_found() {
    let table = table_with("lease-outside");
    assert_wrong(&table, "serials that no lease has");
}

#[test]
fn counters_read_without_a_lock_are_found() {
    let table = table_with("unlocked-counter");
    assert_wrong(&table, "serials that two leases have");
}
