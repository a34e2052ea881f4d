//! Campaigns that come and go, and what belongs to an engine as a whole.

use std::{collections::HashSet, sync::Mutex};

use jiff::ToSpan;

use super::{
    at_once, search,
    shop::{CAMPAIGN, Shop, bits, built, engine, exhausted, plain, request, seeded, widgets},
};
use crate::{Campaign, CodeKind, Engine, Error, Request, Status};

#[test]
fn a_campaign_is_added_once() {
    search(|| {
        let engine = Engine::builder().seed([7; 32]).build();
        let added = Mutex::new(0);
        let add = || {
            let is_new = engine.add_campaign(Campaign::new(CAMPAIGN).unwrap());
            *added.lock().unwrap() += u32::from(is_new);
            assert!(engine.generate(&plain(2)).is_ok());
        };
        at_once([&add, &add, &add]);
        assert_eq!(*added.lock().unwrap(), 1);
        assert_eq!(engine.issued(CAMPAIGN), Ok(6));
    });
}

/// A batch belongs to the campaign that issued it, not to the next of that name.
#[test]
fn a_campaign_is_replaced() {
    search(|| {
        let engine = engine();
        let batches = Mutex::new(Vec::new());
        let ask = || match engine.generate(&plain(2)) {
            Ok(batch) => batches.lock().unwrap().push(batch),
            Err(refused) => assert_eq!(refused, Error::CampaignNotFound),
        };
        at_once([&ask, &ask, &|| {
            assert!(engine.remove_campaign(CAMPAIGN));
            assert!(engine.add_campaign(Campaign::new(CAMPAIGN).unwrap()));
        }]);
        ask();
        let issued = engine.issued(CAMPAIGN).unwrap();
        let released = batches.into_inner().unwrap().into_iter();
        let released = released.filter_map(|batch| engine.release(batch).ok());
        assert_eq!(2 * released.count() as u64, issued);
        assert_eq!(engine.issued(CAMPAIGN), Ok(0));
        assert_eq!(
            engine.remaining_widget_codes(CAMPAIGN),
            Ok(super::shop::WIDGETS)
        );
    });
}

/// A limit is exact: whoever is refused is told what is left, gives back what was promised, and what is released can be
/// issued again.
#[test]
fn no_more_coupons_than_the_campaign_may_have() {
    search(|| {
        let campaign = Campaign::new(CAMPAIGN).unwrap().max_coupons(9);
        let shop = Shop::new(built(seeded(7), campaign));
        let format = bits("", 3);
        let handed_out = Some(shop.lend(&request(2, &format))).into();
        at_once([
            &|| shop.give_back(&handed_out),
            &|| shop.try_issue(7, &format),
            &|| match shop.generate(&plain(4)) {
                Ok(amount) => assert_eq!(amount, 4),
                Err(Error::Exhausted { kind, left, .. }) => {
                    assert_eq!(kind, CodeKind::Coupon);
                    assert!(left < 4, "{left}");
                }
                Err(other) => panic!("{other}"),
            },
        ]);
        shop.check(&[&format], 0);
        let left = 9 - shop.engine.issued(CAMPAIGN).unwrap();
        let refused = exhausted(CodeKind::Coupon, left + 1, left);
        assert_eq!(shop.generate(&plain(left as usize + 1)), Err(refused));
        if left > 0 {
            assert_eq!(shop.generate(&plain(left as usize)), Ok(left as usize));
        }
    });
}

/// Who is refused gives the ticket back, if no other was taken since: two that have the same one would draw the
/// same codes.
#[test]
fn no_ticket_is_used_twice() {
    search(|| {
        let (engine, format) = (engine(), bits("", 3));
        let others = ["cam_2", "cam_3"];
        for name in others {
            assert!(engine.add_campaign(Campaign::new(name).unwrap()));
        }
        let seen = Mutex::new(HashSet::new());
        let ask = |name| {
            let request = Request::new(name).unwrap().amount(2).unwrap();
            let batch = engine.generate(&request).unwrap();
            let codes = widgets(&batch).into_iter();
            codes.for_each(|code| assert!(seen.lock().unwrap().insert(code)));
        };
        at_once([
            &|| {
                let refused = engine.generate(&request(9, &format)).err();
                assert_eq!(refused, Some(exhausted(CodeKind::Custom, 9, 8)));
            },
            &|| ask(others[0]),
            &|| ask(others[1]),
        ]);
        ask(CAMPAIGN);
    });
}

#[test]
fn validity_changes_at_once() {
    search(|| {
        let engine = engine();
        let request = plain(1).status(Status::Activated);
        let ask = || {
            let batch = engine.generate(&request).unwrap();
            let lasts = batch.expiry_date().unwrap() - batch.create_date();
            lasts.get_seconds() / 3600
        };
        at_once([
            &|| engine.set_validity(CAMPAIGN, 2.hours()).unwrap(),
            &|| {
                let [first, second] = [ask(), ask()];
                assert!([(24, 24), (24, 2), (2, 2)].contains(&(first, second)));
            },
        ]);
        assert_eq!(ask(), 2);
    });
}

/// Questions about everything, while it changes.
#[test]
fn questions_meanwhile() {
    search(|| {
        let shop = Shop::new(engine());
        let (narrow, wide) = (bits("0", 3), bits("", 4));
        let handed_out = Some(shop.lend(&request(4, &narrow))).into();
        at_once([
            &|| shop.give_back(&handed_out),
            &|| shop.try_issue(7, &wide),
            &|| {
                let known = shop.engine.formats(CAMPAIGN).unwrap();
                assert!(known.len() <= 2);
                let free = shop.remaining(&wide);
                assert!([5, 9, 12, 16].contains(&free), "{free}");
                assert!(format!("{:?}", shop.engine).starts_with("Engine"));
            },
        ]);
        shop.check(&[&narrow, &wide], 0);
        assert_eq!(shop.engine.formats(CAMPAIGN), Ok(vec![wide.clone()]));
        shop.drain(&wide);
    });
}
