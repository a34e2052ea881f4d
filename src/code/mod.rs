//! How a code is spelt: formats, alphabets, numbers and their text.

pub(crate) mod alphabet;
pub(crate) mod format;
pub(crate) mod fraction;
