//! Hostile request bodies: a clear error, whatever the bytes, and work in proportion to the input.

use couponmint::{Error, Parameter, Request};

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
        parameter: Parameter::Amount,
        min: 1,
        max: 100_000,
    }];
    assert_eq!(errors(with_value(&digits)), out_of_range);
    assert_eq!(errors(with_value(&format!("\"{digits}\""))), out_of_range);
    assert_eq!(errors(with_value(&format!("\"{zeros}\""))), out_of_range);
    let padded = with_value(&format!("\"{zeros}25\""));
    assert_eq!(Request::from_json(padded), Ok(plain(25)));
    let wrong = vec![Error::InvalidCharacter {
        parameter: Parameter::Amount,
    }];
    assert_eq!(errors(with_value(&format!("1e{digits}"))), wrong);
    assert_eq!(errors(with_value(&format!("-{digits}"))), wrong);
    assert_eq!(errors(with_value(&format!("0.{digits}"))), wrong);
}

#[test]
fn nesting_a_million_deep_is_one_wrong_value() {
    let wrong = vec![Error::InvalidCharacter {
        parameter: Parameter::Amount,
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
        parameter: Parameter::Amount,
    };
    let missing = Error::MissingParameter {
        parameter: Parameter::Campaign,
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

/// A request that is right but for the value of one parameter, which stands as these bytes between
/// quotation marks.
fn with_bytes(name: &str, value: &[u8]) -> Vec<u8> {
    let params = [
        ("campaign", "cam_15111"),
        ("amount", "3"),
        ("status", "normal"),
        ("automated_codes", "true"),
        ("code_prefix", "p"),
        ("code_length", "9"),
        ("code_type", "numeric"),
        ("client_id", "1"),
        ("client_secret", "1"),
    ];
    let mut body = vec![b'{'];
    for (known, right) in params {
        let value = if known == name {
            value
        } else {
            right.as_bytes()
        };
        body.extend_from_slice(format!("\"{known}\":\"").as_bytes());
        body.extend_from_slice(value);
        body.extend_from_slice(b"\",");
    }
    body.pop();
    body.push(b'}');
    body
}

/// Every byte as the value of every parameter, between quotation marks.
#[test]
fn every_byte_in_every_parameter() {
    let engine = engine();
    let wrong_value = |parameter| Error::InvalidValue { parameter };
    let wrong_character = |parameter| Error::InvalidCharacter { parameter };
    for byte in 0..=255_u8 {
        let is_symbol = byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        let out_of_range = |parameter, min, max| Error::OutOfRange {
            parameter,
            min,
            max,
        };
        let number = |parameter, min: u8, max| match byte {
            b'0'..=b'9' if byte - b'0' >= min => None,
            b'0'..=b'9' => Some(out_of_range(parameter, u32::from(min), max)),
            _ => Some(wrong_character(parameter)),
        };
        for (name, wrong) in [
            (
                "campaign",
                (!is_symbol).then_some(wrong_character(Parameter::Campaign)),
            ),
            ("amount", number(Parameter::Amount, 1, 100_000)),
            ("status", Some(wrong_value(Parameter::Status))),
            (
                "automated_codes",
                (!b"01".contains(&byte)).then_some(wrong_value(Parameter::AutomatedCodes)),
            ),
            (
                "code_prefix",
                (!is_symbol).then_some(wrong_character(Parameter::CodePrefix)),
            ),
            ("code_length", number(Parameter::CodeLength, 3, 30)),
            ("code_type", Some(wrong_value(Parameter::CodeType))),
            ("client_id", None),
            ("client_secret", None),
        ] {
            let body = with_bytes(name, &[byte]);
            // Text in quotation marks is these bytes as they stand, unless JSON says otherwise.
            let is_text = byte.is_ascii() && !byte.is_ascii_control() && !b"\"\\".contains(&byte)
                || byte == 0x7f;
            let expected = match wrong {
                _ if !is_text => Err(vec![Error::InvalidBody]),
                Some(error) => Err(vec![error]),
                None => Ok(()),
            };
            let seen = Request::from_json(&body);
            let seen = seen.map(drop).map_err(|wrong| wrong.errors().to_vec());
            assert_eq!(seen, expected, "{name} {byte}");
            let is_known = name != "campaign";
            let status = engine.respond(&body).http_status();
            let is_answered = expected.is_ok() && is_known;
            assert_eq!(status, if is_answered { 200 } else { 422 }, "{name} {byte}");
        }
    }
}

/// Every byte in place of each byte of a body: an envelope comes back.
#[test]
fn every_byte_everywhere() {
    let (engine, right) = (engine(), with_bytes("amount", b"2"));
    for position in 0..right.len() {
        for byte in 0..=255 {
            let mut body = right.clone();
            body[position] = byte;
            let response = engine.respond(&body);
            let envelope: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
            let status = if response.http_status() == 200 {
                "OK"
            } else {
                "failed"
            };
            assert_eq!(envelope["status"]["status"], status, "{position} {byte}");
            assert!(status == "failed" || Request::from_json(&body).is_ok());
        }
    }
}
