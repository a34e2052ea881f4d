//! The response envelope, field for field.

use std::{io, time::Duration};

use couponmint::{
    Batch, Campaign, CodeType, Engine, Error, Format, MAX_SEQUENCE_ID, Request, Status,
    jiff::Timestamp,
};
use serde_json::Value;

use crate::common::{CAMPAIGN, alphanumeric, built, custom, engine, plain};

/// An engine at the moment of the page's example.
fn page() -> Engine {
    built(
        Engine::builder()
            .seed([7; 32])
            .base_url("https://coupons.example/")
            .first_sequence_id(18_001_837)
            .clock(|| "2019-04-01T11:51:41Z".parse().unwrap()),
    )
}

fn at(time: &str, validity: Duration) -> Batch {
    let now = instant(time);
    let engine = Engine::builder().seed([7; 32]).clock(move || now).build();
    assert!(engine.add_campaign(Campaign::new(CAMPAIGN).unwrap().validity(validity)));
    engine
        .generate(&plain(1).status(Status::Activated))
        .unwrap()
}

fn instant(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// The envelope with each code replaced by a name of its kind.
fn without_codes(batch: &Batch) -> String {
    let mut json = String::from_utf8(batch.to_json()).unwrap();
    for coupon in batch {
        json = json.replace(coupon.single_use_code(), "SINGLE");
        let widget = format!("\"{}\"", coupon.widget_validation_code());
        json = json.replace(&widget, "\"WIDGET\"");
        if let Some(code) = coupon.custom_validation_code() {
            json = json.replace(code, "CUSTOM");
        }
    }
    json
}

#[test]
fn example_of_the_page() {
    let format = alphanumeric("test_", 10);
    let request = custom(3, &format).status(Status::Activated);
    let batch = page().generate(&request).unwrap();
    let row = |id| {
        format!(
            concat!(
                r#"{{"single_use_code":"SINGLE","#,
                r#""sequence_id":{},"#,
                r#""single_use_url":"https://coupons.example/cam_15111/SINGLE","#,
                r#""widget_validation_code":"WIDGET","#,
                r#""custom_validation_code":"CUSTOM","#,
                r#""expirydate":"2019-04-02 11:51:41","#,
                r#""create_date":"2019-04-01 11:51:41","#,
                r#""voided":"0"}}"#
            ),
            id
        )
    };
    let rows = [18_001_837, 18_001_838, 18_001_839].map(row).join(",");
    let expected = format!(
        concat!(
            r#"{{"status":{{"status":"OK"}},"campaign":"cam_15111","#,
            r#""action":"multiple_single_use_codes_created","data":[{}]}}"#
        ),
        rows
    );
    assert_eq!(without_codes(&batch), expected);
}

#[test]
fn accessors_agree_with_the_envelope() {
    let format = alphanumeric("test_", 10);
    let request = custom(50, &format).status(Status::Activated);
    let batch = page().generate(&request).unwrap();
    let envelope: Value = serde_json::from_slice(&batch.to_json()).unwrap();
    let rows = envelope["data"].as_array().unwrap();
    assert_eq!(rows.len(), batch.len());
    for (row, coupon) in rows.iter().zip(&batch) {
        assert_eq!(row["single_use_code"], coupon.single_use_code());
        assert_eq!(row["sequence_id"], coupon.sequence_id());
        assert_eq!(row["single_use_url"], coupon.single_use_url().to_string());
        assert_eq!(
            row["widget_validation_code"],
            coupon.widget_validation_code()
        );
        assert_eq!(
            row["custom_validation_code"],
            coupon.custom_validation_code().unwrap()
        );
        assert_eq!(coupon.create_date(), instant("2019-04-01T11:51:41Z"));
        assert_eq!(coupon.expiry_date(), Some(instant("2019-04-02T11:51:41Z")));
        assert!(!coupon.is_voided());
        assert_eq!(row.as_object().unwrap().len(), 8);
    }
    assert_eq!(batch.first_sequence_id(), 18_001_837);
    assert_eq!(batch.create_date(), instant("2019-04-01T11:51:41Z"));
    assert_eq!(batch.expiry_date(), Some(instant("2019-04-02T11:51:41Z")));
}

#[test]
fn optional_fields() {
    let format = Format::new("", CodeType::Numeric, 5).unwrap();
    for (status, voided, activated) in [
        (Status::Normal, "0", false),
        (Status::Voided, "1", false),
        (Status::Activated, "0", true),
    ] {
        for with_custom in [false, true] {
            let request = if with_custom {
                custom(2, &format)
            } else {
                plain(2)
            };
            let batch = page().generate(&request.status(status)).unwrap();
            assert_eq!(batch.expiry_date().is_some(), activated);
            let envelope: Value = serde_json::from_slice(&batch.to_json()).unwrap();
            for (row, coupon) in envelope["data"].as_array().unwrap().iter().zip(&batch) {
                assert_eq!(row["voided"], voided);
                assert_eq!(coupon.is_voided(), voided == "1");
                assert_eq!(row.get("expirydate").is_some(), activated);
                assert_eq!(coupon.expiry_date().is_some(), activated);
                assert_eq!(row.get("custom_validation_code").is_some(), with_custom);
                assert_eq!(coupon.custom_validation_code().is_some(), with_custom);
                let fields = 6 + usize::from(activated) + usize::from(with_custom);
                assert_eq!(row.as_object().unwrap().len(), fields);
            }
        }
    }
}

#[test]
fn one_envelope_however_it_is_written() {
    let format = alphanumeric("test_", 10);
    for status in [Status::Normal, Status::Voided, Status::Activated] {
        for amount in [1, 2, 300, 5000] {
            for request in [plain(amount), custom(amount, &format)] {
                let batch = page().generate(&request.status(status)).unwrap();
                let json = batch.to_json();
                let mut written = Vec::new();
                batch.write_json(&mut written).unwrap();
                assert_eq!(text(&json), text(&written));
                assert_eq!(text(&json), serde_json::to_string(&batch).unwrap());
            }
        }
    }
}

#[test]
fn respond_writes_the_same_bytes() {
    let body = r#"{"campaign":"cam_15111","amount":"2000","status":"active","automated_codes":true,
        "code_prefix":"test_","code_length":10,"code_type":"alphanumeric"}"#;
    let response = page().respond(body);
    let batch = page().generate(&Request::from_json(body).unwrap()).unwrap();
    assert_eq!(response.http_status(), 200);
    assert_eq!(text(response.body()), text(&batch.to_json()));
    assert_eq!(response.clone().into_body(), response.body());
}

#[test]
fn writer_errors_come_back() {
    let batch = page().generate(&plain(5000)).unwrap();
    let mut small = [0; 1000];
    assert!(batch.write_json(&mut small[..]).is_err());
}

/// Keeps the length of each piece that is written.
struct Pieces(Vec<usize>);

impl io::Write for Pieces {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.0.push(piece.len());
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A writer without a buffer of its own gets blocks of 64 KiB, give or take a row.
#[test]
fn writers_get_large_pieces() {
    let batch = page().generate(&plain(5000)).unwrap();
    let mut pieces = Pieces(Vec::new());
    batch.write_json(&mut pieces).unwrap();
    let json = batch.to_json();
    assert_eq!(pieces.0.iter().sum::<usize>(), json.len());
    let (last, whole) = pieces.0.split_last().unwrap();
    let block = 1 << 16;
    assert!(
        !whole.is_empty()
            && whole
                .iter()
                .all(|piece| (block..block + 300).contains(piece))
    );
    assert!(*last <= block);
}

/// Memory for the whole answer is taken once, and no more than it needs but for a comma.
#[test]
fn an_answer_fits_its_memory() {
    for amount in [1000, 5000] {
        let format = alphanumeric("test_", 10);
        let json = page().generate(&custom(amount, &format)).unwrap().to_json();
        assert!(json.capacity() <= json.len() + 1);
    }
}

#[test]
fn dates_are_whole_seconds() {
    let day = Duration::from_secs(86_400);
    for (now, created) in [
        ("2019-04-01T11:51:41.999999999Z", "2019-04-01 11:51:41"),
        ("2019-12-31T23:59:59.5Z", "2019-12-31 23:59:59"),
        ("1970-01-01T00:00:00.9Z", "1970-01-01 00:00:00"),
        ("1970-01-01T00:00:00Z", "1970-01-01 00:00:00"),
        ("1969-12-31T23:59:59.999999999Z", "1969-12-31 23:59:59"),
        ("1969-12-31T23:59:59.000000001Z", "1969-12-31 23:59:59"),
        ("1969-12-31T23:59:59Z", "1969-12-31 23:59:59"),
        ("2019-04-01T13:51:41+02:00", "2019-04-01 11:51:41"),
        ("0033-04-01T00:00:00Z", "0033-04-01 00:00:00"),
    ] {
        let batch = at(now, day);
        let envelope: Value = serde_json::from_slice(&batch.to_json()).unwrap();
        assert_eq!(envelope["data"][0]["create_date"], created, "{now}");
        let coupon = batch.get(0).unwrap();
        let second = format!("{}Z", created.replace(' ', "T"));
        assert_eq!(coupon.create_date(), instant(&second));
        let later = coupon.create_date().checked_add(day).unwrap();
        assert_eq!(coupon.expiry_date(), Some(later));
    }
}

#[test]
fn validity() {
    let now = "2020-02-28T12:00:00.75Z";
    for (validity, expiry) in [
        (Duration::ZERO, "2020-02-28 12:00:00"),
        (Duration::from_secs(1), "2020-02-28 12:00:01"),
        (Duration::from_millis(1999), "2020-02-28 12:00:01"),
        (Duration::from_nanos(999_999_999), "2020-02-28 12:00:00"),
        (Duration::from_secs(86_400), "2020-02-29 12:00:00"),
        (Duration::from_secs(2 * 86_400), "2020-03-01 12:00:00"),
        (
            Duration::from_secs(u64::from(u32::MAX) * 1000),
            "9999-12-30 22:00:00",
        ),
        (
            Duration::from_secs(i64::MAX.unsigned_abs()),
            "9999-12-30 22:00:00",
        ),
        (Duration::MAX, "9999-12-30 22:00:00"),
    ] {
        let batch = at(now, validity);
        let envelope: Value = serde_json::from_slice(&batch.to_json()).unwrap();
        assert_eq!(envelope["data"][0]["expirydate"], expiry, "{validity:?}");
    }
    let default = page()
        .generate(&plain(1).status(Status::Activated))
        .unwrap();
    let expiry = default.get(0).and_then(|coupon| coupon.expiry_date());
    assert_eq!(expiry, Some(instant("2019-04-02T11:51:41Z")));
}

#[test]
fn ends_of_the_calendar() {
    let day = Duration::from_secs(86_400);
    for now in [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH] {
        let engine = built(Engine::builder().clock(move || now));
        let batch = engine
            .generate(&plain(1).status(Status::Activated))
            .unwrap();
        let coupon = batch.get(0).unwrap();
        assert!(coupon.expiry_date() >= Some(coupon.create_date()));
        assert_eq!(coupon.create_date().subsec_nanosecond(), 0);
        assert!(coupon.create_date() <= now);
        assert_eq!(
            text(&batch.to_json()),
            serde_json::to_string(&batch).unwrap()
        );
    }
    let first = at("-009999-01-02T01:59:59.75Z", day);
    assert_eq!(first.create_date(), Timestamp::MIN);
    let latest = at("9999-12-29T22:00:00.5Z", day * 2)
        .get(0)
        .and_then(|coupon| coupon.expiry_date());
    assert_eq!(latest, Some(instant("9999-12-30T22:00:00Z")));
}

#[test]
fn sequence_ids() {
    let engine = built(Engine::builder().first_sequence_id(5));
    let mut next = 5;
    for amount in [1, 10, 2049, 1] {
        for coupon in &engine.generate(&plain(amount)).unwrap() {
            assert_eq!(coupon.sequence_id(), next);
            next += 1;
        }
    }
    let batch = engine_default_first_id();
    assert_eq!(batch.get(0).map(|coupon| coupon.sequence_id()), Some(1));
}

fn engine_default_first_id() -> Batch {
    engine().generate(&plain(1)).unwrap()
}

#[test]
fn sequence_ids_run_out() {
    assert_eq!(MAX_SEQUENCE_ID, 9_007_199_254_740_991);
    let builder = Engine::builder().first_sequence_id(MAX_SEQUENCE_ID - 4);
    let engine = built(builder.seed([7; 32]));
    let format = alphanumeric("", 10);
    let refused = |amount| engine.generate(&custom(amount, &format)).unwrap_err();
    let left = |asked, left| Error::OutOfSequenceIds { asked, left };
    assert_eq!(refused(6), left(6, 5));
    assert_eq!(refused(100_000), left(100_000, 5));
    assert_eq!(refused(6).code(), 601);
    assert_eq!(engine.remaining(CAMPAIGN, &format), Ok(format.capacity()));
    assert_eq!(engine.remaining_widget_codes(CAMPAIGN), Ok(36_u64.pow(6)));

    let batch = engine.generate(&plain(5)).unwrap();
    let ids: Vec<_> = batch.iter().map(|coupon| coupon.sequence_id()).collect();
    assert_eq!(
        ids,
        (MAX_SEQUENCE_ID - 4..=MAX_SEQUENCE_ID).collect::<Vec<_>>()
    );
    assert_eq!(
        text(&batch.to_json()),
        serde_json::to_string(&batch).unwrap()
    );
    assert_eq!(refused(1), left(1, 0));
}

#[test]
fn sequence_ids_that_begin_past_the_last() {
    for (first, left) in [
        (MAX_SEQUENCE_ID, 1),
        (MAX_SEQUENCE_ID + 1, 0),
        (u64::MAX - 1, 0),
        (u64::MAX, 0),
    ] {
        let engine = built(Engine::builder().first_sequence_id(first));
        let refused = engine.generate(&plain(2)).unwrap_err();
        assert_eq!(refused, Error::OutOfSequenceIds { asked: 2, left });
        assert_eq!(engine.generate(&plain(1)).is_ok(), left == 1);
    }
}

#[test]
fn walking_a_batch() {
    use rayon::prelude::*;
    let batch = engine().generate(&plain(2000)).unwrap();
    assert_eq!(
        (batch.len(), batch.is_empty(), batch.campaign()),
        (2000, false, CAMPAIGN)
    );
    assert!(
        batch.get(1999).is_some() && batch.get(2000).is_none() && batch.get(usize::MAX).is_none()
    );
    let ids: Vec<_> = batch.iter().map(|coupon| coupon.sequence_id()).collect();
    let mut back: Vec<_> = batch
        .iter()
        .rev()
        .map(|coupon| coupon.sequence_id())
        .collect();
    back.reverse();
    let parallel: Vec<_> = batch
        .par_iter()
        .map(|coupon| coupon.sequence_id())
        .collect();
    assert_eq!(ids, (1..=2000).collect::<Vec<_>>());
    assert_eq!(batch.iter().size_hint(), (2000, Some(2000)));
    assert_eq!((&back, &parallel), (&ids, &ids));
    let mut iter = batch.iter();
    assert_eq!(
        iter.nth(1998).map(|coupon| coupon.sequence_id()),
        Some(1999)
    );
    assert_eq!(iter.len(), 1);
    assert!(iter.nth(1).is_none() && iter.next().is_none() && iter.next_back().is_none());
}
