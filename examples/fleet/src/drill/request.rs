//! The requests of a drill: what is asked for, and how it is written.

use couponmint::{CodeType, Format, Request, Status};
use hyper::{Method, body::Bytes};
use rand::{RngExt, rngs::StdRng};
use serde_json::{Value, json};

use crate::drill::http::Call;

/// A request like those of a shop: mostly few coupons, rarely many.
pub(super) fn any_request(random: &mut StdRng) -> Request {
    let amount = match random.random_range(0..1000) {
        0..300 => 1,
        300..700 => random.random_range(2..=50),
        700..950 => random.random_range(500..=2_000),
        950..995 => 5_000,
        _ => 20_000,
    };
    let status = [Status::Normal, Status::Activated, Status::Voided];
    let status = status[random.random_range(0..status.len())];
    let request =
        |campaign, amount| Request::new(campaign).and_then(|request| request.amount(amount));
    let custom = |prefix, code_type, length| Format::new(prefix, code_type, length);
    let request = match random.random_range(0..100) {
        0..60 => request("cam_15111", amount).and_then(|request| {
            Ok(request.custom_codes(custom("test_", CodeType::Alphanumeric, 10)?))
        }),
        60..75 => request("cam_15111", amount)
            .and_then(|request| Ok(request.custom_codes(custom("A-", CodeType::Numeric, 12)?))),
        75..97 => request("cam_15111", amount),
        _ => request("cam_small", amount.min(30))
            .and_then(|request| Ok(request.custom_codes(custom("", CodeType::Numeric, 3)?))),
    };
    request.expect("the contract allows it").status(status)
}

/// As a form post or as JSON.
pub(super) fn call(
    random: &mut StdRng,
    secret: &str,
    id: &str,
    parameters: &[(&'static str, String)],
) -> Call {
    let (content_type, body) = if random.random() {
        let pairs = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        ("application/x-www-form-urlencoded", pairs)
    } else {
        let object = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)));
        (
            "application/json",
            Value::Object(object.collect()).to_string(),
        )
    };
    Call {
        method: Method::POST,
        path: "/single_use/create_multiple".to_owned(),
        headers: vec![
            ("content-type", content_type.to_owned()),
            ("x-client-id", "fleet".to_owned()),
            ("x-client-secret", secret.to_owned()),
            ("idempotency-key", id.to_owned()),
        ],
        body: Bytes::from(body),
    }
}

/// A request as its parameters.
pub(super) fn parameters(request: &Request) -> Vec<(&'static str, String)> {
    let mut parameters = vec![
        ("campaign", request.campaign().to_owned()),
        ("amount", request.requested_amount().to_string()),
        ("status", request.requested_status().to_string()),
    ];
    if let Some(format) = request.format() {
        let is_numeric = *format.alphabet() == CodeType::Numeric.alphabet();
        let code_type = if is_numeric {
            CodeType::Numeric
        } else {
            CodeType::Alphanumeric
        };
        parameters.push(("automated_codes", "true".to_owned()));
        parameters.push(("code_prefix", format.prefix().to_owned()));
        parameters.push(("code_length", format.length().to_string()));
        parameters.push(("code_type", code_type.to_string()));
    }
    parameters
}

/// The first error code of a failed envelope.
pub(super) fn error_code(body: &[u8]) -> Option<u64> {
    let envelope: Value = serde_json::from_slice(body).ok()?;
    envelope.pointer("/status/errors/error_code/0")?.as_u64()
}
