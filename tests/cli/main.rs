//! The command line as its users run it: one module per matter.

mod batches;
mod common;
mod existing;
mod help;
mod mistakes;
mod output;
mod shapes;
mod sheets;
mod spreadsheets;
