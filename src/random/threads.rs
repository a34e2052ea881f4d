//! Which threads work is done on.
//!
//! Work on no more than a chunk of codes stays on the calling thread: handing it over costs more
//! than doing it.

use crate::random::stream::CHUNK;

/// On which threads a draw runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    /// On the calling thread alone, which may hold a lock.
    Caller,
    /// On all threads of the rayon pool. Nothing may be locked: a thread that waits for the others
    /// takes on other work meanwhile, which may want the same lock.
    Pool,
}

impl Threads {
    /// Whether to share work on so many codes.
    pub(crate) fn share(self, amount: usize) -> bool {
        self == Self::Pool && amount > CHUNK
    }
}

/// Does both, at once if it is worth it. What `a` locks it must let go of itself.
pub(crate) fn side_by_side<A: Send, B: Send>(
    amount: usize,
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> (A, B) {
    if Threads::Pool.share(amount) {
        rayon::join(a, b)
    } else {
        (a(), b())
    }
}
