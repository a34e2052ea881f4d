//! How work is shared by threads, in bounded depth.
//!
//! A thread of a rayon pool that waits for others takes on any work it finds, on top of its stack: another
//! whole request, which waits in turn, and so on. With enough requests in the queue that overflows any
//! stack. So work is shared in one way only, and it goes no deeper than two levels:
//!
//! - The pieces of work are leaves: they call into no pool, and so never wait.
//! - The one who shares works as well, and waits only once no piece is left to be begun. Should it be handed
//!   a whole request meanwhile, that request finds the thread [`WAITING`] and does all its work itself.
//!
//! Results do not depend on threads, so that changes nothing else. What the one who shares does *first*, on
//! its own thread, may hold a lock, for it does not wait until that is done.
//!
//! Work on no more than a chunk of codes stays on the calling thread: handing it over costs more than doing it.

use std::{
    cell::Cell,
    sync::{OnceLock, atomic::Ordering},
};

use crate::{
    random::stream::CHUNK,
    sync::{AtomicUsize, on_pool, pool_threads, thread_local, worth},
};

/// The most codes that the calling thread works on alone.
const ALONE: usize = worth(CHUNK, 1);

thread_local! {
    /// Whether this thread has shared work further down its stack.
    static WAITING: Cell<bool> = const { Cell::new(false) };
}

/// Does all the pieces of the work on so many codes, on the threads of the pool if that is worth it. The
/// results come in order.
pub(crate) fn share<T: Send + Sync>(
    codes: usize,
    pieces: usize,
    work: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let (results, ()) = share_beside(codes, pieces, work, || ());
    results
}

/// Does the same beside something else, which this thread does first.
pub(crate) fn share_beside<T: Send + Sync, A>(
    codes: usize,
    pieces: usize,
    work: impl Fn(usize) -> T + Sync,
    first: impl FnOnce() -> A,
) -> (Vec<T>, A) {
    // A small request does not even ask for the pool, which would start its threads.
    let is_alone = codes <= ALONE || WAITING.with(Cell::get);
    let threads = if is_alone {
        1
    } else {
        pool_threads().min(pieces)
    };
    if threads < 2 {
        let first = first();
        return ((0..pieces).map(work).collect(), first);
    }
    let begun = AtomicUsize::new(0);
    let results: Vec<_> = (0..pieces).map(|_| OnceLock::new()).collect();
    let work_on = || {
        loop {
            let piece = begun.fetch_add(1, Ordering::Relaxed);
            let Some(result) = results.get(piece) else {
                break;
            };
            // Each piece is begun once, so its result is not there yet.
            let _ = result.set(work(piece));
        }
    };
    let _waits = Waits::begin();
    let first = on_pool(threads - 1, work_on, first);
    let done = |result: OnceLock<T>| result.into_inner().expect("all pieces are done");
    (results.into_iter().map(done).collect(), first)
}

/// While it lives, the thread is [`WAITING`].
struct Waits;

impl Waits {
    fn begin() -> Self {
        WAITING.with(|waiting| waiting.set(true));
        Self
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        WAITING.with(|waiting| waiting.set(false));
    }
}
