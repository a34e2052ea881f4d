//! Where bytes come from and go to.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Read, Write},
    path::Path,
};

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// Opens the target and lets `write` fill it. A file is all there or not touched, and its owner's
/// alone to read; standard output, devices and pipes are written to as they are.
pub(crate) fn write_to<T>(
    target: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Failure>,
) -> Result<T, Failure> {
    if target == Path::new("-") {
        return write_through(io::stdout().lock(), write);
    }
    // A link stays a link to the file that is replaced.
    let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
    if fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file()) {
        return write_through(File::create(&target)?, write);
    }
    let directory = target.parent().filter(|path| !path.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(directory.unwrap_or(Path::new(".")))?;
    let written = write_through(&mut file, write)?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    Ok(written)
}

fn write_through<T>(
    out: impl Write,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut out = BufWriter::new(out);
    let written = write(&mut out)?;
    out.flush()?;
    Ok(written)
}

/// All of a file, or of standard input.
pub(crate) fn read(file: &Path) -> io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return fs::read(file);
    }
    let mut body = Vec::new();
    io::stdin().lock().read_to_end(&mut body)?;
    Ok(body)
}
