//! What `src/sync.rs` is made of while schedules are searched.

use std::{cell::RefCell, rc::Rc};

pub(crate) use shuttle::{
    sync::{
        Mutex, MutexGuard, RwLock,
        atomic::{AtomicU64, AtomicUsize},
    },
    thread::{ScopedJoinHandle, scope},
    thread_local,
};

use shuttle::thread::Scope;

/// The pool, so to speak, has two threads.
pub(crate) fn pool_threads() -> usize {
    2
}

#[expect(clippy::unnecessary_wraps, reason = "std may have no thread to give")]
pub(crate) fn start<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    _stack: usize,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, T>> {
    Some(scope.spawn(work))
}

/// As on rayon's pool, except that the other threads are new ones. The one that waits for them is handed other
/// work, on top of its stack.
pub(crate) fn on_pool<A>(others: usize, work: impl Fn() + Sync, first: impl FnOnce() -> A) -> A {
    scope(|scope| {
        for _ in 0..others {
            scope.spawn(&work);
        }
        let first = first();
        work();
        let meanwhile = MEANWHILE.with(|meanwhile| meanwhile.borrow().clone());
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        first
    })
}

type Work = Rc<dyn Fn()>;

std::thread_local! {
    /// All threads of a scenario are one of the system's.
    static MEANWHILE: RefCell<Option<Work>> = const { RefCell::new(None) };
}

/// What threads that wait are handed, from now on.
pub(crate) fn while_waiting(work: Option<Work>) {
    MEANWHILE.set(work);
}

/// Few of anything are worth a lock or a thread here.
pub(crate) const fn worth<T: Copy>(_size: T, searched: T) -> T {
    searched
}
