//! Which codes of a format hold a word.
//!
//! A word may stand anywhere in a code, but for one that stands wholly in literal text: between two symbols, before the
//! first or after the last. So at a symbol any word that ends there counts, and in literal text any that is longer
//! than the letters and digits since the last symbol. Literal text is the same in all codes: where it leads from each
//! state is found once, so that a look at a code takes a step per symbol.

use std::sync::{Arc, OnceLock};

use crate::code::{
    alphabet::Alphabet,
    format::Format,
    pattern::SYMBOL,
    words::{
        Words,
        automaton::{Automaton, DIRTY, ROOT, State},
        counting::{Counts, Ending},
    },
};

/// The least share of codes that words may leave.
pub(super) const LEAST_SHARE: f64 = 1.0 / 16.0;

/// The words of a format, and what finds them in its codes.
pub(crate) struct Filter {
    words: Words,
    /// None if no code could hold one.
    scan: Option<Scan>,
    counts: OnceLock<Arc<Counts>>,
}

impl Filter {
    pub(crate) fn new(format: &Format, words: Words) -> Self {
        Self {
            scan: Scan::new(format, &words),
            words,
            counts: OnceLock::new(),
        }
    }

    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    pub(crate) fn scan(&self) -> Option<&Scan> {
        self.scan.as_ref()
    }

    /// Whether at least one code in 16 of the format is clean.
    pub(crate) fn leaves_enough(&self, format: &Format) -> bool {
        let Some(scan) = &self.scan else { return true };
        // To count with the check symbol takes long, and is seldom needed: there are enough if there are without the
        // codes that some check symbol would complete to a word.
        let whatever = || Counts::of(format, scan, &self.words, Ending::Whatever);
        if format.check_symbol().is_some() && whatever().share(format, scan) >= LEAST_SHARE {
            return true;
        }
        let counts = self.counts(format, scan);
        match format.texts() {
            u128::MAX => counts.share(format, scan) >= LEAST_SHARE,
            all => counts.capacity(format, scan) >= all.div_ceil(16),
        }
    }

    /// How many clean codes there are from each state: made when first asked for.
    pub(crate) fn counts(&self, format: &Format, scan: &Scan) -> &Counts {
        let ending = format.check_system().map_or(Ending::Open, Ending::Check);
        self.counts
            .get_or_init(|| Counts::of(format, scan, &self.words, ending))
    }
}

/// Finds words in the codes of a format.
pub(crate) struct Scan {
    words: Words,
    is_digits: bool,
    /// Before the first symbol.
    start: State,
    steps: Box<[Step]>,
    /// The letters and digits of literal text that end at each place, with nothing else between; 0 for
    /// a symbol.
    own: Box<[u8]>,
    /// Whether literal text holds a word.
    has_own_words: bool,
}

/// A symbol, and the literal text after it.
struct Step {
    place: u8,
    /// Where that leads from each state, if there is any that counts.
    then: Option<Box<[State]>>,
}

/// Whether all symbols are digits.
fn is_digits(alphabet: &Alphabet) -> bool {
    alphabet
        .symbols()
        .bytes()
        .all(|symbol| symbol.is_ascii_digit())
}

impl Scan {
    fn new(format: &Format, words: &Words) -> Option<Self> {
        let is_digits = is_digits(format.alphabet());
        let automaton = automaton(words, is_digits);
        automaton.has_words().then_some(())?;
        let pattern = format.whole_pattern();
        let text = pattern.text().as_bytes();
        let own: Box<[u8]> = own_letters(text, automaton).into();
        let lead = |from: usize, to: usize, state| {
            let places = text[from..to].iter().zip(&own[from..to]);
            places.fold(state, |state, (&byte, &own)| {
                automaton.next(state, byte, own)
            })
        };
        let places: Vec<_> = (0..pattern.symbols()).map(|i| pattern.place(i)).collect();
        let ends = places[1..].iter().copied().chain([text.len()]);
        let step = |(&place, end): (&usize, usize)| {
            let counts = text[place + 1..end]
                .iter()
                .any(|&byte| !automaton.is_skipped(byte));
            let states = 0..automaton.states() as State;
            let then = counts.then(|| states.map(|state| lead(place + 1, end, state)).collect());
            Step {
                place: place as u8,
                then,
            }
        };
        let mut literals = text.split(|&byte| byte == SYMBOL);
        Some(Self {
            words: words.clone(),
            is_digits,
            start: lead(0, places[0], ROOT),
            steps: places.iter().zip(ends).map(step).collect(),
            has_own_words: literals.any(|literal| !is_clean(automaton, literal)),
            own,
        })
    }

    pub(crate) fn automaton(&self) -> &Automaton {
        automaton(&self.words, self.is_digits)
    }

    /// Before the first symbol of a code.
    pub(crate) fn start(&self) -> State {
        self.start
    }

    /// After the character at a place.
    pub(crate) fn after(&self, state: State, place: usize, byte: u8) -> State {
        self.automaton().next(state, byte, self.own[place])
    }

    /// After a symbol and the literal text that follows it.
    pub(crate) fn step(&self, state: State, symbol: usize, byte: u8) -> State {
        let state = self.automaton().clean(state, byte);
        self.then(symbol, state)
    }

    pub(crate) fn then(&self, symbol: usize, state: State) -> State {
        let then = self.steps[symbol].then.as_ref();
        then.map_or(state, |then| then[usize::from(state)])
    }

    /// Whether a code holds no word.
    pub(crate) fn is_clean(&self, code: &[u8]) -> bool {
        let symbols = self.steps.iter().enumerate();
        let state = symbols.fold(self.start, |state, (symbol, step)| {
            self.step(state, symbol, code[usize::from(step.place)])
        });
        state != DIRTY
    }

    /// Whether no clean code of another format could hold a word here, where symbols of this one may stand
    /// in place of that one's literal text.
    pub(crate) fn lets_pass(&self, other: Option<&Self>) -> bool {
        other.is_some_and(|other| {
            let is_as_strict = self.words == other.words && (self.is_digits || !other.is_digits);
            is_as_strict && !other.has_own_words
        })
    }

    /// The rows of codes that hold a word. Eight go side by side, since each step of one has to wait for the step
    /// before.
    pub(crate) fn dirty_rows(&self, codes: &[u8], width: usize) -> Vec<usize> {
        let mut dirty = Vec::new();
        let blocks = codes.chunks_exact(ABREAST * width);
        let rest = blocks.remainder();
        let done = codes.len() / width - rest.len() / width;
        for (first, block) in (0..).step_by(ABREAST).zip(blocks) {
            let mut states = [self.start; ABREAST];
            for step in &self.steps {
                advance(
                    self.automaton(),
                    &mut states,
                    &block[usize::from(step.place)..],
                    width,
                );
                if let Some(then) = &step.then {
                    states = states.map(|state| then[usize::from(state)]);
                }
            }
            let rows = (first..).zip(states);
            dirty.extend(
                rows.filter(|&(_, state)| state == DIRTY)
                    .map(|(row, _)| row),
            );
        }
        let rest = (done..).zip(rest.chunks_exact(width));
        dirty.extend(
            rest.filter(|(_, code)| !self.is_clean(code))
                .map(|(row, _)| row),
        );
        dirty
    }
}

/// How many codes are looked at side by side.
pub(super) const ABREAST: usize = 8;

/// Takes codes that stand side by side on by the character that they begin with.
#[inline]
pub(super) fn advance(
    automaton: &Automaton,
    states: &mut [State; ABREAST],
    codes: &[u8],
    width: usize,
) {
    for (state, &byte) in states.iter_mut().zip(codes.iter().step_by(width)) {
        *state = automaton.clean(*state, byte);
    }
}

fn automaton(words: &Words, is_digits: bool) -> &Automaton {
    if is_digits {
        &words.0.digits
    } else {
        &words.0.letters
    }
}

fn is_clean(automaton: &Automaton, text: &[u8]) -> bool {
    let state = text
        .iter()
        .fold(ROOT, |state, &byte| automaton.clean(state, byte));
    state != DIRTY
}

/// How many letters and digits of literal text end at each place of a pattern.
fn own_letters(pattern: &[u8], automaton: &Automaton) -> Vec<u8> {
    let mut letters = 0;
    let own = pattern.iter().map(|&byte| {
        letters = match byte {
            SYMBOL => 0,
            _ => letters + u8::from(!automaton.is_skipped(byte)),
        };
        letters
    });
    own.collect()
}
