//! A campaign: its validity, its rules and what it has issued.
//!
//! **Many requests at once.** A request goes through these steps, and whatever is refused on the way is taken
//! back, so that nothing has changed:
//!
//! 1. Coupons (`coupons.rs`) and their widget codes (`widgets.rs`) are promised by one subtraction each.
//! 2. Custom codes are drawn and written by all threads, with nothing locked.
//! 3. The custom codes of their total length are locked, then widget codes are drawn by all threads. *This*
//!    thread begins with the custom codes: it enters them, takes sequence ids and lets go of the lock, all
//!    by plain code, before it joins the others. So whoever holds the lock is running, never waiting, and a
//!    request that waits for it waits about a millisecond for each 100,000 codes before its own, or the time
//!    of a listing. Custom codes cannot be settled without the lock, since formats can spell each other's
//!    codes: 601 is not exact for one while another is still drawing.
//! 4. Widget codes are entered by all threads with nothing locked but one shard inside one task.
//!
//! So requests of other lengths, and those without custom codes, never wait for this one. `random/threads.rs`
//! says why the stack stays small however many requests are in a queue.
//!
//! A promise is never broken, and nothing is taken out of a ledger but what the same request has entered, or the batch
//! that is released. So whatever fails or panics can lose codes, but never issue one twice. All that users supply, the
//! clock, is called before step 1.

mod count;
mod coupons;
mod formats;
mod opened;
pub(crate) mod rules;
mod saved;
pub(crate) mod widgets;
mod words;

use std::{
    array, fmt,
    sync::{Arc, PoisonError, TryLockError},
};

#[cfg(feature = "keyed")]
use crate::keyed::issuing::Keyed;
use crate::{
    campaign::{
        coupons::{CouponPromise, Coupons},
        formats::Formats,
        rules::Rules,
        widgets::{Promise, Widgets},
        words::CleanCodes,
    },
    code::{
        format::{Format, LONGEST_TEXT, SHORTEST_TEXT, WIDGET_LENGTH},
        spelling::Spelling,
    },
    error::Error,
    random::{
        column::TextColumn,
        draw::{Chunk, Draw, NewColumn},
        stream::{Purpose, Stream},
        threads::{share, share_beside},
    },
    request::{Request, check_campaign},
    sync::{Mutex, MutexGuard},
    validity::Validity,
};

/// A campaign to issue coupons for.
///
/// ```
/// use couponmint::{Campaign, Engine, jiff::ToSpan};
///
/// let engine = Engine::new();
/// let campaign = Campaign::new("cam_15111")?.validity(3.months());
/// assert!(engine.add_campaign(campaign));
/// # Ok::<(), couponmint::Error>(())
/// ```
pub struct Campaign {
    id: Arc<str>,
    validity: Mutex<Validity>,
    pub(crate) rules: Rules,
    pub(crate) coupons: Coupons,
    widgets: Widgets,
    /// Words that no code spells.
    clean: Option<CleanCodes>,
    /// Custom codes by their total length.
    customs: [Mutex<Formats>; LONGEST_TEXT - SHORTEST_TEXT + 1],
    /// In place of both, if it has a key.
    #[cfg(feature = "keyed")]
    pub(crate) keyed: Option<Box<Keyed>>,
}

/// The codes of one request.
pub(crate) struct IssuedCodes {
    pub(crate) first_sequence_id: u64,
    pub(crate) single_use: TextColumn,
    pub(crate) custom: Option<CustomColumn>,
}

/// Custom codes and their format.
#[derive(PartialEq, Eq)]
pub(crate) struct CustomColumn {
    pub(crate) format: Format,
    pub(crate) text: TextColumn,
}

impl Campaign {
    /// A campaign that has issued nothing yet; its coupons are valid for 24 hours.
    ///
    /// ```
    /// use couponmint::Campaign;
    ///
    /// assert!(Campaign::new("cam_15111").is_ok());
    /// assert_eq!(Campaign::new("cam 15111").unwrap_err().code(), 301);
    /// ```
    ///
    /// # Errors
    /// 200 for an empty name; 301 unless it is 1 to 64 ASCII letters, digits, `_` and `-`.
    pub fn new(id: impl AsRef<str>) -> Result<Self, Error> {
        check_campaign(id.as_ref())?;
        Ok(Self {
            id: id.as_ref().into(),
            validity: Mutex::default(),
            rules: Rules::default(),
            coupons: Coupons::new(),
            widgets: Widgets::new(Format::widget().short_capacity()),
            clean: None,
            customs: array::from_fn(|_| Mutex::default()),
            #[cfg(feature = "keyed")]
            keyed: None,
        })
    }

    /// How long an activated coupon is valid: for a [`Duration`](std::time::Duration), for a calendar
    /// [`Span`](jiff::Span), or until a [`Timestamp`](jiff::Timestamp). [`Validity`] says how its end is
    /// computed.
    ///
    /// ```
    /// use couponmint::{Campaign, jiff::{Timestamp, ToSpan}};
    /// use std::time::Duration;
    ///
    /// let hour = Campaign::new("cam_1")?.validity(Duration::from_secs(60 * 60));
    /// let year = Campaign::new("cam_2")?.validity(1.year());
    /// let end: Timestamp = "2030-12-31T23:59:59Z".parse()?;
    /// let until = Campaign::new("cam_3")?.validity(end);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn validity(self, validity: impl Into<Validity>) -> Self {
        self.set_validity(validity.into());
        self
    }

    /// Announces how many coupons the campaign will have issued in the end, codes that existed before
    /// included. It makes no difference to what is issued, only to when memory is asked for: a table of
    /// taken codes has room for all of them after one step, when it has between a sixteenth and an
    /// eighth of them, and does not grow a dozen times on the way.
    ///
    /// A number that is too low costs nothing: past it tables grow as without it. One that is too high costs
    /// memory, at most twenty times as much as the codes themselves. Announce 10,000,000 coupons with
    /// custom codes and issue 2,000,000, and some 230 MB are taken instead of 45.
    ///
    /// ```
    /// use couponmint::{Campaign, Engine, Request};
    ///
    /// let engine = Engine::new();
    /// assert!(engine.add_campaign(Campaign::new("cam_15111")?.expecting(10_000_000)));
    /// assert_eq!(engine.generate(&Request::new("cam_15111")?.amount(500)?)?.len(), 500);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn expecting(mut self, coupons: u64) -> Self {
        self.widgets.expect(coupons);
        self
    }

    /// The name of the campaign.
    ///
    /// ```
    /// use couponmint::Campaign;
    ///
    /// assert_eq!(Campaign::new("cam_15111")?.id(), "cam_15111");
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// For coupons that are issued from now on.
    pub(crate) fn set_validity(&self, validity: Validity) {
        *self.lock_validity() = validity;
    }

    pub(crate) fn coupon_validity(&self) -> Validity {
        *self.lock_validity()
    }

    fn lock_validity(&self) -> MutexGuard<'_, Validity> {
        self.validity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many coupons are issued and not released.
    pub(crate) fn issued(&self) -> u64 {
        self.coupons.issued()
    }

    /// Refuses what needs a memory of codes, if there is none.
    #[cfg_attr(
        not(feature = "keyed"),
        allow(
            clippy::unused_self,
            clippy::unnecessary_wraps,
            reason = "then all have one"
        )
    )]
    pub(crate) fn needs_memory(&self) -> Result<(), Error> {
        #[cfg(feature = "keyed")]
        if self.keyed.is_some() {
            return Err(Error::CampaignIsKeyed);
        }
        Ok(())
    }

    /// The formats that have taken codes, or that were declared, in the order of their texts: equal ones stand side
    /// by side.
    pub(crate) fn formats_in_use(&self) -> Vec<Format> {
        #[cfg(feature = "keyed")]
        if let Some(keyed) = &self.keyed {
            return keyed.formats();
        }
        let mut in_use = Vec::new();
        for text_length in SHORTEST_TEXT..=LONGEST_TEXT {
            in_use.extend(self.lock_formats(text_length).in_use().cloned());
        }
        in_use.sort_by_cached_key(Format::to_string);
        in_use.dedup();
        in_use
    }

    /// Widget codes not issued, reserved or promised to a request.
    pub(crate) fn free_widgets(&self) -> u64 {
        #[cfg(feature = "keyed")]
        if let Some(keyed) = &self.keyed {
            return keyed.free_widgets();
        }
        self.widgets.free()
    }

    /// Custom codes that are free of a format that is asked for.
    pub(crate) fn free_customs(&self, asked: &Format) -> Result<u128, Error> {
        let format = &*self.rules.format(asked)?;
        #[cfg(feature = "keyed")]
        if let Some(keyed) = &self.keyed {
            return keyed.free_customs(format);
        }
        let mut formats = self.lock_formats(format.text_length());
        Ok(formats.open(format, &self.widgets).count_free())
    }

    /// Issues the codes of a request. `take_sequence_ids` is called once, when nothing else can
    /// fail; if it does, nothing has changed.
    pub(crate) fn issue(
        &self,
        request: &Request,
        stream: &Stream,
        take_sequence_ids: impl FnOnce(u64) -> Result<u64, Error>,
    ) -> Result<IssuedCodes, Error> {
        let amount = request.requested_amount();
        let format = request.format().map(|asked| self.rules.format(asked));
        let format = format.transpose()?;
        let spelling = self.single_use_spelling()?;
        let coupons = self.coupons.promise(amount)?;
        let widgets = self.widgets.promise(amount)?;
        let single_use = Draw {
            stream,
            purposes: [Purpose::SingleUse, Purpose::SingleUseRest],
            spelling,
            amount,
        };
        let Some(format) = format.as_deref() else {
            let first_sequence_id = take_sequence_ids(amount as u64)?;
            let chunks = share(amount, single_use.chunks(), |chunk| single_use.chunk(chunk));
            return Ok(IssuedCodes {
                first_sequence_id,
                single_use: Self::settle(coupons, widgets, single_use, chunks),
                custom: None,
            });
        };
        let is_listed = self.precheck(format, amount)?;
        let spelling = Spelling::of(format);
        let custom = Draw {
            stream,
            purposes: [Purpose::Custom, Purpose::CustomRest],
            spelling: &spelling,
            amount,
        };
        let column = if is_listed {
            NewColumn::undrawn(custom)
        } else {
            let chunks = share(amount, custom.chunks(), |chunk| custom.chunk(chunk));
            NewColumn::new(chunks, &spelling)
        };
        let formats = self.lock_formats(format.text_length());
        let (chunks, admitted) = share_beside(
            amount,
            single_use.chunks(),
            |chunk| single_use.chunk(chunk),
            || self.admit(formats, custom, format, column, take_sequence_ids),
        );
        let (first_sequence_id, custom) = admitted?;
        Ok(IssuedCodes {
            first_sequence_id,
            single_use: Self::settle(coupons, widgets, single_use, chunks),
            custom: Some(custom),
        })
    }

    /// Refuses a request that can only fail before anything is drawn for it, and tells whether custom
    /// codes are best listed. While the lock is in use that is not worth the wait.
    fn precheck(&self, format: &Format, amount: usize) -> Result<bool, Error> {
        let mut formats = match self.customs[format.text_length() - SHORTEST_TEXT].try_lock() {
            Ok(formats) => formats,
            Err(TryLockError::Poisoned(formats)) => formats.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(false),
        };
        let mut opened = formats.open(format, &self.widgets);
        if opened.most_free() < amount as u128 {
            opened.unless_enough(amount)?;
        }
        Ok(opened.is_listed(amount))
    }

    /// Enters custom codes and takes sequence ids, or changes nothing.
    fn admit(
        &self,
        mut formats: MutexGuard<'_, Formats>,
        draw: Draw<'_>,
        format: &Format,
        mut column: NewColumn,
        take_sequence_ids: impl FnOnce(u64) -> Result<u64, Error>,
    ) -> Result<(u64, CustomColumn), Error> {
        let mut opened = formats.open(format, &self.widgets);
        opened.issue(&mut column, &mut draw.redraw())?;
        let text = column.text;
        let first_sequence_id =
            take_sequence_ids(draw.amount as u64).inspect_err(|_| opened.roll_back(&text))?;
        let format = format.clone();
        Ok((first_sequence_id, CustomColumn { format, text }))
    }

    /// Settles single-use codes, whose widget codes were promised, and counts the coupons: nothing can fail
    /// any more.
    fn settle(
        coupons: CouponPromise<'_>,
        widgets: Promise<'_>,
        draw: Draw<'_>,
        chunks: Vec<Chunk>,
    ) -> TextColumn {
        let column = widgets.keep(NewColumn::new(chunks, draw.spelling), draw.redraw());
        coupons.keep();
        column
    }

    /// Makes the codes of a batch free again.
    pub(crate) fn release(&self, single_use: &TextColumn, custom: Option<&CustomColumn>) {
        if let Some(CustomColumn { format, text }) = custom {
            let mut formats = self.lock_formats(format.text_length());
            formats.open(format, &self.widgets).release(text);
        }
        let widget = |row| &single_use.bytes(row)[..WIDGET_LENGTH];
        let widgets = (0..single_use.len()).map(widget);
        let numbers = widgets.clone().filter_map(widgets::number);
        numbers.for_each(|number| self.widgets.release(number));
        let mut formats = self.lock_formats(WIDGET_LENGTH);
        widgets.for_each(|code| formats.add_to_lists(code));
        self.coupons.release(single_use.len());
    }

    /// Takes widget codes out of circulation and tells how many of them were in it.
    pub(crate) fn reserve_widgets(&self, numbers: &[u64]) -> u64 {
        self.widgets.make_room(numbers);
        let taken = numbers.iter().filter(|&&number| self.widgets.take(number));
        taken.count() as u64
    }

    /// Takes custom codes, written one after the other, out of circulation and tells how many were
    /// in it.
    pub(crate) fn reserve_customs(&self, format: &Format, codes: &str) -> u64 {
        let split = self.split(format, codes);
        split
            .iter()
            .map(|(format, codes)| self.reserve_in(format, codes))
            .sum()
    }

    fn reserve_in(&self, format: &Format, codes: &str) -> u64 {
        let length = format.text_length();
        let mut formats = self.lock_formats(length);
        let mut opened = formats.open(format, &self.widgets);
        opened.reserve(codes.as_bytes().chunks_exact(length))
    }

    /// As if so many widget codes were left, and the others promised to somebody.
    #[cfg(all(test, shuttle))]
    pub(crate) fn promise_all_but(&self, left: u64) {
        let promised = self.widgets.promise((self.free_widgets() - left) as usize);
        std::mem::forget(promised);
    }

    /// The formats of a total length, locked. A poisoned lock is taken as it is: nothing that users supply
    /// runs under it.
    fn lock_formats(&self, text_length: usize) -> MutexGuard<'_, Formats> {
        self.customs[text_length - SHORTEST_TEXT]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Campaign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Campaign")
            .field("id", &self.id)
            .field("validity", &self.coupon_validity())
            .field("taken_widget_codes", &self.widgets.taken())
            .field("alphanumeric", &self.rules.alphanumeric())
            .field("formats", &self.rules.formats().map(<[_]>::len))
            .field("max_coupons", &self.rules.max_coupons())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::{code::format::CodeType, error::CodeKind};

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
        // As if whatever runs under it had panicked, with the format's codes taken out.
        thread::scope(|scope| {
            let panics = scope.spawn(|| {
                let mut formats = campaign.lock_formats(3);
                let _opened = formats.open(&format, &campaign.widgets);
                panic!("under the lock");
            });
            assert!(panics.join().is_err());
        });
        assert!(campaign.customs[0].lock().is_err());
        assert!(issue(1).is_ok());
        let refused = issue(2).err();
        let (kind, asked, left) = (CodeKind::Custom, 400, 200);
        assert_eq!(refused, Some(Error::Exhausted { kind, asked, left }));
        assert_eq!(campaign.free_customs(&format).unwrap(), 200);
        let widgets = Format::widget().short_capacity() - campaign.free_widgets();
        assert_eq!((widgets, campaign.widgets.taken()), (800, 800));
    }

    /// Nothing that was only asked for, or refused, is known afterwards.
    #[test]
    fn questions_and_refusals_leave_nothing() {
        let campaign = Campaign::new("cam_15111").unwrap();
        let issue = |format: &Format, amount, ids: Result<u64, Error>| {
            let request = Request::new("cam_15111").unwrap().amount(amount).unwrap();
            let request = request.custom_codes(format.clone());
            let stream = Stream::from_seed([7; 32], 0);
            campaign.issue(&request, &stream, |_| ids)
        };
        let ordinary = Format::new("", CodeType::Alphanumeric, 11).unwrap();
        assert!(issue(&ordinary, 10, Ok(1)).is_ok());
        for number in 0..100 {
            let format = Format::new(&format!("p{number:07}"), CodeType::Numeric, 3).unwrap();
            assert_eq!(campaign.free_customs(&format).unwrap(), 1000);
            assert!(issue(&format, 1001, Ok(1)).is_err());
            let no_ids = Error::OutOfSequenceIds { asked: 10, left: 0 };
            assert!(issue(&format, 10, Err(no_ids)).is_err());
            assert_eq!(campaign.reserve_customs(&format, ""), 0);
        }
        assert_eq!(campaign.lock_formats(11).known(), 1);
        assert_eq!(campaign.widgets.taken(), 10);
        assert_eq!(
            campaign.free_widgets(),
            Format::widget().short_capacity() - 10
        );
    }

    /// A custom code that is spelt like a widget code takes one of these, beside the one that its coupon
    /// has been promised; those promised to others are not there for it.
    #[test]
    fn codes_like_widget_codes_end_with_these() {
        let campaign = Campaign::new("cam_15111").unwrap();
        let all = Format::widget().short_capacity();
        let (digits, letters) = (("", CodeType::Numeric), ("", CodeType::Alphanumeric));
        let [digits, letters] =
            [digits, letters].map(|(prefix, code_type)| Format::new(prefix, code_type, 6).unwrap());
        let promised = campaign.widgets.promise(all as usize - 150).unwrap();
        let issue = |amount, format: &Format| {
            let request = Request::new("cam_15111").unwrap().amount(amount).unwrap();
            let request = request.custom_codes(format.clone());
            let stream = Stream::from_seed([7; 32], 0);
            campaign.issue(&request, &stream, |_| Ok(1)).map(drop)
        };
        let refused = |asked, left| {
            let kind = CodeKind::Custom;
            Err(Error::Exhausted { kind, asked, left })
        };
        assert_eq!(issue(100, &digits), refused(100, 50));
        assert_eq!(campaign.free_customs(&digits).unwrap(), 150);
        let unlike = letters.capacity() - u128::from(all);
        assert_eq!(campaign.free_customs(&letters).unwrap(), unlike + 150);
        assert_eq!(issue(75, &digits), Ok(()));
        assert_eq!(
            (campaign.free_widgets(), campaign.widgets.taken()),
            (0, 150)
        );
        assert_eq!(campaign.free_customs(&digits).unwrap(), 0);
        assert_eq!(campaign.free_customs(&letters).unwrap(), unlike);
        drop(promised);
        assert_eq!(campaign.free_widgets(), all - 150);
        let digits_taken = 1_000_000 - campaign.free_customs(&digits).unwrap();
        assert!((75..80).contains(&digits_taken), "{digits_taken}");
    }

    /// The list of a keyspace that others have nearly filled is not made again for each refused request.
    #[test]
    fn a_refused_request_keeps_the_list_it_found() {
        let campaign = Campaign::new("cam_15111").unwrap();
        let mut tickets = 0..;
        let mut issue = |amount, prefix: &str, length: usize| {
            let format = Format::new(prefix, CodeType::Numeric, length).unwrap();
            let request = Request::new("cam_15111").unwrap().amount(amount).unwrap();
            let request = request.custom_codes(format);
            let ticket = tickets.next().unwrap();
            campaign.issue(&request, &Stream::from_seed([7; 32], ticket), |_| Ok(1))
        };
        for digit in 0..10 {
            assert!(issue(9999, &format!("A{digit}"), 4).is_ok());
        }
        // More formats than codes asked for, so that they are not counted first.
        for letter in ["B", "C", "D"] {
            assert!(issue(1, letter, 5).is_ok());
        }
        let lists = || campaign.lock_formats(6).lists();
        assert_eq!(lists(), 0);
        assert!(issue(11, "A", 5).is_err());
        assert_eq!(lists(), 1);
        assert!(issue(1, "A", 5).is_ok());
        assert!(issue(11, "A", 5).is_err());
        assert_eq!(lists(), 1);
        // Small ones are made anew.
        assert!(issue(2, "A1", 4).is_err());
        assert!(issue(11, "A1", 4).is_err());
        assert_eq!(lists(), 1);
    }
}
