//! couponmint beside other ways to mint codes.
//!
//! `cargo run --release --manifest-path benches/rivals/Cargo.toml` prints one Markdown table and draws
//! two pictures, `issued.svg` and `fill.svg`, beside this package's Cargo.toml. `-- --quick` takes fewer
//! runs and draws in the directory for temporary files. `--bin memory` measures memory instead, `--bin
//! costs` what is asked once: where many formats meet, keyspaces end and threads wait.

#[path = "../../common/mod.rs"]
mod common;

mod by_hand;
mod machine;
mod ours;
mod picture;
mod pools;
mod race;
mod rivals;
mod run;
mod table;

use std::{env, error::Error, path::PathBuf, process::ExitCode};

use mimalloc::MiMalloc;

use crate::pools::Pools;

/// One that keeps what it has had from the system. With glibc's, who came before whom decided who got
/// fresh pages, which cost up to as much as a whole batch.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let quick = match env::args().nth(1).as_deref() {
        None => false,
        Some("--quick") => true,
        Some(other) => return Err(format!("unknown argument {other}, only --quick is").into()),
    };
    let pools = Pools::new()?;
    let runs = if quick { 3 } else { 15 };
    println!("{}\n", machine::describe());
    let results = race::run(table::lanes(), &pools, runs);
    let is_clean = table::print(&results, runs);
    let folder = if quick {
        env::temp_dir()
    } else {
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
    };
    picture::draw_issued(&folder.join("issued.svg"), &pools, quick)?;
    picture::draw_fill(&folder.join("fill.svg"), &pools, quick)?;
    Ok(if is_clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
