//! Batches on their way out.

#[cfg(feature = "serde")]
pub(crate) mod json;
