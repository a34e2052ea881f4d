//! From a number to its clean code in a step per symbol.
//!
//! The ways of all smaller symbols, added up beforehand for each state, tell a symbol by where a number lies among
//! them. Symbols have nearly equal shares, so a multiplication says which one it is, or one beside it. That is done
//! where the ways fit 64 bits, which is at least the last ten symbols of a code; before these, and where a check symbol has
//! to be followed too, they are added up on the way (`counting.rs`).

use crate::code::words::automaton::{DIRTY, State};

/// What comes after a number of symbols that are still to be drawn.
pub(super) struct Level {
    /// By state: the ways of all smaller symbols, for each symbol, and of all.
    sums: Vec<u64>,
    /// By state: what a number is multiplied with for its symbol.
    scales: Vec<f64>,
    /// By state, the next one after each symbol.
    next: Vec<State>,
    base: usize,
}

// A guess need not be right.
#[allow(clippy::cast_precision_loss, clippy::cast_sign_loss)]
impl Level {
    /// Adds up the ways after each symbol, if they fit: `next` gives the state after one.
    pub(super) fn new(
        ways: &[u128],
        base: usize,
        next: impl Fn(State, usize) -> State,
    ) -> Option<Self> {
        let states = ways.len();
        let mut level = Self {
            sums: Vec::with_capacity(states * (base + 1)),
            scales: Vec::with_capacity(states),
            next: Vec::with_capacity(states * base),
            base,
        };
        for state in 0..states as State {
            let mut sum = 0_u64;
            for symbol in 0..base {
                let after = if state == DIRTY {
                    DIRTY
                } else {
                    next(state, symbol)
                };
                level.sums.push(sum);
                level.next.push(after);
                let more = u64::try_from(ways[usize::from(after)]).ok()?;
                sum = sum.checked_add(more)?;
            }
            level.sums.push(sum);
            level.scales.push(base as f64 / sum.max(1) as f64);
        }
        Some(level)
    }

    /// Takes the ways of all smaller symbols away from a number, which must be below all ways from a state, and
    /// gives the symbol and the state after it.
    #[inline]
    pub(super) fn symbol(&self, state: State, number: &mut u64) -> (usize, State) {
        let row = usize::from(state);
        let sums = &self.sums[row * (self.base + 1)..][..=self.base];
        let guess = (*number as f64 * self.scales[row]) as usize;
        let mut symbol = guess.min(self.base - 1);
        while sums[symbol] > *number {
            symbol -= 1;
        }
        while sums[symbol + 1] <= *number {
            symbol += 1;
        }
        *number -= sums[symbol];
        (symbol, self.next[row * self.base + symbol])
    }

    /// The ways of all symbols smaller than one, and the state after it.
    #[inline]
    pub(super) fn smaller(&self, state: State, symbol: usize) -> (u64, State) {
        let row = usize::from(state);
        let sum = self.sums[row * (self.base + 1) + symbol];
        (sum, self.next[row * self.base + symbol])
    }
}
