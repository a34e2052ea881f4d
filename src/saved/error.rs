//! Why a campaign could not be saved, or not be loaded.

use std::{error::Error as StdError, fmt, io};

use crate::error::Error;

/// Why a campaign could not be saved.
///
/// ```
/// use couponmint::{Engine, SaveError};
///
/// let refused = Engine::new().save("cam_15111", Vec::new()).unwrap_err();
/// assert!(matches!(refused, SaveError::CampaignNotFound));
/// assert_eq!(refused.to_string(), "Campaign ID not found.");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum SaveError {
    /// The engine has no campaign of that name.
    CampaignNotFound,
    /// The campaign is a keyed one: it remembers no codes, and its serials are all there is to store.
    CampaignIsKeyed,
    /// Writing failed. What has been written by then is no whole file, and will not be loaded.
    Io(io::Error),
}

impl fmt::Display for SaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CampaignNotFound => Error::CampaignNotFound.fmt(f),
            Self::CampaignIsKeyed => {
                f.write_str("a keyed campaign has no codes to save: store its serials")
            }
            Self::Io(error) => write!(f, "the campaign could not be written: {error}"),
        }
    }
}

impl StdError for SaveError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::CampaignNotFound | Self::CampaignIsKeyed => None,
        }
    }
}

impl From<io::Error> for SaveError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Why a saved campaign could not be loaded. The engine is as it was.
///
/// ```
/// use couponmint::{Engine, LoadError};
///
/// let refused = Engine::new().load(&b"code,status\n5f3jup,new\n"[..]).unwrap_err();
/// assert!(matches!(refused, LoadError::Foreign));
/// assert_eq!(refused.to_string(), "this is not a saved campaign");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadError {
    /// It does not begin as saved campaigns do.
    Foreign,
    /// A later version has saved it, with something in it that this one does not know.
    Newer,
    /// It is cut, something comes after its end, or any of its bytes is another one than was saved.
    Damaged,
    /// The engine has a campaign of that name already, which stays as it is.
    CampaignExists {
        /// The name of the campaign.
        campaign: String,
    },
    /// Reading failed.
    Io(io::Error),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => f.write_str("this is not a saved campaign"),
            Self::Newer => f.write_str("this campaign was saved by a later version of couponmint"),
            Self::Damaged => f.write_str("this saved campaign is damaged or not complete"),
            Self::CampaignExists { campaign } => {
                write!(f, "there is a campaign {campaign} already")
            }
            Self::Io(error) => write!(f, "the campaign could not be read: {error}"),
        }
    }
}

impl StdError for LoadError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for LoadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
