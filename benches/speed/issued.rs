//! A campaign with 0, 1 and 10 million codes issued of each kind.

use std::time::Duration;

use couponmint::{CodeType, Engine, Format, Request};
use criterion::{BenchmarkId, Criterion, Throughput};

use crate::{
    check::assert_batch,
    common::{LARGE, engine, format, generate, prefill, request, time_request},
    pools,
};

/// A campaign that starts as it was set up. Measuring issues more, so it is made anew, outside the timer,
/// once it has grown too much: by a tenth of what it starts with, or by 100,000 if that is more. A request
/// for 100,000 of a campaign that starts empty always finds it empty.
pub(crate) struct Growing<'a> {
    set_up: Box<dyn Fn() -> Engine + Send + 'a>,
    most: usize,
    engine: Option<Engine>,
    grown: usize,
}

impl<'a> Growing<'a> {
    /// One that starts with codes issued.
    pub(crate) fn new(start: usize, format: Option<&'a Format>) -> Self {
        let set_up = move || {
            let engine = engine();
            prefill(&engine, start, format);
            engine
        };
        Self {
            most: LARGE.max(start / 10),
            ..Self::set_up_by(set_up)
        }
    }

    /// One that starts with little.
    pub(crate) fn set_up_by(set_up: impl Fn() -> Engine + Send + 'a) -> Self {
        Self {
            set_up: Box::new(set_up),
            most: LARGE,
            engine: None,
            grown: 0,
        }
    }

    /// How long this many requests take, one after the other.
    pub(crate) fn time(&mut self, request: &Request, times: u64) -> Duration {
        let amount = request.requested_amount();
        (0..times)
            .map(|_| time_request(self.engine_for(amount), request))
            .sum()
    }

    fn engine_for(&mut self, amount: usize) -> &Engine {
        self.grown += amount;
        if self.grown > self.most {
            self.engine = None;
            self.grown = amount;
        }
        self.engine.get_or_insert_with(&self.set_up)
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    let format = format(CodeType::Alphanumeric, 10);
    check(&format);
    let mut group = criterion.benchmark_group("issued");
    group.sample_size(20);
    for amount in [10, LARGE] {
        let request = request(amount, Some(&format));
        group.throughput(Throughput::Elements(amount as u64));
        for start in [0, 1_000_000, 10_000_000] {
            for (threads, pool) in pools() {
                let name = format!("{amount} on {threads}");
                group.bench_function(BenchmarkId::new(name, start), |bencher| {
                    let mut campaign = Growing::new(start, Some(&format));
                    bencher.iter_custom(|times| pool.install(|| campaign.time(&request, times)));
                });
            }
        }
    }
}

/// The campaign has issued as many as it should have, and goes on with codes that differ.
fn check(format: &Format) {
    let engine = engine();
    prefill(&engine, 1_000_000, Some(format));
    let batch = generate(&engine, &request(LARGE, Some(format)));
    assert_batch(&batch, LARGE, true);
    let remaining = engine.remaining(batch.campaign(), format);
    assert_eq!(remaining, Ok(format.capacity() - 1_100_000));
}
