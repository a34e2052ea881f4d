//! An engine, what its threads hold, and whether the two agree.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

use crate::{
    Alphabet, Batch, Campaign, CodeKind, Coupon, Engine, EngineBuilder, Error, Format, Request,
};

pub(super) const CAMPAIGN: &str = "cam_15111";
pub(super) const WIDGETS: u64 = 36_u64.pow(6);

/// Codes of zeros and ones after a prefix: 2^length of them.
pub(super) fn bits(prefix: &str, length: usize) -> Format {
    let alphabet = Alphabet::new("01").unwrap();
    Format::with_alphabet(prefix, alphabet, length).unwrap()
}

/// All codes of a small format.
pub(super) fn all(format: &Format) -> impl Iterator<Item = String> {
    (0..format.capacity()).map(|rank| format.code(rank).unwrap())
}

pub(super) fn request(amount: usize, format: &Format) -> Request {
    plain(amount).custom_codes(format.clone())
}

pub(super) fn plain(amount: usize) -> Request {
    Request::new(CAMPAIGN).unwrap().amount(amount).unwrap()
}

pub(super) fn exhausted(kind: CodeKind, asked: u64, left: u64) -> Error {
    Error::Exhausted { kind, asked, left }
}

/// A builder whose clock stands still.
pub(super) fn seeded(seed: u8) -> EngineBuilder {
    Engine::builder()
        .seed([seed; 32])
        .clock(|| Timestamp::UNIX_EPOCH)
}

/// An engine with one campaign.
pub(super) fn engine() -> Engine {
    built(seeded(7), Campaign::new(CAMPAIGN).unwrap())
}

pub(super) fn built(builder: EngineBuilder, campaign: Campaign) -> Engine {
    let engine = builder.build();
    assert!(engine.add_campaign(campaign));
    engine
}

/// The custom codes of a batch, in order.
pub(super) fn customs(batch: &Batch) -> Vec<String> {
    let code = |coupon: Coupon<'_>| coupon.custom_validation_code().map(str::to_owned);
    batch.iter().filter_map(code).collect()
}

/// The widget codes of a batch, in order.
pub(super) fn widgets(batch: &Batch) -> Vec<String> {
    let code = |coupon: Coupon<'_>| coupon.widget_validation_code().to_owned();
    batch.iter().map(code).collect()
}

/// An engine, and what is taken of it. Its own locks are std's: no schedule changes at them.
pub(super) struct Shop {
    pub(super) engine: Engine,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    batches: Vec<Batch>,
    reserved: Vec<String>,
    /// Coupons ever issued.
    ever: u64,
}

impl Shop {
    pub(super) fn new(engine: Engine) -> Self {
        let held = Mutex::default();
        Self { engine, held }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Issues, keeps the batch, and says which codes it has.
    pub(super) fn generate(&self, request: &Request) -> Result<usize, Error> {
        let batch = self.engine.generate(request)?;
        let len = batch.len();
        self.keep(batch);
        Ok(len)
    }

    pub(super) fn issue(&self, amount: usize, format: &Format) -> Result<usize, Error> {
        self.generate(&request(amount, format))
    }

    /// Issues, or is told that fewer are left than asked for.
    pub(super) fn try_issue(&self, amount: usize, format: &Format) {
        match self.issue(amount, format) {
            Ok(len) => assert_eq!(len, amount),
            Err(Error::Exhausted { asked, left, .. }) => {
                assert_eq!(asked, amount as u64);
                assert!(left < asked, "{left} of {asked}");
            }
            Err(other) => panic!("{other}"),
        }
    }

    pub(super) fn keep(&self, batch: Batch) {
        let mut held = self.held();
        held.ever += batch.len() as u64;
        held.batches.push(batch);
    }

    /// Issues a batch and gives it away, to be released.
    pub(super) fn lend(&self, request: &Request) -> Batch {
        let batch = self.engine.generate(request).unwrap();
        self.held().ever += batch.len() as u64;
        batch
    }

    /// Releases a batch that was lent, once.
    pub(super) fn give_back(&self, lent: &Mutex<Option<Batch>>) {
        let batch = lent.lock().unwrap().take().unwrap();
        assert_eq!(self.engine.release(batch), Ok(()));
    }

    /// Reserves custom codes one by one.
    pub(super) fn reserve(&self, format: &Format, codes: &[&str]) {
        for code in codes {
            let new = self.engine.reserve_custom(CAMPAIGN, format, [code]);
            self.reserved(code, new.unwrap());
        }
    }

    /// Reserves widget codes one by one.
    pub(super) fn reserve_widgets(&self, codes: &[&str]) {
        for code in codes {
            let new = self.engine.reserve_single_use(CAMPAIGN, [code]);
            self.reserved(code, new.unwrap());
        }
    }

    fn reserved(&self, code: &str, new: u64) {
        assert!(new <= 1);
        if new == 1 {
            self.held().reserved.push(code.to_owned());
        }
    }

    pub(super) fn remaining(&self, format: &Format) -> u128 {
        self.engine.remaining(CAMPAIGN, format).unwrap()
    }

    pub(super) fn remaining_widgets(&self) -> u64 {
        self.engine.remaining_widget_codes(CAMPAIGN).unwrap()
    }

    /// Every code that is taken, none of them twice.
    pub(super) fn taken(&self) -> HashSet<String> {
        let held = self.held();
        let mut taken = HashSet::new();
        let codes = held.batches.iter().flat_map(|batch| {
            let both = widgets(batch).into_iter().chain(customs(batch));
            both.collect::<Vec<_>>()
        });
        for code in codes.chain(held.reserved.iter().cloned()) {
            assert!(taken.insert(code.clone()), "{code} twice");
        }
        taken
    }

    /// No code and no sequence id twice, and all counts exact. So many widget codes were promised beforehand.
    pub(super) fn check(&self, formats: &[&Format], promised: u64) {
        let taken = self.taken();
        for format in formats {
            let free = all(format).filter(|code| !taken.contains(code)).count();
            assert_eq!(self.remaining(format), free as u128, "{format}");
        }
        let widgets = taken.iter().filter(|code| is_widget(code)).count();
        assert_eq!(
            self.remaining_widgets(),
            WIDGETS - promised - widgets as u64
        );
        let held = self.held();
        let issued: usize = held.batches.iter().map(Batch::len).sum();
        assert_eq!(self.engine.issued(CAMPAIGN), Ok(issued as u64));
        let ids = held.batches.iter().flatten();
        let ids: HashSet<_> = ids.map(|coupon| coupon.sequence_id()).collect();
        assert_eq!(ids.len(), issued);
    }

    /// That the campaign gives what it says it has: all free codes of a format, and not one more.
    pub(super) fn drain(&self, format: &Format) {
        let free = self.remaining(format);
        if free > 0 {
            assert_eq!(self.issue(free as usize, format), Ok(free as usize));
        }
        let refused = exhausted(CodeKind::Custom, 1, 0);
        assert_eq!(self.issue(1, format), Err(refused));
        assert_eq!(self.remaining(format), 0);
    }

    /// That the ids given so far are the first ones, with none left out.
    pub(super) fn check_next_id(&self, first: u64) {
        let ever = self.held().ever;
        let next = self.engine.generate(&plain(1)).unwrap();
        assert_eq!(next.first_sequence_id(), first + ever);
        self.keep(next);
    }
}

fn is_widget(code: &str) -> bool {
    let is_symbol = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    code.len() == 6 && code.bytes().all(is_symbol)
}
