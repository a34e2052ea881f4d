//! Any bytes as the body of a request: always one envelope, to the letter that of the contract.

use std::collections::{HashMap, HashSet};

use couponmint::{Batch, Campaign, CodeKind, Coupon, Engine, Error, Rejection, Request, Status};
use jiff::Timestamp;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::{model::spells, params::quoted};

/// Bodies that ask for more coupons are left out, to be fast.
const MOST: usize = 2500;
const FIRST_SEQUENCE_ID: u64 = 18_001_837;

pub fn check(body: &[u8]) {
    let parsed = Request::from_json(body);
    if parsed
        .as_ref()
        .is_ok_and(|request| request.requested_amount() > MOST)
    {
        return;
    }
    let response = engine(body).respond(body);
    assert!(serde_json::from_slice::<IgnoredAny>(response.body()).is_ok());

    let (status, envelope) = match parsed {
        Ok(request) => match engine(body).generate(&request) {
            Ok(batch) => {
                assert_eq!(refusal(&request), None);
                assert_answers(&batch, &request);
                (200, success(&batch, &request))
            }
            Err(error) => {
                assert_eq!(Some(&error), refusal(&request).as_ref());
                (422, failure(&[error]))
            }
        },
        Err(rejection) => {
            let unknown = names_unknown_campaign(body, &rejection);
            let unknown = unknown.then_some(Error::CampaignNotFound);
            let errors = unknown.iter().chain(rejection.errors());
            (422, failure(&errors.cloned().collect::<Vec<_>>()))
        }
    };
    let answer = std::str::from_utf8(response.body());
    assert_eq!(
        (response.http_status(), answer),
        (status, Ok(envelope.as_str()))
    );
}

/// Whether a refused request names a well-formed campaign that the engine does not know.
fn names_unknown_campaign(body: &[u8], rejection: &Rejection) -> bool {
    let is_wrong = |error: &Error| error.parameter() == Some("campaign");
    if rejection.errors().iter().any(is_wrong) {
        return false;
    }
    // Empty if the body is no object; then that is all there is to say.
    let values: HashMap<String, &RawValue> = serde_json::from_slice(body).unwrap_or_default();
    values.get("campaign").is_some_and(|raw| {
        let name = serde_json::from_str::<String>(raw.get());
        !name.is_ok_and(|name| name == "cam_15111")
    })
}

/// Why a fresh engine refuses a valid request.
fn refusal(request: &Request) -> Option<Error> {
    if request.campaign() != "cam_15111" {
        return Some(Error::CampaignNotFound);
    }
    let (asked, left) = (
        request.requested_amount() as u64,
        request.format()?.capacity(),
    );
    let kind = CodeKind::Custom;
    (u128::from(asked) > left).then_some(Error::Exhausted {
        kind,
        asked,
        left: left as u64,
    })
}

/// The same engine for the same body.
fn engine(body: &[u8]) -> Engine {
    let mut seed = [7; 32];
    seed.iter_mut()
        .zip(body)
        .for_each(|(seed, byte)| *seed ^= byte);
    let now = Timestamp::from_second(1_554_119_501).expect("a date of 2019");
    let engine = Engine::builder()
        .seed(seed)
        .first_sequence_id(FIRST_SEQUENCE_ID)
        .clock(move || now);
    let engine = engine.build();
    assert!(engine.add_campaign(Campaign::new("cam_15111").expect("a valid name")));
    engine
}

fn assert_answers(batch: &Batch, request: &Request) {
    assert_eq!(batch.campaign(), request.campaign());
    assert_eq!(batch.len(), request.requested_amount());
    // Of both kinds: no custom code is a widget code.
    let mut codes = HashSet::new();
    for coupon in batch {
        let (single_use, widget) = (coupon.single_use_code(), coupon.widget_validation_code());
        assert_eq!((single_use.len(), widget), (21, &single_use[..6]));
        let is_base36 = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
        assert!(single_use.bytes().all(is_base36));
        assert!(codes.insert(widget));
        match (request.format(), coupon.custom_validation_code()) {
            (Some(format), Some(code)) => assert!(spells(format, code) && codes.insert(code)),
            (None, None) => {}
            _ => panic!("custom codes if and only if asked for"),
        }
    }
}

fn success(batch: &Batch, request: &Request) -> String {
    let row = |(id, coupon)| row(id, coupon, request);
    let rows: Vec<_> = (FIRST_SEQUENCE_ID..).zip(batch).map(row).collect();
    format!(
        r#"{{"status":{{"status":"OK"}},"campaign":"{}","action":"multiple_single_use_codes_created","data":[{}]}}"#,
        request.campaign(),
        rows.join(",")
    )
}

fn row(id: u64, coupon: Coupon<'_>, request: &Request) -> String {
    let (code, widget) = (coupon.single_use_code(), coupon.widget_validation_code());
    let custom = coupon
        .custom_validation_code()
        .map_or(String::new(), |code| {
            format!(r#""custom_validation_code":"{code}","#)
        });
    let (expiry, voided) = match request.requested_status() {
        Status::Normal => ("", 0),
        Status::Voided => ("", 1),
        Status::Activated => (r#""expirydate":"2019-04-02 11:51:41","#, 0),
    };
    format!(
        r#"{{"single_use_code":"{code}","sequence_id":{id},"single_use_url":"https://coupons.example/cam_15111/{code}","widget_validation_code":"{widget}",{custom}{expiry}"create_date":"2019-04-01 11:51:41","voided":"{voided}"}}"#
    )
}

fn failure(errors: &[Error]) -> String {
    assert!(!errors.is_empty());
    let texts: Vec<_> = errors.iter().map(Error::to_string).collect();
    assert!(!texts.concat().contains(char::is_control));
    let texts: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
    let numbers: Vec<_> = errors
        .iter()
        .map(|error| error.code().to_string())
        .collect();
    let is_listed = |error: &Error| [200, 301, 302, 502, 601].contains(&error.code());
    assert!(errors.iter().all(is_listed));
    format!(
        r#"{{"status":{{"status":"failed","errors":{{"error_message":"HTTP/1.0 422 Unprocessable entity.","error_message_description":[{}],"error_code":[{}]}}}}}}"#,
        texts.join(","),
        numbers.join(",")
    )
}
