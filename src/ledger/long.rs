//! The taken codes of one format of long codes, as two or three numbers each.
//!
//! They never run out: there are more than 10^19 of them. So nothing is listed here, and a plain hash
//! set will do. No result depends on its order.

use std::hint::black_box;

use hashbrown::HashSet;

use crate::{code::Numbers, ledger::entering::IsBarred};

/// Codes whose places are read ahead.
const FETCHED: usize = 256;

/// Codes of `N` numbers.
pub(crate) struct Long<const N: usize>(HashSet<[u64; N]>);

impl<const N: usize> Long<N> {
    pub(crate) fn new() -> Self {
        Self(HashSet::new())
    }

    pub(crate) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    pub(crate) fn reserve(&mut self, additional: usize) {
        self.0.reserve(additional);
    }

    pub(crate) fn contains(&self, numbers: &Numbers) -> bool {
        self.0.contains(&first(numbers))
    }

    pub(crate) fn insert(&mut self, numbers: &Numbers) -> bool {
        self.0.insert(first(numbers))
    }

    pub(crate) fn remove(&mut self, numbers: &Numbers) -> bool {
        self.0.remove(&first(numbers))
    }

    /// Enters drawn codes. The positions of those that are taken or barred are added to `lost`.
    pub(crate) fn enter(
        &mut self,
        chunks: &[Vec<Numbers>],
        is_barred: Option<IsBarred<'_>>,
        lost: &mut Vec<u32>,
    ) {
        self.reserve(chunks.iter().map(Vec::len).sum());
        let mut positions = 0..;
        for codes in chunks.iter().flat_map(|chunk| chunk.chunks(FETCHED)) {
            for numbers in codes {
                black_box(self.contains(numbers));
            }
            for (numbers, position) in codes.iter().zip(positions.by_ref()) {
                let is_barred = is_barred.is_some_and(|is_barred| is_barred(position));
                if is_barred || !self.insert(numbers) {
                    lost.push(position);
                }
            }
        }
    }

    /// Calls `visit` with every code, in no order.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(&Numbers)) {
        for code in &self.0 {
            let mut numbers = Numbers::default();
            numbers[..N].copy_from_slice(code);
            visit(&numbers);
        }
    }

    /// Gives back memory, if much of it is for codes that were taken out.
    pub(crate) fn tidy(&mut self) {
        if self.0.capacity() > 4 * self.0.len() {
            self.0.shrink_to_fit();
        }
    }
}

fn first<const N: usize>(numbers: &Numbers) -> [u64; N] {
    *numbers
        .first_chunk()
        .expect("a code is at most that many numbers")
}
