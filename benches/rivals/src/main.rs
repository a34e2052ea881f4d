//! couponmint beside other ways to mint codes.
//!
//! `cargo run --release --manifest-path benches/rivals/Cargo.toml` prints the figures, writes them into
//! `benches/README.md`, some of them into the project's own, and draws two pictures, `issued.svg` and `fill.svg`, beside this package's Cargo.toml,
//! all from one run. `-- --quick` takes fewer runs, writes nothing and draws in the directory for temporary
//! files; `-- --only hashbrown` prints the lanes of that name and what they are compared with. `--bin memory` measures more of memory, `--bin costs` what is asked once: where many formats
//! meet, keyspaces end and threads wait.

#[path = "../../common/mod.rs"]
mod common;
#[path = "../../common/floor.rs"]
mod floor;
#[path = "../../common/prefixes.rs"]
mod prefixes;

mod aims;
mod by_hand;
mod campaigns;
mod growth;
mod hashed;
mod honest;
mod lanes;
mod machine;
mod ours;
mod peaks;
mod picture;
mod race;
mod report;
mod rivals;
mod run;
mod spelt;
mod table;
mod times;
#[path = "../../../src/ledger/growth.rs"]
#[allow(dead_code, reason = "it has more for the library's own tables")]
mod turns;

use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};

use mimalloc::MiMalloc;

use crate::race::Outcome;

/// One that keeps what it has had from the system. With glibc's, who came before whom decided who got
/// fresh pages, which cost up to as much as a whole batch.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Runs of each lane.
const RUNS: usize = 15;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    honest::check();
    match arguments[..] {
        [] => race(false),
        ["--quick"] => race(true),
        ["--only", part] => Ok(race_only(part)),
        _ => Err("the arguments are --quick, or --only and a part of the names of lanes".into()),
    }
}

/// Races the lanes whose names have this part, and what they are compared with.
fn race_only(part: &str) -> ExitCode {
    let mut lanes = lanes::all();
    let bases = lanes.iter().filter(|lane| lane.name.contains(part));
    let bases: Vec<_> = bases.filter_map(|lane| lane.base).collect();
    lanes.retain(|lane| lane.name.contains(part) || bases.contains(&lane.name));
    for lane in &mut lanes {
        lane.base = lane.base.filter(|_| lane.name.contains(part));
    }
    let outcomes = race::run(lanes, &[1, 2].map(common::pool), RUNS);
    println!("{}", table::of(&outcomes));
    verdict(&outcomes)
}

fn race(quick: bool) -> Result<ExitCode, Box<dyn Error>> {
    let pools = [1, 2].map(common::pool);
    let (runs, passes) = if quick { (3, 1) } else { (RUNS, 5) };
    let peaks = peaks::measure()?;
    let outcomes = race::run(lanes::all(), &pools, runs);
    let series = growth::measure(&pools, passes);

    let machine = machine::describe();
    let figures = join(&[
        &machine,
        &table::introduction(runs),
        &table::of(&outcomes),
        &growth::table(&series),
        &peaks::table(&peaks),
        "What was aimed at:",
        &aims::table(&outcomes, &series, &peaks),
    ]);
    println!("{figures}\n");

    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = if quick {
        env::temp_dir()
    } else {
        let short = lanes::SHORT
            .iter()
            .map(|name| table::named(&outcomes, name));
        let short = table::of_some(short, &outcomes);
        report::write(&package.join("../README.md"), &figures)?;
        report::write(&package.join("../../README.md"), &join(&[&machine, &short]))?;
        PathBuf::from(package)
    };
    picture::draw_issued(&folder.join("issued.svg"), &series, quick)?;
    picture::draw_fill(&folder.join("fill.svg"), &pools, quick)?;
    Ok(verdict(&outcomes))
}

/// Paragraphs.
fn join(parts: &[&str]) -> String {
    let parts: Vec<_> = parts.iter().map(|part| part.trim_end()).collect();
    parts.join("\n\n")
}

fn verdict(outcomes: &[Outcome]) -> ExitCode {
    if outcomes.iter().all(|outcome| outcome.wrong == 0) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
