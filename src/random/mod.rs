//! How free codes are found, at random and in parallel.
//!
//! A batch of codes is found in two steps. First all of them are drawn and written, in chunks that threads
//! share, whether or not they are free (`draw.rs`; `stream.rs` says why the result does not depend on the
//! threads). Then they are entered into a ledger, and those that turn out to be taken are drawn again one by
//! one, or, near the end of a keyspace, chosen from a list of the free ones (`redraw.rs`, which proves that
//! every choice is equally likely). Where codes may hold no words, those that do are drawn again as soon as they are
//! written (`clean.rs`).

mod clean;
pub(crate) mod column;
pub(crate) mod draw;
pub(crate) mod redraw;
pub(crate) mod stream;
pub(crate) mod threads;
