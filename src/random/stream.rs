//! Random numbers that are parallel and repeatable.
//!
//! The usual way to draw in parallel, a generator per thread, makes the result depend on which thread
//! took which piece of work. Here work is cut into chunks of [`CHUNK`] codes, and a chunk's numbers
//! are a pure function of
//!
//! ```text
//! (seed, purpose, round, chunk)
//! ```
//!
//! The seed is the key of a `ChaCha12` keystream (the rounds of rand's own `StdRng`), the other three
//! are its 64-bit stream number, so no two chunks ever share a block. The same seed gives the same
//! batch on 1, 2 or 64 threads. The chunk size, the purposes and the way a word becomes a number are
//! frozen: golden values in the tests pin them, and changing one is a breaking change.
//!
//! An engine without a seed takes 32 fresh bytes from the operating system for every request. No
//! generator outlives its request, so a forked process or a virtual machine resumed twice from one
//! snapshot never repeats a code. An engine with a seed derives one key per request from it.

use rand::{Rng, SeedableRng, TryRng, rngs::SysRng};
use rand_chacha::ChaCha12Rng;

use crate::code::fraction::{Bound, Word};

/// Codes per chunk of work. Frozen: it decides which number goes to which code. (The floor of the
/// benchmarks is cut alike.)
pub(crate) const CHUNK: usize = 2048;

/// What numbers are drawn for. Each purpose has streams of its own. Frozen.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// The first words of single-use codes.
    SingleUse = 0,
    /// Their other words.
    SingleUseRest = 1,
    /// The first words of custom codes.
    Custom = 2,
    /// Their other words.
    CustomRest = 3,
    /// The seeds of requests.
    Seeds = 4,
}

/// Which draw of a code numbers are for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Round {
    /// The first one, of which each chunk of codes has a stream.
    First = 0,
    /// All that follow. They have one stream together.
    Later = 1,
}

/// The randomness of one request.
pub(crate) struct Stream {
    seed: [u8; 32],
}

impl Stream {
    /// Fresh entropy.
    ///
    /// # Panics
    /// If the operating system has no entropy to give; there is nothing safe to go on with.
    pub(crate) fn from_os() -> Self {
        let mut seed = [0; 32];
        SysRng
            .try_fill_bytes(&mut seed)
            .expect("the operating system gives entropy");
        Self { seed }
    }

    /// Request number `ticket` of an engine with a seed.
    pub(crate) fn from_seed(engine_seed: [u8; 32], ticket: u64) -> Self {
        let mut keystream = keystream(engine_seed, Purpose::Seeds, Round::First, 0);
        keystream.set_word_pos(u128::from(ticket) * 8);
        let mut seed = [0; 32];
        keystream.fill_bytes(&mut seed);
        Self { seed }
    }

    /// The numbers of one chunk.
    pub(crate) fn words(&self, purpose: Purpose, round: Round, chunk: usize) -> Words {
        Words(keystream(self.seed, purpose, round, chunk))
    }
}

fn keystream(seed: [u8; 32], purpose: Purpose, round: Round, chunk: usize) -> ChaCha12Rng {
    let mut keystream = ChaCha12Rng::from_seed(seed);
    keystream.set_stream((purpose as u64) << 56 | (round as u64) << 32 | chunk as u64);
    keystream
}

/// Bytes of keystream taken at once.
const BLOCK: usize = 1024;

/// A chunk's stream of 64-bit words.
pub(crate) struct Words(ChaCha12Rng);

impl Words {
    /// The first stream of a key of one's own.
    #[cfg(feature = "keyed")]
    pub(crate) fn of(key: [u8; 32]) -> Self {
        Self(ChaCha12Rng::from_seed(key))
    }

    /// Fills a slice with words whose numbers below the bound are uniform.
    pub(crate) fn fill(&mut self, words: &mut [Word], bound: Bound) {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while filled < words.len() {
            let bytes = &mut block[..BLOCK.min(8 * (words.len() - filled))];
            self.0.fill_bytes(bytes);
            for bytes in bytes.chunks_exact(8) {
                let bytes = bytes.try_into().expect("a word is eight bytes");
                let word = Word(u64::from_le_bytes(bytes));
                // A word that is not fair is written over by the next.
                words[filled] = word;
                filled += usize::from(bound.is_fair(word));
            }
        }
    }

    /// A word whose number below the bound is uniform.
    pub(crate) fn word(&mut self, bound: Bound) -> Word {
        loop {
            let word = Word(self.0.next_u64());
            if bound.is_fair(word) {
                return word;
            }
        }
    }

    /// A uniform number below a count that is used once. What a [`Bound`] knows takes a division, which
    /// is seldom needed.
    pub(crate) fn below(&mut self, count: u64) -> u64 {
        loop {
            let word = Word(self.0.next_u64());
            let is_surely_fair = word.0.wrapping_mul(count) >= count;
            if is_surely_fair || Bound::new(count).is_fair(word) {
                return word.below(count);
            }
        }
    }
}
