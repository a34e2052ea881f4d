//! What most tests begin with.

use couponmint::{Alphabet, Batch, Campaign, CodeType, Engine, EngineBuilder, Format, Request};
use jiff::Timestamp;
use proptest::test_runner::{Config, RngSeed};

pub(crate) const CAMPAIGN: &str = "cam_15111";

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

pub(crate) fn spelt(prefix: &str, symbols: &str, length: usize) -> Format {
    let alphabet = Alphabet::new(symbols).unwrap();
    Format::with_alphabet(prefix, alphabet, length).unwrap()
}

/// Reserves a code that bars all others of its length which begin like this, with ten symbols or more.
pub(crate) fn bar(engine: &Engine, start: &str, length: usize) {
    let prefix = &start[..start.len() - 10];
    let format = alphanumeric(prefix, length - prefix.len());
    let code = format!("{start:0<length$}");
    assert_eq!(engine.reserve_custom(CAMPAIGN, &format, [code]), Ok(1));
}

/// The custom codes of a batch, in order.
pub(crate) fn customs(batch: &Batch) -> Vec<String> {
    let code = |coupon: couponmint::Coupon<'_>| coupon.custom_validation_code().map(str::to_owned);
    batch.iter().filter_map(code).collect()
}

/// The single-use codes of a batch, in order.
pub(crate) fn single_uses(batch: &Batch) -> Vec<String> {
    let code = |coupon: couponmint::Coupon<'_>| coupon.single_use_code().to_owned();
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
