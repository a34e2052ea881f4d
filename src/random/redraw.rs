//! Codes for the positions whose first draw was lost; why every choice of free codes is equally likely.
//!
//! A batch draws a code for each of its positions, uniformly and independently. A code that is taken is
//! lost; one that was drawn twice belongs to its lowest position, and the others lose it. Then the losers, one
//! after the other in an order that the codes and their positions decide, draw until they meet a free code.
//! Where that would take too long, the free codes are listed, and each loser left is given one of them, every
//! one with the same probability.
//!
//! **Every ordered choice of n free codes is equally likely.** Let π be a permutation of the codes that are free
//! before the batch. Apply it to all first draws: the result is as likely as before, since draws are uniform
//! and independent of all that was. The same draws are equal to each other and the same ones are free, so the
//! same positions win, with π of what they had. Each loser in turn gets a code that is uniform among those
//! still free, whether it is drawn or chosen, and whatever came before; the order of the losers may change,
//! but not what they get: any ordered choice of what is left is equally likely. So a result r and
//! π(r) are equally likely. Any ordered choice is π of any other for some π; so all are equally likely. ∎
//!
//! What a tie-break must not do is to look at time: "the thread that came first keeps it" would make a batch
//! depend on scheduling. How many draws there are before a listing depends on counts alone.
//!
//! **What it costs.** A draw, and a code looked at for a listing, both take about as long as a look-up. Of a
//! keyspace with a share f of free codes a position needs 1 / f draws on average. A listing looks at all
//! codes that its format's own ledger does not have, and at the ledger's bitmap. So codes are drawn while
//! that is likely to be the cheaper way, and never for much longer than a listing takes. Where other formats
//! have taken codes, f is less than the format's own ledger tells; it is then [`TRIES`] times as many
//! draws as expected, and [`FEW_DRAWS`], before the list is made. The numbers are frozen: they decide which
//! code a seed yields.

use crate::{
    code::{Numbers, fraction::Bound, spelling::Spelling},
    random::{column::TextColumn, stream::Words},
};

/// Draws that are always cheap enough.
const FEW_DRAWS: u64 = 10_000;
/// Draws per draw expected, when there are more taken codes than can be seen beforehand.
const TRIES: u64 = 16;
/// Numbers of a bitmap that are looked at in the time of one draw.
const NUMBERS_PER_DRAW: u64 = 1024;

/// What free codes are found in.
pub(crate) trait Keyspace {
    /// Takes a code; false if it is not free.
    fn take(&mut self, numbers: &Numbers, code: &[u8]) -> bool;

    /// How many codes there are, and how many at most are free; none if they are too many to be
    /// listed.
    fn size(&self) -> Option<(u64, u64)>;

    /// The numbers of all free codes, in order. Others may take some of them before this request does.
    fn list(&mut self) -> Vec<u64>;
}

/// Later draws of one kind of code.
pub(crate) struct Redraw<'a> {
    spelling: &'a Spelling,
    words: Words,
    /// The texts that are not told apart.
    alike: Bound,
}

impl<'a> Redraw<'a> {
    pub(crate) fn new(spelling: &'a Spelling, words: Words) -> Self {
        Self {
            spelling,
            words,
            alike: Bound::new(spelling.alike()),
        }
    }

    /// Finds a free code for each of these positions and writes it there. If there are too few, the
    /// positions that have none come back.
    pub(crate) fn find(
        &mut self,
        positions: &[u32],
        text: &mut TextColumn,
        keyspace: &mut impl Keyspace,
    ) -> Result<(), Vec<u32>> {
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
        for (piece, number) in (0..pieces).zip(&mut numbers) {
            let word = self.words.word(spelling.texts(piece).bound());
            spelling.write(piece, word, code);
            *number = spelling.number(piece, word);
        }
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
        while !open.is_empty() {
            let mut free = keyspace.list();
            if free.len() < open.len() {
                return Err(open);
            }
            let mut chosen = 0;
            open.retain(|&position| {
                let left = Bound::new((free.len() - chosen) as u64);
                free.swap(chosen, chosen + self.words.below(left) as usize);
                let number = free[chosen];
                chosen += 1;
                self.write(number, text.bytes_mut(position as usize));
                !keyspace.take(&[number, 0, 0], text.bytes(position as usize))
            });
        }
        Ok(())
    }

    /// Writes one of the texts of a short number.
    fn write(&mut self, number: u64, code: &mut [u8]) {
        let text = number * self.alike.count() + self.words.below(self.alike);
        let word = self.spelling.texts(0).word(text);
        self.spelling.write(0, word, code);
    }
}

/// How many draws so many positions may take in all before the free codes are listed.
fn draws(size: Option<(u64, u64)>, positions: u64) -> u64 {
    let Some((capacity, most_free)) = size else {
        return u64::MAX;
    };
    let listing = most_free.saturating_add(capacity / NUMBERS_PER_DRAW);
    let expected = u128::from(positions) * u128::from(capacity) / u128::from(most_free.max(1));
    let expected = u64::try_from(expected).unwrap_or(u64::MAX);
    if expected >= listing {
        return 0;
    }
    listing.min(expected.saturating_mul(TRIES).saturating_add(FEW_DRAWS))
}
