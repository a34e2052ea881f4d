//! Words never to spell, of formats and of the whole campaign.

use std::collections::BTreeSet;

use couponmint::{Alphabet, Campaign, Check, Error, Format, Words};

use super::{engine_of, key, keyed, lease, single_use_serials, walk::walk};
use crate::common::{
    CAMPAIGN, WIDGETS, alphanumeric, custom, customs, issue, number_words, numeric, plain,
    remaining, remaining_widgets, spelt,
};

fn words() -> Words {
    Words::new(["ass", "sex", "b4d", "x"]).unwrap()
}

fn without_words(format: &Format) -> Format {
    format.clone().without_words(&words()).unwrap()
}

#[test]
fn whole_keyspaces() {
    let crockford = Alphabet::crockford();
    let check = |format: Format, check| format.check(check).unwrap();
    let formats = [
        spelt("S-", "asex5430", 5),
        check(spelt("", crockford.symbols(), 4), Check::Iso7064),
        Format::pattern("#A#.#~#", Alphabet::new("SAXD4b").unwrap()).unwrap(),
        numeric("9", 4),
        check(spelt("T-", "aseb4dxtuvwz", 6), Check::Iso7064),
    ];
    let clean: Vec<_> = formats.iter().map(without_words).collect();
    let engine = engine_of(keyed(&clean));
    for (format, clean) in formats.iter().zip(&clean) {
        assert!(clean.capacity() <= format.capacity());
        walk(&engine, clean, &BTreeSet::new());
    }
    // The same said for the whole campaign: as asked for, all are without the words.
    let of_campaign = engine_of(keyed(&formats).without_words(&words()));
    for (format, clean) in formats.iter().zip(&clean) {
        let codes = |engine: &couponmint::Engine, format| -> Vec<String> {
            engine.codes(CAMPAIGN, format, 0..50).unwrap().collect()
        };
        assert_eq!(codes(&of_campaign, format), codes(&engine, clean));
        assert_eq!(remaining(&of_campaign, format), clean.capacity());
        let code = &codes(&of_campaign, format)[7];
        assert_eq!(of_campaign.serial(CAMPAIGN, format, code).unwrap(), Some(7));
        assert_eq!(
            customs(&of_campaign.generate(&custom(10, format)).unwrap()),
            codes(&engine, clean)[..10]
        );
    }
    assert_eq!(
        of_campaign.serials(CAMPAIGN).unwrap().custom(&formats[0]),
        Some(10)
    );
}

/// Codes that exist may hold words; holes are told before the words or after them.
#[test]
fn reserved_codes() {
    let format = spelt("S-", "asex5430", 4);
    let clean = without_words(&format);
    let first: Vec<_> = engine_of(keyed(std::slice::from_ref(&clean)))
        .codes(CAMPAIGN, &clean, 0..6)
        .unwrap()
        .collect();
    let old = ["S-a5s0", &first[2], "S-sexa", &first[4]];
    let widgets = ["assass", "0ass00", "a0b0c0", "q1q2q3"];
    let campaign = || keyed(std::slice::from_ref(&format));
    let told = |campaign: Campaign| {
        campaign
            .reserve_custom(&format, old)
            .unwrap()
            .reserve_single_use(widgets)
            .unwrap()
    };
    let before = engine_of(told(campaign()).without_words(&words()));
    let after = engine_of(told(campaign().without_words(&words())));
    assert_eq!(
        before.fingerprint(CAMPAIGN).unwrap(),
        after.fingerprint(CAMPAIGN).unwrap()
    );
    for engine in [before, after] {
        assert_eq!(remaining(&engine, &format), clean.capacity() - 2);
        assert_eq!(
            issue(&engine, &format, 4),
            [0, 1, 3, 5].map(|place: usize| first[place].clone())
        );
        for code in &old {
            assert_eq!(engine.serial(CAMPAIGN, &format, code).unwrap(), None);
        }
        let clean_widgets = engine_of(campaign().without_words(&words()));
        assert_eq!(
            remaining_widgets(&engine),
            remaining_widgets(&clean_widgets) - 2 - 4
        );
    }
}

/// No word stands in a widget code, or begins there and ends after it.
#[test]
fn single_use_codes() {
    let words = Words::new(["ass", "7z", "q", "0123456789abcde"]).unwrap();
    let engine = engine_of(keyed(&[]).without_words(&words));
    assert!(remaining_widgets(&engine) < WIDGETS);
    let all = remaining_widgets(&engine);
    let batch = engine.generate(&plain(100_000)).unwrap();
    assert!(
        single_use_serials(&engine, &batch)
            .into_iter()
            .eq(0..100_000)
    );
    let mut distinct = BTreeSet::new();
    for code in batch.single_use_codes() {
        let folded: String = code.chars().map(fold).collect();
        for word in ["ass", "tz", "q"] {
            assert!(
                folded.match_indices(word).all(|(start, _)| start >= 6),
                "{code}"
            );
        }
        assert!(distinct.insert(&code[..6]));
    }
    assert_eq!(remaining_widgets(&engine), all - 100_000);
    let forged = |code: &str| code[..20].to_owned() + if code.ends_with('0') { "1" } else { "0" };
    for code in batch.single_use_codes().take(100) {
        assert_eq!(
            engine.single_use_serial(CAMPAIGN, &forged(code)).unwrap(),
            None
        );
    }
    assert_eq!(
        engine
            .single_use_serial(CAMPAIGN, "assass000000000000000")
            .unwrap(),
        None
    );
}

fn fold(symbol: char) -> char {
    match symbol {
        '0' => 'o',
        '1' | 'l' => 'i',
        '2' => 'z',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        '8' => 'b',
        other => other,
    }
}

#[test]
fn too_large_too_few_and_too_late() {
    let large = without_words(&alphanumeric("", 30));
    let refused = Campaign::keyed(CAMPAIGN, key(), [large]).err();
    assert_eq!(refused, Some(Error::FormatIsTooLarge));
    let (large, small) = (alphanumeric("", 30), alphanumeric("", 10));
    let engine = engine_of(keyed(&[large.clone(), small.clone()]).without_words(&words()));
    assert_eq!(
        engine.generate(&custom(1, &large)).unwrap_err(),
        Error::FormatIsTooLarge
    );
    assert_eq!(
        engine.codes(CAMPAIGN, &large, 0..1).unwrap_err(),
        Error::FormatIsTooLarge
    );
    assert_eq!(issue(&engine, &small, 10).len(), 10);

    let most = Words::new(
        "abcdefghijklmnopqrstuvwxyz"
            .split("")
            .filter(|word| !word.is_empty()),
    )
    .unwrap();
    let engine = engine_of(keyed(std::slice::from_ref(&small)).without_words(&most));
    assert_eq!(engine.generate(&plain(1)).unwrap_err(), Error::TooFewCodes);
    assert_eq!(
        engine.generate(&custom(1, &small)).unwrap_err(),
        Error::TooFewCodes
    );
    // A clean code, though no proof after a widget code may be clean.
    let code = "0".repeat(21);
    assert_eq!(
        engine.single_use_serial(CAMPAIGN, &code),
        Err(Error::TooFewCodes)
    );

    let campaign = || keyed(std::slice::from_ref(&small));
    let serials = engine_of(campaign()).serials(CAMPAIGN).unwrap();
    let late = engine_of(
        campaign()
            .resume(serials.clone())
            .unwrap()
            .without_words(&words()),
    );
    assert_eq!(
        late.generate(&custom(1, &small)).unwrap_err(),
        Error::CampaignIsKeyed
    );
    assert_eq!(
        campaign().without_words(&words()).resume(serials).err(),
        Some(Error::OtherSerials)
    );
    let serials = engine_of(campaign().without_words(&words()))
        .serials(CAMPAIGN)
        .unwrap();
    let resumed = campaign().without_words(&words()).resume(serials).unwrap();
    assert_eq!(issue(&engine_of(resumed), &small, 10).len(), 10);
}

/// A campaign with too many words issues, streams and finds nothing; and no later list brings it back without the
/// words, and the reserved codes, of before.
#[test]
fn lists_that_are_too_long() {
    let (first, second) = (number_words(0..600), number_words(1000..1600));
    let format = numeric("S-", 4);
    let campaign = keyed(std::slice::from_ref(&format)).without_words(&first);
    let campaign = campaign.reserve_custom(&format, ["S-0123"]).unwrap();
    let campaign = campaign.without_words(&second);
    let campaign = campaign.without_words(&Words::new(["sex"]).unwrap());
    assert_eq!(campaign.words(), Some(&first));
    let engine = engine_of(campaign);
    let error = Error::InvalidWords;
    for request in [plain(1), custom(1, &format)] {
        assert_eq!(engine.generate(&request).unwrap_err(), error);
    }
    let leased = engine.generate_leased(&custom(1, &format), &lease(1, 0, 0));
    assert_eq!(leased.unwrap_err(), error);
    assert_eq!(engine.codes(CAMPAIGN, &format, 0..1).unwrap_err(), error);
    assert_eq!(
        engine.serial(CAMPAIGN, &format, "S-7777"),
        Err(error.clone())
    );
    assert_eq!(engine.single_use_serial(CAMPAIGN, ""), Err(error));
}
