//! Keyed codes look like drawn ones. Chi-square tests, as in `randomness.rs`.

use couponmint::{Batch, Campaign, Check, Format, Key, Words};

use crate::{
    common::{
        CAMPAIGN, alphanumeric, base36, checked, custom, customs, numeric, pattern_of, plain, spelt,
    },
    keyed::{engine_of, keyed},
    randomness::{assert_even, assert_ranks_even, tally},
};

/// The codes of the first serials are spread over all of a format.
#[test]
fn ranks_of_serials_in_a_row() {
    let clean = |format: Format| format.without_words(&Words::english()).unwrap();
    for format in [
        numeric("", 7),
        numeric("", 19),
        numeric("", 30),
        base36("A", 6),
        alphanumeric("", 10),
        alphanumeric("", 21),
        clean(alphanumeric("", 10)),
        checked(pattern_of("###-###-#", "0123456789ABCDEF"), Check::Iso7064),
    ] {
        let engine = engine_of(keyed(std::slice::from_ref(&format)));
        assert_ranks_even(
            &format,
            engine.codes(CAMPAIGN, &format, 0..200_000).unwrap(),
        );
    }
}

#[test]
fn widget_codes_of_serials_in_a_row() {
    let english = Words::english();
    let clean = base36("", 6).without_words(&english).unwrap();
    widgets_are_even(&base36("", 6), keyed(&[]));
    widgets_are_even(&clean, keyed(&[]).without_words(&english));
}

fn widgets_are_even(format: &Format, campaign: Campaign) {
    let engine = engine_of(campaign);
    let batches = [(); 2].map(|()| engine.generate(&plain(100_000)).unwrap());
    let widgets = batches.iter().flat_map(Batch::widget_validation_codes);
    assert_ranks_even(format, widgets);
}

/// Over all keys, each code of a shuffled format is as likely as any other at each serial, and so is each pair at two.
#[test]
fn the_same_serial_under_many_keys() {
    let format = spelt("A", "01", 4);
    let codes = |key: u32| {
        let mut bytes = [7; 32];
        bytes[..4].copy_from_slice(&key.to_le_bytes());
        let campaign = Campaign::keyed(CAMPAIGN, Key::from_bytes(bytes), [format.clone()]);
        let engine = engine_of(campaign.unwrap());
        let codes = customs(&engine.generate(&custom(16, &format)).unwrap());
        codes
            .iter()
            .map(|code| format.rank(code).unwrap() as usize)
            .collect::<Vec<_>>()
    };
    let orders: Vec<_> = (0..8_000).map(codes).collect();
    for serial in 0..16 {
        let counts = tally(16, orders.iter().map(|order| order[serial]));
        assert_even(&counts, &format!("codes of serial {serial}"));
    }
    let pairs = tally(256, orders.iter().map(|order| order[0] * 16 + order[15]));
    // No code has two serials.
    let pairs: Vec<_> = (0..256)
        .filter(|pair| pair % 17 > 0)
        .map(|pair| pairs[pair])
        .collect();
    assert_even(&pairs, "codes of the first serial and the last");
}
