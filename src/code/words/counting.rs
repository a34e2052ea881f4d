//! How many codes hold no word, and their numbers.
//!
//! From the state in which the automaton is before a symbol, and that of the check symbol if there is one, the number
//! of clean ways to go on is the sum over all symbols of the ways from the states after them. So there is a table
//! for each number of symbols that are still to come, the last one first. The capacity is the entry before the first
//! symbol; a rank is the sum of the ways of all smaller symbols on the way through a code, and the code of a rank is
//! found by taking them away again. Numbers that a `u128` cannot hold stay at its largest one.
//!
//! A table depends on what follows the first symbol, not on what stands before it, so all formats of an alphabet that
//! are a prefix and symbols share one.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::code::{
    alphabet::Alphabet,
    check::{Check, CheckSymbol},
    format::{Format, MAX_LENGTH},
    pattern::{SYMBOL, is_separator},
    words::{
        Words,
        automaton::{DIRTY, State},
        filter::Scan,
        sums::Level,
    },
};

/// What has to be true of codes after their last drawn symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// That is all of them.
    Open,
    /// The check symbol completes no word.
    Check(Check),
    /// No check symbol would complete one.
    Whatever,
}

/// What a table depends on, beside the words.
#[derive(PartialEq)]
struct Key {
    alphabet: Alphabet,
    /// The pattern from its first symbol on, without separators.
    tail: String,
    ending: Ending,
}

/// How many tables are kept beside those that formats have.
const KEPT: usize = 8;

/// A table that may still be in the making.
type Cell = Arc<OnceLock<Arc<Counts>>>;

/// The tables of a list of words, the last ones asked for.
#[derive(Default)]
pub(super) struct Tables(Mutex<Vec<(Key, Cell)>>);

impl Tables {
    /// A table, made outside the lock if it is not there.
    fn get(&self, key: Key, make: impl FnOnce() -> Counts) -> Arc<Counts> {
        let cell = {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let known = kept.iter().position(|(known, _)| *known == key);
            let entry = match known {
                Some(place) => kept.remove(place),
                None => (key, Arc::default()),
            };
            kept.truncate(KEPT - 1);
            kept.insert(0, entry);
            Arc::clone(&kept[0].1)
        };
        Arc::clone(cell.get_or_init(|| make().into()))
    }
}

/// The clean ways to go on, and their share of all.
pub(crate) struct Counts {
    /// By the number of symbols that are still to be drawn; each by the states of words and check symbol.
    ways: Vec<Vec<u128>>,
    shares: Vec<Vec<f64>>,
    /// The states of the check symbol.
    checks: usize,
    /// Whether all symbols are alike: nothing that counts stands between them.
    is_plain: bool,
    /// The last symbols, made when first asked for.
    levels: OnceLock<Vec<Level>>,
}

impl Counts {
    /// The table of a format.
    pub(super) fn of(format: &Format, scan: &Scan, words: &Words, ending: Ending) -> Arc<Self> {
        let pattern = format.whole_pattern();
        let tail = pattern.text()[pattern.start().len()..].bytes();
        let tail: Vec<_> = tail.filter(|&byte| !is_separator(byte)).collect();
        let is_plain = ending == Ending::Open && tail.iter().all(|&byte| byte == SYMBOL);
        let tail = if is_plain {
            vec![SYMBOL; MAX_LENGTH as usize]
        } else {
            tail
        };
        let drawn = if is_plain { tail.len() } else { format.drawn() };
        let key = Key {
            alphabet: format.alphabet().clone(),
            tail: tail.into_iter().map(char::from).collect(),
            ending,
        };
        words.tables().get(key, || {
            let making = Making::new(format, scan, ending);
            making.counts(drawn, is_plain)
        })
    }

    pub(crate) fn capacity(&self, format: &Format, scan: &Scan) -> u128 {
        self.ways[format.drawn()][self.first(format, scan)]
    }

    /// The share of clean codes.
    pub(super) fn share(&self, format: &Format, scan: &Scan) -> f64 {
        self.shares[format.drawn()][self.first(format, scan)]
    }

    fn first(&self, format: &Format, scan: &Scan) -> usize {
        let check = format.check_symbol().filter(|_| self.checks > 1);
        self.place(scan.start(), check.map_or(0, CheckSymbol::start))
    }

    fn place(&self, state: State, check: u8) -> usize {
        usize::from(state) * self.checks + usize::from(check)
    }

    /// The clean codes before a clean one, in alphabet order; none for a number that does not fit.
    pub(crate) fn rank(&self, format: &Format, scan: &Scan, code: &[u8]) -> Option<u128> {
        let levels = self.levels(format, scan);
        let mut rank = 0_u128;
        let mut walk = Walk::new(format, scan, self);
        for left in (levels.len()..format.drawn()).rev() {
            let own = code[walk.place()];
            for &symbol in format.alphabet().symbols().as_bytes() {
                if symbol == own {
                    break;
                }
                let ways = self.ways[left][walk.after(symbol)];
                rank = rank.checked_add(ways).filter(|&rank| rank < u128::MAX)?;
            }
            walk.go(own);
        }
        let mut state = walk.state;
        for left in (0..levels.len().min(format.drawn())).rev() {
            let own = code[format.place(format.drawn() - 1 - left)];
            let symbol = format.alphabet().number(&[own])? as usize;
            let (smaller, next) = levels[left].smaller(state, symbol);
            rank = rank.checked_add(smaller.into())?;
            state = next;
        }
        Some(rank).filter(|&rank| rank < u128::MAX)
    }

    /// Writes the drawn symbols of the clean code of a rank, which must be below the capacity.
    pub(crate) fn write(&self, format: &Format, scan: &Scan, mut rank: u128, code: &mut [u8]) {
        let levels = self.levels(format, scan);
        let mut walk = Walk::new(format, scan, self);
        for left in (levels.len()..format.drawn()).rev() {
            let mut symbols = format.alphabet().symbols().bytes();
            let symbol = symbols.find(|&symbol| match self.ways[left][walk.after(symbol)] {
                u128::MAX => true,
                ways if rank < ways => true,
                ways => {
                    rank -= ways;
                    false
                }
            });
            let symbol = symbol.expect("the ways add up to the capacity");
            code[walk.place()] = symbol;
            walk.go(symbol);
        }
        let (mut number, mut state) = (rank as u64, walk.state);
        let symbols = format.alphabet().symbols().as_bytes();
        for left in (0..levels.len().min(format.drawn())).rev() {
            let (symbol, next) = levels[left].symbol(state, &mut number);
            code[format.place(format.drawn() - 1 - left)] = symbols[symbol];
            state = next;
        }
    }

    /// The last symbols whose ways fit 64 bits, if no check symbol has to be followed.
    fn levels(&self, format: &Format, scan: &Scan) -> &[Level] {
        if self.checks > 1 {
            return &[];
        }
        self.levels.get_or_init(|| {
            let symbols = format.alphabet().symbols().as_bytes();
            let level = |left: usize| {
                let next = |state, symbol: usize| {
                    let next = scan.automaton().clean(state, symbols[symbol]);
                    if self.is_plain {
                        next
                    } else {
                        scan.then(format.drawn() - 1 - left, next)
                    }
                };
                Level::new(&self.ways[left], symbols.len(), next)
            };
            (0..self.ways.len() - 1).map_while(level).collect()
        })
    }
}

/// A way through the symbols of a code.
struct Walk<'a> {
    format: &'a Format,
    scan: &'a Scan,
    counts: &'a Counts,
    symbol: usize,
    state: State,
    check: u8,
}

impl<'a> Walk<'a> {
    fn new(format: &'a Format, scan: &'a Scan, counts: &'a Counts) -> Self {
        Self {
            state: scan.start(),
            check: format.check_symbol().map_or(0, CheckSymbol::start),
            symbol: 0,
            format,
            scan,
            counts,
        }
    }

    /// Where the next symbol stands.
    fn place(&self) -> usize {
        self.format.place(self.symbol)
    }

    fn states_after(&self, symbol: u8) -> (State, u8) {
        let check = self.format.check_symbol();
        let check = check.map_or(0, |check| {
            check.step(self.format.alphabet(), self.symbol, self.check, symbol)
        });
        (self.scan.step(self.state, self.symbol, symbol), check)
    }

    /// The place in a table after a symbol.
    fn after(&self, symbol: u8) -> usize {
        let (state, check) = self.states_after(symbol);
        self.counts.place(state, check)
    }

    fn go(&mut self, symbol: u8) {
        (self.state, self.check) = self.states_after(symbol);
        self.symbol += 1;
    }
}

/// What a table is made of.
struct Making<'a> {
    scan: &'a Scan,
    alphabet: &'a Alphabet,
    check: Option<&'a CheckSymbol>,
    ending: Ending,
    /// How many symbols are drawn.
    drawn: usize,
    checks: usize,
}

impl<'a> Making<'a> {
    fn new(format: &'a Format, scan: &'a Scan, ending: Ending) -> Self {
        let alphabet = format.alphabet();
        let check = format.check_symbol().filter(|_| ending != Ending::Whatever);
        Self {
            checks: check.map_or(1, |check| check.states(alphabet)),
            drawn: format.drawn(),
            scan,
            alphabet,
            check,
            ending,
        }
    }

    /// The tables for up to so many symbols. If what follows the first symbol is plain, all symbols are alike.
    fn counts(&self, drawn: usize, is_plain: bool) -> Counts {
        let last = self.last();
        let mut shares: Vec<Vec<_>> =
            vec![last.iter().map(|&is_clean| f64::from(is_clean)).collect()];
        let mut ways: Vec<Vec<_>> = vec![last.into_iter().map(u128::from).collect()];
        for left in 1..=drawn {
            let symbol = if is_plain {
                None
            } else {
                Some(self.drawn - left)
            };
            let (more_ways, more_shares) = self.more(symbol, &ways[left - 1], &shares[left - 1]);
            ways.push(more_ways);
            shares.push(more_shares);
        }
        Counts {
            ways,
            shares,
            checks: self.checks,
            is_plain,
            levels: OnceLock::new(),
        }
    }

    fn symbols(&self) -> &'a [u8] {
        self.alphabet.symbols().as_bytes()
    }

    /// Whether a code that ends in each of the states is clean.
    fn last(&self) -> Vec<u8> {
        let automaton = self.scan.automaton();
        let is_clean = |state, symbol| automaton.clean(state, symbol) != DIRTY;
        let states = 0..automaton.states() as State;
        let last = states.flat_map(|state| {
            (0..self.checks as u8).map(move |check| match (self.ending, self.check) {
                (Ending::Whatever, _) => {
                    self.symbols().iter().all(|&symbol| is_clean(state, symbol))
                }
                (_, Some(last)) => is_clean(state, last.symbol(self.alphabet, check)),
                (_, None) => state != DIRTY,
            })
        });
        last.map(u8::from).collect()
    }

    /// The ways from each state if one more symbol is to be drawn: this one.
    fn more(&self, place: Option<usize>, ways: &[u128], shares: &[f64]) -> (Vec<u128>, Vec<f64>) {
        let automaton = self.scan.automaton();
        let mut more_ways = vec![0_u128; ways.len()];
        let mut more_shares = vec![0.0; shares.len()];
        for &symbol in self.symbols() {
            // Where the check symbol's states lead.
            let next: Vec<_> = (0..self.checks as u8)
                .map(|check| match (self.check, place) {
                    (Some(symbols), Some(place)) => {
                        usize::from(symbols.step(self.alphabet, place, check, symbol))
                    }
                    _ => 0,
                })
                .collect();
            for state in 1..automaton.states() {
                let mut after = automaton.clean(state as State, symbol);
                if let Some(place) = place {
                    after = self.scan.then(place, after);
                }
                if after == DIRTY {
                    continue;
                }
                let (own, after) = (state * self.checks, usize::from(after) * self.checks);
                for (check, next) in next.iter().enumerate() {
                    let more = &mut more_ways[own + check];
                    *more = more.saturating_add(ways[after + next]);
                    more_shares[own + check] += shares[after + next];
                }
            }
        }
        let base = f64::from(self.alphabet.base() as u32);
        for share in &mut more_shares {
            *share /= base;
        }
        (more_ways, more_shares)
    }
}
