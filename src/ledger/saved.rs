//! What is taken, in parts and in order: to be saved, and put back.
//!
//! A ledger is copied shard by shard, so that a lock around it is held for no longer than it takes to copy one of
//! them: a sixty-fourth of it. Whatever is entered and taken out meanwhile, and even if the ledger is split or
//! becomes one shard again, a code that is there all the time is in one of the copies.

use crate::{code::Numbers, ledger::bitmap::Bitmap};

/// The most codes that come together of a shard that is a bitmap. (A bitmap can hold very many, and as numbers each
/// takes 64 times its place.) A table comes as a whole, so that it gets its room in one step when it is put back.
const TOGETHER: usize = 1 << 20;

/// Codes of one format.
pub(crate) enum Codes {
    /// Short ones.
    Short(Vec<u64>),
    /// Long ones.
    Long(Vec<Numbers>),
}

impl Codes {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Short(numbers) => numbers.len(),
            Self::Long(numbers) => numbers.len(),
        }
    }

    fn sorted(mut self) -> Self {
        match &mut self {
            Self::Short(numbers) => numbers.sort_unstable(),
            Self::Long(numbers) => numbers.sort_unstable(),
        }
        self
    }

    /// The numbers of each.
    pub(crate) fn numbers(&self) -> Box<dyn Iterator<Item = Numbers> + '_> {
        match self {
            Self::Short(numbers) => Box::new(numbers.iter().map(|&number| [number, 0, 0])),
            Self::Long(numbers) => Box::new(numbers.iter().copied()),
        }
    }
}

/// A copy of a part of a ledger.
pub(crate) enum Part {
    /// In no order.
    Codes(Codes),
    /// Short numbers, counted from `start` on.
    Bitmap { start: u64, numbers: Bitmap },
}

impl Part {
    /// Calls `visit` with the codes in order, some at a time; not at all if there are none.
    pub(crate) fn in_order<E>(
        self,
        mut visit: impl FnMut(&Codes) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Codes(codes) if codes.len() == 0 => Ok(()),
            Self::Codes(codes) => visit(&codes.sorted()),
            Self::Bitmap { start, numbers } => {
                let mut numbers = numbers.numbers().map(|number| start + number).peekable();
                while numbers.peek().is_some() {
                    let some = numbers.by_ref().take(TOGETHER).collect();
                    visit(&Codes::Short(some))?;
                }
                Ok(())
            }
        }
    }
}
