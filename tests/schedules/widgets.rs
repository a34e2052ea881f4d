//! Widget codes, for which there is no lock around a request: they are promised, then entered.

use super::{
    at_once, search,
    shop::{CAMPAIGN, Shop, WIDGETS, all, bits, built, engine, exhausted, plain, seeded},
};
use crate::{Alphabet, Campaign, CodeKind, Error, Format, Words};

/// A shop whose campaign has so few widget codes left, all others promised.
fn short_of_widgets(left: u64) -> (Shop, u64) {
    let campaign = Campaign::new(CAMPAIGN).unwrap();
    campaign.promise_all_but(left);
    (Shop::new(built(seeded(7), campaign)), WIDGETS - left)
}

#[test]
fn the_last_widget_codes() {
    search(|| {
        let (shop, promised) = short_of_widgets(7);
        let ask = || match shop.generate(&plain(3)) {
            Ok(amount) => assert_eq!(amount, 3),
            // Nobody gives back what he was promised here.
            Err(refused) => assert_eq!(refused, exhausted(CodeKind::Widget, 3, 1)),
        };
        at_once([&ask, &ask, &ask]);
        assert_eq!(shop.remaining_widgets(), 1);
        shop.check(&[], promised);
        shop.check_next_id(1);
    });
}

/// There are two for four, one of whom is promised his before he draws it.
#[test]
fn more_codes_to_reserve_than_are_left() {
    search(|| {
        let (shop, promised) = short_of_widgets(2);
        at_once([
            &|| shop.reserve_widgets(&["zzzzzz"]),
            &|| shop.reserve_widgets(&["yyyyyy"]),
            &|| shop.reserve_widgets(&["xxxxxx"]),
            &|| {
                let asked = shop.generate(&plain(1));
                let refused = exhausted(CodeKind::Widget, 1, 0);
                assert!(asked == Ok(1) || asked == Err(refused));
            },
        ]);
        assert_eq!((shop.remaining_widgets(), shop.taken().len()), (0, 2));
        shop.check(&[], promised);
    });
}

/// A request that is promised widget codes and then refused gives them back.
#[test]
fn promises_are_given_back() {
    search(|| {
        let (shop, promised) = short_of_widgets(9);
        let format = bits("", 3);
        let ask = || match shop.issue(5, &format) {
            Ok(amount) => assert_eq!(amount, 5),
            Err(Error::Exhausted { kind, asked, left }) => {
                let left_may_be = match kind {
                    CodeKind::Custom => 3..=3,
                    _ => 0..=4,
                };
                assert!(asked == 5 && left_may_be.contains(&left), "{kind:?} {left}");
            }
            Err(other) => panic!("{other}"),
        };
        at_once([&ask, &ask, &ask]);
        assert_eq!(shop.remaining_widgets(), 4);
        shop.check(&[&format], promised);
    });
}

/// Custom codes that are spelt like widget codes need one beside that of their coupon.
#[test]
fn the_last_codes_like_widget_codes() {
    search(|| {
        let (shop, promised) = short_of_widgets(6);
        let format = bits("000", 3);
        at_once([
            &|| shop.try_issue(2, &format),
            &|| shop.reserve_widgets(&["000000", "000101", "zzzzzz"]),
            &|| shop.reserve(&format, &["000101", "000111"]),
        ]);
        shop.check(&[], promised);
        let left = shop.remaining_widgets();
        let taken = shop.taken();
        let unlike = all(&format).filter(|code| !taken.contains(code)).count();
        assert_eq!(
            shop.remaining(&format),
            u128::from(left).min(unlike as u128)
        );
        if left > 0 {
            assert_eq!(shop.generate(&plain(left as usize)), Ok(left as usize));
        }
        let refused = exhausted(CodeKind::Widget, 1, 0);
        assert_eq!(shop.generate(&plain(1)), Err(refused));
    });
}

#[test]
fn codes_like_widget_codes_are_reserved_as_these() {
    search(|| {
        let shop = Shop::new(engine());
        let (narrow, wide) = (bits("000", 3), bits("00", 4));
        at_once([
            &|| shop.try_issue(5, &narrow),
            &|| shop.reserve_widgets(&["000000", "000111", "001000"]),
            &|| shop.try_issue(9, &wide),
        ]);
        shop.check(&[&narrow, &wide], 0);
        shop.drain(&narrow);
        shop.drain(&wide);
        shop.check(&[&narrow, &wide], 0);
    });
}

/// All of a batch goes in parallel, shard by shard, beside those of others and questions.
#[test]
fn many_shards_at_once() {
    search(|| {
        let shop = Shop::new(engine());
        let ask = || assert_eq!(shop.generate(&plain(12)), Ok(12));
        let watch = || {
            let free = shop.remaining_widgets();
            assert!([24, 12, 0].contains(&(WIDGETS - free)), "{free}");
            assert!(shop.engine.issued(CAMPAIGN).unwrap() <= WIDGETS - shop.remaining_widgets());
        };
        at_once([&ask, &ask, &watch]);
        shop.check(&[], 0);
        shop.check_next_id(1);
    });
}

/// Codes that hold a word exist and may be reserved, but none is issued, and they are not counted among the free ones.
#[test]
fn codes_that_hold_a_word_are_reserved_meanwhile() {
    search(|| {
        let words = Words::new(["zzz"]).unwrap();
        let campaign = Campaign::new(CAMPAIGN).unwrap().without_words(&words);
        let shop = Shop::new(built(seeded(7), campaign));
        let clean = shop.remaining_widgets();
        let format = Format::with_alphabet("0z", Alphabet::new("zx").unwrap(), 4).unwrap();
        at_once([
            &|| shop.reserve(&format, &["0zzzzz", "0zxxxx", "0zzzxx"]),
            &|| shop.reserve_widgets(&["0zzzxx", "0zzzzz", "0zxxxz"]),
            &|| shop.try_issue(3, &format),
        ]);
        let taken = shop.taken();
        let is_clean = |code: &String| !code.contains("zzz");
        let gone = taken.iter().filter(|code| is_clean(code)).count();
        assert_eq!(shop.remaining_widgets(), clean - gone as u64);
        let free = all(&format).filter(|code| is_clean(code) && !taken.contains(code));
        assert_eq!(shop.remaining(&format), free.count() as u128);
        shop.drain(&format);
        assert!(shop.taken().iter().filter(|code| !is_clean(code)).count() == 2);
    });
}
