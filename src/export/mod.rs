//! JSON: requests on their way in, answers on their way out. Batches as columns of Arrow.

#[cfg(feature = "arrow")]
mod arrow;
#[cfg(feature = "serde")]
mod body;
#[cfg(feature = "serde")]
pub(crate) mod chunks;
#[cfg(feature = "serde")]
mod envelope;
#[cfg(feature = "serde")]
mod json;
#[cfg(feature = "serde")]
pub(crate) mod response;
#[cfg(feature = "serde")]
pub(crate) mod row;
#[cfg(feature = "serde")]
mod text;
