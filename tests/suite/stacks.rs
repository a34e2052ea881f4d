//! Small stacks, and queues of thousands of requests: a thread that waits runs others on top of its own.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, mpsc},
    thread,
};

use couponmint::{Batch, Engine, Request};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::common::{
    WIDGETS, alphanumeric, custom, engine, numeric, plain, remaining_widgets, spelt,
};

const STACK: usize = 256 << 10;
const REQUESTS: usize = 10_000;

fn pool(threads: usize) -> ThreadPool {
    let builder = ThreadPoolBuilder::new().num_threads(threads);
    builder.stack_size(STACK).build().unwrap()
}

/// Requests of 20 to 20,000 coupons, few of them large, of all kinds.
fn request(number: usize) -> Request {
    let amount = match number % 1000 {
        0 => 20_000,
        1..10 => 2000 + number % 3000,
        _ => 20 + number % 50,
    };
    match number % 7 {
        0 | 1 => custom(amount, &alphanumeric("test_", 10)),
        2 => custom(amount, &alphanumeric("test_1", 9)),
        3 => custom(amount, &numeric("", 30)),
        4 => custom(amount, &numeric("x", 7)),
        5 => custom(amount, &spelt("", "abcdefgh0123", 6)),
        _ => plain(amount),
    }
}

/// No code twice, of whatever kind.
#[track_caller]
fn assert_distinct(engine: &Engine, batches: &[Batch]) {
    let coupons: usize = batches.iter().map(Batch::len).sum();
    let mut codes = HashSet::with_capacity(2 * coupons);
    let mut widgets = 0;
    for coupon in batches.iter().flatten() {
        let custom = coupon.custom_validation_code();
        assert!(codes.insert(coupon.widget_validation_code()));
        assert!(custom.is_none_or(|custom| codes.insert(custom)));
        widgets += 1 + u64::from(custom.is_some_and(|custom| custom.len() == 6));
    }
    assert_eq!(remaining_widgets(engine), WIDGETS - widgets);
    let ids = batches.iter().flatten().map(|coupon| coupon.sequence_id());
    assert_eq!(ids.collect::<HashSet<_>>().len(), coupons);
}

/// All requests are there before the first is done.
#[test]
fn ten_thousand_requests_in_a_scope() {
    for threads in [1, 2, 8] {
        let (engine, batches) = (engine(), Mutex::new(Vec::new()));
        pool(threads).scope(|scope| {
            for number in 0..REQUESTS {
                let (engine, batches) = (&engine, &batches);
                scope.spawn(move |_| {
                    let batch = engine.generate(&request(number)).unwrap();
                    batches.lock().unwrap().push(batch);
                });
            }
        });
        let batches = batches.into_inner().unwrap();
        assert_eq!(batches.len(), REQUESTS);
        assert_distinct(&engine, &batches);
    }
}

#[test]
fn ten_thousand_requests_one_by_one() {
    for threads in [1, 2, 8] {
        let (engine, pool) = (Arc::new(engine()), pool(threads));
        let (sender, receiver) = mpsc::channel();
        for number in 0..REQUESTS {
            let (engine, sender) = (Arc::clone(&engine), sender.clone());
            pool.spawn(move || {
                let batch = engine.generate(&request(number)).unwrap();
                sender.send(batch).unwrap();
            });
        }
        drop(sender);
        let batches: Vec<_> = receiver.iter().collect();
        assert_eq!(batches.len(), REQUESTS);
        assert_distinct(&engine, &batches);
    }
}

/// Large requests alone, each of which would share its work.
#[test]
fn hundreds_of_large_requests() {
    for threads in [1, 2, 8] {
        let (engine, batches) = (engine(), Mutex::new(Vec::new()));
        pool(threads).scope(|scope| {
            for number in 0..300 {
                let (engine, batches) = (&engine, &batches);
                scope.spawn(move |_| {
                    let format = alphanumeric("", 10 + number % 2 * 10);
                    let batch = engine.generate(&custom(5000, &format)).unwrap();
                    batches.lock().unwrap().push(batch);
                });
            }
        });
        let batches = batches.into_inner().unwrap();
        assert_eq!(batches.len(), 300);
        assert_distinct(&engine, &batches);
    }
}

#[cfg(feature = "serde")]
#[test]
fn thousands_of_responses() {
    let body = |number: usize| {
        let amount = if number % 500 == 0 {
            20_000
        } else {
            20 + number % 60
        };
        format!(
            r#"{{"campaign":"cam_15111","amount":{amount},"automated_codes":{},
            "code_prefix":"test_","code_length":{},"code_type":"alphanumeric"}}"#,
            number % 3 > 0,
            10 + number % 2 * 15,
        )
    };
    for threads in [1, 2, 8] {
        let (engine, answered) = (engine(), Mutex::new(0));
        pool(threads).scope(|scope| {
            for number in 0..REQUESTS {
                let (engine, answered) = (&engine, &answered);
                scope.spawn(move |_| {
                    let response = engine.respond(body(number));
                    assert_eq!(response.http_status(), 200);
                    *answered.lock().unwrap() += 1;
                });
            }
        });
        assert_eq!(answered.into_inner().unwrap(), REQUESTS);
    }
}

#[test]
fn plain_threads() {
    let engine = engine();
    let batches: Vec<_> = thread::scope(|scope| {
        let spawn = |number: usize| {
            let engine = &engine;
            let generate = move || {
                let amounts = [20, 2500, if number % 64 == 0 { 20_000 } else { 300 }];
                let formats = [alphanumeric("", 10), numeric("", 25), numeric("x", 8)];
                let requests = amounts
                    .iter()
                    .zip(&formats)
                    .map(|(&amount, format)| custom(amount, format));
                let batches = requests.map(|request| engine.generate(&request).unwrap());
                batches.collect::<Vec<_>>()
            };
            let builder = thread::Builder::new().stack_size(STACK);
            builder.spawn_scoped(scope, generate).unwrap()
        };
        let threads: Vec<_> = (0..512).map(spawn).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(batches.len(), 3 * 512);
    assert_distinct(&engine, &batches);
}

/// A listing, the roll-back of a refused request and a release need no more.
#[test]
fn the_end_of_a_keyspace_on_a_small_stack() {
    let work = || {
        let (engine, format, inside) = (engine(), numeric("X", 5), numeric("X1", 4));
        let first = engine.generate(&custom(9000, &inside)).unwrap();
        let second = engine.generate(&custom(91_000, &format)).unwrap();
        assert!(engine.generate(&custom(1, &format)).is_err());
        assert!(engine.generate(&custom(100_000, &format)).is_err());
        assert_eq!(engine.release(first), Ok(()));
        let third = engine.generate(&custom(9000, &format)).unwrap();
        [second, third].map(|batch| batch.len())
    };
    let builder = thread::Builder::new().stack_size(STACK);
    let amounts = builder.spawn(work).unwrap().join().unwrap();
    assert_eq!(amounts, [91_000, 9000]);
}
