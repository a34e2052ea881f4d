//! What threads do to the shops until their time is over.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use couponmint::{Campaign, Engine, Error};
use rayon::ThreadPoolBuilder;

use crate::{numbers::Numbers, shop::Shop};

type Worker = fn(&[Shop<'_>], Numbers, &AtomicBool);

/// One thread each.
pub(crate) const ALL: [Worker; 9] = [
    mixed, mixed, mixed, queue, hostile, questions, savers, comings, large,
];

/// Bytes of stack of the pool's threads.
const STACK: usize = 256 << 10;

fn until(over: &AtomicBool, mut work: impl FnMut()) {
    while !over.load(Ordering::Relaxed) {
        work();
    }
}

/// Requests of all sizes, releases, codes to reserve.
fn mixed(shops: &[Shop<'_>], mut numbers: Numbers, over: &AtomicBool) {
    until(over, || {
        let shop = numbers.pick(shops);
        match numbers.below(8) {
            0..=3 => {
                let amount = 1 + numbers.below(700);
                shop.issue(amount, &mut numbers);
            }
            4 | 5 => shop.release(&mut numbers),
            _ => shop.reserve(&mut numbers),
        }
    });
}

/// A few large batches, on all threads of the global pool.
fn large(shops: &[Shop<'_>], mut numbers: Numbers, over: &AtomicBool) {
    until(over, || {
        let shop = numbers.pick(shops);
        let amount = 1 + numbers.below(30_000);
        if !shop.issue(amount, &mut numbers) {
            shop.release(&mut numbers);
        }
        thread::sleep(Duration::from_millis(50));
    });
}

/// Requests that wait in the queue of a small pool, all of them there before the first is done.
fn queue(shops: &[Shop<'_>], mut numbers: Numbers, over: &AtomicBool) {
    let pool = ThreadPoolBuilder::new().num_threads(2).stack_size(STACK);
    let pool = pool.build().expect("threads can be started");
    until(over, || {
        let requests: Vec<_> = (0..200)
            .map(|_| {
                (
                    numbers.pick(shops),
                    1 + numbers.below(4000),
                    numbers.below(usize::MAX),
                )
            })
            .collect();
        pool.scope(|scope| {
            for (shop, amount, seed) in requests {
                scope.spawn(move |_| {
                    let mut numbers = Numbers::new(seed as u64);
                    if !shop.issue(amount, &mut numbers) {
                        shop.release(&mut numbers);
                    }
                });
            }
        });
    });
}

/// Bodies that no honest client sends: each is refused.
fn hostile(shops: &[Shop<'_>], mut numbers: Numbers, over: &AtomicBool) {
    until(over, || {
        let shop = numbers.pick(shops);
        let length = 1 + numbers.below(1 << 14);
        let name = &shop.name;
        let body = match numbers.below(6) {
            0 => format!(
                r#"{{"campaign":"{name}","amount":{}}}"#,
                "9".repeat(6 + length)
            ),
            1 => format!(r#"{{"campaign":"{name}","amount":{}"#, "[".repeat(length)),
            2 => format!(r#"{{"campaign":"{}"}}"#, "x".repeat(length)),
            3 => format!(r#"{{"campaign":"{name}","amount":100001,"x{length}":1}}"#),
            4 => format!(r#"{{"campaign":"round_0","amount":{length}}}"#),
            _ => (0..length)
                .map(|_| char::from(numbers.below(128) as u8))
                .collect(),
        };
        assert!(shop.engine.answer(&body).is_err(), "{body}");
    });
}

fn questions(shops: &[Shop<'_>], mut numbers: Numbers, over: &AtomicBool) {
    until(over, || {
        let Shop {
            engine,
            name,
            formats,
            ..
        } = numbers.pick(shops);
        let format = numbers.pick(formats);
        let left = engine
            .remaining(name, format)
            .expect("the campaign is there");
        assert!(left <= format.capacity());
        assert!(engine.formats(name).expect("the campaign is there").len() <= formats.len());
        assert!(!format!("{engine:?}").contains(&**name));
        thread::sleep(Duration::from_micros(200));
    });
}

/// What was issued before a campaign is saved is known to whoever loads it.
fn savers(shops: &[Shop<'_>], mut numbers: Numbers, over: &AtomicBool) {
    until(over, || {
        let shop = numbers.pick(shops);
        let format = &shop.formats[6];
        let Ok(batch) = shop.engine.generate(&shop.request(50, Some(format))) else {
            return;
        };
        let mut file = Vec::new();
        shop.engine
            .save(&shop.name, &mut file)
            .expect("memory can be written");
        let other = Engine::new();
        assert_eq!(other.load(&file[..]).ok().as_deref(), Some(&*shop.name));
        let codes = batch.single_use_codes();
        assert_eq!(other.reserve_single_use(&shop.name, codes), Ok(0));
        let codes = batch.custom_validation_codes();
        assert_eq!(other.reserve_custom(&shop.name, format, codes), Ok(0));
        shop.take_in(batch, &mut numbers);
        let damaged = numbers.below(file.len());
        file[damaged] ^= 1;
        assert!(Engine::new().load(&file[..]).is_err());
    });
}

/// Campaigns that come and go, and batches that outlive theirs.
fn comings(shops: &[Shop<'_>], mut numbers: Numbers, over: &AtomicBool) {
    let mut last = None;
    until(over, || {
        let shop = numbers.pick(shops);
        let name = format!("{}_{}", shop.name, numbers.below(1000));
        let campaign = Campaign::new(&name).expect("a valid name");
        assert!(shop.engine.add_campaign(campaign));
        let request = couponmint::Request::new(&name).expect("a valid name");
        let batch = shop.engine.generate(&request).expect("all codes are free");
        assert!(shop.engine.remove_campaign(&name));
        if let Some(before) = last.replace(batch) {
            assert_eq!(shop.engine.release(before), Err(Error::CampaignNotFound));
        }
    });
}
