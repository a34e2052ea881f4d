//! Random histories of a keyed campaign, counted by its engine or leased to several, against a naive book: the counters,
//! and every text that was issued or reserved. What is refused, and a restart, changes nothing.

use std::{
    collections::{BTreeSet, HashSet},
    time::Duration,
};

use couponmint::{
    Batch, Campaign, Check, CodeKind, Engine, Error, Format, Lease, Request, SaveError, Status,
    Validity, Words,
};
use proptest::{collection::vec, prelude::*, sample::Index};

use super::{key, lease};
use crate::common::{
    CAMPAIGN, SEQUENCE_IDS_END, alphanumeric, base36, cases, checked, customs, numeric, pattern_of,
    plain, seeded, single_uses, spelt,
};

const DAY: u32 = 24 * 60 * 60;

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Of a format, if any; so many, or so many hundredths of what is left, or one more.
    Generate(Option<Index>, Amount),
    /// The same lease once more, of another machine.
    Again(Index),
    Restart,
    Ask(Index, Index),
    Refused(Refused, Index),
    SetValidity(u32),
}

#[derive(Debug, Clone, Copy)]
enum Amount {
    Some(usize),
    Percent(u64),
    OneMore,
}

#[derive(Debug, Clone, Copy)]
enum Refused {
    Release,
    ReserveCustom,
    ReserveSingleUse,
    ReserveCoupons,
    Save,
    OtherSource,
    Undeclared,
    AddAgain,
}

fn steps() -> impl Strategy<Value = Step> {
    let amount = prop_oneof![
        4 => (1..=300_usize).prop_map(Amount::Some),
        1 => Just(Amount::Some(5_000)),
        3 => (0..=100_u64).prop_map(Amount::Percent),
        1 => Just(Amount::OneMore),
    ];
    let refused = prop::sample::select(vec![
        Refused::Release,
        Refused::ReserveCustom,
        Refused::ReserveSingleUse,
        Refused::ReserveCoupons,
        Refused::Save,
        Refused::OtherSource,
        Refused::Undeclared,
        Refused::AddAgain,
    ]);
    let format = prop::option::weighted(0.9, any::<Index>());
    prop_oneof![
        8 => (format, amount).prop_map(|(format, amount)| Step::Generate(format, amount)),
        2 => any::<Index>().prop_map(Step::Again),
        1 => Just(Step::Restart),
        2 => any::<[Index; 2]>().prop_map(|[format, rank]| Step::Ask(format, rank)),
        3 => (refused, any::<Index>()).prop_map(|(refused, of)| Step::Refused(refused, of)),
        1 => any::<u32>().prop_map(Step::SetValidity),
    ]
}

/// What is declared, beforehand and for good.
#[derive(Debug, Clone)]
struct Declared {
    formats: Vec<Format>,
    has_words: bool,
    /// Whether the words are set before codes are reserved.
    words_first: bool,
    /// Ranks of codes that exist, by format.
    holes: Vec<BTreeSet<u32>>,
    widgets: BTreeSet<u32>,
    max_coupons: Option<u64>,
    first_id: u64,
}

/// Formats that spell no text in common.
fn formats() -> Vec<Format> {
    vec![
        numeric("A-", 3),
        spelt("B", "01a", 4),
        checked(pattern_of("C###-#", "abst"), Check::Iso7064),
        pattern_of("D#a##", "abst"),
        numeric("E", 6),
        alphanumeric("F", 10),
        numeric("G", 25),
        spelt("H", "abst", 6)
            .without_words(&Words::new(["sat"]).unwrap())
            .unwrap(),
        alphanumeric("I", 23),
    ]
}

fn words() -> Words {
    Words::new(["tab", "bass", "as"]).unwrap()
}

fn declared() -> impl Strategy<Value = Declared> {
    let chosen = prop::sample::subsequence(formats(), 1..=9);
    let holes = vec(prop::collection::btree_set(any::<u32>(), 0..20), 9);
    let widgets = prop::collection::btree_set(any::<u32>(), 0..20);
    let limit = prop::option::weighted(0.3, 0..3_000_u64);
    let first =
        prop_oneof![4 => Just(1), 1 => (0..2_000_u64).prop_map(|ids| SEQUENCE_IDS_END - ids)];
    let words = (any::<bool>(), any::<bool>());
    (chosen, words, holes, widgets, limit, first).prop_map(
        |(mut formats, (has_words, words_first), holes, widgets, max_coupons, first_id)| {
            if has_words && formats.len() > 1 {
                // Those of more than 2^128 codes are refused.
                formats.retain(|format| format.capacity() < u128::MAX);
            }
            Declared {
                has_words: has_words && formats[0].capacity() < u128::MAX,
                formats,
                words_first,
                holes,
                widgets,
                max_coupons,
                first_id,
            }
        },
    )
}

impl Declared {
    /// A format as it is issued.
    fn issued(&self, format: usize) -> Format {
        let format = self.formats[format].clone();
        if self.has_words {
            format.without_words(&words()).unwrap()
        } else {
            format
        }
    }

    fn widget(&self) -> Format {
        let format = base36("", 6);
        if self.has_words {
            format.without_words(&words()).unwrap()
        } else {
            format
        }
    }

    /// Codes that exist, some of them with words.
    fn holes(&self, format: usize) -> HashSet<String> {
        codes(&self.formats[format], &self.holes[format])
    }

    fn campaign(&self) -> Campaign {
        let mut campaign = Campaign::keyed(CAMPAIGN, key(), self.formats.clone()).unwrap();
        if self.has_words && self.words_first {
            campaign = campaign.without_words(&words());
        }
        if let Some(coupons) = self.max_coupons {
            campaign = campaign.max_coupons(coupons);
        }
        for (place, format) in self.formats.iter().enumerate() {
            campaign = campaign.reserve_custom(format, self.holes(place)).unwrap();
        }
        let widgets = codes(&base36("", 6), &self.widgets);
        let campaign = campaign.reserve_single_use(widgets).unwrap();
        if self.has_words && !self.words_first {
            return campaign.without_words(&words());
        }
        campaign
    }
}

/// The codes of these ranks, wrapped around at the capacity.
fn codes(format: &Format, ranks: &BTreeSet<u32>) -> HashSet<String> {
    let code = |&rank: &u32| format.code(u128::from(rank) % format.capacity()).unwrap();
    ranks.iter().map(code).collect()
}

struct Book {
    declared: Declared,
    issued: Vec<Format>,
    capacities: Vec<u128>,
    widgets: u64,
    /// The next serials, and sequence id.
    customs: Vec<u64>,
    single_use: u64,
    next_id: u64,
    /// In seconds.
    validity: u32,
    /// All texts that were issued or reserved.
    seen: HashSet<String>,
    leases: Vec<(Request, Lease, Batch)>,
    /// One that counts, or two that are leased to.
    engines: Vec<Engine>,
    is_leased: bool,
}

fn engine(declared: &Declared, campaign: Campaign, first_id: u64) -> Engine {
    let engine = seeded(3).first_sequence_id(first_id).build();
    assert!(engine.add_campaign(campaign));
    assert!(!engine.add_campaign(declared.campaign()));
    engine
}

impl Book {
    fn new(declared: Declared, is_leased: bool) -> Self {
        let issued: Vec<_> = (0..declared.formats.len())
            .map(|place| declared.issued(place))
            .collect();
        let holes: Vec<_> = (0..issued.len())
            .map(|place| declared.holes(place))
            .collect();
        let widgets = codes(&base36("", 6), &declared.widgets);
        let free = |format: &Format, taken: &HashSet<String>| {
            let taken = taken.iter().filter(|code| format.spells(code));
            format.capacity() - taken.count() as u128
        };
        let left = |(format, holes): (&Format, &HashSet<String>)| match format.capacity() {
            u128::MAX => u128::MAX,
            _ => free(format, holes),
        };
        let engines = (0..=usize::from(is_leased))
            .map(|_| engine(&declared, declared.campaign(), declared.first_id))
            .collect();
        Self {
            capacities: issued.iter().zip(&holes).map(left).collect(),
            widgets: u64::try_from(free(&declared.widget(), &widgets)).unwrap(),
            customs: vec![0; issued.len()],
            single_use: 0,
            next_id: declared.first_id,
            validity: DAY,
            seen: holes.into_iter().flatten().chain(widgets).collect(),
            leases: Vec::new(),
            issued,
            engines,
            declared,
            is_leased,
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Generate(format, amount) => {
                let place = format.map(|format| format.index(self.issued.len()));
                self.generate(place, amount);
            }
            Step::Again(lease) => self.again(lease),
            Step::Restart => self.restart(),
            Step::Ask(format, rank) => self.ask(format.index(self.issued.len()), rank),
            Step::Refused(refused, of) => self.refuse(refused, of),
            Step::SetValidity(seconds) => {
                self.validity = seconds;
                let validity = Validity::from(Duration::from_secs(seconds.into()));
                for engine in &self.engines {
                    engine.set_validity(CAMPAIGN, validity).unwrap();
                }
            }
        }
        self.agrees();
    }

    fn left(&self, place: usize) -> u128 {
        match self.capacities[place] {
            u128::MAX => u128::MAX,
            capacity => capacity - u128::from(self.customs[place]),
        }
    }

    fn generate(&mut self, place: Option<usize>, amount: Amount) {
        let left = place.map_or(u128::MAX, |place| self.left(place)).min(3_000) as usize;
        let amount = match amount {
            Amount::Some(amount) => amount,
            Amount::Percent(percent) => (left * percent as usize / 100).max(1),
            Amount::OneMore => left + 1,
        };
        let request = plain(amount).status(Status::Activated);
        let request = match place {
            Some(place) => request.custom_codes(self.declared.formats[place].clone()),
            None => request,
        };
        let custom = place.map_or(0, |place| self.customs[place]);
        let lease = lease(self.next_id, self.single_use, custom);
        let answer = if self.is_leased {
            self.engines[self.leases.len() % 2].generate_leased(&request, &lease)
        } else {
            self.engines[0].generate(&request)
        };
        match self.refusal(place, amount as u64) {
            Some(error) => assert_eq!(answer, Err(error)),
            None => self.issue(place, request, lease, answer.unwrap()),
        }
    }

    fn refusal(&self, place: Option<usize>, asked: u64) -> Option<Error> {
        let exhausted = |kind, left: u128| {
            let left = u64::try_from(left).ok().filter(|&left| left < asked)?;
            Some(Error::Exhausted { kind, asked, left })
        };
        let coupons = self
            .declared
            .max_coupons
            .map_or(u64::MAX, |most| most.saturating_sub(self.single_use));
        let ids = SEQUENCE_IDS_END - self.next_id;
        exhausted(CodeKind::Coupon, coupons.into())
            .or(place.and_then(|place| exhausted(CodeKind::Custom, self.left(place))))
            .or((ids < asked).then_some(Error::OutOfSequenceIds { asked, left: ids }))
    }

    /// Each code is new, a code of the format, and found by its serial on every machine.
    fn issue(&mut self, place: Option<usize>, request: Request, lease: Lease, batch: Batch) {
        assert_eq!(batch.len(), request.requested_amount());
        assert_eq!(batch.first_sequence_id(), self.next_id);
        let coupon = batch.get(0).unwrap();
        let valid = coupon
            .expiry_date()
            .unwrap()
            .duration_since(coupon.create_date());
        assert_eq!(valid.as_secs(), i64::from(self.validity));
        self.next_id += batch.len() as u64;
        for (code, serial) in single_uses(&batch).iter().zip(self.single_use..) {
            assert!(self.declared.widget().spells(&code[..6]));
            assert!(self.seen.insert(code[..6].to_owned()), "{code} twice");
            for engine in &self.engines {
                assert_eq!(engine.single_use_serial(CAMPAIGN, code), Ok(Some(serial)));
            }
        }
        self.single_use += batch.len() as u64;
        if let Some(place) = place {
            let format = &self.issued[place];
            assert_eq!(batch.format(), Some(format));
            for (code, serial) in customs(&batch).iter().zip(self.customs[place]..) {
                assert!(format.spells(code), "{format:?} does not spell {code}");
                assert!(self.seen.insert(code.clone()), "{code} twice");
                for engine in &self.engines {
                    assert_eq!(
                        engine.serial(CAMPAIGN, &self.declared.formats[place], code),
                        Ok(Some(serial))
                    );
                }
            }
            self.customs[place] += batch.len() as u64;
        }
        self.leases.push((request, lease, batch));
    }

    /// Its codes are those of the first time.
    fn again(&self, which: Index) {
        if !self.is_leased || self.leases.is_empty() {
            return;
        }
        let (request, lease, batch) = which.get(&self.leases);
        for engine in &self.engines {
            let again = engine.generate_leased(request, lease).unwrap();
            assert_eq!(again.first_sequence_id(), batch.first_sequence_id());
            assert_eq!(single_uses(&again), single_uses(batch));
            assert_eq!(customs(&again), customs(batch));
        }
    }

    /// Engines that count go on from what they stored, those that are leased to from nothing.
    fn restart(&mut self) {
        let campaign = self.declared.campaign();
        let old = self.engines.remove(0);
        let campaign = if self.is_leased {
            campaign
        } else {
            let serials = old.serials(CAMPAIGN).unwrap();
            let text = serde_json::to_string(&serials).unwrap();
            campaign
                .resume(serde_json::from_str(&text).unwrap())
                .unwrap()
        };
        let (own, other) = (old.fingerprint(CAMPAIGN), old.next_sequence_id());
        let first_id = if self.is_leased {
            self.declared.first_id
        } else {
            other
        };
        let validity = Validity::from(Duration::from_secs(self.validity.into()));
        let restarted = engine(&self.declared, campaign.validity(validity), first_id);
        assert_eq!(restarted.fingerprint(CAMPAIGN), own);
        self.engines.push(restarted);
    }

    /// Any code has a serial, unless it is a hole, and that serial has this code.
    fn ask(&self, place: usize, rank: Index) {
        let (format, engine) = (&self.issued[place], &self.engines[0]);
        let rank = rank.index(usize::MAX) as u128 % format.capacity();
        let code = format.code(rank).unwrap();
        let asked = &self.declared.formats[place];
        let serial = engine.serial(CAMPAIGN, asked, &code).unwrap();
        if self.declared.holes(place).contains(&code) {
            assert_eq!(serial, None);
        } else if let Some(serial) = serial {
            let mut codes = engine.codes(CAMPAIGN, asked, serial..serial + 1).unwrap();
            assert_eq!(codes.next().as_deref(), Some(&*code));
        } else {
            assert!(format.capacity() > u64::MAX.into());
        }
    }

    fn refuse(&mut self, refused: Refused, of: Index) {
        let format = of.get(&self.declared.formats).clone();
        let keyed = Error::CampaignIsKeyed;
        for engine in &self.engines {
            match refused {
                Refused::Release => {
                    if !self.leases.is_empty() {
                        let (_, _, batch) = self.leases.swap_remove(of.index(self.leases.len()));
                        // To an engine that did not issue it, its campaign is another one.
                        let errors = [keyed.clone(), Error::CampaignNotFound];
                        assert!(errors.contains(&engine.release(batch).unwrap_err()));
                    }
                }
                Refused::ReserveCustom => {
                    let code = of.get(&self.issued).code(0).unwrap();
                    assert_eq!(
                        engine.reserve_custom(CAMPAIGN, &format, [code]),
                        Err(keyed.clone())
                    );
                }
                Refused::ReserveSingleUse => {
                    assert_eq!(
                        engine.reserve_single_use(CAMPAIGN, ["zzzzzz"]),
                        Err(keyed.clone())
                    );
                }
                Refused::ReserveCoupons => {
                    let rows = [("zzzzzz", None::<&str>)];
                    assert_eq!(
                        engine.reserve_coupons(CAMPAIGN, &[], rows),
                        Err(keyed.clone())
                    );
                }
                Refused::Save => {
                    let saved = engine.save(CAMPAIGN, Vec::new());
                    assert!(matches!(saved, Err(SaveError::CampaignIsKeyed)));
                }
                Refused::OtherSource => self.other_source(engine),
                Refused::Undeclared => {
                    let request = plain(1).custom_codes(numeric("Z", 3));
                    assert_eq!(engine.generate(&request), Err(Error::FormatNotAllowed));
                    assert_eq!(
                        engine.generate_leased(&request, &lease(1, 0, 0)),
                        Err(Error::FormatNotAllowed)
                    );
                    assert_eq!(
                        engine.remaining(CAMPAIGN, &numeric("Z", 3)),
                        Err(Error::FormatNotAllowed)
                    );
                }
                Refused::AddAgain => assert!(!engine.add_campaign(self.declared.campaign())),
            }
        }
    }

    /// An engine that has issued counts, or is leased to, for good.
    fn other_source(&self, engine: &Engine) {
        if engine.issued(CAMPAIGN) == Ok(0) {
            return;
        }
        if self.is_leased {
            assert_eq!(engine.generate(&plain(1)), Err(Error::EngineIsLeasedTo));
            assert_eq!(engine.serials(CAMPAIGN), Err(Error::EngineIsLeasedTo));
        } else {
            let leased =
                engine.generate_leased(&plain(1), &lease(self.next_id, self.single_use, 0));
            assert_eq!(leased, Err(Error::EngineCounts));
        }
    }

    fn agrees(&self) {
        let mut declared = self.issued.clone();
        declared.sort_by_cached_key(Format::to_string);
        for engine in &self.engines {
            assert_eq!(engine.formats(CAMPAIGN).unwrap(), declared);
            assert_eq!(
                engine.fingerprint(CAMPAIGN),
                self.engines[0].fingerprint(CAMPAIGN)
            );
        }
        if self.is_leased {
            return;
        }
        let engine = &self.engines[0];
        let serials = engine.serials(CAMPAIGN).unwrap();
        assert_eq!(serials.single_use(), self.single_use);
        assert_eq!(engine.issued(CAMPAIGN), Ok(self.single_use));
        assert_eq!(
            engine.remaining_widget_codes(CAMPAIGN),
            Ok(self.widgets - self.single_use)
        );
        assert_eq!(engine.next_sequence_id(), self.next_id);
        for (place, format) in self.declared.formats.iter().enumerate() {
            assert_eq!(serials.custom(format), Some(self.customs[place]));
            assert_eq!(engine.remaining(CAMPAIGN, format), Ok(self.left(place)));
        }
    }
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn histories(declared in declared(), is_leased: bool, steps in vec(steps(), 1..24)) {
        let mut book = Book::new(declared, is_leased);
        for step in steps {
            book.take(step);
        }
        for place in 0..book.issued.len() {
            if book.left(place) <= 5_000 {
                book.generate(Some(place), Amount::OneMore);
                book.generate(Some(place), Amount::Percent(100));
            }
        }
        book.agrees();
    }
}
