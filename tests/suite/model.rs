//! A model of the engine: random histories of a few campaigns, with formats that overlap. After each
//! step the engine and the naive oracle agree on what is issued, what is left and which error comes.
//! A twin engine of the same seed is spared the steps that fail, and all questions: it must go on
//! issuing the same batches, so what was refused or asked has changed nothing.

use std::collections::BTreeMap;

use couponmint::{Batch, Campaign, Engine, Error, Format, Request, proptest::small_formats};
use proptest::{collection::vec, prelude::*, sample::Index};

use crate::{
    common::{SEQUENCE_IDS_END, alphanumeric, base36, cases, exhausted, numeric, seeded, spelt},
    oracle::{Oracle, spells},
};

const CAMPAIGNS: [&str; 3] = ["north", "south", "west"];

#[derive(Debug, Clone)]
enum Step {
    AddCampaign(Index),
    RemoveCampaign(Index),
    Generate(Index, Option<Index>, Amount),
    ReserveCustom(Index, Index, Vec<Code>),
    ReserveSingleUse(Index, Vec<Single>),
    Release(Index),
}

/// How many coupons to ask for.
#[derive(Debug, Clone, Copy)]
enum Amount {
    Some(usize),
    /// So many hundredths of what is left.
    Percent(u128),
    All,
    OneMore,
}

/// A custom code to reserve.
#[derive(Debug, Clone)]
enum Code {
    /// Begins as those of many formats do, and ends in three symbols of choice.
    Alike([Index; 3]),
    /// Any symbols.
    Any(Vec<Index>),
    /// A code of a batch, of whatever format.
    Known(Index, Index),
}

/// A single-use code to reserve.
#[derive(Debug, Clone)]
enum Single {
    /// Begins as those of formats of six symbols do.
    Alike(u16),
    Whole(u16),
    Wrong(u16),
    /// A code of a batch.
    Known(Index, Index),
}

fn amounts() -> impl Strategy<Value = Amount> {
    prop_oneof![
        8 => (1..=300_usize).prop_map(Amount::Some),
        1 => (1..=9000_usize).prop_map(Amount::Some),
        3 => (0..=100_u128).prop_map(Amount::Percent),
        4 => Just(Amount::All),
        2 => Just(Amount::OneMore),
    ]
}

fn codes() -> impl Strategy<Value = Code> {
    prop_oneof![
        6 => any::<[Index; 3]>().prop_map(Code::Alike),
        2 => vec(any::<Index>(), 30).prop_map(Code::Any),
        1 => any::<(Index, Index)>().prop_map(|(batch, coupon)| Code::Known(batch, coupon)),
    ]
}

fn singles() -> impl Strategy<Value = Single> {
    prop_oneof![
        8 => any::<u16>().prop_map(Single::Alike),
        4 => any::<u16>().prop_map(Single::Whole),
        2 => any::<(Index, Index)>().prop_map(|(batch, coupon)| Single::Known(batch, coupon)),
        1 => any::<u16>().prop_map(Single::Wrong),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    let format = proptest::option::weighted(0.9, index());
    prop_oneof![
        4 => index().prop_map(Step::AddCampaign),
        1 => index().prop_map(Step::RemoveCampaign),
        16 => (index(), format, amounts())
            .prop_map(|(name, format, amount)| Step::Generate(name, format, amount)),
        6 => (index(), index(), vec(codes(), 0..40))
            .prop_map(|(name, format, codes)| Step::ReserveCustom(name, format, codes)),
        3 => (index(), vec(singles(), 0..20))
            .prop_map(|(name, codes)| Step::ReserveSingleUse(name, codes)),
        8 => index().prop_map(Step::Release),
    ]
}

/// A history begins with a campaign in use.
fn histories(steps: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Step>> {
    let first = any::<Index>().prop_map(Step::AddCampaign);
    (first, vec(self::steps(), steps)).prop_map(|(first, mut steps)| {
        steps.insert(0, first);
        steps
    })
}

/// A batch, that of the twin, and which campaign of the name issued it.
struct Issued {
    batch: Batch,
    of_twin: Batch,
    life: usize,
}

struct Model {
    engine: Engine,
    twin: Engine,
    formats: Vec<Format>,
    /// The campaigns of now; each that was ever added has a number of its own.
    campaigns: BTreeMap<&'static str, (usize, Oracle)>,
    lives: usize,
    issued: Vec<Issued>,
    next_id: u64,
}

impl Model {
    fn new(formats: Vec<Format>, first_id: u64) -> Self {
        let engine = || seeded(3).first_sequence_id(first_id).build();
        Self {
            engine: engine(),
            twin: engine(),
            formats,
            campaigns: BTreeMap::new(),
            lives: 0,
            issued: Vec::new(),
            next_id: first_id,
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::AddCampaign(name) => self.add_campaign(campaign(name)),
            Step::RemoveCampaign(name) => self.remove_campaign(campaign(name)),
            Step::Generate(name, format, amount) => {
                let format = format.map(|format| format.get(&self.formats).clone());
                self.generate(campaign(name), format.as_ref(), amount);
            }
            Step::ReserveCustom(name, format, codes) => {
                let format = format.get(&self.formats).clone();
                let codes: Vec<_> = codes.iter().map(|code| self.code(&format, code)).collect();
                self.reserve_custom(campaign(name), &format, &codes);
            }
            Step::ReserveSingleUse(name, codes) => {
                let codes: Vec<_> = codes.iter().map(|code| self.single_use(code)).collect();
                self.reserve_single_use(campaign(name), &codes);
            }
            Step::Release(batch) => self.release(batch),
        }
        self.agrees_on_what_is_left();
    }

    fn add_campaign(&mut self, name: &'static str) {
        let is_new = !self.campaigns.contains_key(name);
        let campaign = || Campaign::new(name).unwrap();
        assert_eq!(self.engine.add_campaign(campaign()), is_new);
        if is_new {
            assert!(self.twin.add_campaign(campaign()));
            self.lives += 1;
            self.campaigns.insert(name, (self.lives, Oracle::default()));
        }
    }

    fn remove_campaign(&mut self, name: &str) {
        let is_known = self.campaigns.remove(name).is_some();
        assert_eq!(self.engine.remove_campaign(name), is_known);
        if is_known {
            assert!(self.twin.remove_campaign(name));
        }
    }

    fn generate(&mut self, name: &str, format: Option<&Format>, amount: Amount) {
        let oracle = self.campaigns.get(name).map(|(_, oracle)| oracle);
        let left = match (oracle, format) {
            (Some(oracle), Some(format)) => oracle.free(format),
            _ => u128::MAX,
        };
        let request = request(name, format, amount.of(left));
        let answer = self.engine.generate(&request);
        match self.refusal(name, left, &request) {
            Some(error) => assert_eq!(answer, Err(error)),
            None => self.issue(name, format, &request, answer.unwrap()),
        }
    }

    /// The error that a request meets, if it meets one.
    fn refusal(&self, name: &str, left: u128, request: &Request) -> Option<Error> {
        let asked = request.requested_amount() as u64;
        let ids_left = SEQUENCE_IDS_END - self.next_id;
        if !self.campaigns.contains_key(name) {
            Some(Error::CampaignNotFound)
        } else if left < u128::from(asked) {
            Some(exhausted(asked, u64::try_from(left).unwrap()))
        } else if ids_left < asked {
            let left = ids_left;
            Some(Error::OutOfSequenceIds { asked, left })
        } else {
            None
        }
    }

    fn issue(&mut self, name: &str, format: Option<&Format>, request: &Request, batch: Batch) {
        let amount = request.requested_amount();
        assert_eq!(batch.len(), amount);
        let ids = batch.iter().map(|coupon| coupon.sequence_id());
        assert!(ids.eq(self.next_id..self.next_id + amount as u64));
        self.next_id += amount as u64;

        let (life, oracle) = self.campaigns.get_mut(name).unwrap();
        oracle.issue(&batch, format);
        let of_twin = self.twin.generate(request).unwrap();
        assert!(batch == of_twin, "the twin's batch is another one");
        let life = *life;
        self.issued.push(Issued {
            batch,
            of_twin,
            life,
        });
    }

    fn reserve_custom(&mut self, name: &str, format: &Format, codes: &[String]) {
        let answer = self.engine.reserve_custom(name, format, codes);
        let foreign = codes.iter().position(|code| !spells(format, code));
        match (self.campaigns.get_mut(name), foreign) {
            (None, _) => assert_eq!(answer, Err(Error::CampaignNotFound)),
            (_, Some(index)) => assert_eq!(answer, Err(Error::ForeignCode { index })),
            (Some((_, oracle)), None) => {
                let new = codes.iter().filter(|code| oracle.reserve(code)).count();
                assert_eq!(answer, Ok(new as u64));
                assert_eq!(self.twin.reserve_custom(name, format, codes), answer);
            }
        }
    }

    fn reserve_single_use(&mut self, name: &str, codes: &[String]) {
        let answer = self.engine.reserve_single_use(name, codes);
        let is_foreign = |code: &String| ![6, 21].contains(&code.len());
        match (
            self.campaigns.get_mut(name),
            codes.iter().position(is_foreign),
        ) {
            (None, _) => assert_eq!(answer, Err(Error::CampaignNotFound)),
            (_, Some(index)) => assert_eq!(answer, Err(Error::ForeignCode { index })),
            (Some((_, oracle)), None) => {
                let new = codes.iter().filter(|code| oracle.reserve(&code[..6]));
                assert_eq!(answer, Ok(new.count() as u64));
                assert_eq!(self.twin.reserve_single_use(name, codes), answer);
            }
        }
    }

    fn release(&mut self, batch: Index) {
        if self.issued.is_empty() {
            return;
        }
        let batch = batch.index(self.issued.len());
        let Issued {
            batch,
            of_twin,
            life,
        } = self.issued.swap_remove(batch);
        let name = batch.campaign().to_owned();
        match self.campaigns.get_mut(&*name) {
            Some((now, oracle)) if *now == life => {
                oracle.release(&batch);
                assert_eq!(self.engine.release(batch), Ok(()));
                assert_eq!(self.twin.release(of_twin), Ok(()));
            }
            _ => assert_eq!(self.engine.release(batch), Err(Error::CampaignNotFound)),
        }
    }

    fn agrees_on_what_is_left(&self) {
        for name in CAMPAIGNS {
            self.agrees(&self.engine, name);
        }
    }

    fn agrees(&self, engine: &Engine, name: &str) {
        let Some((_, oracle)) = self.campaigns.get(name) else {
            let unknown = Err(Error::CampaignNotFound);
            assert_eq!(engine.remaining_widget_codes(name), unknown);
            return;
        };
        let widgets = engine.remaining_widget_codes(name);
        assert_eq!(widgets, Ok(oracle.free_widgets()));
        for format in &self.formats {
            let left = engine.remaining(name, format);
            assert_eq!(left, Ok(oracle.free(format)), "{format:?}");
        }
    }

    /// Fills all that is small to its end, and beyond; then the twin is asked, too.
    fn end(mut self) {
        for name in CAMPAIGNS {
            for format in self.formats.clone() {
                let left = |model: &Self| {
                    let oracle = model.campaigns.get(name);
                    oracle.map_or(u128::MAX, |(_, oracle)| oracle.free(&format))
                };
                if left(&self) <= 5000 {
                    self.generate(name, Some(&format), Amount::Percent(80));
                    self.generate(name, Some(&format), Amount::OneMore);
                    self.generate(name, Some(&format), Amount::All);
                }
            }
        }
        for name in CAMPAIGNS {
            self.agrees(&self.engine, name);
            self.agrees(&self.twin, name);
        }
    }

    /// The text of a code; of most kinds one that the format spells.
    fn code(&self, format: &Format, code: &Code) -> String {
        match code {
            Code::Alike(ends) => {
                let mut code = self.start(format);
                code.truncate(code.len() - 3);
                let symbols: Vec<_> = format.alphabet().symbols().chars().take(3).collect();
                code.extend(ends.iter().map(|end| *end.get(&symbols)));
                code
            }
            Code::Any(picks) => {
                let symbols: Vec<_> = format.alphabet().symbols().chars().collect();
                let picks = picks[..format.length()].iter();
                let symbols = picks.map(|pick| *pick.get(&symbols));
                format!("{}{}", format.prefix(), symbols.collect::<String>())
            }
            Code::Known(batch, coupon) => self
                .known(*batch, *coupon)
                .and_then(|coupon| coupon.custom_validation_code())
                .unwrap_or("?")
                .to_owned(),
        }
    }

    /// A text of the format, as far as it can like the longest prefix of all of its length.
    fn start(&self, format: &Format) -> String {
        let width = |format: &Format| format.prefix().len() + format.length();
        let alike = |other: &&Format| {
            width(other) == width(format) && other.prefix().starts_with(format.prefix())
        };
        let others = self.formats.iter().filter(alike);
        let longest = others.map(Format::prefix).max_by_key(|prefix| prefix.len());
        let longest = longest.unwrap_or(format.prefix());
        let first = format.alphabet().symbols().chars().next().unwrap();
        let symbols = format!("{longest:0<width$}", width = width(format));
        let symbols = symbols[format.prefix().len()..].chars();
        let own = |symbol| {
            if format.alphabet().symbols().contains(symbol) {
                symbol
            } else {
                first
            }
        };
        format!(
            "{}{}",
            format.prefix(),
            symbols.map(own).collect::<String>()
        )
    }

    fn single_use(&self, code: &Single) -> String {
        match code {
            Single::Alike(number) => format!("01{:04}", number % 10_000),
            Single::Whole(number) => format!("012{:03}zzzzzzzzzzzzzzz", number % 1000),
            Single::Wrong(number) => format!("012{number:04}"),
            Single::Known(batch, coupon) => {
                let known = self.known(*batch, *coupon);
                known
                    .map_or("000000", |coupon| coupon.single_use_code())
                    .to_owned()
            }
        }
    }

    /// A coupon that was issued in whatever campaign.
    fn known(&self, batch: Index, coupon: Index) -> Option<couponmint::Coupon<'_>> {
        let batch = self.issued.get(batch.index(self.issued.len().max(1)))?;
        batch.batch.get(coupon.index(batch.batch.len()))
    }
}

impl Amount {
    fn of(self, left: u128) -> usize {
        // As much as fills formats of a few digits, and is fast.
        let most = if left <= 20_000 { 20_001 } else { 2000 };
        let amount = match self {
            Self::Some(amount) => amount as u128,
            Self::Percent(percent) => left.min(most) * percent / 100,
            Self::All => left.min(most),
            Self::OneMore => left.min(most) + 1,
        };
        usize::try_from(amount.max(1)).unwrap()
    }
}

fn request(name: &str, format: Option<&Format>, amount: usize) -> Request {
    let request = Request::new(name).unwrap().amount(amount).unwrap();
    match format {
        Some(format) => request.custom_codes(format.clone()),
        None => request,
    }
}

fn campaign(index: Index) -> &'static str {
    CAMPAIGNS[index.index(CAMPAIGNS.len())]
}

fn run(formats: Vec<Format>, steps: Vec<Step>) {
    run_from(1, formats, steps);
}

fn run_from(first_id: u64, formats: Vec<Format>, steps: Vec<Step>) {
    let mut model = Model::new(formats, first_id);
    for step in steps {
        model.take(step);
    }
    model.end();
}

/// All prefixes of up to four of three symbols, each with three alphabets: 363 formats of seven
/// symbols.
fn many_prefixes() -> Vec<Format> {
    let mut prefixes = vec![String::new()];
    let mut formats = Vec::new();
    for length in (3..=7).rev() {
        for prefix in &prefixes {
            formats.extend(["01", "10A", "A0"].map(|symbols| spelt(prefix, symbols, length)));
        }
        let longer = |prefix: &String| ["0", "1", "A"].map(|symbol| format!("{prefix}{symbol}"));
        prefixes = prefixes.iter().flat_map(longer).collect();
    }
    formats
}

/// Formats of six symbols, beside widget codes. Those with an upper-case letter spell none of them.
fn six_symbols() -> Vec<Format> {
    vec![
        numeric("", 6),
        alphanumeric("", 6),
        base36("", 6),
        numeric("a", 5),
        numeric("0", 5),
        numeric("01", 4),
        base36("01", 4),
        numeric("012", 3),
        spelt("012", "zyx0", 3),
        alphanumeric("012", 3),
        numeric("A1", 4),
        spelt("0", "01A", 5),
        spelt("", "012", 6),
    ]
}

/// Formats of 11 to 30 symbols after their prefixes: of two and three numbers a code, beside some that
/// end soon.
fn long_formats() -> Vec<Format> {
    let ones = |count| "1".repeat(count);
    vec![
        // 14 in all.
        alphanumeric("A", 13),
        alphanumeric("A1", 12),
        numeric("A1", 12),
        alphanumeric("A12345678", 5),
        numeric("A1234567800", 3),
        // 21.
        numeric("", 21),
        numeric("1", 20),
        alphanumeric("", 21),
        alphanumeric(&ones(10), 11),
        numeric(&ones(18), 3),
        spelt(&ones(17), "1A", 4),
        // 30.
        numeric("", 30),
        alphanumeric("", 30),
        alphanumeric("1", 29),
        numeric(&ones(11), 19),
        numeric(&ones(10), 20),
        base36(&ones(7), 23),
        spelt("", "10", 30),
        numeric(&ones(27), 3),
        spelt(&ones(26), "21", 4),
        // 62 and 61.
        alphanumeric(&ones(32), 30),
        numeric(&ones(32), 30),
        numeric(&ones(31), 30),
    ]
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn small_overlapping_formats(
        formats in vec(small_formats(), 1..6),
        steps in histories(1..24),
    ) {
        run(formats, steps);
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn sequence_ids_end(
        formats in vec(small_formats(), 1..3),
        steps in histories(1..12),
        ids in 0..1000_u64,
    ) {
        run_from(SEQUENCE_IDS_END - ids, formats, steps);
    }

    #[test]
    fn formats_of_many_numbers(steps in histories(1..24)) {
        run(long_formats(), steps);
    }
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn formats_of_the_length_of_widget_codes(steps in histories(1..20)) {
        run(six_symbols(), steps);
    }

}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn hundreds_of_prefixes(steps in histories(1..12)) {
        run(many_prefixes(), steps);
    }
}
