//! Set-up shared by the benchmarks and the rivals.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use couponmint::{Batch, Campaign, CodeType, Engine, Format, Request};
use rayon::{ThreadPool, ThreadPoolBuilder};

pub(crate) const CAMPAIGN: &str = "cam_15111";
/// The largest batch of one request.
pub(crate) const LARGE: usize = 100_000;

/// A pool of so many threads; 0 for as many as the machine has.
pub(crate) fn pool(threads: usize) -> ThreadPool {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.expect("threads can be started")
}

/// An engine with one campaign that has issued nothing.
pub(crate) fn engine() -> Engine {
    engine_of(campaign())
}

pub(crate) fn campaign() -> Campaign {
    Campaign::new(CAMPAIGN).expect("a valid name")
}

pub(crate) fn engine_of(campaign: Campaign) -> Engine {
    let engine = Engine::new();
    assert!(engine.add_campaign(campaign));
    engine
}

pub(crate) fn format(code_type: CodeType, length: usize) -> Format {
    Format::new("test_", code_type, length).expect("a valid format")
}

pub(crate) fn request(amount: usize, format: Option<&Format>) -> Request {
    let request = Request::new(CAMPAIGN).and_then(|request| request.amount(amount));
    let request = request.expect("a valid request");
    match format {
        Some(format) => request.custom_codes(format.clone()),
        None => request,
    }
}

/// Issues `count` coupons with codes of the format, if there is one, and drops them.
pub(crate) fn prefill(engine: &Engine, count: usize, format: Option<&Format>) {
    for start in (0..count).step_by(LARGE) {
        generate(engine, &request(LARGE.min(count - start), format));
    }
}

pub(crate) fn generate(engine: &Engine, request: &Request) -> Batch {
    let batch = engine.generate(request);
    batch.expect("the campaign has codes left")
}

/// How long a request takes until its batch is there. Dropping the batch is not timed.
pub(crate) fn time_request(engine: &Engine, request: &Request) -> Duration {
    let start = Instant::now();
    let batch = black_box(generate(engine, black_box(request)));
    let time = start.elapsed();
    drop(batch);
    time
}
