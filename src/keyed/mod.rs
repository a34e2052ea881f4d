//! Keyed campaigns: codes without memory.
//!
//! Coupons are numbered, and code number n is the encryption of n. Distinct numbers encrypt to distinct codes, so none is
//! issued twice, on any number of machines, as long as no number is used twice; and a number is a counter, which every
//! database can lease. There is no ledger, nothing is loaded after a restart, and the ten-billionth code costs what the
//! first one did.
//!
//! From a serial to its code: codes that exist already are left out (`holes.rs`); what comes out is permuted among all
//! ranks of the format (`ranks.rs`: by FF1, `ff1.rs`, or a shuffle where there are few, `shuffle.rs`), or among all texts
//! where there are too many for a number (`symbols.rs`); and spelt (`numbering.rs`). A single-use code is such a widget
//! code and a proof (`single_use.rs`, `proof.rs`). `issuing.rs` says which serials a request gets.
//!
//! **What is secret.** The key, and nothing else: who has it knows every code, past and future, and in which order they
//! were sold. The algorithm, the formats, the counters and the fingerprint may be known to anyone. From the key come
//! subkeys (`subkeys.rs`), one for each campaign, kind and format, and what is learnt about one says nothing about
//! another. The key is wiped when it has been used for these; they, and what makes them, when the campaign is dropped. Not wiped
//! are codes, as everywhere in this library; the order of a shuffled format, which is its codes; and what HKDF, AES and
//! `ChaCha12` leave behind on the stack.
//!
//! **What an attacker can do who has many codes.** Suppose that somebody has collected 10^6 codes, and knows the serial of
//! each. FF1 is a Feistel network of ten rounds with AES inside. With its round functions taken for random ones, the known
//! attacks that tell it from a random permutation, or find one more code better than by a guess, need about as many texts as
//! a large power of the number of halves: some 2^70 for 10^6 codes in all, which is more texts than exist, and 2^108 for the
//! 36^6 widget codes. So the next code is guessed as blindly as from a ledger, where each is drawn at random: a
//! guess among N codes of which L are live hits with L / N. (Guesses are for the backend to limit, in both cases.) A whole
//! single-use code is harder to forge: after the widget code come 15 symbols that only the key can tell, and a guess hits
//! with one in 2^77.
//!
//! What an attacker *does* learn from the inverse is order. [`Engine::serial`](crate::Engine::serial) is for backends:
//! an address where strangers may ask it tells them how many coupons were sold, and when.
//!
//! **Why AES.** FF1 is what NIST has standardised for this very purpose (SP 800-38G), with AES inside, for which most machines
//! have instructions; ten blocks are the floor of a code, and this is not far above it. It has been
//! attacked in public for fifteen years: two attacks on small domains led NIST to ask for 10^6 strings at least. Where there
//! are fewer, all of them are shuffled here, which no attack of that kind touches. AES has 256-bit keys, so that a key that
//! lives for years has no shorter one beside it. The tweak is empty: each use has a subkey of its own instead, and those
//! are told apart by HKDF. FF3, its sister, was broken, and is withdrawn.
//!
//! **Why these parameters.** Numerals need not be the symbols of a code: with two to eight of them, of a radix chosen for the
//! capacity, one rule serves all formats, words and check symbols included, and the two halves are equal, so that each of
//! them is the longest it can be. And halves of at most 64 bits make a round cheap.
//!
//! **What fails silently** is a machine that differs from the others in key, formats, words or reserved codes: it would
//! issue, for other serials, the codes that they issue. `fingerprint.rs` is there so that they are told before the first.

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
