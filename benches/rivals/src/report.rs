//! Where the figures of a full run stand: in two Markdown files, between two marks each.

use std::{error::Error, fs, path::Path};

const BEGIN: &str = "<!-- The race writes from here -->\n";
const END: &str = "<!-- to here -->\n";

/// Puts the figures in place of the last run's.
pub(crate) fn write(path: &Path, figures: &str) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let without = || format!("{} has no marks for the figures", path.display());
    let (before, rest) = text.split_once(BEGIN).ok_or_else(without)?;
    let (_, after) = rest.split_once(END).ok_or_else(without)?;
    fs::write(path, format!("{before}{BEGIN}\n{figures}\n{END}{after}"))?;
    eprintln!("written: {}", path.display());
    Ok(())
}
