//! How free codes are found: streams of random numbers, draws, threads.

pub(crate) mod column;
pub(crate) mod draft;
pub(crate) mod draw;
pub(crate) mod keyspace;
pub(crate) mod stream;
pub(crate) mod threads;
