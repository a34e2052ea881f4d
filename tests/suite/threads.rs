//! Many threads on one campaign.

use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use couponmint::{
    Alphabet, Batch, Campaign, CodeKind, CodeType, Coupon, Engine, EngineBuilder, Error, Format,
    Iter, Rejection, Request, Reserved, SingleUseUrl, Status, Validity,
};
use jiff::Timestamp;
use rayon::{ThreadPoolBuilder, prelude::*};

use crate::{
    common::{
        CAMPAIGN, WIDGETS, alphanumeric, base36, built, custom, engine, numeric, plain, remaining,
        remaining_widgets, seeded, spelt,
    },
    oracle::{Oracle, spells},
    watched::Watched,
};

/// All batches through one oracle, and no sequence id twice.
fn check<'a>(batches: impl IntoIterator<Item = (&'a Batch, Option<&'a Format>)>) -> Oracle {
    let (mut oracle, mut ids) = (Oracle::default(), HashSet::new());
    for (batch, format) in batches {
        oracle.issue(batch, format);
        for coupon in batch {
            assert!(ids.insert(coupon.sequence_id()));
        }
    }
    assert_eq!(ids.iter().max().copied(), Some(ids.len() as u64));
    oracle
}

/// Eight tasks of a pool of two threads, twenty batches each: a lock held across a call into the
/// pool would stop here for ever.
#[test]
fn from_inside_a_small_pool() {
    let pool = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let (engine, format) = (engine(), alphanumeric("test_", 10));
    let request = custom(3000, &format);
    let batches = Mutex::new(Vec::new());
    pool.scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|_| {
                for _ in 0..20 {
                    let batch = engine.generate(&request).unwrap();
                    batches.lock().unwrap().push(batch);
                }
            });
        }
    });
    let batches = batches.into_inner().unwrap();
    assert_eq!(batches.len(), 160);
    let oracle = check(batches.iter().map(|batch| (batch, Some(&format))));
    assert_eq!(oracle.taken(&format), 480_000);
    assert_eq!(remaining_widgets(&engine), WIDGETS - 480_000);
    assert_eq!(remaining(&engine, &format), format.capacity() - 480_000);
}

#[test]
fn from_a_parallel_iterator() {
    let pool = ThreadPoolBuilder::new().num_threads(4).build().unwrap();
    let (engine, format) = (engine(), numeric("", 6));
    let amounts: Vec<_> = (0..64).map(|i| 1 + i * 457 % 20_000).collect();
    let generate = |&amount: &usize| engine.generate(&custom(amount, &format)).unwrap();
    let batches: Vec<_> = pool.install(|| amounts.par_iter().map(generate).collect());
    let oracle = check(batches.iter().map(|batch| (batch, Some(&format))));
    // Some of the six digits are in widget codes.
    assert!(oracle.taken(&format) >= amounts.iter().sum());
    Watched { engine, oracle }.agree(&[format]);
}

#[test]
fn plain_threads_and_pools_together() {
    let (engine, format) = (engine(), alphanumeric("", 8));
    let batches = Mutex::new(Vec::new());
    let work = |amount| {
        for _ in 0..10 {
            let batch = engine.generate(&custom(amount, &format)).unwrap();
            batches.lock().unwrap().push(batch);
        }
    };
    thread::scope(|scope| {
        for amount in [1, 10, 2049, 5000] {
            scope.spawn(move || work(amount));
        }
        scope.spawn(|| {
            let pool = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
            pool.install(|| (0..4).into_par_iter().for_each(|_| work(3000)));
        });
    });
    let batches = batches.into_inner().unwrap();
    let oracle = check(batches.iter().map(|batch| (batch, Some(&format))));
    assert_eq!(
        oracle.taken(&format),
        10 * (1 + 10 + 2049 + 5000 + 4 * 3000)
    );
}

/// Threads that go on with smaller requests until nothing is left.
fn drain(engine: &Engine, format: &Format, amounts: &[usize]) -> Vec<Batch> {
    let mut batches = Vec::new();
    for &amount in amounts {
        loop {
            match engine.generate(&custom(amount, format)) {
                Ok(batch) => batches.push(batch),
                Err(Error::Exhausted { kind, asked, left }) => {
                    assert_eq!((kind, asked), (CodeKind::Custom, amount as u64));
                    assert!(left < asked);
                    break;
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
    batches
}

#[test]
fn the_end_of_a_keyspace() {
    let format = numeric("", 5);
    for amounts in [&[1500, 70, 1][..], &[333], &[40_000, 9]] {
        let engine = engine();
        let batches: Vec<_> = thread::scope(|scope| {
            let drain = || drain(&engine, &format, amounts);
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(drain)).collect();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap())
                .collect()
        });
        let oracle = check(batches.iter().map(|batch| (batch, Some(&format))));
        let taken = oracle.taken(&format) as u64;
        let run = Watched { engine, oracle };
        let left = run.left(&format) as u64;
        assert_eq!(taken + left, 100_000);
        assert!(left < *amounts.last().unwrap() as u64);
        assert_eq!(remaining_widgets(&run.engine), WIDGETS - taken);
    }
}

/// Two campaigns drained at once by twelve tasks that pause before each request, for as long as their
/// seed says. A pool of one thread runs a task inside another one as soon as that waits.
#[test]
fn two_keyspaces_end_inside_pools_of_any_size() {
    let (format, names) = (numeric("", 5), ["cam_a", "cam_b"]);
    for threads in [1, 2, 8] {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let engine = engine();
        for name in names {
            assert!(engine.add_campaign(Campaign::new(name).unwrap()));
        }
        let issued = Mutex::new([Vec::new(), Vec::new()]);
        let drain = |seed: usize| {
            let campaign = seed % names.len();
            for (step, amount) in [7000, 2500, 300, 1].into_iter().enumerate() {
                let request = Request::new(names[campaign]).unwrap();
                let request = request.amount(amount).unwrap();
                let request = request.custom_codes(format.clone());
                for round in 0.. {
                    let micros = (seed * 7919 + step * 104_729 + round * 1_299_709) % 257;
                    thread::sleep(Duration::from_micros(micros as u64));
                    match engine.generate(&request) {
                        Ok(batch) => issued.lock().unwrap()[campaign].push(batch),
                        Err(error) => {
                            assert_eq!(error.code(), 601);
                            break;
                        }
                    }
                }
            }
        };
        pool.scope(|scope| {
            for seed in 0..12 {
                scope.spawn({
                    let drain = &drain;
                    move |_| drain(seed)
                });
            }
        });
        let mut ids = HashSet::new();
        for (name, batches) in names.iter().zip(issued.into_inner().unwrap()) {
            let mut oracle = Oracle::default();
            for batch in &batches {
                oracle.issue(batch, Some(&format));
                assert!(batch.iter().all(|coupon| ids.insert(coupon.sequence_id())));
            }
            assert_eq!(oracle.taken(&format), 100_000, "{threads} threads");
            assert_eq!(engine.remaining(name, &format), Ok(0));
            let widgets = engine.remaining_widget_codes(name);
            assert_eq!(widgets, Ok(WIDGETS - 100_000));
        }
    }
}

#[test]
fn overlapping_formats() {
    let formats = [numeric("A", 5), numeric("A1", 4), numeric("A12", 3)];
    let engine = engine();
    let batches: Vec<_> = thread::scope(|scope| {
        let drain = |format| (drain(&engine, format, &[1100, 90, 1]), format);
        let spawn = |i: usize| {
            scope.spawn({
                let format = &formats[i % 3];
                move || drain(format)
            })
        };
        let threads: Vec<_> = (0..6).map(spawn).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let issued = batches
        .iter()
        .flat_map(|(batches, format)| batches.iter().map(move |batch| (batch, Some(*format))));
    let oracle = check(issued);
    assert_eq!(oracle.taken(&formats[0]), 100_000);
    for format in &formats {
        assert_eq!(engine.remaining(CAMPAIGN, format), Ok(0));
    }
}

#[test]
fn reserving_while_generating() {
    let (engine, format) = (engine(), numeric("", 5));
    let codes: Vec<_> = (0..100_000)
        .step_by(5)
        .filter_map(|rank| format.code(rank))
        .collect();
    let (batches, reserved) = thread::scope(|scope| {
        let drain = || drain(&engine, &format, &[900, 10, 1]);
        let drains: Vec<_> = (0..4).map(|_| scope.spawn(drain)).collect();
        let reserve = |code| engine.reserve_custom(CAMPAIGN, &format, [code]).unwrap();
        let reserved = codes
            .iter()
            .filter(|code| reserve(*code) == 1)
            .collect::<Vec<_>>();
        let batches = drains.into_iter().flat_map(|thread| thread.join().unwrap());
        (batches.collect::<Vec<_>>(), reserved)
    });
    let mut oracle = check(batches.iter().map(|batch| (batch, Some(&format))));
    for code in reserved {
        assert!(oracle.reserve(code), "{code} reserved and issued");
    }
    let left = engine.remaining(CAMPAIGN, &format).unwrap();
    assert_eq!(left, oracle.free(&format));
}

#[test]
fn campaigns_side_by_side() {
    let engine = engine();
    let format = numeric("", 4);
    let names: Vec<_> = (0..8).map(|number| format!("cam_{number}")).collect();
    let filled = thread::scope(|scope| {
        let fill = |name: &str| {
            assert!(engine.add_campaign(Campaign::new(name).unwrap()));
            let request = Request::new(name).unwrap().amount(5000).unwrap();
            let request = request.custom_codes(format.clone());
            [(); 2].map(|()| engine.generate(&request).unwrap())
        };
        let threads = names.iter().map(|name| scope.spawn(move || fill(name)));
        let threads: Vec<_> = threads.collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect::<Vec<_>>()
    });
    let mut ids = HashSet::new();
    for (batches, name) in filled.iter().zip(&names) {
        let mut oracle = Oracle::default();
        for batch in batches {
            oracle.issue(batch, Some(&format));
            assert!(batch.iter().all(|coupon| ids.insert(coupon.sequence_id())));
        }
        assert_eq!(engine.remaining(name, &format), Ok(0));
    }
    assert_eq!(ids.len(), 80_000);
}

/// Numbers that look random, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// What a thread of a history holds at its end.
#[derive(Default)]
struct Held {
    batches: Vec<(Batch, Option<Format>)>,
    reserved: Vec<String>,
}

impl Held {
    /// Issues, reserves and releases at random.
    fn step(&mut self, engine: &Engine, formats: &[Format], numbers: &mut Numbers) {
        let format = &formats[numbers.below(formats.len())];
        match numbers.below(8) {
            0..=2 => self.generate(engine, &custom(1 + numbers.below(700), format)),
            3 => self.generate(engine, &plain(1 + numbers.below(700))),
            4 if !self.batches.is_empty() => {
                let batch = numbers.below(self.batches.len());
                let (batch, _) = self.batches.swap_remove(batch);
                assert_eq!(engine.release(batch), Ok(()));
            }
            5 => {
                let code = format!("012{:03}", numbers.below(1000));
                if engine.reserve_single_use(CAMPAIGN, [&code]).unwrap() == 1 {
                    self.reserved.push(code);
                }
            }
            _ => {
                let most = usize::try_from(format.capacity()).unwrap_or(1 << 20);
                let code = format.code(numbers.below(most) as u128).unwrap();
                if engine.reserve_custom(CAMPAIGN, format, [&code]).unwrap() == 1 {
                    self.reserved.push(code);
                }
            }
        }
    }

    fn generate(&mut self, engine: &Engine, request: &Request) {
        match engine.generate(request) {
            Ok(batch) => self.batches.push((batch, request.format().cloned())),
            Err(Error::Exhausted { asked, left, .. }) => assert!(left < asked),
            Err(other) => panic!("{other}"),
        }
    }
}

/// What many threads have issued and reserved is distinct, and what they have not is free.
fn history(formats: &[Format], seed: u64) {
    let engine = engine();
    let held: Vec<_> = thread::scope(|scope| {
        let spawn = |worker: u64| {
            let engine = &engine;
            scope.spawn(move || {
                let (mut held, mut numbers) = (Held::default(), Numbers(seed << 8 | worker));
                for _ in 0..150 {
                    held.step(engine, formats, &mut numbers);
                }
                held
            })
        };
        let threads: Vec<_> = (0..6).map(spawn).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, Held>| thread.join().unwrap();
        threads.into_iter().map(join).collect()
    });
    let mut oracle = Oracle::default();
    for held in &held {
        for (batch, format) in &held.batches {
            oracle.issue(batch, format.as_ref());
        }
        for code in &held.reserved {
            assert!(oracle.reserve(code), "{code} twice");
        }
    }
    Watched { engine, oracle }.agree(formats);
}

#[test]
fn histories_of_overlapping_formats() {
    let formats = [
        numeric("A", 4),
        numeric("A1", 3),
        spelt("A", "123", 4),
        alphanumeric("", 5),
        spelt("", "A1", 5),
    ];
    for seed in 0..8 {
        history(&formats, seed);
    }
}

#[test]
fn histories_beside_widget_codes() {
    let formats = [
        numeric("", 6),
        base36("", 6),
        numeric("012", 3),
        base36("01", 4),
        spelt("0", "123", 5),
        alphanumeric("0123", 3),
    ];
    for seed in 0..8 {
        history(&formats, seed);
    }
}

#[test]
fn histories_of_long_formats() {
    let ones = |count| "1".repeat(count);
    let formats = [
        numeric("", 30),
        alphanumeric("1", 29),
        numeric(&ones(27), 3),
        spelt(&ones(26), "12", 4),
        numeric(&"0".repeat(26), 4),
        spelt("", "01", 30),
    ];
    for seed in 0..8 {
        history(&formats, seed);
    }
}

#[test]
fn a_panicking_clock_changes_nothing() {
    static BROKEN: AtomicBool = AtomicBool::new(false);
    let clock = || {
        assert!(!BROKEN.load(Ordering::Relaxed), "the clock is broken");
        Timestamp::UNIX_EPOCH
    };
    let (calm, engine) = (built(seeded(7)), built(seeded(7).clock(clock)));
    let format = numeric("", 4);
    let request = custom(1500, &format);
    assert_eq!(engine.generate(&request), calm.generate(&request));
    BROKEN.store(true, Ordering::Relaxed);
    for request in [&request, &plain(1)] {
        let answer = catch_unwind(AssertUnwindSafe(|| engine.generate(request)));
        assert!(answer.is_err());
    }
    BROKEN.store(false, Ordering::Relaxed);
    assert_eq!(remaining(&engine, &format), 8500);
    assert_eq!(remaining_widgets(&engine), WIDGETS - 1500);
    assert_eq!(engine.generate(&request), calm.generate(&request));
}

#[test]
fn a_clock_may_use_the_engine() {
    use std::sync::{Arc, OnceLock};
    let other: Arc<OnceLock<Arc<Engine>>> = Arc::default();
    let slot = Arc::clone(&other);
    let clock = move || {
        if let Some(engine) = slot.get() {
            assert!(engine.remaining_widget_codes(CAMPAIGN).is_ok());
        }
        Timestamp::UNIX_EPOCH
    };
    let engine = Arc::new(built(seeded(7).clock(clock)));
    assert!(other.set(Arc::clone(&engine)).is_ok());
    assert_eq!(
        engine.generate(&plain(2000)).map(|batch| batch.len()),
        Ok(2000)
    );
}

#[test]
fn codes_that_panic_while_they_are_read() {
    struct Odd(&'static str);
    impl AsRef<str> for Odd {
        fn as_ref(&self) -> &str {
            assert!(!self.0.is_empty(), "no code");
            self.0
        }
    }
    let (engine, format) = (engine(), numeric("", 3));
    let reserve = || engine.reserve_custom(CAMPAIGN, &format, [Odd("001"), Odd("")]);
    assert!(catch_unwind(AssertUnwindSafe(reserve)).is_err());
    let reserve = || engine.reserve_single_use(CAMPAIGN, [Odd("000000"), Odd("")]);
    assert!(catch_unwind(AssertUnwindSafe(reserve)).is_err());
    assert_eq!(engine.remaining(CAMPAIGN, &format), Ok(1000));
    assert_eq!(engine.remaining_widget_codes(CAMPAIGN), Ok(WIDGETS));
    let batch = engine.generate(&custom(1000, &format)).unwrap();
    assert!(
        batch
            .iter()
            .all(|coupon| spells(&format, coupon.custom_validation_code().unwrap()))
    );
}

#[test]
fn public_types_are_send_and_sync() {
    fn check<T: Send + Sync>() -> &'static str {
        std::any::type_name::<T>()
    }
    let names = [
        check::<Alphabet>(),
        check::<Batch>(),
        check::<Campaign>(),
        check::<CodeKind>(),
        check::<CodeType>(),
        check::<Coupon<'_>>(),
        check::<Engine>(),
        check::<EngineBuilder>(),
        check::<Error>(),
        check::<Format>(),
        check::<Iter<'_>>(),
        check::<Rejection>(),
        check::<Request>(),
        check::<SingleUseUrl<'_>>(),
        check::<Reserved>(),
        check::<Status>(),
        check::<Validity>(),
        #[cfg(feature = "serde")]
        check::<couponmint::CouponRow>(),
        #[cfg(feature = "serde")]
        check::<couponmint::JsonChunks<Batch>>(),
        #[cfg(feature = "serde")]
        check::<couponmint::RowChunks<std::vec::IntoIter<couponmint::CouponRow>>>(),
        #[cfg(feature = "serde")]
        check::<couponmint::Response>(),
    ];
    assert!(names.iter().all(|name| name.starts_with("couponmint::")));
}

/// Whether another thread is asking at the time is not to be seen in what a seed yields.
#[test]
fn questions_do_not_change_the_codes_of_a_seed() {
    let format = numeric("", 3);
    let codes = |engine: &Engine| engine.generate(&custom(900, &format));
    let calm = codes(&engine());
    assert!(calm.is_ok());
    for _ in 0..100 {
        let engine = engine();
        let [asking, done] = [false; 2].map(AtomicBool::new);
        thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..1_000_000 {
                    engine.remaining(CAMPAIGN, &format).unwrap();
                    asking.store(true, Ordering::Relaxed);
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
            while !asking.load(Ordering::Relaxed) {
                thread::yield_now();
            }
            let batch = codes(&engine);
            done.store(true, Ordering::Relaxed);
            assert_eq!(batch, calm);
        });
    }
}
