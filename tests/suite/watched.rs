//! An engine under the eyes of the oracle.

use couponmint::{Batch, Engine, Format};

use crate::{
    common::{CAMPAIGN, assert_refused, custom, engine, plain, remaining, remaining_widgets},
    oracle::Oracle,
};

/// An engine with one campaign, and the oracle of that. What the engine says is checked as it is said.
pub(crate) struct Watched {
    pub(crate) engine: Engine,
    pub(crate) oracle: Oracle,
}

impl Watched {
    pub(crate) fn new() -> Self {
        Self::on(engine())
    }

    /// On an engine that has issued nothing.
    pub(crate) fn on(engine: Engine) -> Self {
        let oracle = Oracle::default();
        Self { engine, oracle }
    }

    #[track_caller]
    pub(crate) fn issue(&mut self, format: &Format, amount: usize) -> Batch {
        let batch = self.engine.generate(&custom(amount, format)).unwrap();
        assert_eq!(batch.len(), amount);
        self.oracle.issue(&batch, Some(format));
        batch
    }

    /// Issues coupons without custom codes.
    #[track_caller]
    pub(crate) fn issue_plain(&mut self, amount: usize) -> Batch {
        let batch = self.engine.generate(&plain(amount)).unwrap();
        assert_eq!(batch.len(), amount);
        self.oracle.issue(&batch, None);
        batch
    }

    #[track_caller]
    pub(crate) fn release(&mut self, batch: Batch) {
        self.oracle.release(&batch);
        assert_eq!(self.engine.release(batch), Ok(()));
    }

    #[track_caller]
    pub(crate) fn reserve<C: AsRef<str>>(&mut self, format: &Format, codes: &[C]) {
        let new = codes
            .iter()
            .filter(|code| self.oracle.reserve(code.as_ref()))
            .count();
        let answer = self.engine.reserve_custom(CAMPAIGN, format, codes);
        assert_eq!(answer, Ok(new as u64));
    }

    #[track_caller]
    pub(crate) fn reserve_single_use<C: AsRef<str>>(&mut self, codes: &[C]) {
        let new = codes
            .iter()
            .filter(|code| self.oracle.reserve(&code.as_ref()[..6]))
            .count();
        let answer = self.engine.reserve_single_use(CAMPAIGN, codes);
        assert_eq!(answer, Ok(new as u64));
    }

    /// The free codes of a format, on which both agree.
    #[track_caller]
    pub(crate) fn left(&self, format: &Format) -> u128 {
        let left = remaining(&self.engine, format);
        assert_eq!(left, self.oracle.free(format), "{format:?}");
        left
    }

    /// That both agree on what is left of each format, and of widget codes.
    #[track_caller]
    pub(crate) fn agree(&self, formats: &[Format]) {
        for format in formats {
            self.left(format);
        }
        assert_eq!(remaining_widgets(&self.engine), self.oracle.free_widgets());
    }

    /// Issues in batches of these sizes, over and over, until nothing is left. Before each a request
    /// for one too many is refused.
    #[track_caller]
    pub(crate) fn fill(&mut self, format: &Format, amounts: &[usize]) -> Vec<Batch> {
        let mut batches = Vec::new();
        for &amount in amounts.iter().cycle() {
            let left = usize::try_from(self.left(format)).unwrap();
            if left < 100_000 {
                assert_refused(&self.engine, format, left + 1, left as u64);
            }
            if left == 0 {
                break;
            }
            batches.push(self.issue(format, amount.min(left)));
        }
        batches
    }
}
