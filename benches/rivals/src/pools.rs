//! Pools of one thread and of two.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

pub(crate) struct Pools {
    pub(crate) one: ThreadPool,
    pub(crate) two: ThreadPool,
}

impl Pools {
    pub(crate) fn new() -> Result<Self, ThreadPoolBuildError> {
        let pool = |threads| ThreadPoolBuilder::new().num_threads(threads).build();
        Ok(Self {
            one: pool(1)?,
            two: pool(2)?,
        })
    }
}
