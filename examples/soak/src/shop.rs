//! A campaign, and what is taken of it.

use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use couponmint::{Alphabet, Batch, Campaign, Check, CodeType, Engine, Error, Format, Request};

use crate::{numbers::Numbers, texts::Texts};

/// Batches that wait to be released; beyond that they count as stored.
const MOST_BATCHES: usize = 200;
/// Of each campaign; the third has fewer, which are soon all issued.
const MOST_COUPONS: [u64; 3] = [600_000, 600_000, 40_000];

pub(crate) struct Shop<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) name: String,
    pub(crate) formats: Vec<Format>,
    texts: Texts,
    batches: Mutex<Vec<Batch>>,
    issued: AtomicU64,
    ever: AtomicU64,
}

impl<'a> Shop<'a> {
    pub(crate) fn new(engine: &'a Engine, round: u64, number: usize) -> Self {
        let name = format!("round_{round}_{number}");
        let campaign = Campaign::new(&name).expect("a valid name");
        let campaign = campaign.max_coupons(MOST_COUPONS[number]);
        assert!(engine.add_campaign(campaign.expecting(100_000)));
        Self {
            engine,
            name,
            formats: formats(),
            texts: Texts::new(),
            batches: Mutex::default(),
            issued: AtomicU64::new(0),
            ever: AtomicU64::new(0),
        }
    }

    /// Coupons ever issued.
    pub(crate) fn ever(&self) -> u64 {
        self.ever.load(Ordering::Relaxed)
    }

    pub(crate) fn request(&self, amount: usize, format: Option<&Format>) -> Request {
        let request = Request::new(&self.name).and_then(|request| request.amount(amount));
        let request = request.expect("a valid request");
        match format {
            Some(format) => request.custom_codes(format.clone()),
            None => request,
        }
    }

    /// Issues coupons, in some format or none. Whether there were as many.
    pub(crate) fn issue(&self, amount: usize, numbers: &mut Numbers) -> bool {
        let format = numbers.below(self.formats.len() + 1);
        let request = self.request(amount, self.formats.get(format));
        match self.engine.generate(&request) {
            Ok(batch) => {
                self.take_in(batch, numbers);
                true
            }
            Err(Error::Exhausted { asked, left, .. }) => {
                assert!(left < asked, "{left} of {asked} codes are left");
                false
            }
            Err(other) => panic!("{other}"),
        }
    }

    pub(crate) fn take_in(&self, batch: Batch, numbers: &mut Numbers) {
        self.texts.add_all(&batch);
        let len = batch.len() as u64;
        self.issued.fetch_add(len, Ordering::Relaxed);
        self.ever.fetch_add(len, Ordering::Relaxed);
        let mut batches = self.batches.lock().expect("nobody panics here");
        batches.push(batch);
        if batches.len() > MOST_BATCHES {
            let stored = numbers.below(batches.len());
            batches.swap_remove(stored);
        }
    }

    /// Releases one of the batches that wait for it.
    pub(crate) fn release(&self, numbers: &mut Numbers) {
        let mut batches = self.batches.lock().expect("nobody panics here");
        if batches.is_empty() {
            return;
        }
        let released = numbers.below(batches.len());
        let batch = batches.swap_remove(released);
        drop(batches);
        self.texts.take_out(&batch);
        self.issued.fetch_sub(batch.len() as u64, Ordering::Relaxed);
        assert_eq!(self.engine.release(batch), Ok(()));
    }

    /// Reserves a code of a format, and a single-use code.
    pub(crate) fn reserve(&self, numbers: &mut Numbers) {
        let format = numbers.pick(&self.formats);
        let rank = numbers.below(usize::try_from(format.capacity()).unwrap_or(1 << 30));
        let code = format
            .code(rank as u128)
            .expect("a rank below the capacity");
        let new = self.engine.reserve_custom(&self.name, format, [&code]);
        self.reserved(&code, new);
        let code = format!("0{:05}", numbers.below(100_000));
        let new = self.engine.reserve_single_use(&self.name, [&code]);
        self.reserved(&code, new);
    }

    fn reserved(&self, code: &str, new: Result<u64, Error>) {
        if new.expect("the campaign is there") == 1 {
            self.texts.add(code);
        }
    }

    /// That the engine and the set of texts agree, while nobody does anything.
    pub(crate) fn check(&self) {
        let Self {
            engine,
            name,
            texts,
            ..
        } = self;
        let issued = self.issued.load(Ordering::Relaxed);
        assert_eq!(engine.issued(name), Ok(issued));
        for format in &self.formats {
            let left = match format.capacity() {
                u128::MAX => u128::MAX,
                all => all - texts.count(format),
            };
            assert_eq!(engine.remaining(name, format), Ok(left), "{format}");
        }
        let widgets = Format::with_alphabet("", Alphabet::base36(), 6).expect("a valid format");
        let left = widgets.capacity() - texts.count(&widgets);
        let free = engine.remaining_widget_codes(name).map(u128::from);
        assert_eq!(free, Ok(left));
    }

    /// The campaign is saved, removed and loaded, and goes on. What it issued before cannot be released any more.
    pub(crate) fn restart(&self) {
        let mut file = Vec::new();
        self.engine
            .save(&self.name, &mut file)
            .expect("memory can be written");
        assert!(self.engine.remove_campaign(&self.name));
        let loaded = self.engine.load(&file[..]);
        assert_eq!(loaded.as_deref().ok(), Some(&*self.name));
        let mut batches = self.batches.lock().expect("nobody panics here");
        for batch in batches.drain(..) {
            assert_eq!(self.engine.release(batch), Err(Error::CampaignNotFound));
        }
    }

    pub(crate) fn close(self) {
        assert!(self.engine.remove_campaign(&self.name));
    }
}

/// Small ones that overlap and are soon full, some beside widget codes, and large ones.
fn formats() -> Vec<Format> {
    let numeric = |prefix, length| Format::new(prefix, CodeType::Numeric, length);
    let letters = |prefix, length| Format::new(prefix, CodeType::Alphanumeric, length);
    let groups = || {
        let format = Format::pattern("SUMMER-####-####", Alphabet::crockford())?;
        format.check(Check::Iso7064)
    };
    let formats = [
        numeric("A", 4),
        numeric("A1", 3),
        numeric("", 5),
        numeric("0", 5),
        numeric("01", 4),
        letters("", 6),
        letters("test_", 10),
        letters("test_1", 9),
        numeric("", 30),
        groups(),
    ];
    formats
        .into_iter()
        .map(|format| format.expect("a valid format"))
        .collect()
}
