//! Threads that help the one that holds a lock.
//!
//! They are started for that and run nothing else, unlike those of a pool, whose waiting thread may be handed
//! another request that wants the same lock.

use std::{panic::resume_unwind, sync::PoisonError};

use crate::sync::{Mutex, pool_threads, scope, start};

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
    if threads < 2 || pool_threads() < 2 {
        return all.map(|(index, item)| work(index, item)).collect();
    }
    let threads = threads.min(pool_threads());
    let left = Mutex::new(all);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work_on = || {
        let mut done = Vec::new();
        while let Some((index, item)) = next() {
            done.push((index, work(index, item)));
        }
        done
    };
    let mut done = scope(|scope| {
        // Those that cannot be started are not needed.
        let others = (1..threads).filter_map(|_| start(scope, STACK, work_on));
        let others: Vec<_> = others.collect();
        let mut done = work_on();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|&(index, _)| index);
    done.into_iter().map(|(_, result)| result).collect()
}
