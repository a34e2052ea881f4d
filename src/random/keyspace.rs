//! What is free to be drawn, and how it is best found.
//!
//! **Drawing** from all ranks of a format needs no knowledge of them. With a share f of the keyspace
//! free, m positions need m / f draws. There are two other ways, for when that is too many:
//!
//! - **Looking**: the free ranks are listed, and the m positions get the first m of them after a
//!   Fisher-Yates shuffle (Knuth, TAOCP 2, 3.4.2, algorithm P).
//! - **Skipping**: other formats can bar whole blocks of ranks (see `overlap.rs`), and so nearly all of a
//!   keyspace whose rest is still too large to list. Then ranks are drawn from outside the blocks: a
//!   uniform number, and the blocks before it added.
//!
//! The way is chosen by what it costs, which depends on counts alone. So nothing spins near the end of a
//! keyspace, be it short or long, plain or barred. (There is an exception that it takes a dozen formats of
//! odd alphabets to make: what they bar between them is no block, however little it leaves.)

use std::ops::Range;

use crate::{code::fraction::Bound, ledger::Ledger, random::stream::Words};

/// The ranks that are neither in the ledger nor barred by others.
#[derive(Clone, Copy)]
pub(crate) struct Keyspace<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) others: Option<&'a dyn Others>,
}

/// Others with a claim to the ranks of a keyspace.
pub(crate) trait Others: Sync {
    fn is_barred(&self, rank: u64) -> bool;

    /// How many ranks outside the ledger are barred.
    fn barred(&self) -> u64;

    /// How many blocks are barred whole, and how many ranks that leaves.
    fn blocks(&self) -> (u64, u64);

    /// The ranks that no block has, in order.
    fn gaps(&self) -> Vec<Range<u64>>;
}

/// How ranks are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Draw,
    Skip,
    Look,
}

impl Keyspace<'_> {
    pub(crate) fn free(&self) -> u64 {
        let unissued = self.ledger.layout().capacity() - self.ledger.issued();
        unissued - self.others.map_or(0, Others::barred)
    }

    /// The way that costs least, with so many positions open. Roughly, in units of 2 ns: a round takes
    /// 500, and a draw 7, or 100 where others may bar it. Skipping and listing take 10 for each block.
    /// Listing takes 4 for each rank in tables or a half for each word of bitmaps, and 1 for each rank
    /// not issued, or 100 where others may bar it; choosing takes 4 for each position. Frozen, as it
    /// decides what is drawn.
    pub(crate) fn way(&self, open: usize) -> Way {
        let capacity = self.ledger.layout().capacity();
        let (blocks, rest) = self.others.map_or((0, capacity), Others::blocks);
        let (try_out, test) = self.others.map_or((7, 1), |_| (100, 100));
        let numbers = [capacity, self.ledger.issued(), self.free(), blocks, rest];
        let [capacity, issued, free, blocks, rest] = numbers.map(u128::from);
        let open = open as u128;

        let are_tables = issued < capacity / 128;
        let pass = if are_tables { 4 * issued } else { rest / 128 };
        // All costs are multiplied by the number of free ranks.
        let round = 500 + try_out * open;
        let draw = round * capacity;
        let skip = (round + 10 * blocks) * rest;
        let listing = 10 * blocks + pass + test * (rest - issued) + 4 * open;
        let look = free.saturating_mul(listing);
        if draw <= look.min(skip) {
            Way::Draw
        } else if skip <= look {
            Way::Skip
        } else {
            Way::Look
        }
    }

    /// Distinct free ranks, listed and chosen. Other requests may take them first.
    pub(crate) fn look(&self, amount: usize, words: &mut Words) -> Vec<u64> {
        let mut ranks = self.free_ranks();
        assert!(ranks.len() >= amount, "free ranks are promised");
        for i in 0..amount {
            let left = (ranks.len() - i) as u64;
            ranks.swap(i, i + words.below(Bound::new(left)) as usize);
        }
        ranks.truncate(amount);
        ranks
    }

    fn free_ranks(&self) -> Vec<u64> {
        let is_barred = |rank| self.others.is_some_and(|others| others.is_barred(rank));
        self.ledger.free_ranks(&self.gaps(), is_barred)
    }

    fn gaps(&self) -> Vec<Range<u64>> {
        let all = 0..self.ledger.layout().capacity();
        self.others.map_or_else(|| vec![all], Others::gaps)
    }

    /// Ranks drawn from outside the blocks, whether or not they are free.
    pub(crate) fn skip(&self, amount: usize, words: &mut Words) -> Vec<u64> {
        let gaps = self.gaps();
        let mut total = 0;
        let add = |gap: &Range<u64>| {
            total += gap.end - gap.start;
            total
        };
        let ends: Vec<_> = gaps.iter().map(add).collect();
        let bound = Bound::new(total);
        let draw = |_| {
            let number = words.below(bound);
            let gap = ends.partition_point(|&end| end <= number);
            gaps[gap].end - (ends[gap] - number)
        };
        (0..amount).map(draw).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Layout;

    struct Counts {
        barred: u64,
        blocks: (u64, u64),
    }

    impl Others for Counts {
        fn is_barred(&self, _: u64) -> bool {
            false
        }

        fn barred(&self) -> u64 {
            self.barred
        }

        fn blocks(&self) -> (u64, u64) {
            self.blocks
        }

        fn gaps(&self) -> Vec<Range<u64>> {
            Vec::new()
        }
    }

    fn with_first_ranks(capacity: u64, issued: u64) -> Ledger {
        let ledger = Ledger::new(Layout::new(capacity));
        (0..issued).for_each(|rank| assert!(ledger.insert(rank)));
        ledger
    }

    fn ways(
        capacity: u64,
        issued: u64,
        others: Option<&dyn Others>,
        amounts: [usize; 3],
    ) -> [Way; 3] {
        let ledger = &with_first_ranks(capacity, issued);
        amounts.map(|amount| Keyspace { ledger, others }.way(amount))
    }

    const THOUSAND: u64 = 1000;
    const MILLION: u64 = THOUSAND * THOUSAND;

    #[test]
    fn codes_are_drawn_while_many_are_free() {
        let amounts = [1, 1000, 100_000];
        assert_eq!(ways(MILLION, 0, None, amounts), [Way::Draw; 3]);
        assert_eq!(ways(10_u64.pow(19), 1000, None, amounts), [Way::Draw; 3]);
        let others = Counts {
            barred: 10 * THOUSAND,
            blocks: (0, MILLION),
        };
        assert_eq!(ways(MILLION, 0, Some(&others), amounts), [Way::Draw; 3]);
    }

    #[test]
    fn the_last_codes_are_listed() {
        let amounts = [1, 10, 100];
        let issued = MILLION - 101;
        assert_eq!(ways(MILLION, issued, None, amounts), [Way::Look; 3]);
        // Beside another format, which bars one code, as well.
        let others = Counts {
            barred: 1,
            blocks: (0, MILLION),
        };
        assert_eq!(
            ways(MILLION, issued, Some(&others), amounts),
            [Way::Look; 3]
        );
    }

    #[test]
    fn what_blocks_leave_is_listed_or_drawn_from() {
        let amounts = [1, 10, 100];
        // A hundred are free. To walk past the blocks in each round would take longer than to list.
        let many = Counts {
            barred: 99 * MILLION,
            blocks: (99_000, MILLION),
        };
        let many = ways(100 * MILLION, MILLION - 100, Some(&many), amounts);
        assert_eq!(many, [Way::Look; 3]);
        let sliver = Counts {
            barred: 10_u64.pow(19) - 10_u64.pow(10),
            blocks: (1053, 10_u64.pow(10)),
        };
        let amounts = [1, 1000, 100_000];
        let ways = ways(10_u64.pow(19), 0, Some(&sliver), amounts);
        assert_eq!(ways, [Way::Skip; 3]);
    }

    /// From how many positions on each way is taken.
    fn turns(capacity: u64, issued: u64, others: Option<&Counts>) -> Vec<(usize, Way)> {
        let ledger = with_first_ranks(capacity, issued);
        let others = others.map(|others| others as &dyn Others);
        let keyspace = Keyspace {
            ledger: &ledger,
            others,
        };
        let mut turns = Vec::new();
        for open in 1..=100_000.min(keyspace.free() as usize) {
            let way = keyspace.way(open);
            if turns.last().is_none_or(|&(_, last)| last != way) {
                turns.push((open, way));
            }
        }
        turns
    }

    /// It decides which code a seed yields: every cost of every way, in tables and in bitmaps.
    #[test]
    fn the_choice_of_a_way_is_frozen() {
        let barred = |barred, blocks| Some(Counts { barred, blocks });
        let large = 10_u64.pow(15);
        let (draw, look, skip) = (Way::Draw, Way::Look, Way::Skip);
        for (capacity, issued, others, expected) in [
            (100 * THOUSAND, 700, None, [(1, draw), (33_318, look)]),
            (100 * THOUSAND, 781, None, [(1, draw), (32_568, look)]),
            (
                10 * THOUSAND,
                70,
                barred(9800, (0, 10 * THOUSAND)),
                [(1, draw), (125, look)],
            ),
            (
                10 * THOUSAND,
                78,
                barred(9800, (0, 10 * THOUSAND)),
                [(1, draw), (117, look)],
            ),
            (
                MILLION,
                990 * THOUSAND,
                barred(1000, (0, MILLION)),
                [(1, draw), (86, look)],
            ),
            (
                MILLION,
                0,
                barred(10 * THOUSAND, (1000, 990 * THOUSAND)),
                [(1, draw), (9896, skip)],
            ),
            (
                large,
                5000,
                barred(large - 6000, (700, 8000)),
                [(1, skip), (336, look)],
            ),
        ] {
            assert_eq!(turns(capacity, issued, others.as_ref()), expected);
        }
    }
}
