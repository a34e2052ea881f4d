//! Mints single-use coupon codes: up to 100,000 per request, in parallel, none ever issued twice.
//!
//! ```
//! use couponmint::{Batch, Campaign, CodeType, Engine, Format, Request, Status};
//!
//! let engine = Engine::new();
//! assert!(engine.add_campaign(Campaign::new("cam_15111")?));
//!
//! let format = Format::new("test_", CodeType::Alphanumeric, 10)?;
//! let request = Request::new("cam_15111")?
//!     .amount(1000)?
//!     .status(Status::Activated)
//!     .custom_codes(format.clone());
//! let batch: Batch = engine.generate(&request)?;
//!
//! for coupon in &batch {
//!     assert_eq!(coupon.single_use_code().len(), 21);
//!     assert!(coupon.single_use_code().starts_with(coupon.widget_validation_code()));
//!     assert!(coupon.custom_validation_code().is_some_and(|code| code.starts_with("test_")));
//! }
//! assert_eq!(engine.remaining("cam_15111", &format)?, format.capacity() - 1000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Dates are instants, of the version of jiff that is there as [`jiff`].
//!
//! # Guarantees
//! Within a campaign no widget code (so no single-use code) and no custom code is ever issued twice:
//! not in a batch, across batches, threads or formats, nor against reserved codes. Every free code
//! is equally likely, from a cryptographic generator. A keyspace can be filled to its last code;
//! the next request is refused with error 601, and a refused request changes nothing.
//!
//! # Features
//! - `serde` (default): requests and responses as JSON.
//! - `keyed`: campaigns whose codes are encrypted serials: no memory of codes, any number of machines. It is off by
//!   default: FF1 is NIST's, but patents around it have been claimed, and who ships it should know.
//! - `cli`: the command line, `mint`; nothing that a library needs.
//! - `proptest`: strategies for requests and formats, for property tests of what you build on this.
//! - `arbitrary`: requests and formats out of raw bytes, for its fuzzers.
//! - `arrow`: batches as columns of Apache Arrow, for Parquet files and query engines.

mod batch;
mod builder;
mod campaign;
mod code;
mod engine;
mod error;
mod existing;
mod export;
#[cfg(feature = "keyed")]
mod keyed;
mod ledger;
mod link;
mod parameter;
mod random;
mod request;
mod saved;
mod sync;
mod testing;
mod validity;

pub use batch::{Batch, Coupon, Iter, SingleUseUrl};
pub use builder::EngineBuilder;
pub use campaign::Campaign;
pub use code::{
    alphabet::Alphabet,
    check::Check,
    format::{CodeType, Format},
    reading::Mistake,
    words::Words,
};
pub use engine::{Engine, MAX_SEQUENCE_ID};
pub use error::{CodeKind, Error, Rejection};
pub use existing::Reserved;
#[cfg(feature = "serde")]
pub use export::{
    chunks::{JsonChunks, RowChunks},
    response::Response,
    row::CouponRow,
};
#[cfg(feature = "keyed")]
pub use keyed::{
    fingerprint::Fingerprint,
    key::Key,
    serials::{Lease, Serials},
    stream::{CodeChunk, CodeChunks, Codes},
};
pub use link::UrlSetting;
pub use parameter::Parameter;
pub use request::{MAX_AMOUNT, Request, Status};
pub use saved::{LoadError, SaveError};
#[cfg(feature = "arbitrary")]
pub use testing::arbitrary;
#[cfg(feature = "proptest")]
pub use testing::proptest;
pub use validity::Validity;

/// The version of jiff whose [`Timestamp`](jiff::Timestamp) is the type of all dates here.
pub use jiff;

/// The version of arrow-array whose [`RecordBatch`](arrow_array::RecordBatch) a batch becomes.
#[cfg(feature = "arrow")]
pub use arrow_array;

/// The version of arrow-schema that describes one.
#[cfg(feature = "arrow")]
pub use arrow_schema;

#[cfg(all(test, shuttle))]
#[path = "../tests/schedules/mod.rs"]
mod schedules;

/// The README's example, compiled and run.
#[cfg(all(doctest, feature = "serde"))]
#[doc = include_str!("../README.md")]
struct Readme;
