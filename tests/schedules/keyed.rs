//! Campaigns with a key: numbers that are used once, by an engine that counts or by those who lease.

use std::sync::Mutex;

use super::{
    at_once, search,
    shop::{CAMPAIGN, Shop, bits, built, exhausted, plain, request, seeded},
};
use crate::{Campaign, CodeKind, Engine, Error, Format, Key, Lease};

fn engine(format: &Format) -> Engine {
    let key = Key::from_bytes([7; 32]);
    let campaign = Campaign::keyed(CAMPAIGN, key, [format.clone()]).unwrap();
    built(seeded(7), campaign)
}

#[test]
fn serials_are_used_once() {
    search(|| {
        let format = bits("", 3);
        let shop = Shop::new(engine(&format));
        let ask = || match shop.issue(3, &format) {
            Ok(amount) => assert_eq!(amount, 3),
            Err(refused) => assert_eq!(refused, exhausted(CodeKind::Custom, 3, 2)),
        };
        at_once([&ask, &ask, &|| {
            ask();
            assert!([8, 5, 2].contains(&shop.remaining(&format)));
            assert_eq!(shop.generate(&plain(2)), Ok(2));
        }]);
        assert_eq!(shop.remaining(&format), 2);
        shop.check(&[&format], 0);
        shop.drain(&format);
        shop.check_next_id(1);
        let serials = shop.engine.serials(CAMPAIGN).unwrap();
        assert_eq!(serials.single_use(), 8 + 2 + 1);
    });
}

/// The first that succeeds decides who counts; the other way is refused from then on, and has moved no counter.
#[test]
fn an_engine_counts_or_is_leased_to() {
    search(|| {
        let format = bits("", 3);
        let engine = engine(&format);
        let successes = Mutex::new([0, 0]);
        let lease = Lease {
            sequence_id: 100,
            single_use: 0,
            custom: 0,
        };
        let counted = || match engine.generate(&request(2, &format)) {
            Ok(_) => successes.lock().unwrap()[0] += 1,
            Err(refused) => assert_eq!(refused, Error::EngineIsLeasedTo),
        };
        let leased = || match engine.generate_leased(&request(2, &format), &lease) {
            Ok(_) => successes.lock().unwrap()[1] += 1,
            Err(refused) => assert_eq!(refused, Error::EngineCounts),
        };
        at_once([&counted, &leased, &counted, &leased]);
        match successes.into_inner().unwrap() {
            [2, 0] => assert_eq!(engine.serials(CAMPAIGN).unwrap().single_use(), 4),
            [0, 2] => assert_eq!(
                engine.serials(CAMPAIGN).err(),
                Some(Error::EngineIsLeasedTo)
            ),
            other => panic!("{other:?}"),
        }
    });
}
