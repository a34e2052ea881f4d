//! How a code is spelt, and the numbers of its text.
//!
//! **A code is its text**: a pattern of literal text and symbols of an alphabet; mostly a prefix, then symbols. Two codes
//! are the same if their texts are, whatever formats spelt them. Texts are compared as numbers, which is faster:
//!
//! - Its **rank** is a code's number among all codes of its format, in alphabet order. It is what users
//!   see, a `u128`.
//! - Inside, a text is **one to three numbers** of 64 bits. Its symbols are cut into as few
//!   pieces of nearly equal length as it takes for each to be a number up to 10^19 (see `fraction.rs`): one
//!   for up to 10 letters and digits or 19 digits, at most three for 30 of any alphabet. Of one
//!   format, equal numbers are equal texts, and the other way round. A code of one number is called
//!   short, and that number is its rank; the others are called long.
//!
//! A random word is written as text without any division, as `fraction.rs` explains.

pub(crate) mod alphabet;
mod alphabets;
pub(crate) mod check;
pub(crate) mod format;
pub(crate) mod fraction;
pub(crate) mod pattern;
pub(crate) mod reading;
pub(crate) mod spelling;
mod text;
pub(crate) mod words;

/// The most numbers that a text is cut into: 30 symbols of base 64, ten at a time.
pub(crate) const MAX_NUMBERS: usize = 3;

/// A text as numbers, piece by piece; those it does not need are zero.
pub(crate) type Numbers = [u64; MAX_NUMBERS];
