#![doc = include_str!("guide.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

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
