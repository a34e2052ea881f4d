//! Custom codes of small keyspaces, which many requests want.

use super::{
    at_once, search,
    shop::{Shop, bits, engine, exhausted},
};
use crate::CodeKind;

#[test]
fn all_codes_go_to_those_who_ask_for_all() {
    search(|| {
        let (shop, format) = (Shop::new(engine()), bits("", 3));
        let ask = |amount| assert_eq!(shop.issue(amount, &format), Ok(amount));
        at_once([&|| ask(3), &|| ask(3), &|| ask(2)]);
        shop.check(&[&format], 0);
        shop.drain(&format);
        shop.check_next_id(1);
    });
}

/// Who is refused is told what is left once the others are done, since he waits for them.
#[test]
fn refusals_are_exact_and_change_nothing() {
    search(|| {
        let (shop, format) = (Shop::new(engine()), bits("", 3));
        let ask = || match shop.issue(5, &format) {
            Ok(amount) => assert_eq!(amount, 5),
            Err(refused) => assert_eq!(refused, exhausted(CodeKind::Custom, 5, 3)),
        };
        at_once([&ask, &ask, &ask]);
        assert_eq!(shop.remaining(&format), 3);
        shop.check(&[&format], 0);
        shop.drain(&format);
        shop.check_next_id(1);
    });
}

#[test]
fn formats_that_spell_each_others_codes() {
    search(|| {
        let shop = Shop::new(engine());
        let formats = [bits("", 5), bits("0", 4), bits("01", 3)];
        let [wide, middle, narrow] = &formats;
        at_once([
            &|| shop.try_issue(20, wide),
            &|| shop.try_issue(9, middle),
            &|| {
                shop.try_issue(4, narrow);
                shop.reserve(narrow, &["01000", "01111"]);
            },
        ]);
        shop.check(&[wide, middle, narrow], 0);
        for format in [narrow, middle, wide] {
            shop.drain(format);
        }
        shop.check_next_id(1);
    });
}

/// Sixteen million codes in 64 shards, which threads enter while others' ledgers are read.
#[test]
fn ledgers_entered_by_threads() {
    search(|| {
        let shop = Shop::new(engine());
        let (wide, narrow) = (bits("", 24), bits("0".repeat(21).as_str(), 3));
        assert_eq!(shop.issue(6, &wide), Ok(6));
        at_once([
            &|| assert_eq!(shop.issue(7, &wide), Ok(7)),
            &|| assert_eq!(shop.issue(5, &narrow), Ok(5)),
            &|| assert_eq!(shop.issue(6, &wide), Ok(6)),
        ]);
        assert_eq!(shop.remaining(&wide), (1 << 24) - 24);
        shop.check(&[&narrow], 0);
        shop.drain(&narrow);
    });
}

#[test]
fn codes_are_reserved_while_they_are_issued() {
    search(|| {
        let (shop, format) = (Shop::new(engine()), bits("", 3));
        at_once([
            &|| shop.try_issue(6, &format),
            &|| shop.reserve(&format, &["000", "111", "010"]),
            &|| shop.reserve(&format, &["111", "000", "011"]),
        ]);
        shop.check(&[&format], 0);
        shop.drain(&format);
    });
}
