//! Campaigns that are saved and loaded while others use them.

use std::sync::Mutex;

use super::{
    at_once, search,
    shop::{CAMPAIGN, Shop, bits, built, engine, plain, request, seeded},
};
use crate::{Campaign, Engine, Format, LoadError, Request};

fn saved(engine: &Engine) -> Vec<u8> {
    let mut file = Vec::new();
    engine.save(CAMPAIGN, &mut file).unwrap();
    file
}

/// An engine that has nothing but what is in a file.
fn loaded(file: &[u8]) -> Shop {
    let engine = seeded(8).build();
    assert_eq!(engine.load(file).unwrap(), CAMPAIGN);
    Shop::new(engine)
}

/// How many codes of a small format are taken.
fn taken(shop: &Shop, format: &Format) -> u128 {
    format.capacity() - shop.remaining(format)
}

/// What was issued before and not released meanwhile is in the file, and whatever is in it, it can be loaded.
#[test]
fn all_that_stays_is_saved() {
    search(|| {
        let shop = Shop::new(engine());
        let (wide, narrow, like_widgets) = (bits("", 5), bits("0", 4), bits("000", 3));
        shop.reserve(&narrow, &["00000"]);
        shop.issue(3, &wide).unwrap();
        shop.issue(2, &like_widgets).unwrap();
        let stays = shop.taken();
        let lent = [&wide, &like_widgets].map(|format| shop.lend(&request(2, format)));
        let [wide_lent, like_widgets_lent] = lent.map(|batch| Some(batch).into());
        let file = Mutex::new(Vec::new());
        at_once([
            &|| *file.lock().unwrap() = saved(&shop.engine),
            &|| {
                shop.give_back(&wide_lent);
                shop.try_issue(3, &narrow);
            },
            &|| {
                shop.give_back(&like_widgets_lent);
                shop.try_issue(3, &like_widgets);
            },
        ]);
        let after = loaded(&file.into_inner().unwrap());
        for code in &stays {
            let format = [&wide, &like_widgets]
                .into_iter()
                .find(|format| format.spells(code));
            match format {
                Some(format) => after.reserve(format, &[code]),
                None => after.reserve_widgets(&[code]),
            }
        }
        assert!(after.taken().is_empty(), "what was there is free");
        assert!(taken(&after, &wide) <= 4 + 2 + 3);
        assert!(taken(&after, &like_widgets) <= 2 + 2 + 3);
        // Its ids are past those of all that is in the file.
        let next = after.engine.generate(&plain(1)).unwrap();
        assert!(next.first_sequence_id() > 9);
    });
}

/// Of two that load it, one does; ids go on from the higher one.
#[test]
fn a_campaign_is_loaded_once() {
    search(|| {
        let old = built(
            seeded(7).first_sequence_id(100),
            Campaign::new(CAMPAIGN).unwrap(),
        );
        old.generate(&request(5, &bits("", 3))).unwrap();
        let file = saved(&old);
        let engine = built(seeded(7), Campaign::new("cam_2").unwrap());
        let loads = Mutex::new(0);
        let load = || match engine.load(&file[..]) {
            Ok(name) => {
                assert_eq!(name, CAMPAIGN);
                *loads.lock().unwrap() += 1;
                let batch = engine.generate(&request(1, &bits("", 3))).unwrap();
                assert!(batch.first_sequence_id() >= 105);
            }
            Err(refused) => assert!(matches!(refused, LoadError::CampaignExists { .. })),
        };
        let ids = Mutex::new(Vec::new());
        let ask = || {
            let request = Request::new("cam_2").unwrap().amount(2).unwrap();
            let batch = engine.generate(&request).unwrap();
            ids.lock()
                .unwrap()
                .extend(batch.iter().map(|coupon| coupon.sequence_id()));
        };
        at_once([&load, &load, &ask, &ask]);
        assert_eq!(*loads.lock().unwrap(), 1);
        let mut ids = ids.into_inner().unwrap();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 4);
        assert!(ids.iter().all(|id| !(100..105).contains(id)), "{ids:?}");
        assert_eq!(engine.issued(CAMPAIGN), Ok(6));
        assert_eq!(engine.remaining(CAMPAIGN, &bits("", 3)), Ok(2));
    });
}
