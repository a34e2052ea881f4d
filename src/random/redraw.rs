//! Codes for the positions whose first draw was lost; why every choice of free codes is equally likely.
//!
//! A batch draws a code for each of its positions, uniformly and independently. A code that is taken is
//! lost; one that was drawn twice belongs to its lowest position, and the others lose it. Then the losers, one
//! after the other in an order that the codes and their positions decide, draw until they meet a free code.
//! Where that would take too long, the free codes are listed, and each loser left is given one of them, every
//! one with the same probability. If it is plain beforehand that it would, all positions are given codes of the
//! list.
//!
//! **Every ordered choice of n free codes is equally likely.** Let π be a permutation of the codes that are free
//! before the batch. Apply it to all first draws: the result is as likely as before, since draws are uniform
//! and independent of all that was. The same draws are equal to each other and the same ones are free, so the
//! same positions win, with π of what they had. Each loser in turn gets a code that is uniform among those
//! still free, whether it is drawn or chosen, and whatever came before; the order of the losers may change,
//! but not what they get: any ordered choice of what is left is equally likely. So a result r and
//! π(r) are equally likely. Any ordered choice is π of any other for some π; so all are equally likely. ∎
//!
//! Where words are never to be spelt, "code" means a clean one throughout: those that hold a word are neither drawn
//! (`clean.rs`) nor listed.
//!
//! What a tie-break must not do is to look at time: "the thread that came first keeps it" would make a batch
//! depend on scheduling. How many draws there are before a listing depends on counts alone.
//!
//! **What it costs.** Of a keyspace with a share f of free codes a position needs 1 / f draws on average. A
//! listing goes through the codes that the format's own ledger does not have, which is far quicker than
//! drawing, unless each of them has to be looked up in the ledgers of other formats: then one takes about
//! as long as a draw. So codes are drawn while that is likely to be the cheaper way, and never for much
//! longer than a listing takes. Where other formats have taken codes, f is less than the own ledger tells;
//! the list is made after [`TRIES`] times as many draws as it makes expect, and [`FEW_DRAWS`]. The
//! numbers are frozen: they decide which code a seed yields.

use crate::{
    code::{
        Numbers,
        spelling::Spelling,
        words::{Finder, Flaw},
    },
    random::{
        clean::{CodeWords, Redrawing},
        column::TextColumn,
        stream::Words,
    },
};

/// Draws that are always cheap enough.
const FEW_DRAWS: u64 = 4_000;
/// Draws per draw expected, when there are more taken codes than can be seen beforehand.
const TRIES: u64 = 16;
/// Bits of a bitmap that are looked at in the time of one draw.
const BITS_PER_DRAW: u64 = 1024;
/// Codes that are listed in the time of one draw, if they need not be looked up elsewhere.
const CODES_PER_DRAW: u64 = 8;

/// What free codes are found in.
pub(crate) trait Keyspace {
    /// Takes a code; false if it is taken, or promised to another request.
    fn take(&mut self, numbers: &Numbers, code: &[u8]) -> bool;

    /// None if there are too many codes to be listed.
    fn size(&self) -> Option<Size>;

    /// The numbers of all free codes, in order. Others may take some of them before this request does.
    fn list(&mut self) -> Vec<u64>;
}

/// The size of a keyspace that can be listed.
pub(crate) struct Size {
    /// How many codes there are.
    pub(crate) capacity: u64,
    /// How many of them the format's own ledger does not have.
    pub(crate) most_free: u64,
    /// How many codes a listing looks at: these, and those that hold a word.
    pub(crate) looked_at: u64,
    /// Whether it has to look at each: they may be taken elsewhere, or hold a word.
    pub(crate) is_each: bool,
}

/// Later draws of one kind of code.
pub(crate) struct Redraw<'a> {
    spelling: &'a Spelling,
    words: Words,
}

impl<'a> Redraw<'a> {
    pub(crate) fn new(spelling: &'a Spelling, words: Words) -> Self {
        Self { spelling, words }
    }

    /// Whether most of so many first draws would be lost, and the losers given codes of a list.
    pub(crate) fn is_listed(keyspace: &impl Keyspace, amount: usize) -> bool {
        let lost = |size: &Size| {
            let taken = size.capacity - size.most_free;
            (amount as u128 * u128::from(taken) / u128::from(size.capacity)) as u64
        };
        let size = keyspace.size();
        let lost = size.as_ref().map_or(0, lost);
        2 * lost > amount as u64 && draws(size, lost) == 0
    }

    /// Finds a free code for each of these positions and writes it there. If there are too few, the
    /// positions that have none come back.
    pub(crate) fn find(
        &mut self,
        positions: &[u32],
        text: &mut TextColumn,
        keyspace: &mut impl Keyspace,
    ) -> Result<(), Vec<u32>> {
        if positions.is_empty() {
            return Ok(());
        }
        let mut draws = draws(keyspace.size(), positions.len() as u64);
        for (i, &position) in positions.iter().enumerate() {
            loop {
                if draws == 0 {
                    return self.choose(&positions[i..], text, keyspace);
                }
                draws -= 1;
                let numbers = self.draw(text.bytes_mut(position as usize));
                if keyspace.take(&numbers, text.bytes(position as usize)) {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Draws a code and writes it. What follows the codes to be told apart stays.
    fn draw(&mut self, code: &mut [u8]) -> Numbers {
        let spelling = self.spelling;
        let mut numbers = Numbers::default();
        let pieces = spelling.short().map_or(spelling.words(), |_| 1);
        if let Some(finder) = spelling.finder() {
            let mut words = CodeWords::default();
            self.redrawing(finder).draw(Flaw::Whole, &mut words, code);
            for (piece, number) in (0..pieces).zip(&mut numbers) {
                *number = spelling.number(piece, words[piece]);
            }
            return numbers;
        }
        for (piece, number) in (0..pieces).zip(&mut numbers) {
            let word = self.words.word(spelling.texts(piece).bound());
            spelling.write(piece, word, code);
            *number = spelling.number(piece, word);
        }
        spelling.complete(code);
        numbers
    }

    /// Chooses among all free codes: the start of a Fisher-Yates shuffle (Knuth, TAOCP 2, 3.4.2,
    /// algorithm P).
    fn choose(
        &mut self,
        positions: &[u32],
        text: &mut TextColumn,
        keyspace: &mut impl Keyspace,
    ) -> Result<(), Vec<u32>> {
        let mut open = positions.to_vec();
        let mut before = usize::MAX;
        while !open.is_empty() {
            let mut free = keyspace.list();
            // Codes of a list can all be taken, or promised, before this request takes them.
            if free.len() < open.len() || open.len() == before {
                return Err(open);
            }
            before = open.len();
            let mut chosen = 0;
            open.retain(|&position| {
                let left = free.len() - chosen;
                free.swap(chosen, chosen + self.words.below(left as u64) as usize);
                let number = free[chosen];
                chosen += 1;
                self.write(number, text.bytes_mut(position as usize));
                !keyspace.take(&[number, 0, 0], text.bytes(position as usize))
            });
        }
        Ok(())
    }

    fn redrawing<'s>(&'s mut self, finder: &'s Finder) -> Redrawing<'s> {
        Redrawing {
            spelling: self.spelling,
            finder,
            streams: std::slice::from_mut(&mut self.words),
        }
    }

    /// Writes one of the texts of a short number.
    fn write(&mut self, number: u64, code: &mut [u8]) {
        let alike = self.spelling.alike();
        if let Some(finder) = self.spelling.finder().filter(|_| alike > 1) {
            let mut words = CodeWords::default();
            words[0] = self.spelling.texts(0).word(number * alike);
            self.redrawing(finder).draw(Flaw::Rest, &mut words, code);
            return;
        }
        let text = match alike {
            1 => number,
            _ => number * alike + self.words.below(alike),
        };
        let word = self.spelling.texts(0).word(text);
        self.spelling.write(0, word, code);
        self.spelling.complete(code);
    }
}

/// How many draws so many positions may take in all before the free codes are listed.
fn draws(size: Option<Size>, positions: u64) -> u64 {
    let Some(size) = size else {
        return u64::MAX;
    };
    let per_draw = if size.is_each { 1 } else { CODES_PER_DRAW };
    let listing = size.capacity / BITS_PER_DRAW + size.looked_at / per_draw;
    let draws = u128::from(positions) * u128::from(size.capacity);
    let expected = draws / u128::from(size.most_free.max(1));
    let expected = u64::try_from(expected).unwrap_or(u64::MAX);
    if expected >= listing {
        return 0;
    }
    listing.min(expected.saturating_mul(TRIES).saturating_add(FEW_DRAWS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLION: u64 = 1_000_000;

    /// It decides which code a seed yields.
    #[test]
    fn the_number_of_draws_is_frozen() {
        for (capacity, most_free, is_shared, positions, expected) in [
            // Plenty of room: more than enough.
            (MILLION, MILLION, false, 10, 4_160),
            (MILLION, 900_000, false, 5_000, 4_000 + 16 * 5_555),
            // As long as a listing takes.
            (MILLION, 600_000, false, 30_000, 75_976),
            (MILLION, 600_000, true, 30_000, 600_976),
            // A listing is cheaper.
            (MILLION, 300_000, false, 70_000, 0),
            (MILLION, 300_000, true, 70_000, 300_976),
            (MILLION, 1, true, 1, 0),
            (MILLION, 0, true, 1, 0),
            (8, 5, true, 1, 5),
            (
                10_u64.pow(19),
                10_u64.pow(19),
                true,
                100_000,
                4_000 + 16 * 100_000,
            ),
        ] {
            let size = Size {
                capacity,
                most_free,
                looked_at: most_free,
                is_each: is_shared,
            };
            assert_eq!(
                draws(Some(size), positions),
                expected,
                "{capacity} {most_free}"
            );
        }
        assert_eq!(draws(None, 1), u64::MAX);
    }
}
