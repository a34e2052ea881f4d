//! Which single-use codes hold a word, and what has to be drawn again then.
//!
//! A word may neither stand in the widget code, the first six symbols, nor begin there and end after it. What comes
//! after the widget code may hold one by itself: nobody is shown it alone.

use std::sync::Arc;

use crate::code::{
    alphabet::Alphabet,
    format::{Format, SINGLE_USE_LENGTH, WIDGET_LENGTH},
    words::{
        Words,
        automaton::{Automaton, DIRTY, ROOT, State},
        filter::{ABREAST, Filter, LEAST_SHARE, advance},
    },
};

/// What finds words in the codes of one kind.
pub(crate) enum Finder {
    Custom(Arc<Filter>),
    SingleUse(WidgetScan),
}

/// What is wrong with a code that holds a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// It is no code of its keyspace.
    Whole,
    /// It would be one with other symbols after those that tell it apart.
    Rest,
}

impl Finder {
    /// Finds those of a format; none if no code can hold one.
    pub(crate) fn of(format: &Format) -> Option<Self> {
        format.scan()?;
        format.filter().cloned().map(Self::Custom)
    }

    /// Whether each code may be followed by enough texts.
    pub(crate) fn leaves_enough(&self) -> bool {
        match self {
            Self::Custom(_) => true,
            Self::SingleUse(scan) => scan.leaves_enough(),
        }
    }

    /// What is wrong with a code.
    pub(crate) fn flaw(&self, code: &[u8]) -> Option<Flaw> {
        match self {
            Self::Custom(filter) => {
                let is_dirty = filter.scan().is_some_and(|scan| !scan.is_clean(code));
                is_dirty.then_some(Flaw::Whole)
            }
            Self::SingleUse(scan) => scan.flaw(code),
        }
    }

    /// The rows of codes that have a flaw.
    pub(crate) fn flawed_rows(&self, codes: &[u8], width: usize) -> Vec<usize> {
        match self {
            Self::Custom(filter) => filter
                .scan()
                .map_or_else(Vec::new, |scan| scan.dirty_rows(codes, width)),
            Self::SingleUse(scan) => scan.flawed_rows(codes, width),
        }
    }
}

/// Finds words that begin in the widget code of a single-use code.
pub(crate) struct WidgetScan(Words);

impl WidgetScan {
    pub(crate) fn new(words: &Words) -> Option<Self> {
        words.0.letters.has_words().then(|| Self(words.clone()))
    }

    fn automaton(&self) -> &Automaton {
        &self.0.0.letters
    }

    /// What is wrong with a single-use code.
    pub(crate) fn flaw(&self, code: &[u8]) -> Option<Flaw> {
        let (widget, rest) = code.split_at(WIDGET_LENGTH);
        let step = |state, &byte| self.automaton().clean(state, byte);
        self.flaw_after(widget.iter().fold(ROOT, step), rest)
    }

    fn flaw_after(&self, mut state: State, rest: &[u8]) -> Option<Flaw> {
        let automaton = self.automaton();
        if state == DIRTY {
            return Some(Flaw::Whole);
        }
        if !automaton.may_go_on(state, rest[0]) {
            return None;
        }
        for (read, &byte) in (1..).zip(rest) {
            state = automaton.next(state, byte, read);
            if state == DIRTY {
                return Some(Flaw::Rest);
            }
            // What is not longer began after the widget code.
            if automaton.depth(state) <= usize::from(read) {
                return None;
            }
        }
        None
    }

    /// The rows of codes that have a flaw.
    pub(crate) fn flawed_rows(&self, codes: &[u8], width: usize) -> Vec<usize> {
        let mut flawed = Vec::new();
        let mut note = |row, state, code: &[u8]| {
            if self.flaw_after(state, &code[WIDGET_LENGTH..]).is_some() {
                flawed.push(row);
            }
        };
        let blocks = codes.chunks_exact(ABREAST * width);
        let rest = blocks.remainder();
        let done = codes.len() / width - rest.len() / width;
        for (first, block) in (0..).step_by(ABREAST).zip(blocks) {
            let mut states = [ROOT; ABREAST];
            for place in 0..WIDGET_LENGTH {
                advance(self.automaton(), &mut states, &block[place..], width);
            }
            for (i, (state, code)) in states
                .into_iter()
                .zip(block.chunks_exact(width))
                .enumerate()
            {
                note(first + i, state, code);
            }
        }
        for (row, code) in (done..).zip(rest.chunks_exact(width)) {
            let widget = &code[..WIDGET_LENGTH];
            let step = |state, &byte| self.automaton().clean(state, byte);
            note(row, widget.iter().fold(ROOT, step), code);
        }
        flawed
    }

    /// Whether one in 16 of all texts at least may follow each widget code that holds no word.
    pub(crate) fn leaves_enough(&self) -> bool {
        let known = &self.0.0.is_followed;
        *known.get_or_init(|| self.finds_enough())
    }

    fn finds_enough(&self) -> bool {
        const AFTER: u8 = (SINGLE_USE_LENGTH - WIDGET_LENGTH) as u8;
        let (automaton, base36) = (self.automaton(), Alphabet::base36());
        let symbols = base36.symbols().as_bytes();
        // The share of good texts after each state, where so many characters have been read.
        let mut shares = vec![1.0; automaton.states()];
        for read in (1..=AFTER).rev() {
            let share = |next: State| match next {
                DIRTY => 0.0,
                next if automaton.depth(next) <= usize::from(read) => 1.0,
                next => shares[usize::from(next)],
            };
            let after = |state| {
                let next = symbols
                    .iter()
                    .map(|&symbol| automaton.next(state, symbol, read));
                next.map(share).sum::<f64>() / f64::from(base36.base() as u32)
            };
            shares = (0..automaton.states() as State).map(after).collect();
        }
        // The states after a widget code.
        let mut states = vec![ROOT];
        for _ in 0..WIDGET_LENGTH {
            let mut is_next = vec![false; automaton.states()];
            for &state in &states {
                for &symbol in symbols {
                    is_next[usize::from(automaton.clean(state, symbol))] = true;
                }
            }
            // All but the dirty one.
            let next = DIRTY + 1..automaton.states() as State;
            states = next.filter(|&next| is_next[usize::from(next)]).collect();
        }
        states
            .iter()
            .all(|&state| shares[usize::from(state)] >= LEAST_SHARE)
    }
}
