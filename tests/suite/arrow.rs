//! A batch as columns of Arrow says what its coupons say.

use couponmint::{
    Batch, Request, Status,
    arrow_array::{
        Array, RecordBatch,
        cast::AsArray,
        types::{TimestampMicrosecondType, UInt64Type},
    },
    arrow_schema::{DataType, TimeUnit},
};
use jiff::Timestamp;

use crate::common::{CAMPAIGN, alphanumeric, built, custom, numeric, plain, seeded};

/// One column as text, whatever its type; what is null is none.
fn shown(columns: &RecordBatch, name: &str) -> Vec<Option<String>> {
    let column = columns.column_by_name(name).unwrap();
    let show = |row: usize| -> String {
        match column.data_type() {
            DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
            DataType::UInt64 => column.as_primitive::<UInt64Type>().value(row).to_string(),
            DataType::Boolean => column.as_boolean().value(row).to_string(),
            DataType::Timestamp(TimeUnit::Microsecond, Some(zone)) if &**zone == "UTC" => {
                let dates = column.as_primitive::<TimestampMicrosecondType>();
                let date = Timestamp::from_microsecond(dates.value(row));
                date.unwrap().to_string()
            }
            other => panic!("{name} is of type {other}"),
        }
    };
    (0..column.len())
        .map(|row| column.is_valid(row).then(|| show(row)))
        .collect()
}

#[track_caller]
fn assert_same(columns: &RecordBatch, name: &str, expected: impl Iterator<Item = Option<String>>) {
    let expected: Vec<_> = expected.collect();
    assert!(shown(columns, name) == expected, "{name} differs");
}

#[track_caller]
fn assert_says_the_same(batch: &Batch) {
    let columns = batch.to_arrow();
    assert_eq!(columns.num_rows(), batch.len());
    assert_eq!(columns.schema(), Batch::arrow_schema());
    let coupons = || batch.iter();
    let ids = coupons().map(|coupon| Some(coupon.sequence_id().to_string()));
    let codes = coupons().map(|coupon| Some(coupon.single_use_code().to_owned()));
    let urls = coupons().map(|coupon| Some(coupon.single_use_url().to_string()));
    let widgets = coupons().map(|coupon| Some(coupon.widget_validation_code().to_owned()));
    let customs = coupons().map(|coupon| coupon.custom_validation_code().map(str::to_owned));
    let ends = coupons().map(|coupon| coupon.expiry_date().map(|date| date.to_string()));
    let starts = coupons().map(|coupon| Some(coupon.create_date().to_string()));
    let voided = coupons().map(|coupon| Some(coupon.is_voided().to_string()));
    assert_same(&columns, "sequence_id", ids);
    assert_same(&columns, "single_use_code", codes);
    assert_same(&columns, "single_use_url", urls);
    assert_same(&columns, "widget_validation_code", widgets);
    assert_same(&columns, "custom_validation_code", customs);
    assert_same(&columns, "expirydate", ends);
    assert_same(&columns, "create_date", starts);
    assert_same(&columns, "voided", voided);
}

fn requests() -> Vec<Request> {
    vec![
        plain(1),
        plain(10).status(Status::Voided),
        plain(4_096).status(Status::Activated),
        custom(4_097, &alphanumeric("test_", 30)).status(Status::Activated),
        custom(100, &numeric("", 3)),
        custom(100_000, &alphanumeric("A-", 10)),
    ]
}

#[test]
fn columns_are_those_of_the_coupons() {
    let engine = built(seeded(7).url_template("https://shop.example/?coupon={code}&c={campaign}"));
    for request in requests() {
        assert_says_the_same(&engine.generate(&request).unwrap());
    }
}

/// Fields are called, and come in the order, as in the envelope with everything in it.
#[cfg(feature = "serde")]
#[test]
fn columns_are_named_as_the_fields_of_the_envelope() {
    let engine = built(seeded(7));
    let request = custom(1, &numeric("A-", 8)).status(Status::Activated);
    let body = String::from_utf8(engine.generate(&request).unwrap().to_json()).unwrap();
    let (_, row) = body.split_once("\"data\":[{").unwrap();
    let keys = row.split("\":").filter_map(|part| part.rsplit('"').next());
    let schema = Batch::arrow_schema();
    let names: Vec<_> = schema.fields().iter().map(|field| field.name()).collect();
    assert_eq!(keys.take(names.len()).collect::<Vec<_>>(), names);
}

/// Dates before 1970 and the last one of all.
#[test]
fn dates_are_whole_at_both_ends() {
    for now in [
        Timestamp::MIN,
        Timestamp::MAX,
        "1969-12-31T23:59:59.9Z".parse().unwrap(),
    ] {
        let engine = built(seeded(7).clock(move || now));
        let request = plain(3).status(Status::Activated);
        assert_says_the_same(&engine.generate(&request).unwrap());
    }
}

/// Chunk after chunk, the codes and serials of the stream.
#[cfg(feature = "keyed")]
#[test]
fn codes_of_keyed_campaigns_are_columns_too() {
    let engine = seeded(7).build();
    let format = alphanumeric("test_", 10);
    let key = couponmint::Key::from_bytes([7; 32]);
    let campaign = couponmint::Campaign::keyed(CAMPAIGN, key, [format.clone()]).unwrap();
    assert!(engine.add_campaign(campaign));
    let codes = || engine.codes(CAMPAIGN, &format, 5..50_000).unwrap();
    let (mut stream, mut serials) = (codes(), 5..50_000_u64);
    for chunk in codes().into_chunks() {
        let columns = chunk.to_arrow();
        assert_eq!(columns.schema(), couponmint::CodeChunk::arrow_schema());
        let texts = shown(&columns, "custom_validation_code");
        assert!(
            texts
                .iter()
                .flatten()
                .all(|code| stream.next().as_ref() == Some(code))
        );
        let numbers = shown(&columns, "serial");
        assert!(
            numbers
                .into_iter()
                .all(|number| number == serials.next().map(|serial| serial.to_string()))
        );
    }
    assert!(stream.next().is_none() && serials.next().is_none());
}
