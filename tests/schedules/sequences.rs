//! Sequence ids, which end.

use super::{
    at_once, search,
    shop::{CAMPAIGN, Shop, bits, built, seeded},
};
use crate::{Campaign, Error, MAX_SEQUENCE_ID};

/// Ten are left. Who gets none is refused after all was drawn, and is rolled back.
#[test]
fn a_refusal_at_the_end_leaves_nothing() {
    search(|| {
        let builder = seeded(7).first_sequence_id(MAX_SEQUENCE_ID - 9);
        let shop = Shop::new(built(builder, Campaign::new(CAMPAIGN).unwrap()));
        let (narrow, wide) = (bits("0", 5), bits("", 6));
        let ask = |format| match shop.issue(4, format) {
            Ok(amount) => assert_eq!(amount, 4),
            Err(refused) => assert_eq!(refused, Error::OutOfSequenceIds { asked: 4, left: 2 }),
        };
        at_once([&|| ask(&narrow), &|| ask(&wide), &|| ask(&wide)]);
        shop.check(&[&narrow, &wide], 0);
        assert_eq!(shop.taken().len(), 16);
        assert_eq!(shop.issue(2, &wide), Ok(2));
        let refused = Error::OutOfSequenceIds { asked: 1, left: 0 };
        assert_eq!(shop.issue(1, &wide), Err(refused));
        shop.check(&[&narrow, &wide], 0);
    });
}

/// Codes that were drawn for it are nobody's meanwhile, and not counted.
#[test]
fn who_gets_no_ids_is_never_seen_to_have_codes() {
    search(|| {
        let builder = seeded(7).first_sequence_id(MAX_SEQUENCE_ID - 1);
        let shop = Shop::new(built(builder, Campaign::new(CAMPAIGN).unwrap()));
        let format = bits("", 3);
        at_once([
            &|| {
                let refused = shop.issue(4, &format).unwrap_err();
                assert!(matches!(refused, Error::OutOfSequenceIds { asked: 4, .. }));
            },
            &|| assert_eq!(shop.issue(2, &format), Ok(2)),
            &|| assert!([8, 6].contains(&shop.remaining(&format))),
        ]);
        shop.check(&[&format], 0);
    });
}
