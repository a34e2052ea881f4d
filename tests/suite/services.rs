//! What a backend does with a request: stores the batch, then answers; streams what is large; answers a repeated
//! request from what it stored.

use std::{sync::Arc, time::Duration};

use couponmint::{
    Batch, Campaign, CodeType, CouponRow, Engine, EngineBuilder, Error, Format, JsonChunks,
    Parameter, Rejection, Request, Response, Status, jiff::Timestamp,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{
    CAMPAIGN, alphanumeric, base36, built, cases, custom, customs, engine, exhausted, numeric,
    plain, seeded, single_uses,
};

const LARGEST_CHUNK: usize = 256_000;

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Batches of every kind, small and large.
fn batches() -> Vec<Batch> {
    let builder = |at: &str| {
        let now: Timestamp = at.parse().unwrap();
        seeded(7).clock(move || now)
    };
    let engines = [
        built(builder("2019-04-01T11:51:41.9Z").first_sequence_id(18_001_837)),
        built(builder("0033-12-31T23:59:59Z").base_url("https://x.example")),
        built(
            builder("1969-12-31T23:59:59.5Z")
                .url_template("https://shop.example/r?c={campaign}&coupon={code}&x=1&y='(a)'"),
        ),
    ];
    let mut batches = Vec::new();
    for engine in engines {
        for status in [Status::Normal, Status::Voided, Status::Activated] {
            for amount in [1, 2, 900, 5000] {
                for request in [plain(amount), custom(amount, &alphanumeric("t-_", 10))] {
                    batches.push(engine.generate(&request.status(status)).unwrap());
                }
            }
        }
    }
    batches
}

/// Batches of one seed are equal, and differ as soon as one thing about them does.
#[test]
fn what_makes_batches_equal() {
    let builder = || seeded(7).clock(|| Timestamp::UNIX_EPOCH);
    let issued = |builder: EngineBuilder, campaign: Campaign, request: &Request| {
        let engine = builder.build();
        assert!(engine.add_campaign(campaign));
        engine.generate(request).unwrap()
    };
    let campaign = || Campaign::new(CAMPAIGN).unwrap();
    let active = |request: Request| request.status(Status::Activated);
    let request = active(plain(3));
    let customs = [5, 6].map(|length| active(custom(3, &alphanumeric("", length))));
    let batch = issued(builder(), campaign(), &request);
    assert_eq!(batch, issued(builder(), campaign(), &request));

    let second = Timestamp::from_second(1).unwrap();
    let voided = request.clone().status(Status::Voided);
    let others = [
        issued(
            builder(),
            Campaign::new("another").unwrap(),
            &active(Request::new("another").unwrap().amount(3).unwrap()),
        ),
        issued(
            builder().base_url("https://x.example"),
            campaign(),
            &request,
        ),
        issued(
            seeded(8).clock(|| Timestamp::UNIX_EPOCH),
            campaign(),
            &request,
        ),
        issued(builder(), campaign(), &customs[0]),
        issued(builder(), campaign(), &customs[1]),
        issued(builder().first_sequence_id(2), campaign(), &request),
        issued(
            builder(),
            campaign().validity(Duration::from_secs(5)),
            &request,
        ),
        issued(
            builder().clock(move || second),
            campaign().validity(Duration::from_secs(86_399)),
            &request,
        ),
        issued(builder(), campaign(), &voided),
    ];
    for (place, other) in others.iter().enumerate() {
        assert_ne!(&batch, other, "{place}");
    }
    assert_ne!(others[3], others[4]);
}

#[test]
fn an_answer_is_a_batch_or_a_rejection() {
    let body = r#"{"campaign":"cam_15111","amount":300,"status":"active","automated_codes":"1",
        "code_prefix":"A","code_length":"3","code_type":"numeric"}"#;
    let (answering, generating) = (engine(), engine());
    let request = Request::from_json(body).unwrap();
    let batch = answering.answer(body).unwrap();
    assert_eq!(batch, generating.generate(&request).unwrap());
    assert_eq!(Response::from(&batch), engine().respond(body));
    assert_eq!(Response::from(&batch).body(), batch.to_json());
    assert_eq!(Response::from(&batch), Response::from(batch));

    for (body, errors) in [
        ("", vec![Error::InvalidBody]),
        (r#"{"campaign":"other"}"#, vec![Error::CampaignNotFound]),
        (
            r#"{"campaign":"other","amount":0,"x":1}"#,
            vec![
                Error::CampaignNotFound,
                Error::OutOfRange {
                    parameter: Parameter::Amount,
                    min: 1,
                    max: 100_000,
                },
                Error::UnknownParameter { name: "x".into() },
            ],
        ),
        (
            r#"{"campaign":"cam_15111","amount":701,"automated_codes":true,
                "code_prefix":"A","code_length":3,"code_type":"numeric"}"#,
            vec![exhausted(701, 700)],
        ),
    ] {
        let rejection = answering.answer(body).unwrap_err();
        assert_eq!(rejection.errors(), errors, "{body}");
        let response = answering.respond(body);
        assert_eq!(response.http_status(), 422);
        assert_eq!(text(response.body()), text(&rejection.to_json()));
        assert_eq!(Response::from(&rejection), response);
        if let [error] = &errors[..] {
            assert_eq!(Response::from(error.clone()), response);
        }
        let outcome: Result<Batch, Rejection> = Err(rejection);
        assert_eq!(Response::from(outcome), response);
    }
    // What was refused has changed nothing: both engines go on alike.
    assert_eq!(
        answering.answer(r#"{"campaign":"cam_15111"}"#).unwrap(),
        generating.generate(&plain(10)).unwrap()
    );
}

/// A form post is answered as the same texts in JSON are.
#[test]
fn forms_are_answered_as_bodies_are() {
    let small = [
        ("automated_codes", "1"),
        ("code_prefix", "A"),
        ("code_length", "3"),
        ("code_type", "numeric"),
    ];
    let requests: [&[(&str, &str)]; 7] = [
        &[("campaign", CAMPAIGN), ("amount", "0250")],
        &[],
        &[("campaign", "other")],
        &[("amount", "0"), ("x", "1"), ("campaign", "other")],
        &[("campaign", "an other"), ("status", "void")],
        &[("amount", "1"), ("campaign", CAMPAIGN), ("amount", "1")],
        &[("amount", "1001"), ("campaign", CAMPAIGN)],
    ];
    let (forms, bodies) = (engine(), engine());
    for fields in requests.map(|request| [request, &small].concat()) {
        let members = fields
            .iter()
            .map(|(name, value)| format!("\"{name}\":\"{value}\""));
        let body = format!("{{{}}}", members.collect::<Vec<_>>().join(","));
        assert_eq!(forms.answer_params(fields), bodies.answer(body));
    }
}

#[test]
fn a_batch_that_was_answered_can_be_released() {
    let engine = engine();
    let batch = engine.answer(r#"{"campaign":"cam_15111"}"#).unwrap();
    let json = batch.to_json();
    let response = Response::from(&batch);
    assert_eq!(engine.release(batch), Ok(()));
    assert_eq!(text(response.body()), text(&json));
}

#[track_caller]
fn assert_chunks(chunks: impl Iterator<Item = Vec<u8>>, json: &[u8]) {
    let chunks: Vec<_> = chunks.collect();
    assert_eq!(text(&chunks.concat()), text(json));
    for (index, chunk) in chunks.iter().enumerate() {
        assert!(!chunk.is_empty() && chunk.len() <= LARGEST_CHUNK);
        assert!(chunk.capacity() <= LARGEST_CHUNK, "{}", chunk.capacity());
        // As few as need be: all but the last are full.
        assert!(index + 1 == chunks.len() || chunk.len() == chunks[0].len());
    }
    assert!(chunks.len() <= json.len() / 50_000 + 1);
}

#[test]
fn chunks_are_the_envelope() {
    for batch in batches() {
        let mut written = Vec::new();
        batch.write_json(&mut written).unwrap();
        assert_chunks(batch.json_chunks(), &written);
        let shared = Arc::new(batch);
        assert_chunks(JsonChunks::new(Arc::clone(&shared)), &written);
        let batch = Arc::into_inner(shared).unwrap();
        assert_chunks(batch.into_json_chunks(), &written);
    }
}

#[test]
fn chunks_end_once() {
    let batch = engine().generate(&plain(700)).unwrap();
    let mut chunks = batch.json_chunks();
    assert!(chunks.by_ref().count() > 1);
    assert_eq!((chunks.next(), chunks.next()), (None, None));
}

/// However long a row is, no chunk is.
#[test]
fn chunks_of_long_links() {
    for length in [1000, 65_000, 65_536, 131_072, 300_000] {
        let base = format!("https://x.example/{}", "a".repeat(length));
        let batch = built(seeded(7).base_url(base)).generate(&plain(7)).unwrap();
        let json = batch.to_json();
        let chunks: Vec<_> = batch.json_chunks().collect();
        assert!(chunks.iter().all(|chunk| chunk.len() <= LARGEST_CHUNK));
        assert!(chunks.concat() == json, "{length}");
    }
}

/// A stream of a body outlives the handler, and moves between threads.
#[test]
fn chunks_can_be_sent_and_kept() {
    fn is_body<T: Iterator<Item = Vec<u8>> + Send + Sync + 'static>(_: &T) {}
    let batch = engine().generate(&plain(2)).unwrap();
    let json = batch.to_json();
    let chunks = batch.into_json_chunks();
    is_body(&chunks);
    let shown = format!("{chunks:?} {chunks:#?}");
    assert!(shown.starts_with("JsonChunks { batch: Batch { campaign: \"cam_15111\", len: 2"));
    let sent = std::thread::spawn(move || chunks.flatten().collect::<Vec<_>>());
    assert_eq!(text(&sent.join().unwrap()), text(&json));
}

#[test]
fn columns_are_those_of_the_coupons() {
    for batch in batches() {
        let singles = single_uses(&batch);
        let widgets: Vec<_> = singles.iter().map(|code| &code[..6]).collect();
        assert!(batch.single_use_codes().eq(singles.iter()));
        assert!(batch.single_use_codes().rev().eq(singles.iter().rev()));
        assert!(batch.widget_validation_codes().eq(widgets.iter().copied()));
        assert!(batch.custom_validation_codes().eq(customs(&batch).iter()));
        let ids = batch.iter().map(|coupon| coupon.sequence_id());
        assert!(batch.sequence_ids().eq(ids));
        let len = batch.len();
        assert_eq!(batch.single_use_codes().len(), len);
        assert_eq!(batch.widget_validation_codes().len(), len);
        assert_eq!(batch.sequence_ids().len(), len);
        let customs = if batch.format().is_some() { len } else { 0 };
        assert_eq!(batch.custom_validation_codes().len(), customs);
        let last = batch.custom_validation_codes().next_back();
        let coupon = batch.get(len - 1).unwrap();
        assert_eq!(last, coupon.custom_validation_code());
    }
}

#[test]
fn a_batch_tells_what_it_is_of() {
    let format = numeric("A", 5);
    for status in [Status::Normal, Status::Voided, Status::Activated] {
        let batch = engine().generate(&plain(3).status(status)).unwrap();
        assert_eq!((batch.status(), batch.format()), (status, None));
        let batch = engine().generate(&custom(3, &format).status(status));
        let batch = batch.unwrap();
        assert_eq!((batch.status(), batch.format()), (status, Some(&format)));
    }
}

/// What a database keeps of a coupon: text, integers, seconds since 1970.
type Stored = (String, i64, String, Option<String>, Option<i64>, i64, bool);

fn stored(batch: &Batch) -> Vec<Stored> {
    let mut customs = batch.custom_validation_codes();
    let codes = batch.single_use_codes().zip(batch.sequence_ids());
    let rows = codes.zip(batch).map(|((code, id), coupon)| {
        (
            code.to_owned(),
            i64::try_from(id).unwrap(),
            coupon.single_use_url().to_string(),
            customs.next().map(str::to_owned),
            batch.expiry_date().map(Timestamp::as_second),
            batch.create_date().as_second(),
            batch.status() == Status::Voided,
        )
    });
    rows.collect()
}

fn row(stored: Stored) -> CouponRow {
    let (code, id, url, custom, expires, created, voided) = stored;
    CouponRow {
        single_use_code: code,
        sequence_id: id.try_into().unwrap(),
        single_use_url: url,
        custom_validation_code: custom,
        expiry_date: expires.map(|second| Timestamp::from_second(second).unwrap()),
        create_date: Timestamp::from_second(created).unwrap(),
        voided,
    }
}

#[test]
fn a_repeated_request_is_answered_from_the_database() {
    for batch in batches() {
        let json = batch.to_json();
        let rows: Vec<_> = stored(&batch).into_iter().map(row).collect();
        let direct: Vec<_> = batch.iter().map(CouponRow::from).collect();
        assert!(rows == direct);
        assert!(
            batch
                .widget_validation_codes()
                .eq(rows.iter().map(CouponRow::widget_validation_code))
        );
        let response = Response::from_rows(CAMPAIGN, &rows);
        assert_eq!(response.http_status(), 200);
        assert_eq!(text(response.body()), text(&json));
        assert_chunks(CouponRow::json_chunks(CAMPAIGN, &rows), &json);
        let mut written = Vec::new();
        CouponRow::write_json(&mut written, CAMPAIGN, rows).unwrap();
        assert_eq!(text(&written), text(&json));
    }
}

/// Rows are asked for as the chunks are, and no more of them; a chunk is no longer for a long row.
#[test]
fn stored_rows_are_streamed() {
    let batch = engine().generate(&plain(2_000)).unwrap();
    let mut asked = 0;
    let rows = batch.iter().map(CouponRow::from).inspect(|_| asked += 1);
    assert!(
        CouponRow::json_chunks(CAMPAIGN, rows)
            .next()
            .is_some_and(|chunk| chunk.len() <= LARGEST_CHUNK)
    );
    assert!((1..1_000).contains(&asked), "{asked}");

    let mut row = CouponRow::from(batch.get(0).unwrap());
    row.single_use_url = "a\"".repeat(300_000);
    let rows = [row.clone(), row];
    let json = Response::from_rows(CAMPAIGN, &rows).into_body();
    let mut chunks = CouponRow::json_chunks(CAMPAIGN, &rows);
    let sent: Vec<_> = chunks.by_ref().collect();
    assert!(sent.iter().all(|chunk| chunk.len() <= LARGEST_CHUNK));
    assert!(sent.concat() == json);
    assert_eq!((chunks.next(), chunks.next()), (None, None));
    assert_eq!(format!("{chunks:?}"), "RowChunks { .. }");
}

/// Rows are those of the envelope, on the way in too.
#[test]
fn rows_of_the_envelope() {
    for batch in batches() {
        let envelope: Value = serde_json::from_slice(&batch.to_json()).unwrap();
        let rows = envelope["data"].as_array().unwrap();
        for (row, coupon) in rows.iter().zip(&batch).step_by(37) {
            let text = serde_json::to_string(&coupon).unwrap();
            let owned: CouponRow = serde_json::from_str(&text).unwrap();
            assert_eq!(owned, CouponRow::from(coupon));
            assert_eq!(serde_json::to_string(&owned).unwrap(), text);
            assert_eq!(
                serde_json::from_value::<CouponRow>(row.clone()).unwrap(),
                owned
            );
            assert!(
                batch
                    .to_json()
                    .windows(text.len())
                    .any(|part| part == text.as_bytes())
            );
        }
    }
}

#[test]
fn rows_of_no_envelope() {
    let good = json!({
        "single_use_code": "5f3jupt49d27udvwpnsar", "sequence_id": 1,
        "single_use_url": "https://coupons.example/cam_15111/5f3jupt49d27udvwpnsar",
        "widget_validation_code": "5f3jup", "create_date": "2019-04-01 11:51:41", "voided": "0",
    });
    assert!(serde_json::from_value::<CouponRow>(good.clone()).is_ok());
    for (field, value) in [
        ("widget_validation_code", json!("5f3juq")),
        ("widget_validation_code", Value::Null),
        ("voided", json!("2")),
        ("voided", json!(false)),
        ("create_date", json!("2019-04-01T11:51:41Z")),
        ("create_date", json!("2019-04-01")),
        ("create_date", json!("2019-02-29 00:00:00")),
        ("expirydate", json!("soon")),
        ("sequence_id", json!("1")),
        ("sequence_id", json!(-1)),
        ("single_use_code", Value::Null),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        let read = serde_json::from_value::<CouponRow>(bad.clone());
        assert!(read.is_err(), "{bad}");
    }
}

/// Whatever stands in the fields, what is written is JSON.
#[test]
fn rows_with_anything_in_them() {
    let odd = "a\"\\\n\u{e9}</script>".to_owned();
    let row = CouponRow {
        single_use_code: odd.clone(),
        sequence_id: u64::MAX,
        single_use_url: odd.clone(),
        custom_validation_code: Some(odd.clone()),
        expiry_date: None,
        create_date: "2019-04-01T11:51:41.999Z".parse().unwrap(),
        voided: true,
    };
    let json = Response::from_rows(&odd, [&row]).into_body();
    let envelope: Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(envelope["campaign"], *odd);
    assert_eq!(envelope["data"][0]["single_use_code"], *odd);
    assert_eq!(envelope["data"][0]["single_use_url"], *odd);
    assert_eq!(envelope["data"][0]["create_date"], "2019-04-01 11:51:41");
    let none = Response::from_rows(CAMPAIGN, [] as [CouponRow; 0]).into_body();
    assert!(text(&none).ends_with(r#""data":[]}"#));
    for shown in [format!("{row:?}"), format!("{row:#?}")] {
        assert!(shown.starts_with("CouponRow") && !shown.contains("script"));
    }
    for code in ["", "5f3", "5f3jué"] {
        let single_use_code = code.to_owned();
        let row = CouponRow {
            single_use_code,
            ..row.clone()
        };
        assert_eq!(row.widget_validation_code(), code);
    }
}

#[test]
fn rows_meet_the_errors_of_the_writer() {
    let batch = engine().generate(&plain(2000)).unwrap();
    let rows: Vec<_> = batch.iter().map(CouponRow::from).collect();
    let mut small = [0; 1000];
    assert!(CouponRow::write_json(&mut small[..], CAMPAIGN, &rows).is_err());
}

#[test]
fn words() {
    for (status, word) in [
        (Status::Normal, "normal"),
        (Status::Voided, "voided"),
        (Status::Activated, "activated"),
    ] {
        assert_eq!(status.to_string(), word);
        assert_eq!(format!("{status:>10}").trim_start(), word);
        assert_eq!(word.parse(), Ok(status));
        assert_eq!(json!(status), json!(word));
        assert_eq!(
            serde_json::from_value::<Status>(json!(word)).unwrap(),
            status
        );
    }
    assert_eq!("active".parse(), Ok(Status::Activated));
    assert_eq!(
        serde_json::from_str::<Status>("\"act\\u0069ve\"").unwrap(),
        Status::Activated
    );
    for (code_type, word) in [
        (CodeType::Numeric, "numeric"),
        (CodeType::Alphanumeric, "alphanumeric"),
    ] {
        assert_eq!(code_type.to_string(), word);
        assert_eq!(format!("{code_type:<14}|").len(), 15);
        assert_eq!(word.parse(), Ok(code_type));
        assert_eq!(json!(code_type), json!(word));
        let read = serde_json::from_value::<CodeType>(json!(word));
        assert_eq!(read.unwrap(), code_type);
    }
    for word in [
        "",
        "Normal",
        "activated ",
        "actived",
        "Numeric",
        "numerical",
    ] {
        let (status, code_type) = (Parameter::Status, Parameter::CodeType);
        let wrong = |parameter| Error::InvalidValue { parameter };
        assert_eq!(word.parse::<Status>(), Err(wrong(status)));
        assert_eq!(word.parse::<CodeType>(), Err(wrong(code_type)));
        let error = serde_json::from_value::<Status>(json!(word)).unwrap_err();
        assert_eq!(error.to_string(), wrong(status).to_string());
        let error = serde_json::from_value::<CodeType>(json!(word)).unwrap_err();
        assert_eq!(error.to_string(), wrong(code_type).to_string());
    }
    assert!(serde_json::from_value::<Status>(json!(1)).is_err());
}

/// A request that a configuration holds beside other things.
#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Holds {
    Request { request: Request, note: String },
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_request_is_its_parameters(request in couponmint::proptest::requests()) {
        let json = serde_json::to_string(&request).unwrap();
        prop_assert_eq!(Request::from_json(&json), Ok(request.clone()));
        prop_assert_eq!(&serde_json::from_str::<Request>(&json).unwrap(), &request);
        let value = serde_json::to_value(&request).unwrap();
        prop_assert_eq!(&serde_json::from_value::<Request>(value).unwrap(), &request);
        let held = Holds::Request { request, note: String::new() };
        let json = serde_json::to_string(&held).unwrap();
        prop_assert_eq!(serde_json::from_str::<Holds>(&json).unwrap(), held);
    }

    /// However they are read, bodies say the same.
    #[test]
    fn serde_reads_what_from_json_reads(
        params in prop_oneof![
            couponmint::proptest::valid_params(),
            couponmint::proptest::invalid_params(),
        ],
        bare in any::<bool>(),
    ) {
        let pairs = params.iter().map(|(name, value)| {
            let is_json = bare && !value.is_empty() && !value.starts_with('0')
                && value.len() < 18 && value.bytes().all(|byte| byte.is_ascii_digit());
            let value = if is_json { value.clone() } else { json!(value).to_string() };
            format!("{}:{value}", json!(name))
        });
        let body = format!("{{{}}}", pairs.collect::<Vec<_>>().join(","));
        match (Request::from_json(&body), serde_json::from_str::<Request>(&body)) {
            (Ok(request), Ok(read)) => prop_assert_eq!(request, read),
            (Err(rejection), Err(error)) => {
                prop_assert!(error.to_string().starts_with(&rejection.to_string()));
            }
            (from_json, read) => prop_assert!(false, "{body} {from_json:?} {read:?}"),
        }
    }
}

#[test]
fn values_that_serde_refuses() {
    for (name, value) in [
        ("campaign", "null"),
        ("campaign", "false"),
        ("campaign", "-7"),
        ("campaign", "1.0"),
        ("campaign", "[\"cam_15111\"]"),
        ("campaign", "{\"a\":[{}]}"),
        ("amount", "1e3"),
        ("amount", "-1"),
        ("amount", "true"),
        ("amount", "null"),
        ("status", "1"),
        ("status", "null"),
        ("automated_codes", "2"),
        ("automated_codes", "{}"),
    ] {
        let body = match name {
            "campaign" => format!(r#"{{"campaign":{value}}}"#),
            _ => format!(r#"{{"campaign":"cam_15111","{name}":{value}}}"#),
        };
        let rejection = Request::from_json(&body).unwrap_err();
        let error = serde_json::from_str::<Request>(&body).unwrap_err();
        assert!(
            error.to_string().starts_with(&rejection.to_string()),
            "{body}"
        );
        let value: Value = serde_json::from_str(&body).unwrap();
        assert!(serde_json::from_value::<Request>(value).is_err());
    }
    for body in ["[]", "1", "null", "\"campaign\"", "{", ""] {
        assert!(serde_json::from_str::<Request>(body).is_err());
    }
}

#[test]
fn a_request_that_no_parameters_make() {
    for format in [
        base36("", 6),
        Format::with_alphabet("", couponmint::Alphabet::new("9876543210").unwrap(), 5).unwrap(),
    ] {
        let error = serde_json::to_string(&custom(1, &format)).unwrap_err();
        assert!(error.to_string().contains("code_type"));
    }
}

/// The envelope of a batch with every date at its last.
#[test]
fn the_last_date_of_all() {
    let engine = Engine::builder().clock(|| Timestamp::MAX).build();
    let campaign = crate::common::campaign().validity(Duration::MAX);
    assert!(engine.add_campaign(campaign));
    let batch = engine
        .generate(&plain(1).status(Status::Activated))
        .unwrap();
    let rows = stored(&batch).into_iter().map(row);
    assert_eq!(
        text(Response::from_rows(CAMPAIGN, rows).body()),
        text(&batch.to_json())
    );
    assert!(text(&batch.to_json()).contains(r#""expirydate":"9999-12-30 22:00:00""#));
}
