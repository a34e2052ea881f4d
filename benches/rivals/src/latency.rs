//! Small requests, one now and then, while another thread issues large ones.

use std::{
    hint,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use couponmint::{CodeType, Engine, Format};
use rayon::ThreadPool;

use crate::{
    common::{LARGE, engine, format, generate, pool, request, time_request},
    row,
    times::{median, quantile, show},
};

const RUNS: usize = 7;
const RUN: Duration = Duration::from_millis(400);
/// From one small request to the next. Without a pause few of them would meet a lock that is held.
const PAUSE: Duration = Duration::from_micros(100);

pub(crate) fn measure() {
    measure_one("no custom codes", None);
    let other_length = format(CodeType::Alphanumeric, 8);
    measure_one("custom codes of another length", Some(&other_length));
}

/// Requests for 10 coupons beside nothing, and beside batches on one thread and on those of a pool.
fn measure_one(which: &str, format: Option<&Format>) {
    let one = pool(1);
    let all = pool(0);
    for (beside, pool, bound) in [
        ("nothing", None, ""),
        ("100,000 with them on one thread", Some(&one), "p99 0.3 ms"),
        ("100,000 with them on all threads", Some(&all), "p99 0.3 ms"),
    ] {
        let mut percentiles = [(); 3].map(|()| Vec::new());
        for _ in 0..RUNS {
            let engine = engine();
            let mut times = beside_batches(&engine, pool, || {
                time_request(&engine, &request(10, format))
            });
            for (percentiles, per_thousand) in percentiles.iter_mut().zip([500, 990, 999]) {
                percentiles.push(quantile(&mut times, per_thousand));
            }
        }
        let [p50, p99, p999] = percentiles.map(|mut times| show(median(&mut times)));
        let what = format!("10 coupons, {which}, beside {beside}");
        row(&what, bound, &format!("p50 {p50}, p99 {p99}, p99.9 {p999}"));
    }
}

/// How long small requests take, while large ones with custom codes are answered on a pool.
fn beside_batches(
    engine: &Engine,
    pool: Option<&ThreadPool>,
    mut small: impl FnMut() -> Duration,
) -> Vec<Duration> {
    let large = request(LARGE, Some(&format(CodeType::Alphanumeric, 10)));
    let (is_over, batches) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        if let Some(pool) = pool {
            scope.spawn(|| {
                pool.install(|| {
                    while !is_over.load(Ordering::Relaxed) {
                        drop(generate(engine, &large));
                        batches.fetch_add(1, Ordering::Relaxed);
                    }
                });
            });
        }
        let (start, mut times) = (Instant::now(), Vec::new());
        while start.elapsed() < RUN {
            times.push(small());
            let pause = Instant::now();
            while pause.elapsed() < PAUSE {
                hint::spin_loop();
            }
        }
        is_over.store(true, Ordering::Relaxed);
        let batches = batches.load(Ordering::Relaxed);
        assert_eq!(batches > 0, pool.is_some(), "{batches} batches meanwhile");
        times
    })
}
