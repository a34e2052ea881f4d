//! Keyed campaigns: codes without memory.

pub(crate) mod counting;
pub(crate) mod fingerprint;
pub(crate) mod issuing;
pub(crate) mod key;
pub(crate) mod serials;
pub(crate) mod stream;

mod campaign;
mod engine;
mod ff1;
mod holes;
mod modulus;
mod numbering;
mod proof;
mod ranks;
mod shuffle;
mod single_use;
mod subkeys;
mod symbols;

/// A property's settings: the same cases in every run.
#[cfg(test)]
fn fixed_cases() -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        ..Default::default()
    }
}
