//! A campaign: its validity and what it has issued.
//!
//! **Many requests at once, from inside a rayon pool too.** A thread that waits for rayon's other
//! threads takes on any work it finds, another request for the same campaign included. A lock held
//! across a rayon call would be wanted by its own holder: a deadlock. So:
//!
//! 1. With nothing locked, codes are drawn and written. They need no ledger. (If the lock is free, it
//!    is taken first for a look: a request that can only fail is refused, and custom codes are left
//!    for step 2 if drawing is not the way to find them.)
//! 2. Under the campaign's lock, and without a call to rayon, the request is admitted or refused for
//!    both kinds of code at once, and nothing has changed when it is refused. Widget codes are promised
//!    by one subtraction from the free count. Custom codes are issued on the spot, since formats can
//!    overlap (see `overlap.rs`): about a millisecond for 100,000 codes; tens of milliseconds when
//!    tables grow, when codes are listed, or when each has to be looked up in overlapping formats; and
//!    when those have most of a keyspace, up to 0.2 microseconds for each of its codes. The other
//!    threads draw single-use codes meanwhile.
//! 3. Single-use codes are issued on all threads with nothing locked but one shard of the ledger
//!    inside one task. The promise guarantees that there are enough of them to the end.
//!
//! A promise is never broken and a rank in a ledger never leaves it, so whatever fails or panics
//! after step 2 can lose codes but never issue one twice; and all that users supply, the clock, is
//! called before step 1.

mod formats;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError},
    time::Duration,
};

use crate::{
    campaign::formats::Formats,
    code::format::Format,
    error::{CodeKind, Error},
    ledger::{Layout, Ledger},
    random::column::TextColumn,
    random::draft::{Draft, Issue},
    random::keyspace::{Keyspace, Way},
    random::stream::{Column, Stream},
    random::threads::{Threads, side_by_side},
    request::{Request, check_campaign},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A campaign to issue coupons for.
pub struct Campaign {
    id: Arc<str>,
    validity: Duration,
    widgets: Ledger,
    books: Mutex<Books>,
}

/// What is free, to be decided on under one lock.
struct Books {
    /// Widget codes neither issued nor promised to a request.
    free_widgets: u64,
    formats: Formats,
}

/// The codes of one request.
pub(crate) struct Issued {
    pub(crate) first_sequence_id: u64,
    pub(crate) single_use: TextColumn,
    pub(crate) custom: Option<TextColumn>,
}

impl Campaign {
    /// A campaign that has issued nothing yet; its coupons are valid for 24 hours.
    ///
    /// # Errors
    /// 200 for an empty name; 301 unless it is 1 to 64 ASCII letters, digits, `_` and `-`.
    pub fn new(id: impl AsRef<str>) -> Result<Self, Error> {
        check_campaign(id.as_ref())?;
        let widgets = Ledger::new(Layout::new(Format::single_use().capacity()));
        Ok(Self {
            id: id.as_ref().into(),
            validity: DAY,
            books: Mutex::new(Books {
                free_widgets: widgets.layout().capacity(),
                formats: Formats::default(),
            }),
            widgets,
        })
    }

    /// How long an activated coupon is valid; fractions of a second are dropped.
    #[must_use]
    pub fn validity(mut self, validity: Duration) -> Self {
        self.validity = Duration::from_secs(validity.as_secs());
        self
    }

    /// The name of the campaign.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn shared_id(&self) -> Arc<str> {
        Arc::clone(&self.id)
    }

    pub(crate) fn coupon_validity(&self) -> Duration {
        self.validity
    }

    /// Widget codes not issued, reserved or promised to a request.
    pub(crate) fn free_widgets(&self) -> u64 {
        self.books().free_widgets
    }

    /// Custom codes of a format not issued or reserved, in this format or its kin.
    pub(crate) fn free_customs(&self, format: &Format) -> u64 {
        self.books().formats.free(format)
    }

    /// Issues the codes of a request. `take_sequence_ids` is called once, when nothing else can
    /// fail; if it does, nothing has changed.
    pub(crate) fn issue(
        &self,
        request: &Request,
        stream: &Stream,
        take_sequence_ids: impl FnOnce(u64) -> Result<u64, Error> + Send,
    ) -> Result<Issued, Error> {
        let (amount, format) = (request.requested_amount(), request.format());
        let way = self.foresee(amount, format)?;
        let draft = |format, columns| Draft::new(format, stream, columns, amount);
        let custom = format.map(|format| {
            let draft = draft(format, [Column::CustomLeads, Column::CustomTails]);
            match way {
                Way::Draw => draft.draw(Threads::Pool),
                Way::Skip | Way::Look => draft,
            }
        });
        let (admitted, single_use) = side_by_side(
            amount,
            || self.admit(amount, custom, take_sequence_ids),
            || {
                let columns = [Column::SingleUseLeads, Column::SingleUseTails];
                draft(Format::single_use(), columns).draw(Threads::Pool)
            },
        );
        let (first_sequence_id, custom) = admitted?;
        let keyspace = Keyspace {
            ledger: &self.widgets,
            others: None,
        };
        let single_use = single_use.issue(keyspace, Threads::Pool);
        Ok(Issued {
            first_sequence_id,
            single_use: single_use.into_text(Threads::Pool),
            custom: custom.map(|issue| issue.into_text(Threads::Pool)),
        })
    }

    /// Refuses a request that can only fail, and tells how custom codes are best found. While the books
    /// are in use that is not worth the wait, and nothing is lost by drawing.
    fn foresee(&self, amount: usize, format: Option<&Format>) -> Result<Way, Error> {
        let mut books = match self.books.try_lock() {
            Ok(books) => books,
            Err(TryLockError::Poisoned(books)) => books.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(Way::Draw),
        };
        books.check(amount, format)
    }

    /// Decides on a request: promises its widget codes and issues its custom codes, or changes
    /// nothing.
    fn admit<'a>(
        &self,
        amount: usize,
        custom: Option<Draft<'a>>,
        take_sequence_ids: impl FnOnce(u64) -> Result<u64, Error>,
    ) -> Result<(u64, Option<Issue<'a>>), Error> {
        let mut books = self.books();
        let way = books.check(amount, custom.as_ref().map(Draft::format))?;
        let first_sequence_id = take_sequence_ids(amount as u64)?;
        books.free_widgets -= amount as u64;
        // If the books were in use before, codes are drawn though that is not the way. They are not used:
        // what comes out must not depend on who else was asking.
        let custom = custom.map(|draft| match way {
            Way::Draw => draft,
            Way::Skip | Way::Look => draft.undrawn(),
        });
        let custom = custom.map(|draft| books.formats.issue(draft));
        Ok((first_sequence_id, custom))
    }

    /// Takes widget codes out of circulation and tells how many of them were in it.
    pub(crate) fn reserve_widgets(&self, ranks: &[u64]) -> u64 {
        let mut books = self.books();
        let before = books.free_widgets;
        for &rank in ranks {
            // With no code free but the promised ones, those requests are about to issue this one.
            if books.free_widgets > 0 && self.widgets.insert(rank) {
                books.free_widgets -= 1;
            }
        }
        before - books.free_widgets
    }

    /// Takes custom codes, written one behind the other, out of circulation and tells how many were
    /// in it.
    pub(crate) fn reserve_customs(&self, format: &Format, codes: &str) -> u64 {
        self.books().formats.reserve(format, codes)
    }

    /// A poisoned lock is taken as it is. Nothing that users supply runs under it.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    /// 601 if there are not so many codes left of both kinds; else how custom codes are best found.
    fn check(&mut self, amount: usize, format: Option<&Format>) -> Result<Way, Error> {
        Error::unless_enough(CodeKind::Widget, amount, self.free_widgets)?;
        format.map_or(Ok(Way::Draw), |format| self.formats.check(format, amount))
    }
}

impl fmt::Debug for Campaign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Campaign")
            .field("id", &self.id)
            .field("validity", &self.validity)
            .field("widgets", &self.widgets)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::code::format::CodeType;

    /// There are too many widget codes to promise them all in a test.
    #[test]
    fn what_is_promised_is_not_reserved() {
        let campaign = Campaign::new("cam_15111").unwrap();
        campaign.books().free_widgets = 1;
        assert_eq!(campaign.reserve_widgets(&[0, 1, 2]), 1);
        assert_eq!(campaign.free_widgets(), 0);
        assert_eq!(campaign.widgets.issued(), 1);
    }

    #[test]
    fn a_panic_under_a_lock_leaves_the_campaign_in_use() {
        let campaign = Campaign::new("cam_15111").unwrap();
        let format = Format::new("", CodeType::Numeric, 3).unwrap();
        let request = Request::new("cam_15111").unwrap().amount(400).unwrap();
        let request = request.custom_codes(format.clone());
        let issue = |seed| {
            let stream = Stream::from_seed([7; 32], seed);
            campaign.issue(&request, &stream, |_| Ok(1))
        };
        assert!(issue(0).is_ok());
        // As if whatever runs under them had panicked.
        thread::scope(|scope| {
            let panics = scope.spawn(|| {
                let _books = campaign.books();
                let _shards: Vec<_> = (0..campaign.widgets.layout().shards())
                    .map(|shard| campaign.widgets.open(shard, 0))
                    .collect();
                panic!("under all locks");
            });
            assert!(panics.join().is_err());
        });
        assert!(campaign.books.is_poisoned());
        assert!(issue(1).is_ok());
        let refused = issue(2).err();
        let (kind, asked, left) = (CodeKind::Custom, 400, 200);
        assert_eq!(refused, Some(Error::Exhausted { kind, asked, left }));
        assert_eq!(campaign.free_customs(&format), 200);
        let widgets = campaign.widgets.layout().capacity() - campaign.free_widgets();
        assert_eq!((widgets, campaign.widgets.issued()), (800, 800));
    }
}
