//! On what machine, when, and with which versions.

use std::{fs, path::Path, process::Command, thread};

use couponmint::jiff::Timestamp;

pub(crate) fn describe() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let today = Timestamp::now().strftime("%Y-%m-%d");
    let (processor, pages, compiler) = (processor(), pages(), compiler());
    let versions = versions().join(", ");
    format!(
        "{processor}, {cores} cores; transparent huge pages: {pages}; {today}.\n{compiler}; {versions}."
    )
}

/// The setting for huge pages, which is marked by brackets.
fn pages() -> String {
    let settings = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled");
    let settings = settings.unwrap_or_default();
    let chosen = settings.split(['[', ']']).nth(1);
    chosen.unwrap_or("unknown").to_owned()
}

/// The compiler beside the cargo that built this.
fn compiler() -> String {
    let rustc = Path::new(env!("CARGO")).with_file_name("rustc");
    let output = Command::new(rustc).arg("--version").output();
    let version = output
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok());
    version.map_or_else(
        || String::from("unknown compiler"),
        |version| version.trim().to_owned(),
    )
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split_once(':'));
    model.map_or_else(
        || String::from("unknown processor"),
        |(_, name)| name.trim().to_owned(),
    )
}

/// The packages this one depends on, as locked.
fn versions() -> Vec<String> {
    let lock = include_str!("../Cargo.lock");
    let packages = || lock.split("[[package]]").skip(1);
    let own = packages().find(|package| value(package, "name") == Some(env!("CARGO_PKG_NAME")));
    let names = own
        .and_then(|own| own.split_once("dependencies = ["))
        .map_or("", |(_, names)| names);
    // An entry is a name, or a name and a version where there are several of that name.
    let entries = names
        .lines()
        .map(|line| line.trim_matches([' ', ',', '"', ']']));
    let versions = entries.filter(|name| !name.is_empty()).map(|name| {
        let package = packages().find(|package| value(package, "name") == Some(name));
        let version = package.and_then(|package| value(package, "version"));
        version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"))
    });
    versions.collect()
}

fn value<'a>(package: &'a str, key: &str) -> Option<&'a str> {
    let line = package.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(" = ")?.1.trim_matches('"'))
}
