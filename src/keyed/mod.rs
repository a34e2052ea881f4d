//! Keyed campaigns: codes without memory.
//!
//! Coupons are numbered, and code number n is the encryption of n. Distinct numbers encrypt to distinct codes, so as long
//! as no number is used twice, no code is issued twice, on any number of machines; and numbers come from a counter, which
//! any database can lease. There is no ledger, no code is loaded after a restart, and a late code costs what the first
//! one did.
//!
//! From a serial to its code: codes that exist already are left out (`holes.rs`); what comes out is permuted among all
//! ranks of the format (`ranks.rs`: by FF1, `ff1.rs`, or a shuffle where there are few, `shuffle.rs`), or among all texts
//! where there are too many for a number (`symbols.rs`); and spelt (`numbering.rs`). A single-use code is a widget code
//! made in this way, then a proof (`single_use.rs`, `proof.rs`). `issuing.rs` says which serials a request gets.
//!
//! **What is secret.** The key, and nothing else: whoever has it knows every code, past and future, and the order in
//! which they were sold. The algorithm, the formats, the counters and the fingerprint may be known to anyone. The key
//! yields subkeys (`subkeys.rs`), one for each campaign, kind and format; knowing one reveals nothing about another. The
//! key is wiped once they are derived; the subkeys, and what they come from, are wiped when the campaign is dropped. Not
//! wiped are codes, as everywhere in this library; the order of a shuffled format, which amounts to its codes; and what
//! HKDF, AES and `ChaCha12` leave behind on the stack.
//!
//! **What an attacker with many codes can do.** Suppose that somebody has collected 10^6 codes and knows the serial of
//! each. FF1 is a Feistel network of ten rounds with AES inside. If its round functions are taken to be random, the known
//! attacks that distinguish it from a random permutation, or predict one more code better than a guess does, need about
//! as many texts as a large power of the number of halves: some 2^70 for a format of 10^6 codes, which is more texts than
//! exist, and 2^108 for the 36^6 widget codes. So the next code is as hard to guess as that of a ledger, where each is
//! drawn at random: if L of N codes are live, a guess hits with probability L / N. (In both cases, the backend has to
//! limit guesses.) A whole single-use code is harder to forge: 15 symbols that can be computed only with the key follow
//! the widget code, and a guess is right with a probability of 1 in 2^77.
//!
//! What decryption *does* reveal is order. [`Engine::serial`](crate::Engine::serial) is for backends: an endpoint that
//! lets strangers call it tells them how many coupons were sold, and when.
//!
//! **Why FF1 and AES.** FF1 is what NIST has standardised for this very purpose (SP 800-38G). It runs on AES, for which
//! most machines have instructions. Ten blocks per code are the least it can cost, and this is not far above that. It has
//! been attacked in public for fifteen years: two attacks on small domains led NIST to ask for at least 10^6 strings.
//! Smaller formats are shuffled as a whole here, which no attack of that kind touches. AES has 256-bit keys, as long as
//! the campaign's own key. The tweak is empty: each use has a subkey of its own instead, and HKDF keeps these apart. FF3,
//! its sister, was broken, and is withdrawn.
//!
//! **Why these parameters.** Numerals need not be the symbols of a code: with two to eight of them, of a radix chosen for
//! the capacity, one rule serves all formats, words and check symbols included, and the two halves are equal, so that
//! each is as long as it can be. And halves of at most 64 bits make a round cheap.
//!
//! **What fails silently** is a machine that differs from the others in key, formats, words or reserved codes: it would
//! issue the same codes as they do, for other serials. `fingerprint.rs` is there to detect that before the first code.

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
