//! What a keyed campaign refuses, in clear words, and what it keeps to itself.

use std::fmt::Write;

use couponmint::{Alphabet, Campaign, Check, Engine, Error, Format, Key};

use super::{custom_serials, engine_of, key, keyed, lease};
use crate::common::{
    CAMPAIGN, WIDGETS, alphanumeric, base36, campaign, custom, exhausted, foreign, numeric,
    pattern_of, plain, remaining, remaining_widgets, spelt,
};

fn declared(formats: &[Format]) -> Option<Error> {
    Campaign::keyed(CAMPAIGN, key(), formats.to_vec()).err()
}

#[test]
fn formats_that_meet() {
    let check = |format: Format, check| format.check(check).unwrap();
    let meet = |first, second| Some(Error::FormatsMeet { first, second });
    assert_eq!(
        declared(&[numeric("A", 11), numeric("B", 4), numeric("A1", 10)]),
        meet(0, 2)
    );
    assert_eq!(declared(&[numeric("A", 4), numeric("A", 4)]), meet(0, 1));
    assert_eq!(
        declared(&[numeric("A", 4), alphanumeric("A", 4)]),
        meet(0, 1)
    );
    assert_eq!(
        declared(&[numeric("9", 4), check(numeric("9", 4), Check::Luhn)]),
        meet(0, 1)
    );
    assert_eq!(
        declared(&[
            numeric("A", 4),
            numeric("A", 5),
            spelt("A", "abc", 4),
            numeric("B", 4)
        ]),
        None
    );
    let meets_widgets = |index| Some(Error::FormatMeetsWidgetCodes { index });
    assert_eq!(
        declared(&[numeric("A", 4), numeric("", 6)]),
        meets_widgets(1)
    );
    assert_eq!(declared(&[base36("", 6)]), meets_widgets(0));
    assert_eq!(declared(&[numeric("a", 5)]), meets_widgets(0));
    assert_eq!(
        declared(&[numeric("A", 5), pattern_of("###-##", "abc"), base36("", 7)]),
        None
    );
    assert_eq!(
        declared(&[numeric("A", 4), numeric("A", 4)])
            .unwrap()
            .to_string(),
        "formats of a keyed campaign must not spell the same text; those at indices 0 and 1 can"
    );
    let names = [("", 200), ("cam 1", 301), (&"x".repeat(65), 301)];
    for (name, code) in names {
        assert_eq!(Campaign::keyed(name, key(), []).unwrap_err().code(), code);
    }
}

#[test]
fn formats_not_declared() {
    let (format, other) = (numeric("A", 4), numeric("A", 5));
    let engine = engine_of(keyed(std::slice::from_ref(&format)));
    let refused = Error::FormatNotAllowed;
    assert_eq!(engine.generate(&custom(1, &other)).unwrap_err(), refused);
    assert_eq!(
        engine
            .generate_leased(&custom(1, &other), &lease(1, 0, 0))
            .unwrap_err(),
        refused
    );
    assert_eq!(engine.remaining(CAMPAIGN, &other).unwrap_err(), refused);
    assert_eq!(
        engine.serial(CAMPAIGN, &other, "A00000").unwrap_err(),
        refused
    );
    assert_eq!(engine.codes(CAMPAIGN, &other, 0..1).unwrap_err(), refused);
    assert_eq!(
        (refused.code(), refused.parameter()),
        (302, Some("code_prefix"))
    );
    let body = r#"{"campaign":"cam_15111","automated_codes":true,"code_prefix":"A","code_length":5,"code_type":"numeric"}"#;
    assert_eq!(engine.respond(body).http_status(), 422);
    assert_eq!(
        engine
            .respond(
                body.replace('5', "4")
                    .replace("1411", "1511")
                    .replace("cam_14111", "cam_15111")
            )
            .http_status(),
        200
    );
    assert_eq!(
        engine.formats(CAMPAIGN).unwrap(),
        std::slice::from_ref(&format)
    );
    let late = keyed(&[]).reserve_custom(&format, ["A0000"]);
    assert_eq!(late.unwrap_err(), refused);
    let unspelt = keyed(std::slice::from_ref(&format)).reserve_custom(&format, ["A0000", "A000"]);
    assert_eq!(unspelt.unwrap_err(), foreign([1]));
    assert_eq!(
        keyed(&[]).reserve_single_use(["A00000"]).unwrap_err(),
        foreign([0])
    );
}

/// Nothing has changed after any of these.
#[test]
fn what_needs_a_memory() {
    let format = numeric("A", 4);
    let engine = engine_of(keyed(std::slice::from_ref(&format)));
    let batch = engine.generate(&custom(10, &format)).unwrap();
    let before = engine.serials(CAMPAIGN).unwrap();
    let refused = Error::CampaignIsKeyed;
    assert_eq!(
        engine
            .reserve_custom(CAMPAIGN, &format, ["A0000"])
            .unwrap_err(),
        refused
    );
    assert_eq!(
        engine.reserve_single_use(CAMPAIGN, ["000000"]).unwrap_err(),
        refused
    );
    let rows = [("000000", None::<&str>)];
    assert_eq!(
        engine.reserve_coupons(CAMPAIGN, &[], rows).unwrap_err(),
        refused
    );
    assert_eq!(engine.release(batch).unwrap_err(), refused);
    assert_eq!(engine.serials(CAMPAIGN).unwrap(), before);
    assert_eq!(engine.issued(CAMPAIGN).unwrap(), 10);
    assert_eq!(
        (remaining(&engine, &format), remaining_widgets(&engine)),
        (9_990, WIDGETS - 10)
    );
}

#[test]
fn what_needs_a_key() {
    let engine = Engine::new();
    assert!(engine.add_campaign(campaign()));
    let format = numeric("A", 4);
    let refused = Error::CampaignIsNotKeyed;
    assert_eq!(
        engine
            .generate_leased(&plain(1), &lease(1, 0, 0))
            .unwrap_err(),
        refused
    );
    assert_eq!(engine.serials(CAMPAIGN).unwrap_err(), refused);
    assert_eq!(engine.fingerprint(CAMPAIGN).unwrap_err(), refused);
    assert_eq!(
        engine.serial(CAMPAIGN, &format, "A0000").unwrap_err(),
        refused
    );
    assert_eq!(engine.single_use_serial(CAMPAIGN, "").unwrap_err(), refused);
    assert_eq!(engine.codes(CAMPAIGN, &format, 0..1).unwrap_err(), refused);
    let serials = engine_of(keyed(&[])).serials(CAMPAIGN).unwrap();
    assert_eq!(campaign().resume(serials).unwrap_err(), refused);
    let unknown =
        engine.generate_leased(&couponmint::Request::new("cam_2").unwrap(), &lease(1, 0, 0));
    assert_eq!(unknown.unwrap_err(), Error::CampaignNotFound);
    // Codes that exist can be reserved beforehand without a key, too.
    let campaign = campaign().reserve_custom(&format, ["A0000"]).unwrap();
    let engine = Engine::new();
    assert!(engine.add_campaign(campaign.reserve_single_use(["000000"]).unwrap()));
    assert_eq!(
        (remaining(&engine, &format), remaining_widgets(&engine)),
        (9_999, WIDGETS - 1)
    );
}

/// A text has a serial only if it is that code, to the last symbol.
#[test]
fn forged_codes() {
    let format = spelt("A", Alphabet::crockford().symbols(), 10)
        .check(Check::Iso7064)
        .unwrap();
    let engine = engine_of(keyed(std::slice::from_ref(&format)));
    let batch = engine.generate(&custom(100, &format)).unwrap();
    let serial = |code: &str| engine.single_use_serial(CAMPAIGN, code).unwrap();
    for (place, code) in batch.single_use_codes().enumerate() {
        assert_eq!(serial(code), Some(place as u64));
        for symbol in 0..21 {
            let mut forged = code.as_bytes().to_vec();
            forged[symbol] = if forged[symbol] == b'z' { b'0' } else { b'z' };
            assert_eq!(serial(std::str::from_utf8(&forged).unwrap()), None);
        }
        let upper = code.to_uppercase();
        for forged in [
            &code[..6],
            &code[..20],
            &format!("{code}0"),
            &upper,
            "",
            "é",
        ] {
            assert_eq!(serial(forged), None);
        }
    }
    assert_eq!(custom_serials(&engine, &batch)[99], 99);
    for text in ["", "A", "B123456789", "A12345678é", "A1234567890123"] {
        assert_eq!(engine.serial(CAMPAIGN, &format, text).unwrap(), None);
    }
}

/// Nobody reads a key, or a code, from what is logged.
#[test]
fn nothing_is_told() {
    let key = Key::from_bytes(*b"an open secret, 32 bytes of it..");
    let format = numeric("A", 4);
    let campaign = Campaign::keyed(CAMPAIGN, key.clone(), [format.clone()]).unwrap();
    let mut told = format!("{key:?} {key:#?} {campaign:?}");
    let engine = engine_of(campaign);
    let codes = engine.codes(CAMPAIGN, &format, 0..100).unwrap();
    write!(told, "{engine:?} {codes:?}").unwrap();
    let mut chunks = codes.into_chunks();
    write!(told, "{chunks:?}").unwrap();
    let chunk = chunks.next().unwrap();
    write!(told, "{chunk:?} {:?}", engine.serials(CAMPAIGN).unwrap()).unwrap();
    for secret in [
        "secret",
        "97, 110",
        "616e206f",
        chunk.iter().next().unwrap(),
    ] {
        assert!(!told.contains(secret), "{told}");
    }
    for type_told in [
        "Key",
        "Campaign {",
        "Engine {",
        "Codes { left: 100",
        "CodeChunks { left: 100",
        "CodeChunk { first_serial: 0, len: 100",
        "Serials",
    ] {
        assert!(told.contains(type_told), "{told}");
    }
}

#[test]
fn sentences() {
    for (error, sentence) in [
        (Error::CampaignIsNotKeyed, "campaign must be a keyed one"),
        (
            Error::InvalidFingerprint,
            "fingerprint must be 32 hexadecimal digits",
        ),
        (
            Error::OtherSerials,
            "serials must be those of a campaign with the same key, name, formats, words and reserved codes",
        ),
        (
            Error::EngineCounts,
            "leased serials need an engine that issues nothing else; this one counts by itself",
        ),
        (
            Error::EngineIsLeasedTo,
            "engine issues by leases, and counts neither serials nor sequence ids by itself",
        ),
        (
            Error::CampaignIsKeyed,
            "a keyed campaign has no memory of codes: set its words and reserve codes before it is resumed or added; store its serials, and release nothing",
        ),
    ] {
        assert_eq!((error.code(), error.to_string().as_str()), (302, sentence));
    }
    assert_eq!(exhausted(1, 0).code(), 601);
}
