//! The command line as its users run it: one module per matter.

mod batches;
mod campaign_files;
mod common;
mod existing;
mod help;
mod mistakes;
mod output;
mod shapes;
mod sheets;
mod spreadsheets;
