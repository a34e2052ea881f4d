//! What the fuzz targets check, one module a target: a function of any bytes that panics if the
//! library does not do what a naive restatement of it says.
//!
//! The library's own tests replay the seed corpus and all that was ever found through these checks.
//! So inputs are decoded by hand, in ways that no other crate's next version can change.

pub mod engine;
pub mod ff1;
pub mod format;
pub mod load;
mod model;
pub mod naive;
pub mod params;
pub mod pattern;
pub mod request;
pub mod typed;
