//! Threads that help the one that holds a lock.
//!
//! They are started for that and run nothing else, unlike those of a pool, whose waiting thread may be handed
//! another request that wants the same lock.

use std::{
    panic::resume_unwind,
    sync::{Mutex, PoisonError},
    thread::{self, Builder},
};

/// Bytes of stack of each: they only run the loops of a ledger.
const STACK: usize = 1 << 18;

/// Calls `work` with each item and its index, on at most so many threads and no more than the pool has. The results
/// come in order.
pub(crate) fn for_each_on_threads<T: Send, R: Send>(
    threads: usize,
    items: &mut [T],
    work: impl Fn(usize, &mut T) -> R + Sync,
) -> Vec<R> {
    let all = items.iter_mut().enumerate();
    // The pool is not asked if it need not be: that would start its threads.
    if threads < 2 || rayon::current_num_threads() < 2 {
        return all.map(|(index, item)| work(index, item)).collect();
    }
    let threads = threads.min(rayon::current_num_threads());
    let left = Mutex::new(all);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work_on = || {
        let mut done = Vec::new();
        while let Some((index, item)) = next() {
            done.push((index, work(index, item)));
        }
        done
    };
    let mut done = thread::scope(|scope| {
        let start = |_| {
            Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, work_on)
        };
        // Those that cannot be started are not needed.
        let others: Vec<_> = (1..threads).flat_map(start).collect();
        let mut done = work_on();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|&(index, _)| index);
    done.into_iter().map(|(_, result)| result).collect()
}
