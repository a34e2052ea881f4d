//! Finding words: the automaton of Aho and Corasick (CACM 18, 1975) as a table. One look-up per character tells
//! the longest start of a word that the text now ends with, and so the longest word.

/// A start of a word, or one of these two.
pub(crate) type State = u16;

/// A word has ended. There is no way on.
pub(crate) const DIRTY: State = 0;
/// No word has begun.
pub(crate) const ROOT: State = 1;

/// Characters of one class are taken for each other.
const CLASSES: usize = 32;
/// Of characters that no word has.
const OTHER: u8 = 30;
/// Of characters that are skipped.
const SKIPPED: u8 = 31;

pub(crate) struct Automaton {
    /// The class of each ASCII character.
    classes: [u8; 128],
    /// The next state, [`DIRTY`] once a word has ended.
    clean: Vec<[State; CLASSES]>,
    /// The same, but that a word that has ended is no end.
    next: Vec<[State; CLASSES]>,
    /// How many characters of a word have been read.
    depths: Vec<u8>,
    /// How many the longest word has that ends here; 0 if none does.
    ends: Vec<u8>,
    /// The classes, a bit each, with which a word that has begun goes on, or another one that began later.
    going_on: Vec<u32>,
}

impl Automaton {
    /// Finds words of letters and digits, folded, and all that looks like them.
    pub(crate) fn of_letters<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let class = |byte| match super::folded(byte) {
            letter @ b'a'..=b'z' => letter - b'a',
            b'6' => 26,
            b'9' => 27,
            _ => SKIPPED,
        };
        Self::new(class, words)
    }

    /// Finds words of digits, as they are.
    pub(crate) fn of_digits<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let class = |byte: u8| match byte {
            b'0'..=b'9' => byte - b'0',
            _ if byte.is_ascii_alphabetic() => OTHER,
            _ => SKIPPED,
        };
        Self::new(class, words)
    }

    fn new<'w>(class: impl Fn(u8) -> u8, words: impl Iterator<Item = &'w str>) -> Self {
        let mut automaton = Self {
            classes: std::array::from_fn(|byte| class(byte as u8)),
            clean: Vec::new(),
            next: vec![[DIRTY; CLASSES]; 2],
            depths: vec![0; 2],
            ends: vec![0; 2],
            going_on: Vec::new(),
        };
        words.for_each(|word| automaton.add(word));
        automaton.complete();
        automaton
    }

    /// Adds a word to the tree of all words; where there is no way on, [`DIRTY`] stands for none.
    fn add(&mut self, word: &str) {
        let mut state = ROOT;
        for (depth, byte) in (1..).zip(word.bytes()) {
            let class = self.class(byte);
            let mut child = self.next[usize::from(state)][class];
            if child == DIRTY {
                child = self.next.len() as State;
                self.next.push([DIRTY; CLASSES]);
                self.depths.push(depth);
                self.ends.push(0);
                self.next[usize::from(state)][class] = child;
            }
            state = child;
        }
        self.ends[usize::from(state)] = word.len() as u8;
    }

    /// Leads on from each state in all classes: where its own word does not go on, as from the longest shorter
    /// start that the text ends with. States are completed in the order of their depths.
    fn complete(&mut self) {
        let mut shorter = vec![ROOT; self.next.len()];
        let mut in_order = vec![ROOT];
        let mut done = 0;
        while let Some(&state) = in_order.get(done) {
            done += 1;
            let row = usize::from(state);
            if self.ends[row] == 0 {
                self.ends[row] = self.ends[usize::from(shorter[row])];
            }
            for class in 0..CLASSES {
                let beside = match state {
                    ROOT => ROOT,
                    _ => self.next[usize::from(shorter[row])][class],
                };
                let child = self.next[row][class];
                if child == DIRTY {
                    self.next[row][class] = beside;
                } else {
                    shorter[usize::from(child)] = beside;
                    in_order.push(child);
                }
            }
            self.next[row][usize::from(SKIPPED)] = state;
        }
        self.clean.clone_from(&self.next);
        for row in &mut self.clean {
            let words = row.iter_mut().take(usize::from(SKIPPED));
            let words = words.filter(|state| self.ends[usize::from(**state)] > 0);
            words.for_each(|state| *state = DIRTY);
        }
        let goes_on =
            |row: &[State; CLASSES], class: usize| self.depths[usize::from(row[class])] > 1;
        let rows = self.next.iter();
        self.going_on = rows
            .map(|row| {
                (0..CLASSES)
                    .map(|class| u32::from(goes_on(row, class)) << class)
                    .sum()
            })
            .collect();
    }

    fn class(&self, byte: u8) -> usize {
        usize::from(self.classes[usize::from(byte % 128)])
    }

    pub(crate) fn states(&self) -> usize {
        self.next.len()
    }

    /// Whether there is any word.
    pub(crate) fn has_words(&self) -> bool {
        self.next.len() > 2
    }

    /// The state after one more character of which no word may be part.
    #[inline]
    pub(crate) fn clean(&self, state: State, byte: u8) -> State {
        self.clean[usize::from(state)][self.class(byte) % CLASSES]
    }

    /// The state after one more character that may be the last of a word no longer than `own`.
    pub(crate) fn next(&self, state: State, byte: u8, own: u8) -> State {
        if state == DIRTY || self.is_skipped(byte) {
            return state;
        }
        let next = self.next[usize::from(state)][self.class(byte)];
        let is_own = self.ends[usize::from(next)] <= own;
        if is_own { next } else { DIRTY }
    }

    /// Whether a word that has begun may go on with a character; if not, it surely does not.
    #[inline]
    pub(crate) fn may_go_on(&self, state: State, byte: u8) -> bool {
        self.going_on[usize::from(state)] >> self.class(byte) & 1 == 1
    }

    /// How many characters of a word have been read.
    pub(crate) fn depth(&self, state: State) -> usize {
        self.depths[usize::from(state)].into()
    }

    /// Whether characters are part of no word to its end.
    pub(crate) fn is_skipped(&self, byte: u8) -> bool {
        self.class(byte) == usize::from(SKIPPED)
    }
}
