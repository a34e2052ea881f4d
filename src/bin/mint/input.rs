//! Where bytes come from.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use crate::{
    failure::{Failure, cannot_read},
    output::is_standard,
};

/// A file, or standard input.
pub(crate) fn open(file: &Path) -> Result<Box<dyn Read>, Failure> {
    if is_standard(file) {
        return Ok(Box::new(io::stdin().lock()));
    }
    let opened = File::open(file).map_err(|error| cannot_read(file, &error))?;
    Ok(Box::new(BufReader::new(opened)))
}

/// All of it.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    open(file)?
        .read_to_end(&mut body)
        .map_err(|error| cannot_read(file, &error))?;
    Ok(body)
}
