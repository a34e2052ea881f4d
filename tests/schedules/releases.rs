//! Batches that are released while others issue and reserve.

use super::{
    at_once, search,
    shop::{CAMPAIGN, Shop, bits, engine, exhausted, plain, request},
};
use crate::CodeKind;

/// What is released is free for the next, all of it or nothing.
#[test]
fn a_batch_comes_back_whole() {
    search(|| {
        let (shop, format) = (Shop::new(engine()), bits("", 3));
        let batch = shop.lend(&request(5, &format));
        shop.issue(3, &format).unwrap();
        let lent = Some(batch).into();
        at_once([
            &|| shop.give_back(&lent),
            &|| match shop.issue(5, &format) {
                Ok(amount) => assert_eq!(amount, 5),
                Err(refused) => assert_eq!(refused, exhausted(CodeKind::Custom, 5, 0)),
            },
            &|| assert!([0, 5].contains(&shop.remaining(&format))),
        ]);
        shop.check(&[&format], 0);
        shop.drain(&format);
        shop.check_next_id(1);
    });
}

/// Its codes are in lists of free ones that other formats keep, or no list that is kept has them.
#[test]
fn lists_that_were_kept_have_what_comes_back() {
    search(|| {
        let shop = Shop::new(engine());
        let (wide, narrow) = (bits("", 4), bits("0", 3));
        let lent = Some(shop.lend(&request(6, &narrow))).into();
        shop.issue(9, &wide).unwrap();
        at_once([
            &|| shop.give_back(&lent),
            &|| shop.try_issue(2, &wide),
            &|| shop.try_issue(1, &narrow),
        ]);
        shop.check(&[&wide, &narrow], 0);
        shop.drain(&wide);
        shop.drain(&narrow);
        shop.check(&[&wide, &narrow], 0);
    });
}

/// They stand with the widget codes, which no lock of the custom codes guards.
#[test]
fn codes_like_widget_codes_come_back() {
    search(|| {
        let (shop, format) = (Shop::new(engine()), bits("000", 3));
        let lent = Some(shop.lend(&request(5, &format))).into();
        shop.issue(2, &format).unwrap();
        at_once([
            &|| shop.give_back(&lent),
            &|| shop.try_issue(3, &format),
            &|| shop.reserve_widgets(&["000000", "000011", "000111"]),
        ]);
        shop.check(&[&format], 0);
        shop.drain(&format);
        shop.check(&[&format], 0);
    });
}

/// Widget codes are released one by one, while a list of a format that spells them is made.
#[test]
fn widget_codes_come_back() {
    search(|| {
        let (shop, format) = (Shop::new(engine()), bits("000", 3));
        shop.reserve_widgets(&["000000", "000001"]);
        let lent = [plain(3), plain(2)].map(|request| Some(shop.lend(&request)).into());
        at_once([
            &|| shop.give_back(&lent[0]),
            &|| shop.give_back(&lent[1]),
            &|| shop.try_issue(6, &format),
            &|| assert!(shop.engine.issued(CAMPAIGN).unwrap() <= 11),
        ]);
        shop.check(&[&format], 0);
        shop.drain(&format);
        shop.check_next_id(1);
    });
}
