//! What a campaign has issued so far, from one run to the next.
//!
//! A run loads the file, mints, saves the file and only then lets go of its coupons. So whatever fails, and wherever it
//! stops, a code can be lost but never issued twice: coupons that are out are in the file. The new file takes the place of
//! the old one in one step, when it is on the disk.
//!
//! Two runs at a time would load the same file and issue the same codes, so a run locks a file beside it. Not the file
//! itself: that is another one after each run, and a lock stays with the old one.

use std::{
    ffi::OsString,
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use couponmint::{Engine, LoadError, SaveError};
use indicatif::HumanCount;

use crate::{
    failure::{Failure, cannot_read, cannot_write, wrong_file},
    output::{persist, temporary_beside},
};

/// The file, which no other run uses as long as this is there.
pub(crate) struct CampaignFile {
    path: PathBuf,
    _lock: File,
}

impl CampaignFile {
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let path = real_path(path);
        let lock = open_lock(&path).map_err(|error| cannot_write(&path, &error))?;
        // The command line is built with a compiler of today, the library with older ones, too.
        #[allow(clippy::incompatible_msrv)]
        let locked = lock.try_lock();
        match locked {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Failure {
                status: 1,
                line: format!("error: another run is using {}", path.display()),
            }),
            Err(TryLockError::Error(error)) => Err(cannot_write(&path, &error)),
        }
    }

    /// Loads the campaign into an engine. False if there is no file yet.
    pub(crate) fn load(&self, engine: &Engine, campaign: &str) -> Result<bool, Failure> {
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            file => file.map_err(|error| cannot_read(&self.path, &error))?,
        };
        let name = engine.load(file).map_err(|error| self.cannot_load(error))?;
        if name != campaign {
            let file = self.path.display();
            return Err(wrong_file(format!(
                "{file} is of campaign {name}, not of {campaign}; say --campaign {name}"
            )));
        }
        Ok(true)
    }

    fn cannot_load(&self, error: LoadError) -> Failure {
        match error {
            LoadError::Io(error) => cannot_read(&self.path, &error),
            other => wrong_file(format!("{}: {other}", self.path.display())),
        }
    }

    /// Saves the campaign, before anyone sees its coupons.
    pub(crate) fn save(&self, engine: &Engine, campaign: &str) -> Result<(), Failure> {
        let save = || {
            let mut file = temporary_beside(&self.path)?;
            match engine.save(campaign, &mut file) {
                Err(SaveError::Io(error)) => return Err(error),
                saved => saved.map_err(io::Error::other)?,
            }
            persist(file, &self.path)
        };
        save().map_err(|error| cannot_write(&self.path, &error))
    }

    /// Why words cannot be said of a campaign that was loaded.
    pub(crate) fn keeps_words(&self) -> Failure {
        let file = self.path.display();
        wrong_file(format!(
            "{file} keeps the words that the campaign began with; leave --without-words out"
        ))
    }

    /// What to say of a campaign that was loaded.
    pub(crate) fn describe(&self, issued: u64) -> String {
        let (issued, file) = (HumanCount(issued), self.path.display());
        format!("{issued} coupons issued before, says {file}")
    }
}

/// The lock of a file, empty and beside it. It stays there: if it went, two runs could each hold one.
fn open_lock(path: &Path) -> io::Result<File> {
    let mut lock = OsString::from(path);
    lock.push(".lock");
    let mut options = File::options();
    options.write(true).create(true).truncate(false).open(lock)
}

/// Where a file is, or will be, whatever links lead there.
pub(crate) fn real_path(path: &Path) -> PathBuf {
    let in_real_directory = || {
        let directory = match path.parent()? {
            none if none.as_os_str().is_empty() => Path::new("."),
            directory => directory,
        };
        Some(fs::canonicalize(directory).ok()?.join(path.file_name()?))
    };
    let real = fs::canonicalize(path).ok();
    real.or_else(in_real_directory)
        .unwrap_or_else(|| path.to_owned())
}
