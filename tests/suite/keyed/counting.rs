//! Engines that count by themselves, from many threads.

use std::{collections::HashSet, sync::Mutex, thread};

use couponmint::{Engine, Error};

use super::{custom_serials, engine_of, keyed, lease, single_use_serials};
use crate::common::{
    CAMPAIGN, SEQUENCE_IDS_END, alphanumeric, assert_refused, custom, exhausted, numeric, plain,
    remaining, seeded, spelt,
};

/// Whatever is refused meanwhile, serials follow on without a gap, to the last code.
#[test]
fn many_threads_and_refusals() {
    let formats = [numeric("A", 5), numeric("B", 5)];
    let engine = engine_of(keyed(&formats));
    // From here on there are fewer than 100,000 of the first format.
    let first = engine.generate(&custom(1, &formats[0])).unwrap();
    let seen = Mutex::new((
        HashSet::from([first.first_sequence_id()]),
        HashSet::from([0]),
        HashSet::from([("A", 0)]),
    ));
    thread::scope(|scope| {
        for thread in 0..8 {
            let (engine, formats, seen) = (&engine, &formats, &seen);
            scope.spawn(move || {
                for step in 0..60 {
                    let format = &formats[(thread + step) % 2];
                    let asked = 1 + (thread * 131 + step * 977) % 900;
                    match engine.generate(&custom(asked, format)) {
                        Ok(batch) => {
                            let mut seen = seen.lock().unwrap();
                            assert!(batch.sequence_ids().all(|id| seen.0.insert(id)));
                            let single_use = single_use_serials(engine, &batch);
                            assert!(single_use.into_iter().all(|serial| seen.1.insert(serial)));
                            let custom = custom_serials(engine, &batch);
                            let prefix = format.prefix();
                            assert!(
                                custom
                                    .into_iter()
                                    .all(|serial| seen.2.insert((prefix, serial)))
                            );
                        }
                        Err(refusal) => assert!(
                            matches!(refusal, Error::Exhausted { left, .. } if left < asked as u64)
                        ),
                    }
                    let refused = engine.generate(&custom(100_000, &numeric("A", 6)));
                    assert_eq!(refused.unwrap_err(), Error::FormatNotAllowed);
                    assert!(engine.generate(&custom(100_000, &formats[0])).is_err());
                }
            });
        }
    });
    let (ids, single_use, custom_codes) = seen.into_inner().unwrap();
    let issued = engine.issued(CAMPAIGN).unwrap();
    assert_eq!(ids.len() as u64, issued);
    assert!((1..=issued).all(|id| ids.contains(&id)));
    assert!((0..issued).all(|serial| single_use.contains(&serial)));
    let serials = engine.serials(CAMPAIGN).unwrap();
    assert_eq!(serials.single_use(), issued);
    for format in &formats {
        let next = serials.custom(format).unwrap();
        assert!((0..next).all(|serial| custom_codes.contains(&(format.prefix(), serial))));
        assert!(!custom_codes.contains(&(format.prefix(), next)));
        let left = 100_000 - next;
        assert_eq!(remaining(&engine, format), left.into());
        assert_refused(&engine, format, left as usize + 1, left);
        engine.generate(&custom(left as usize, format)).unwrap();
        assert_refused(&engine, format, 1, 0);
    }
}

/// A refusal at the last moment, for want of sequence ids, moves no counter.
#[test]
fn no_sequence_ids() {
    let format = alphanumeric("test_", 10);
    let engine = seeded(7).first_sequence_id(SEQUENCE_IDS_END - 150).build();
    assert!(engine.add_campaign(keyed(std::slice::from_ref(&format))));
    let request = custom(100, &format);
    engine.generate(&request).unwrap();
    let before = engine.serials(CAMPAIGN).unwrap();
    let refused = engine.generate(&request).unwrap_err();
    assert_eq!(
        refused,
        Error::OutOfSequenceIds {
            asked: 100,
            left: 50
        }
    );
    assert_eq!(engine.serials(CAMPAIGN).unwrap(), before);
    assert_eq!(engine.issued(CAMPAIGN).unwrap(), 100);
    engine.generate(&custom(50, &format)).unwrap();
    assert_eq!(engine.serials(CAMPAIGN).unwrap().custom(&format), Some(150));
}

/// An engine counts by itself or is leased to, and the first success decides.
#[test]
fn counts_or_is_leased_to() {
    let format = numeric("A", 4);
    let campaign = || keyed(std::slice::from_ref(&format));
    let (request, first) = (custom(10, &format), lease(1, 0, 0));

    let counts = engine_of(campaign());
    assert!(counts.generate(&custom(20_000, &format)).is_err());
    assert!(
        counts
            .generate_leased(&custom(20_000, &format), &first)
            .is_err()
    );
    counts.generate(&request).unwrap();
    assert_eq!(
        counts.generate_leased(&request, &first).unwrap_err(),
        Error::EngineCounts
    );
    counts.generate(&request).unwrap();
    assert_eq!(counts.serials(CAMPAIGN).unwrap().single_use(), 20);

    let leased = engine_of(campaign());
    leased.generate_leased(&request, &first).unwrap();
    assert_eq!(
        leased.generate(&request).unwrap_err(),
        Error::EngineIsLeasedTo
    );
    assert_eq!(
        leased.serials(CAMPAIGN).unwrap_err(),
        Error::EngineIsLeasedTo
    );
    leased
        .generate_leased(&request, &lease(11, 10, 10))
        .unwrap();
    assert_eq!(remaining(&leased, &format), 10_000);
    // Sequence ids are the engine's: no campaign of it counts.
    assert!(leased.add_campaign(couponmint::Campaign::new("cam_2").unwrap()));
    let other = couponmint::Request::new("cam_2").unwrap();
    assert_eq!(
        leased.generate(&other).unwrap_err(),
        Error::EngineIsLeasedTo
    );
    assert_eq!(leased.issued("cam_2").unwrap(), 0);
    assert_eq!(
        leased.remaining_widget_codes("cam_2").unwrap(),
        crate::common::WIDGETS
    );
}

/// Only one of the two ever succeeds, whoever comes first.
#[test]
fn a_race_of_both() {
    let format = numeric("A", 4);
    for _ in 0..200 {
        let engine = engine_of(keyed(std::slice::from_ref(&format)));
        let request = custom(1, &format);
        let (counted, leased) = thread::scope(|scope| {
            let counted = scope.spawn(|| engine.generate(&request).is_ok());
            let leased = scope.spawn(|| engine.generate_leased(&request, &lease(1, 0, 0)).is_ok());
            (counted.join().unwrap(), leased.join().unwrap())
        });
        assert!(counted != leased);
    }
}

/// Refused requests of both kinds, and of campaigns with and without a key, decide nothing.
#[test]
fn refusals_decide_nothing() {
    let format = numeric("A", 4);
    let engine = Engine::builder()
        .first_sequence_id(SEQUENCE_IDS_END)
        .build();
    assert!(engine.add_campaign(keyed(std::slice::from_ref(&format))));
    assert!(engine.add_campaign(couponmint::Campaign::new("cam_2").unwrap()));
    assert_eq!(engine.generate(&plain(1)).unwrap_err().code(), 601);
    assert_eq!(
        engine
            .generate(&couponmint::Request::new("cam_2").unwrap())
            .unwrap_err()
            .code(),
        601
    );
    assert_eq!(
        engine
            .generate_leased(&custom(1, &format), &lease(1, 0, 10_000))
            .unwrap_err(),
        exhausted(1, 0)
    );
    assert!(engine.generate_leased(&plain(1), &lease(1, 0, 0)).is_ok());
}

/// The most coupons of a campaign, whoever counts, and however often it is resumed.
#[test]
fn most_coupons() {
    let exhausted = |asked, left| {
        let kind = couponmint::CodeKind::Coupon;
        Error::Exhausted { kind, asked, left }
    };
    let engine = engine_of(keyed(&[]).max_coupons(1_000));
    engine.generate(&plain(600)).unwrap();
    assert_eq!(
        engine.generate(&plain(401)).unwrap_err(),
        exhausted(401, 400)
    );
    let serials = engine.serials(CAMPAIGN).unwrap();
    let then_limited = |serials| keyed(&[]).resume(serials).unwrap().max_coupons(1_000);
    let limited = |serials| keyed(&[]).max_coupons(1_000).resume(serials).unwrap();
    for engine in [
        engine_of(then_limited(serials.clone())),
        engine_of(limited(serials)),
    ] {
        assert_eq!(engine.issued(CAMPAIGN).unwrap(), 600);
        assert_eq!(
            engine.generate(&plain(401)).unwrap_err(),
            exhausted(401, 400)
        );
        engine.generate(&plain(400)).unwrap();
        assert_eq!(engine.generate(&plain(1)).unwrap_err(), exhausted(1, 0));
    }
    let leased = engine_of(keyed(&[]).max_coupons(1_000));
    let refused = leased.generate_leased(&plain(10), &lease(1, 991, 0));
    assert_eq!(refused.unwrap_err(), exhausted(10, 9));
    leased
        .generate_leased(&plain(10), &lease(1, 990, 0))
        .unwrap();
}

/// What alphanumeric means in requests: the declared format has those symbols.
#[test]
fn rules_of_the_campaign() {
    let format = spelt("A-", couponmint::Alphabet::crockford().symbols(), 8);
    let campaign =
        keyed(std::slice::from_ref(&format)).alphanumeric(couponmint::Alphabet::crockford());
    let engine = engine_of(campaign);
    let asked = alphanumeric("A-", 8);
    let batch = engine.generate(&custom(10, &asked)).unwrap();
    assert_eq!(batch.format(), Some(&format));
    assert!(
        batch
            .custom_validation_codes()
            .all(|code| format.spells(code))
    );
    assert_eq!(remaining(&engine, &asked), format.capacity() - 10);
    let allowed = keyed(&[numeric("A", 4), numeric("B", 4)]).formats([numeric("A", 4)]);
    let engine = engine_of(allowed);
    engine.generate(&custom(10, &numeric("A", 4))).unwrap();
    let refused = engine.generate(&custom(10, &numeric("B", 4)));
    assert_eq!(refused.unwrap_err(), Error::FormatNotAllowed);
}
