//! Memory of 10,000,000 coupons with custom codes. It is measured by this package's binary `memory`, a process
//! for each kind of campaign, since its allocator counts: that would cost the lanes of the race time.

use std::{env, error::Error, process::Command};

use crate::campaigns::Kind;

/// Bytes of a campaign, as `memory` prints them.
pub(crate) struct Peak {
    pub(crate) kind: Kind,
    /// Asked of the allocator and kept at the end; and at most, without the text of a batch.
    kept: f64,
    most: f64,
    /// At most from 1,000,000 coupons on, per code and kind.
    worst: f64,
    /// In memory at most, text and all.
    resident: f64,
}

/// Codes of both kinds.
const CODES: f64 = 20_000_000.0;

pub(crate) fn measure() -> Result<Vec<Peak>, Box<dyn Error>> {
    Kind::ALL.into_iter().map(measure_one).collect()
}

fn measure_one(kind: Kind) -> Result<Peak, Box<dyn Error>> {
    let name = match kind {
        Kind::Plain => "plain",
        Kind::Announced => "announced",
        Kind::Hashed => "hashed",
        Kind::HashedAnnounced => "hashed-announced",
    };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--release", "--quiet", "--bin", "memory"])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .args(["--", name])
        .output()?;
    let said = String::from_utf8(output.stdout)?;
    let numbers: Result<Vec<f64>, _> = said.split_whitespace().map(str::parse).collect();
    match numbers.as_deref() {
        Ok(&[kept, most, worst, resident]) if output.status.success() => Ok(Peak {
            kind,
            kept,
            most,
            worst,
            resident,
        }),
        _ => {
            let complaint = String::from_utf8_lossy(&output.stderr);
            Err(format!("memory {name}: {said}{complaint}").into())
        }
    }
}

impl Peak {
    /// At most, in bytes per code and kind of all that were issued.
    pub(crate) fn per_code(&self) -> f64 {
        self.most / CODES
    }
}

pub(crate) fn table(peaks: &[Peak]) -> String {
    let mut table = String::from(
        "Memory of a campaign that issues 10,000,000 coupons in batches of 100,000 that are dropped; the \
         announced one is\ntold so. Bytes asked of the allocator, without the text of a batch (3.6 MB): kept, \
         at most, at most per code and\nkind, and the worst per code issued so far from 1,000,000 coupons on \
         (an announced campaign has its room before).\nThen what the process had in memory at most (`VmHWM`), \
         text and all.\n\n\
         | | kept | peak | peak per code | worst on the way | in memory at most |\n|---|---:|---:|---:|---:|---:|\n",
    );
    table.extend(peaks.iter().map(row));
    table
}

fn row(peak: &Peak) -> String {
    let megabytes = |bytes: f64| format!("{:.1} MB", bytes / 1e6);
    let [kept, most, resident] = [peak.kept, peak.most, peak.resident].map(megabytes);
    let (name, each) = (peak.kind.name(), peak.per_code());
    let worst = match peak.kind {
        Kind::Announced | Kind::HashedAnnounced => String::new(),
        Kind::Plain | Kind::Hashed => format!("{:.1} bytes", peak.worst),
    };
    format!("| {name} | {kept} | {most} | {each:.1} bytes | {worst} | {resident} |\n")
}
