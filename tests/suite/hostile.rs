//! Hostile request bodies: a clear error, whatever the bytes, and work in proportion to the input.

use couponmint::{Error, Request};

use crate::common::{engine, plain};

fn errors(body: impl AsRef<[u8]>) -> Vec<Error> {
    let rejection = Request::from_json(body).expect_err("a hostile body was taken for a request");
    rejection.errors().to_vec()
}

fn with_value(value: &str) -> String {
    format!(r#"{{"campaign":"cam_15111","amount":{value}}}"#)
}

#[test]
fn numbers_of_a_million_digits_are_out_of_range() {
    let digits = "9".repeat(1_000_000);
    let zeros = "0".repeat(1_000_000);
    let out_of_range = vec![Error::OutOfRange {
        parameter: "amount",
        min: 1,
        max: 100_000,
    }];
    assert_eq!(errors(with_value(&digits)), out_of_range);
    assert_eq!(errors(with_value(&format!("\"{digits}\""))), out_of_range);
    assert_eq!(errors(with_value(&format!("\"{zeros}\""))), out_of_range);
    let padded = with_value(&format!("\"{zeros}25\""));
    assert_eq!(Request::from_json(padded), Ok(plain(25)));
    let wrong = vec![Error::InvalidCharacter {
        parameter: "amount",
    }];
    assert_eq!(errors(with_value(&format!("1e{digits}"))), wrong);
    assert_eq!(errors(with_value(&format!("-{digits}"))), wrong);
    assert_eq!(errors(with_value(&format!("0.{digits}"))), wrong);
}

#[test]
fn nesting_a_million_deep_is_one_wrong_value() {
    let wrong = vec![Error::InvalidCharacter {
        parameter: "amount",
    }];
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let nested = format!("{}1{}", open.repeat(1_000_000), close.repeat(1_000_000));
        assert_eq!(errors(with_value(&nested)), wrong);
        let is_object = open.starts_with('{');
        assert_eq!(errors(&nested).contains(&Error::InvalidBody), !is_object);
        let unclosed = with_value(&open.repeat(1_000_000));
        assert_eq!(errors(unclosed), vec![Error::InvalidBody]);
    }
}

#[test]
fn a_hundred_thousand_repeats_are_one_error() {
    let pairs = vec![r#""amount":1"#; 100_000].join(",");
    let repeated = Error::RepeatedParameter {
        parameter: "amount",
    };
    let missing = Error::MissingParameter {
        parameter: "campaign",
    };
    assert_eq!(errors(format!("{{{pairs}}}")), vec![missing, repeated]);
}

#[test]
fn a_hundred_thousand_unknown_names_are_each_named_once() {
    let pairs: Vec<_> = (0..100_000).map(|i| format!(r#""x{i}":null"#)).collect();
    let body = format!(r#"{{"campaign":"cam_15111",{}}}"#, pairs.join(","));
    let found = errors(&body);
    assert_eq!(found.len(), 100_000);
    let named = |(i, error): (usize, &Error)| matches!(error, Error::UnknownParameter { name } if *name == format!("x{i}"));
    assert!(found.iter().enumerate().all(named));
    // The answer stays in proportion to the question.
    let response = engine().respond(&body);
    assert_eq!(response.http_status(), 422);
    assert!(response.body().len() < 4 * body.len());
}

#[test]
fn megabytes_of_text_are_one_error_each() {
    let long = "x".repeat(5_000_000);
    let cases = [
        ("campaign", 301),
        ("amount", 301),
        ("status", 302),
        ("automated_codes", 302),
    ];
    for (name, code) in cases {
        let params = [("campaign", "cam_15111"), (name, long.as_str())];
        let own = &params[usize::from(name == "campaign")..];
        let rejection = Request::from_params(own.iter().copied()).unwrap_err();
        assert_eq!(rejection.errors().len(), 1, "{name}");
        assert_eq!(rejection.errors()[0].code(), code);
        assert!(rejection.to_string().len() < 200);
    }
    for (name, value) in [
        ("code_prefix", &*long),
        ("code_length", &*long),
        ("code_type", &*long),
    ] {
        let mut params = vec![
            ("campaign", "cam_15111"),
            ("automated_codes", "true"),
            ("code_prefix", "p"),
            ("code_length", "10"),
            ("code_type", "numeric"),
        ];
        for param in &mut params {
            if param.0 == name {
                param.1 = value;
            }
        }
        let rejection = Request::from_params(params).unwrap_err();
        assert_eq!(rejection.errors().len(), 1, "{name}");
        assert_eq!(rejection.errors()[0].parameter(), Some(name));
    }
}

/// Every byte in every parameter: taken or refused, and never more than the allowed ones taken.
#[test]
fn every_byte_in_every_parameter() {
    let engine = engine();
    for byte in 0..=255_u8 {
        for name in [
            "campaign",
            "amount",
            "status",
            "automated_codes",
            "code_prefix",
        ] {
            let mut body = format!(r#"{{"{name}":""#).into_bytes();
            body.push(byte);
            body.extend_from_slice(br#""}"#);
            let response = engine.respond(&body);
            assert_eq!(response.http_status(), 422, "{name} {byte}");
            let envelope: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
            assert_eq!(envelope["status"]["status"], "failed");
        }
        let campaign = format!("a{}", char::from(byte));
        let is_allowed = byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let request = Request::from_params([("campaign", campaign)]);
        assert_eq!(request.is_ok(), is_allowed, "{byte}");
        for position in 0..3 {
            let mut body = *br#"{"amount":1,"campaign":"c"}"#;
            body[[0, 10, 26][position]] = byte;
            let response = engine.respond(body);
            assert!(serde_json::from_slice::<serde_json::Value>(response.body()).is_ok());
        }
    }
}
