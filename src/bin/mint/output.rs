//! Where the coupons go.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Seek, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::failure::{Failure, cannot_write};

/// The target. It is written first and published then: before that a file is not touched.
pub(crate) struct Output {
    target: PathBuf,
    place: Place,
}

enum Place {
    /// Next to the file whose place it takes; its owner's alone to read.
    Beside(NamedTempFile),
    /// Kept back until it is published.
    Held { kept: File, then: Box<dyn Write> },
    /// As it is written: standard output, a device or a pipe.
    Through(Box<dyn Write>),
}

impl Output {
    /// Opens the target. `hold` says whether what goes to standard output, a device or a pipe waits there
    /// until all of it is written.
    pub(crate) fn open(target: &Path, hold: bool) -> Result<Self, Failure> {
        let target = match fs::canonicalize(target) {
            // A link stays a link to the file that is replaced.
            Ok(real) if !is_standard(target) => real,
            _ => target.to_owned(),
        };
        let place = Place::open(&target, hold).map_err(|error| cannot_write(&target, &error))?;
        Ok(Self { target, place })
    }

    /// Lets `write` write.
    pub(crate) fn write<T>(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut out = BufWriter::new(match &mut self.place {
            Place::Beside(file) => file as &mut dyn Write,
            Place::Held { kept, .. } => kept,
            Place::Through(out) => out,
        });
        let written = write(&mut out)?;
        out.flush()?;
        Ok(written)
    }

    /// Makes what was written visible.
    pub(crate) fn publish(self) -> Result<(), Failure> {
        let Self { target, place } = self;
        place
            .publish(&target)
            .map_err(|error| cannot_write(&target, &error))
    }
}

impl Place {
    fn open(target: &Path, hold: bool) -> io::Result<Self> {
        let through: Box<dyn Write> = if is_standard(target) {
            Box::new(io::stdout().lock())
        } else if fs::metadata(target).is_ok_and(|metadata| !metadata.is_file()) {
            Box::new(File::options().write(true).open(target)?)
        } else {
            return Ok(Self::Beside(temporary_beside(target)?));
        };
        Ok(if hold {
            let (kept, then) = (tempfile::tempfile()?, through);
            Self::Held { kept, then }
        } else {
            Self::Through(through)
        })
    }

    fn publish(self, target: &Path) -> io::Result<()> {
        match self {
            Self::Beside(file) => persist(file, target),
            Self::Held { mut kept, mut then } => {
                kept.rewind()?;
                io::copy(&mut kept, &mut then)?;
                then.flush()
            }
            Self::Through(_) => Ok(()),
        }
    }
}

/// A file in the directory of another, that can take its place.
pub(crate) fn temporary_beside(target: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".mint-")
        .suffix(".part")
        .tempfile_in(directory_of(target))
        // Its own name, which the error has, tells nobody anything.
        .map_err(|error| error.kind().into())
}

/// Puts a written file in the place of another, safe from a loss of power.
pub(crate) fn persist(file: NamedTempFile, target: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    // The file is in its place. That its directory knows is all that may be missing, and not all can be asked.
    if let (true, Ok(directory)) = (cfg!(unix), File::open(directory_of(target))) {
        let _ = directory.sync_all();
    }
    Ok(())
}

fn directory_of(file: &Path) -> &Path {
    let directory = file.parent().filter(|path| !path.as_os_str().is_empty());
    directory.unwrap_or(Path::new("."))
}

/// Whether a name stands for standard input or output.
pub(crate) fn is_standard(file: &Path) -> bool {
    file == Path::new("-")
}
