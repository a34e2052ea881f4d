//! Leases: pure, distinct, and never past the end.

use std::{collections::HashSet, env, process::Command};

use couponmint::{Batch, CodeKind, Error};
use rayon::ThreadPoolBuilder;

use super::{custom_serials, engine_of, keyed, lease, single_use_serials};
use crate::common::{
    SEQUENCE_IDS_END, WIDGETS, alphanumeric, custom, customs, exhausted, numeric, plain,
    single_uses, spelt,
};

#[test]
fn the_same_on_any_threads_and_engines() {
    let formats = [
        alphanumeric("test_", 10),
        numeric("", 30),
        numeric("A", 4),
        alphanumeric("", 22),
    ];
    let run = || -> Vec<Batch> {
        let engine = engine_of(keyed(&formats));
        let requests = formats
            .iter()
            .flat_map(|format| [1, 10, 2_048, 5_000].map(|amount| custom(amount, format)));
        let requests: Vec<_> = requests.chain([plain(100_000)]).collect();
        let batch = |request| {
            engine
                .generate_leased(request, &lease(500, 70_000, 3_000))
                .unwrap()
        };
        requests.iter().map(batch).collect()
    };
    let on = |threads| {
        let pool = ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(run)
    };
    let one = on(1);
    assert!(on(2) == one && on(8) == one && run() == one);
}

/// The same test again in processes of their own, which print what a lease gives them.
#[test]
fn the_same_in_other_processes() {
    const TOLD: &str = "COUPONMINT_TEST_IS_ANOTHER_PROCESS";
    let formats = [alphanumeric("test_", 10), numeric("A", 4)];
    let engine = engine_of(keyed(&formats));
    let mut codes = Vec::new();
    for format in &formats {
        let batch = engine.generate_leased(&custom(5_000, format), &lease(500, 70_000, 3_000));
        let batch = batch.unwrap();
        codes.extend([single_uses(&batch), customs(&batch)].concat());
    }
    if env::var_os(TOLD).is_some() {
        for code in &codes {
            println!("code {code}");
        }
        return;
    }
    for threads in ["1", "2", "5"] {
        let mut test = Command::new(env::current_exe().unwrap());
        test.args([
            "--exact",
            "keyed::leases::the_same_in_other_processes",
            "--nocapture",
        ]);
        let other = test
            .env(TOLD, "")
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        let said = String::from_utf8(other.stdout).unwrap();
        let said = said.lines().filter_map(|line| line.split_once("code "));
        assert!(
            said.map(|(_, code)| code).eq(&codes),
            "on {threads} threads"
        );
    }
}

/// A lease is nothing but serials: the same codes as of an engine that counts, and in any order.
#[test]
fn as_counted() {
    let format = alphanumeric("test_", 10);
    let counts = engine_of(keyed(std::slice::from_ref(&format)));
    let first = counts.generate(&custom(3_000, &format)).unwrap();
    let second = counts.generate(&custom(500, &format)).unwrap();
    let leased = engine_of(keyed(std::slice::from_ref(&format)));
    let request = custom(500, &format);
    assert!(
        leased
            .generate_leased(&request, &lease(3_001, 3_000, 3_000))
            .unwrap()
            == second
    );
    assert!(
        leased
            .generate_leased(&custom(3_000, &format), &lease(1, 0, 0))
            .unwrap()
            == first
    );
    // Kinds of code are numbered apart.
    let mixed = leased
        .generate_leased(&request, &lease(9, 0, 3_000))
        .unwrap();
    assert_eq!(single_uses(&mixed), single_uses(&first)[..500]);
    assert_eq!(customs(&mixed), customs(&second));
    assert_eq!(mixed.first_sequence_id(), 9);
    assert_eq!(leased.issued(crate::common::CAMPAIGN).unwrap(), 4_000);
}

#[test]
fn distinct_leases_distinct_codes() {
    let formats = [alphanumeric("test_", 10), spelt("X", "0123456789abcdef", 5)];
    let engine = engine_of(keyed(&formats));
    let mut seen = HashSet::new();
    for number in (0..40).rev() {
        let format = &formats[number % 2];
        let first = (number / 2 * 5_000) as u64;
        let lease = lease(1, number as u64 * 5_000, first);
        let batch = engine
            .generate_leased(&custom(5_000, format), &lease)
            .unwrap();
        assert!(
            single_use_serials(&engine, &batch)
                .into_iter()
                .eq(lease.single_use..lease.single_use + 5_000)
        );
        assert!(
            custom_serials(&engine, &batch)
                .into_iter()
                .eq(first..first + 5_000)
        );
        for code in single_uses(&batch) {
            assert!(seen.insert(code[..6].to_owned()));
        }
        for code in customs(&batch) {
            assert!(seen.insert(code));
        }
    }
}

#[test]
fn past_the_end() {
    let format = numeric("A", 4);
    let engine = engine_of(keyed(std::slice::from_ref(&format)));
    let request = custom(100, &format);
    let refused = |lease| engine.generate_leased(&request, &lease).unwrap_err();
    let widgets = |left| {
        let (kind, asked) = (CodeKind::Widget, 100);
        Error::Exhausted { kind, asked, left }
    };
    assert_eq!(refused(lease(1, 0, 9_901)), exhausted(100, 99));
    assert_eq!(refused(lease(1, 0, 10_000)), exhausted(100, 0));
    assert_eq!(refused(lease(1, 0, u64::MAX)), exhausted(100, 0));
    assert_eq!(refused(lease(1, WIDGETS - 99, 0)), widgets(99));
    assert_eq!(refused(lease(1, u64::MAX, 0)), widgets(0));
    let ids = |left| Error::OutOfSequenceIds { asked: 100, left };
    assert_eq!(refused(lease(SEQUENCE_IDS_END - 99, 0, 0)), ids(99));
    assert_eq!(refused(lease(u64::MAX, 0, 0)), ids(0));
    // None of these was a success: the engine may still count by itself.
    let last = lease(SEQUENCE_IDS_END - 100, WIDGETS - 100, 9_900);
    assert_eq!(engine.generate(&request).unwrap().first_sequence_id(), 1);
    let leased = engine_of(keyed(std::slice::from_ref(&format)));
    let batch = leased.generate_leased(&request, &last).unwrap();
    assert_eq!(batch.sequence_ids().last(), Some(SEQUENCE_IDS_END - 1));
    assert_eq!(custom_serials(&leased, &batch).last(), Some(&9_999));
    assert_eq!(
        single_use_serials(&leased, &batch).last(),
        Some(&(WIDGETS - 1))
    );
}

/// Serials are 64 bits: where there are more codes than that, the last ones stay unissued.
#[test]
fn the_last_serials_of_a_large_format() {
    for format in [numeric("A", 20), alphanumeric("", 30)] {
        let engine = engine_of(keyed(std::slice::from_ref(&format)));
        let request = custom(100, &format);
        let refused = engine.generate_leased(&request, &lease(1, 0, u64::MAX - 99));
        assert_eq!(refused.unwrap_err(), exhausted(100, 99));
        let batch = engine
            .generate_leased(&request, &lease(1, 0, u64::MAX - 100))
            .unwrap();
        assert_eq!(
            custom_serials(&engine, &batch).last(),
            Some(&(u64::MAX - 1))
        );
    }
}
