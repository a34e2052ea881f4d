//! Locks, counters and threads: what code that locks or counts is made of.
//!
//! They are those of std and rayon. The package `tests/schedules` builds the library with shuttle's in their place, which
//! runs the threads of a scenario one at a time and decides at every lock and every counter who goes on. So
//! `tests/schedules` can try a million orders of them; there it says which.
//!
//! Code that locks or counts takes its tools from here, or those tests do not see it.

#[cfg(all(test, shuttle))]
#[path = "../tests/schedules/sync.rs"]
mod searched;
#[cfg(all(test, shuttle))]
pub(crate) use searched::*;

#[cfg(not(all(test, shuttle)))]
mod plain {
    pub(crate) use std::{
        sync::{
            Mutex, MutexGuard, RwLock,
            atomic::{AtomicU64, AtomicUsize},
        },
        thread::{ScopedJoinHandle, scope},
        thread_local,
    };

    use std::thread::{Builder, Scope};

    pub(crate) use rayon::current_num_threads as pool_threads;

    /// A thread with so many bytes of stack; none if it cannot be started.
    pub(crate) fn start<'scope, T: Send + 'scope>(
        scope: &'scope Scope<'scope, '_>,
        stack: usize,
        work: impl FnOnce() -> T + Send + 'scope,
    ) -> Option<ScopedJoinHandle<'scope, T>> {
        let builder = Builder::new().stack_size(stack);
        builder.spawn_scoped(scope, work).ok()
    }

    /// Does `work` on so many other threads of the pool and, after `first`, on this one.
    pub(crate) fn on_pool<A>(
        others: usize,
        work: impl Fn() + Sync,
        first: impl FnOnce() -> A,
    ) -> A {
        rayon::in_place_scope(|scope| {
            for _ in 0..others {
                scope.spawn(|_| work());
            }
            let first = first();
            work();
            first
        })
    }

    /// A size below which work is not worth a lock or a thread. Schedules are searched with the other one.
    pub(crate) const fn worth<T: Copy>(size: T, _searched: T) -> T {
        size
    }
}
#[cfg(not(all(test, shuttle)))]
pub(crate) use plain::*;
