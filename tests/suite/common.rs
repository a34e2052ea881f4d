//! What most tests begin with.

use std::ops::Range;

use couponmint::{
    Alphabet, Batch, Campaign, Check, CodeKind, CodeType, Coupon, Engine, EngineBuilder, Error,
    Format, Request, Words,
};
use jiff::Timestamp;
use proptest::test_runner::{Config, RngSeed};

pub(crate) const CAMPAIGN: &str = "cam_15111";

/// The widget codes of a campaign: six symbols of base 36.
pub(crate) const WIDGETS: u64 = 36_u64.pow(6);

/// Sequence ids end before this one.
pub(crate) const SEQUENCE_IDS_END: u64 = 1 << 53;

/// A campaign that has issued nothing.
pub(crate) fn campaign() -> Campaign {
    Campaign::new(CAMPAIGN).unwrap()
}

/// The engine of a builder, with one campaign.
pub(crate) fn built(builder: EngineBuilder) -> Engine {
    let engine = builder.build();
    assert!(engine.add_campaign(campaign()));
    engine
}

/// An engine with a fixed seed, a clock that stands still and one campaign.
pub(crate) fn engine() -> Engine {
    built(seeded(7))
}

pub(crate) fn seeded(seed: u8) -> EngineBuilder {
    let clock = || Timestamp::UNIX_EPOCH;
    Engine::builder().seed([seed; 32]).clock(clock)
}

/// Words that are numbers of four digits.
pub(crate) fn number_words(numbers: Range<u32>) -> Words {
    Words::new(numbers.map(|number| format!("{number:04}"))).unwrap()
}

pub(crate) fn plain(amount: usize) -> Request {
    Request::new(CAMPAIGN).unwrap().amount(amount).unwrap()
}

pub(crate) fn custom(amount: usize, format: &Format) -> Request {
    plain(amount).custom_codes(format.clone())
}

pub(crate) fn numeric(prefix: &str, length: usize) -> Format {
    Format::new(prefix, CodeType::Numeric, length).unwrap()
}

pub(crate) fn alphanumeric(prefix: &str, length: usize) -> Format {
    Format::new(prefix, CodeType::Alphanumeric, length).unwrap()
}

/// The alphabet of widget codes.
pub(crate) fn base36(prefix: &str, length: usize) -> Format {
    Format::with_alphabet(prefix, Alphabet::base36(), length).unwrap()
}

pub(crate) fn spelt(prefix: &str, symbols: &str, length: usize) -> Format {
    let alphabet = Alphabet::new(symbols).unwrap();
    Format::with_alphabet(prefix, alphabet, length).unwrap()
}

pub(crate) fn pattern_of(pattern: &str, symbols: &str) -> Format {
    Format::pattern(pattern, Alphabet::new(symbols).unwrap()).unwrap()
}

/// With a check symbol, if that system fits.
pub(crate) fn checked(format: Format, check: Check) -> Format {
    format.clone().check(check).unwrap_or(format)
}

/// The free codes of a format in the campaign.
#[track_caller]
pub(crate) fn remaining(engine: &Engine, format: &Format) -> u128 {
    engine.remaining(CAMPAIGN, format).unwrap()
}

/// The free widget codes of the campaign.
#[track_caller]
pub(crate) fn remaining_widgets(engine: &Engine) -> u64 {
    engine.remaining_widget_codes(CAMPAIGN).unwrap()
}

/// Issues custom codes, and gives them in order.
#[track_caller]
pub(crate) fn issue(engine: &Engine, format: &Format, amount: usize) -> Vec<String> {
    customs(&engine.generate(&custom(amount, format)).unwrap())
}

/// That a request for custom codes is refused, with the exact number that is left.
#[track_caller]
pub(crate) fn assert_refused(engine: &Engine, format: &Format, asked: usize, left: u64) {
    let refusal = engine.generate(&custom(asked, format)).unwrap_err();
    assert_eq!(refusal, exhausted(asked as u64, left));
    assert_eq!(refusal.code(), 601);
}

/// The error of a request for more custom codes than are left.
pub(crate) fn exhausted(asked: u64, left: u64) -> Error {
    let kind = CodeKind::Custom;
    Error::Exhausted { kind, asked, left }
}

/// The error of a list of codes to reserve, of which these are foreign.
pub(crate) fn foreign(indices: impl IntoIterator<Item = usize>) -> Error {
    let mut indices: Vec<_> = indices.into_iter().collect();
    let more = indices.len().saturating_sub(100);
    indices.truncate(100);
    Error::ForeignCodes { indices, more }
}

/// The custom codes of a batch, in order.
pub(crate) fn customs(batch: &Batch) -> Vec<String> {
    let code = |coupon: Coupon<'_>| coupon.custom_validation_code().map(str::to_owned);
    batch.iter().filter_map(code).collect()
}

/// The single-use codes of a batch, in order.
pub(crate) fn single_uses(batch: &Batch) -> Vec<String> {
    let code = |coupon: Coupon<'_>| coupon.single_use_code().to_owned();
    batch.iter().map(code).collect()
}

/// A property's settings: the same cases in every run.
pub(crate) fn cases(cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(7),
        ..Config::default()
    }
}
