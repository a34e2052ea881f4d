//! Who counts: an engine by itself, or those who lease to it.
//!
//! An engine that did both would give serials and sequence ids twice: its own counters know nothing of leases. So the
//! first request that succeeds decides, for as long as the engine lives.

use std::sync::atomic::Ordering;

use crate::{error::Error, sync::AtomicU64};

/// Where serials and sequence ids come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Own = 1,
    Leases = 2,
}

/// The source of an engine, once there is one.
#[derive(Default)]
pub(crate) struct Counting(AtomicU64);

impl Counting {
    /// Decides for a source, if none is decided for. To be called when a request can fail for no other reason.
    pub(crate) fn decide(&self, source: Source) -> Result<(), Error> {
        let ordering = Ordering::Relaxed;
        let before = self
            .0
            .compare_exchange(0, source as u64, ordering, ordering);
        match before {
            Err(other) if other != source as u64 => Err(source.refusal()),
            _ => Ok(()),
        }
    }

    /// Refuses a source, if another one is decided for.
    pub(crate) fn check(&self, source: Source) -> Result<(), Error> {
        let decided = self.0.load(Ordering::Relaxed);
        if decided == 0 || decided == source as u64 {
            return Ok(());
        }
        Err(source.refusal())
    }
}

impl Source {
    fn refusal(self) -> Error {
        match self {
            Self::Own => Error::EngineIsLeasedTo,
            Self::Leases => Error::EngineCounts,
        }
    }
}
