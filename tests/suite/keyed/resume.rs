//! Restarts, and machines that are told that they differ.

use couponmint::{Campaign, Error, Fingerprint, Format, Key, Serials};

use super::{engine_of, key, keyed, lease};
use crate::common::{CAMPAIGN, alphanumeric, custom, numeric, plain, remaining};

fn formats() -> [Format; 3] {
    [
        alphanumeric("test_", 10),
        numeric("A", 4),
        alphanumeric("", 30),
    ]
}

/// With a restart after each batch, in any state of the counters, as without one.
#[test]
fn as_if_there_was_none() {
    let formats = formats();
    let campaign = || {
        keyed(&formats)
            .reserve_custom(&formats[1], ["A0000", "A1234"])
            .unwrap()
    };
    let engine = engine_of(campaign());
    let mut stored: Option<Serials> = None;
    for step in 0..12 {
        let request = match step % 4 {
            3 => plain(1 + step),
            place => custom(1 + 100 * step, &formats[place]),
        };
        let mut restarted = campaign();
        if let Some(stored) = stored.take() {
            restarted = restarted.resume(stored).unwrap();
        }
        let restarted = engine_of(restarted);
        let (here, there) = (
            engine.generate(&request).unwrap(),
            restarted.generate(&request).unwrap(),
        );
        assert!(here.single_use_codes().eq(there.single_use_codes()));
        assert!(
            here.custom_validation_codes()
                .eq(there.custom_validation_codes())
        );
        let serials = restarted.serials(CAMPAIGN).unwrap();
        assert_eq!(serials, engine.serials(CAMPAIGN).unwrap());
        assert_eq!(restarted.issued(CAMPAIGN), engine.issued(CAMPAIGN));
        assert_eq!(
            remaining(&restarted, &formats[1]),
            remaining(&engine, &formats[1])
        );
        let json = serde_json::to_string(&serials).unwrap();
        stored = Some(serde_json::from_str(&json).unwrap());
    }
}

/// All that decides which code has which serial is in the fingerprint.
#[test]
fn others_are_told() {
    let [letters, digits, long] = formats();
    let all = || [letters.clone(), digits.clone(), long.clone()];
    let reserved = |code: &str| keyed(&all()).reserve_custom(&digits, [code]).unwrap();
    let others = vec![
        Campaign::keyed(CAMPAIGN, Key::from_bytes([8; 32]), all()).unwrap(),
        Campaign::keyed("cam_15112", key(), all()).unwrap(),
        keyed(&all()[..2]),
        keyed(&[letters.clone(), digits.clone(), alphanumeric("", 29)]),
        keyed(&[letters.clone(), numeric("B", 4), long.clone()]),
        reserved("A0000"),
        reserved("A0001"),
        keyed(&all()).reserve_single_use(["000000"]).unwrap(),
        keyed(&all()).reserve_single_use(["000001"]).unwrap(),
        keyed(&all())
            .reserve_custom(&long, ["0".repeat(30)])
            .unwrap(),
    ];
    let engine = engine_of(keyed(&all()));
    engine.generate(&plain(10)).unwrap();
    let serials = engine.serials(CAMPAIGN).unwrap();
    let mut fingerprints = vec![serials.fingerprint()];
    for other in others {
        let id = other.id().to_owned();
        let engine = engine_of(other);
        fingerprints.push(engine.fingerprint(&id).unwrap());
    }
    let distinct: std::collections::HashSet<_> = fingerprints.iter().collect();
    assert_eq!(distinct.len(), fingerprints.len());
    let other = reserved("A0000").resume(serials.clone());
    assert_eq!(other.err(), Some(Error::OtherSerials));
    // What decides nothing is not: the order of formats and of codes, and a code told twice.
    let mut reversed = all();
    reversed.reverse();
    let campaign = || Campaign::keyed(CAMPAIGN, key(), reversed.clone()).unwrap();
    assert!(campaign().resume(serials).is_ok());
    let fingerprint = |campaign: Campaign, codes: &[&str]| {
        let engine = engine_of(campaign.reserve_custom(&digits, codes).unwrap());
        engine.fingerprint(CAMPAIGN).unwrap()
    };
    let once = fingerprint(keyed(&all()), &["A0007", "A0003"]);
    assert_eq!(fingerprint(campaign(), &["A0003", "A0007", "A0003"]), once);
}

/// Once it is resumed, nothing may change the numbering.
#[test]
fn reserved_too_late() {
    let format = numeric("A", 4);
    let campaign = || keyed(std::slice::from_ref(&format));
    let serials = engine_of(campaign()).serials(CAMPAIGN).unwrap();
    let resumed = || campaign().resume(serials.clone()).unwrap();
    let late = resumed().reserve_custom(&format, ["A0000"]);
    assert_eq!(late.err(), Some(Error::CampaignIsKeyed));
    let late = resumed().resume(serials.clone());
    assert_eq!(late.err(), Some(Error::CampaignIsKeyed));
    let late = resumed().reserve_single_use(["000000"]);
    assert_eq!(late.err(), Some(Error::CampaignIsKeyed));
}

/// What was not written by an engine is refused, whatever it says.
#[test]
fn changed_by_hand() {
    let format = numeric("A", 4);
    let campaign = || keyed(std::slice::from_ref(&format));
    let engine = engine_of(campaign());
    engine.generate(&custom(10, &format)).unwrap();
    let json = serde_json::to_string(&engine.serials(CAMPAIGN).unwrap()).unwrap();
    let resumed = |from: &str, to: &str| {
        assert!(json.contains(from), "{json}");
        let serials: Serials = serde_json::from_str(&json.replace(from, to)).unwrap();
        campaign().resume(serials).map(drop)
    };
    assert_eq!(resumed("10", "9999"), Ok(()));
    assert_eq!(resumed("10", "10000"), Ok(()));
    for (from, to) in [
        (r#"":10}"#, r#"":10001}"#),
        (r#""single_use":10"#, r#""single_use":2176782337"#),
        (r#""A#### numeric":10"#, ""),
        (r#""A#### numeric":10"#, r#""B#### numeric":10"#),
        (
            r#""A#### numeric":10"#,
            r#""A#### numeric":10,"B#### numeric":10"#,
        ),
    ] {
        assert_eq!(resumed(from, to), Err(Error::OtherSerials), "{to}");
    }
    let unread =
        |from: &str, to: &str| serde_json::from_str::<Serials>(&json.replace(from, to)).is_err();
    assert!(unread("10", "-1") && unread("single_use", "single") && unread("10", "\"10\""));
}

#[test]
fn fingerprints_as_text() {
    let engine = engine_of(keyed(&[]));
    let fingerprint = engine.fingerprint(CAMPAIGN).unwrap();
    let text = fingerprint.to_string();
    assert_eq!((text.len(), text.parse()), (32, Ok(fingerprint)));
    for wrong in [
        "",
        "+",
        &text[1..],
        &format!("+{}", &text[1..]),
        &format!("{text}0"),
        &"é".repeat(16),
    ] {
        let refused = wrong.parse::<Fingerprint>();
        assert_eq!(refused.unwrap_err(), Error::InvalidFingerprint);
    }
    // Leases do not change it, and it can be asked for afterwards.
    engine.generate_leased(&plain(1), &lease(1, 0, 0)).unwrap();
    assert_eq!(engine.fingerprint(CAMPAIGN).unwrap(), fingerprint);
}
