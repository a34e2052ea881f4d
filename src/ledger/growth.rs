//! When the tables of a ledger grow, and how far.
//!
//! A table that is full moves to a larger one, which takes about as long as to enter its numbers once more. Numbers
//! are spread evenly over shards, so tables of equal sizes would all be full in the same batch, and one batch in
//! many would pay for all. So each shard climbs a ladder of its own. From rung to rung its table grows by
//! the same factor, and the rungs of the shards lie evenly between each other's: while the ledger grows by
//! that factor, the shards take their turns, one after the other.
//!
//! **Announced codes.** Where it is known how many codes are to come, a table takes the room for all of them in
//! one step instead of a dozen. Not at once, since fresh memory costs as much time as the codes, and most formats
//! never have many codes whatever was announced: the first shard takes the step when it has one in [`AT_FIRST`] of its
//! codes, the last at twice as many. The room is for a quarter to a half more than was announced, so even a wrong
//! announcement makes a ledger at most twenty times as large as its codes.

/// The announced codes per code that a shard must have to take the room for all.
const AT_FIRST: u64 = 16;
/// Turns that shards take.
pub(crate) const TURNS: u64 = 64;
/// The first rung of the shard whose turn is first. Smaller tables grow as they need.
const FIRST_RUNG: u64 = 2 * TURNS;

/// How the table of one shard grows.
#[derive(Clone, Copy)]
pub(crate) struct Growth {
    /// When the shard has its turn, below [`TURNS`].
    pub(crate) turn: u64,
    /// How many numbers it is expected to have in the end; 0 if nobody knows.
    pub(crate) expected: u64,
}

impl Growth {
    /// Of a shard that has no others beside it, and will not have many numbers.
    pub(crate) const ALONE: Self = Self {
        turn: 0,
        expected: 0,
    };

    /// For how many numbers to make room if a total needs more than there is. A table grows by so many
    /// halves.
    pub(crate) fn room(self, total: usize, halves: usize) -> usize {
        let (total, halves) = (total as u64, halves as u64);
        if let Some(expected) = self.announced(total) {
            return expected;
        }
        if total <= FIRST_RUNG {
            return (total + total * halves / 2) as usize;
        }
        let mut rung = FIRST_RUNG + self.turn * halves;
        while rung < total {
            rung += rung * halves / 2;
        }
        rung as usize
    }

    /// The same for sets that can only double: the shards take their turns while they go from half full, or from what
    /// is expected if they have room for that, to full. None if there is room enough.
    pub(crate) fn room_in_turn(self, total: usize, room: usize) -> Option<usize> {
        let expected = self.expected as usize;
        let first = if room < expected {
            room / 2
        } else {
            expected.max(room / 2)
        };
        let full = first + (room - first) * (self.turn as usize + 1) / TURNS as usize;
        (total > full).then(|| self.announced(total as u64).unwrap_or(total.max(room + 1)))
    }

    /// The room for all announced codes, if the shard has enough of them. It is for a quarter to a half more: a
    /// table that is nearly full is slow, and should more codes come, the shards grow in turns again.
    fn announced(self, total: u64) -> Option<usize> {
        let expected = self.expected;
        let first = expected / AT_FIRST;
        let is_due = total >= first + first * self.turn / TURNS;
        let quarter = expected / 4;
        let room = expected + quarter + quarter * self.turn / TURNS;
        (is_due && expected > total).then_some(room as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_grow_one_after_the_other() {
        for halves in [1, 2] {
            let mut rooms = [0; TURNS as usize];
            let mut grown = Vec::new();
            // What a shard has, batch by batch.
            for total in (1_000..100_000).step_by(100) {
                let mut count = 0;
                for (turn, room) in (0..).zip(&mut rooms) {
                    if total > *room {
                        let expected = 0;
                        *room = Growth { turn, expected }.room(total, halves);
                        assert!(*room >= total && 2 * *room <= (2 + halves) * total);
                        count += 1;
                    }
                }
                grown.push(count);
            }
            // From 50,000 on each table grows at least once; all would in one of 250 batches.
            assert!(grown[490..].iter().all(|&count| count <= 2), "{grown:?}");
            assert!(grown[490..].iter().sum::<usize>() >= TURNS as usize);
        }
    }

    /// Sets that double, each with the numbers that are expected, and then with more.
    #[test]
    fn sets_double_one_after_the_other() {
        for expected in [0, 90_000] {
            let mut rooms = [0; TURNS as usize];
            let mut most = 0;
            for total in (1_000..400_000_usize).step_by(100) {
                let mut count = 0;
                for (turn, room) in (0..).zip(&mut rooms) {
                    if let Some(wanted) = (Growth { turn, expected }).room_in_turn(total, *room) {
                        assert!(wanted >= total);
                        count += usize::from(wanted > *room);
                        *room = wanted.max(*room).next_power_of_two();
                    }
                    assert!(*room >= total);
                }
                if total > 20_000 {
                    most = most.max(count);
                }
            }
            assert!(most <= 2, "{most} of {expected}");
        }
    }

    #[test]
    fn announced_codes_get_their_room_in_one_step() {
        let expected = 160_000;
        for turn in 0..TURNS {
            let growth = Growth { turn, expected };
            let due = 10_000 + 10_000 * turn / TURNS;
            assert!(growth.room(due as usize - 1, 1) < 32_000);
            for total in [due, expected - 1] {
                let room = 200_000 + 40_000 * turn / TURNS;
                assert_eq!(growth.room(total as usize, 1), room as usize);
            }
            // More came than was announced.
            assert!((160_001..240_002).contains(&growth.room(160_001, 1)));
        }
    }
}
