//! One binary, one module a topic.

mod arrow;
mod check;
mod common;
#[cfg(feature = "serde")]
mod contract;
mod determinism;
mod distinct;
mod exhaustion;
mod fill;
mod format;
mod format_text;
#[cfg(feature = "serde")]
mod hostile;
mod keyed;
mod life;
#[cfg(feature = "serde")]
mod links;
#[cfg(feature = "serde")]
mod listed;
mod long;
mod model;
mod oracle;
mod overlap;
mod pattern;
mod privacy;
mod randomness;
mod reading;
mod readme;
mod release;
#[cfg(feature = "serde")]
mod replay;
mod reserve;
#[cfg(feature = "serde")]
mod response;
mod rules;
mod saved;
#[cfg(feature = "serde")]
mod services;
mod stacks;
mod strategies;
mod threads;
mod watched;
mod widgets;
mod wordless;
mod words;
