//! What fuzzing starts from, and all that it ever found, through the checks of the fuzz targets.

use std::{fs, path::Path};

#[allow(
    unreachable_pub,
    reason = "a library of its own for the fuzz targets, a module here"
)]
#[path = "../../fuzz/src/lib.rs"]
pub(crate) mod checks;

fn replay(target: &str, check: fn(&[u8])) {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let seeds = files(&fuzz.join("corpus").join(target));
    assert!(!seeds.is_empty());
    let found = files(&fuzz.join("regressions").join(target));
    for (name, input) in seeds.into_iter().chain(found) {
        println!("{name}");
        check(&input);
    }
}

/// The files of a directory, if there is one.
fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    let file = |path: std::path::PathBuf| (path.display().to_string(), fs::read(&path).unwrap());
    paths.map(file).collect()
}

#[test]
fn request() {
    replay("request", checks::request::check);
}

#[test]
fn params() {
    replay("params", checks::params::check);
}

#[test]
fn format() {
    replay("format", checks::format::check);
}

#[test]
fn pattern() {
    replay("pattern", checks::pattern::check);
}

#[test]
fn typed() {
    replay("typed", checks::typed::check);
}

#[test]
fn ff1() {
    replay("ff1", checks::ff1::check);
}

#[test]
fn engine() {
    replay("engine", checks::engine::check);
}

#[test]
fn load() {
    replay("load", checks::load::check);
}
