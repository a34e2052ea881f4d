//! The contract's tables, row by row: texts to the letter, numbers, parameters.

use couponmint::{CodeKind, CodeType, Error, Format, Parameter, Rejection, Request, Status};
use serde_json::value::RawValue;

use crate::common::{CAMPAIGN, custom, engine, numeric};

/// Number, parameter and sentence of an error.
type Wrong<'a> = (u16, Option<&'a str>, &'a str);

const NO_CAMPAIGN: Wrong<'_> = (200, Some("campaign"), "Missing parameter: campaign");
const CAMPAIGN_CHARACTER: Wrong<'_> = (
    301,
    Some("campaign"),
    "Invalid character in parameter: campaign.",
);
const CAMPAIGN_LENGTH: Wrong<'_> = (
    301,
    Some("campaign"),
    "campaign length must be between 1 and 64 inclusive",
);
const AMOUNT_CHARACTER: Wrong<'_> = (
    301,
    Some("amount"),
    "Invalid character in parameter: amount.",
);
const AMOUNT_RANGE: Wrong<'_> = (
    301,
    Some("amount"),
    "amount must be between 1 and 100000 inclusive",
);
const STATUS: Wrong<'_> = (
    302,
    Some("status"),
    "Parameter \"status\" has invalid value. Possible values are \"normal\", \"voided\" and \
     \"active\".",
);
const AUTOMATED: Wrong<'_> = (
    302,
    Some("automated_codes"),
    "Parameter \"automated_codes\" has invalid value. Possible values are \"true\" and \"false\".",
);
const NO_PREFIX: Wrong<'_> = (200, Some("code_prefix"), "Missing parameter: code_prefix");
const PREFIX_CHARACTER: Wrong<'_> = (
    301,
    Some("code_prefix"),
    "Invalid character in parameter: code_prefix.",
);
const PREFIX_LENGTH: Wrong<'_> = (
    301,
    Some("code_prefix"),
    "code prefix length must be between 0 and 32 inclusive",
);
const NO_LENGTH: Wrong<'_> = (200, Some("code_length"), "Missing parameter: code_length");
const LENGTH_CHARACTER: Wrong<'_> = (
    301,
    Some("code_length"),
    "Invalid character in parameter: code_length.",
);
const LENGTH_RANGE: Wrong<'_> = (
    301,
    Some("code_length"),
    "code length must be between 3 and 30 inclusive",
);
const NO_TYPE: Wrong<'_> = (200, Some("code_type"), "Missing parameter: code_type");
const TYPE: Wrong<'_> = (
    302,
    Some("code_type"),
    "code_type must be \"numeric\" or \"alphanumeric\"",
);
const BODY: Wrong<'_> = (302, None, "Request body must be a JSON object.");

#[track_caller]
fn assert_rejected(answer: Result<Request, Rejection>, wrong: &[Wrong<'_>], input: &str) {
    let rejection = answer.expect_err(input);
    let texts: Vec<_> = rejection.errors().iter().map(Error::to_string).collect();
    let seen = rejection.errors().iter().zip(&texts);
    let seen = seen.map(|(error, text)| (error.code(), error.parameter(), text.as_str()));
    assert_eq!(seen.collect::<Vec<_>>(), wrong, "{input}");
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// Whether a text is a JSON number or boolean as it stands.
fn is_bare(text: &str) -> bool {
    let is_json = serde_json::from_str::<&RawValue>(text).is_ok_and(|raw| raw.get() == text);
    is_json && !text.starts_with(['"', 'n', '[', '{'])
}

/// Whether a JSON number or boolean says the same as its text.
fn is_plain(name: &str, text: &str) -> bool {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    is_bare(text) && (is_digits || name == "automated_codes")
}

fn object<V: AsRef<str>>(params: &[(&str, V)], is_bare: impl Fn(&str, &str) -> bool) -> String {
    let pair = |(name, text): &(&str, V)| {
        let text = text.as_ref();
        let value = if is_bare(name, text) {
            text.to_owned()
        } else {
            quoted(text)
        };
        format!("{}:{value}", quoted(name))
    };
    let pairs: Vec<_> = params.iter().map(pair).collect();
    format!("{{{}}}", pairs.join(","))
}

fn as_text<V: AsRef<str>>(params: &[(&str, V)]) -> String {
    object(params, |_, _| false)
}

/// The failed envelope, to the letter.
fn failed(wrong: &[Wrong<'_>]) -> String {
    let texts: Vec<_> = wrong.iter().map(|(_, _, text)| quoted(text)).collect();
    let codes: Vec<_> = wrong.iter().map(|(code, _, _)| code.to_string()).collect();
    format!(
        concat!(
            r#"{{"status":{{"status":"failed","errors":{{"#,
            r#""error_message":"HTTP/1.0 422 Unprocessable entity.","#,
            r#""error_message_description":[{}],"error_code":[{}]}}}}}}"#
        ),
        texts.join(","),
        codes.join(","),
    )
}

#[track_caller]
fn assert_refused(body: impl AsRef<[u8]>, wrong: &[Wrong<'_>]) {
    let engine = engine();
    let input = String::from_utf8_lossy(body.as_ref()).into_owned();
    let response = engine.respond(body);
    let answer = String::from_utf8_lossy(response.body()).into_owned();
    assert_eq!(
        (response.http_status(), answer),
        (422, failed(wrong)),
        "{input}"
    );
    assert_eq!(engine.remaining_widget_codes(CAMPAIGN), Ok(36_u64.pow(6)));
}

#[track_caller]
fn refused<V: AsRef<str>>(params: &[(&str, V)], wrong: &[Wrong<'_>]) {
    let text = params.iter().map(|(name, value)| (name, value));
    assert_rejected(Request::from_params(text), wrong, "as text");
    // What is wrong as text is wrong as a number or a boolean.
    for body in [as_text(params), object(params, |_, text| is_bare(text))] {
        assert_rejected(Request::from_json(&body), wrong, &body);
        assert_refused(&body, wrong);
    }
}

#[track_caller]
fn refused_body(body: &str, wrong: &[Wrong<'_>]) {
    assert_rejected(Request::from_json(body), wrong, body);
    assert_refused(body, wrong);
}

#[track_caller]
fn accepted<V: AsRef<str>>(params: &[(&str, V)], request: &Request) {
    let text = params.iter().map(|(name, value)| (name, value));
    assert_eq!(Request::from_params(text).as_ref(), Ok(request));
    for body in [as_text(params), object(params, is_plain)] {
        assert_eq!(Request::from_json(&body).as_ref(), Ok(request), "{body}");
        if request.campaign() == CAMPAIGN {
            assert_eq!(engine().respond(&body).http_status(), 200, "{body}");
        }
    }
}

/// JSON that is neither text nor a plain integer.
const OTHER_SCALARS: [&str; 9] = [
    "true", "false", "-7", "-0", "1.0", "0.5", "1e3", "1E3", "10e-1",
];
/// JSON that is no scalar, and text that no Rust text can hold.
const NO_SCALARS: [&str; 6] = [
    "null",
    "[]",
    "[10]",
    "{}",
    r#"{"amount":10}"#,
    r#""\ud800""#,
];

/// The campaign and one more parameter.
fn with<'a>(name: &'a str, value: &'a str) -> [(&'a str, &'a str); 2] {
    [("campaign", CAMPAIGN), (name, value)]
}

/// The campaign and one more parameter, which stands as this JSON.
fn with_json(name: &str, value: &str) -> String {
    format!(r#"{{"campaign":"{CAMPAIGN}","{name}":{value}}}"#)
}

/// A whole request for custom codes, with one parameter given another value.
fn codes_with<'a>(name: &str, value: Option<&'a str>) -> Vec<(&'static str, &'a str)> {
    let all = [
        ("campaign", CAMPAIGN),
        ("automated_codes", "true"),
        ("code_prefix", "test_"),
        ("code_length", "10"),
        ("code_type", "alphanumeric"),
    ];
    let replaced = |(known, default)| {
        if known == name {
            Some((known, value?))
        } else {
            Some((known, default))
        }
    };
    all.into_iter().filter_map(replaced).collect()
}

fn default_request() -> Request {
    Request::new(CAMPAIGN).unwrap()
}

#[test]
fn campaign() {
    let longest = "a".repeat(64);
    let too_long = "a".repeat(65);
    for name in [
        "c", "15111", "_", "-", "cam-X_9", &longest, "unknown", "null", "true", "-1e5", "-7",
    ] {
        accepted(&[("campaign", name)], &Request::new(name).unwrap());
    }
    refused(&[] as &[(&str, &str)], &[NO_CAMPAIGN]);
    refused(&[("campaign", "")], &[NO_CAMPAIGN]);
    for name in [
        " ", "cam 1", "cam_1 ", "cam.1", "cam/1", "cäm", "cam\u{0}", "cam\n", "1.5",
    ] {
        refused(&[("campaign", name)], &[CAMPAIGN_CHARACTER]);
    }
    refused(&[("campaign", &too_long)], &[CAMPAIGN_LENGTH]);
    refused(&[("campaign", "ä".repeat(65))], &[CAMPAIGN_CHARACTER]);
    for value in OTHER_SCALARS.iter().chain(&NO_SCALARS) {
        refused_body(&format!(r#"{{"campaign":{value}}}"#), &[CAMPAIGN_CHARACTER]);
    }
}

#[test]
fn unknown_campaign() {
    let wrong = [(502, Some("campaign"), "Campaign ID not found.")];
    let engine = engine();
    let error = engine
        .generate(&Request::new("cam_0").unwrap())
        .unwrap_err();
    assert_eq!(error, Error::CampaignNotFound);
    assert_eq!((error.code(), error.parameter()), (502, Some("campaign")));
    assert_eq!(error.to_string(), wrong[0].2);
    assert_refused(r#"{"campaign":"cam_0"}"#, &wrong);
    assert_refused(r#"{"campaign":15111}"#, &wrong);
    assert_refused(r#"{"campaign":"CAM_15111"}"#, &wrong);
    assert_eq!(
        engine.remaining("cam_0", &numeric("", 3)),
        Err(Error::CampaignNotFound)
    );
    assert_eq!(
        engine.remaining_widget_codes("cam_0"),
        Err(Error::CampaignNotFound)
    );
}

#[test]
fn amount() {
    accepted(
        &[("campaign", CAMPAIGN)],
        &default_request().amount(10).unwrap(),
    );
    let zeros = format!("{}7", "0".repeat(10_000));
    for (value, amount) in [
        ("1", 1),
        ("10", 10),
        ("007", 7),
        ("000100000", 100_000),
        ("100000", 100_000),
        (&zeros, 7),
    ] {
        let request = default_request().amount(amount).unwrap();
        accepted(&with("amount", value), &request);
    }
    for value in [
        "", " ", " 10", "10 ", "1 0", "+10", "-10", "-0", "1.0", "10.", ".5", "1e2", "1E2", "1e+2",
        "0x10", "1_000", "1,000", "ten", "true", "false", "٣", "１０", "10\n", "\u{0}", "NaN",
    ] {
        refused(&with("amount", value), &[AMOUNT_CHARACTER]);
    }
    let huge = "9".repeat(10_000);
    for value in [
        "0",
        "000",
        "100001",
        "4294967295",
        "4294967296",
        "4294967297",
        "18446744073709551616",
        "18446744073709551617",
        "340282366920938463463374607431768211457",
        &huge,
    ] {
        refused(&with("amount", value), &[AMOUNT_RANGE]);
    }
    for value in OTHER_SCALARS.iter().chain(&NO_SCALARS) {
        refused_body(&with_json("amount", value), &[AMOUNT_CHARACTER]);
    }
}

#[test]
fn status() {
    for (value, status) in [
        ("normal", Status::Normal),
        ("voided", Status::Voided),
        ("activated", Status::Activated),
        ("active", Status::Activated),
    ] {
        accepted(&with("status", value), &default_request().status(status));
    }
    for value in [
        "", " ", "Normal", "ACTIVE", "void", "normal ", "1", "0", "true", "null",
    ] {
        refused(&with("status", value), &[STATUS]);
    }
    for value in OTHER_SCALARS.iter().chain(&NO_SCALARS) {
        refused_body(&with_json("status", value), &[STATUS]);
    }
}

#[test]
fn automated_codes() {
    let format = Format::new("test_", CodeType::Alphanumeric, 10).unwrap();
    for value in ["false", "0"] {
        accepted(&with("automated_codes", value), &default_request());
    }
    for value in ["true", "1"] {
        accepted(
            &codes_with("automated_codes", Some(value)),
            &default_request().custom_codes(format.clone()),
        );
        let missing = [NO_PREFIX, NO_LENGTH, NO_TYPE];
        refused(&with("automated_codes", value), &missing);
    }
    for value in [
        "", " ", "True", "TRUE", "2", "10", "01", "00", "-1", "-0", "1.0", "1e0", "0e0", "yes",
        "true ", " 1", "null",
    ] {
        refused(&with("automated_codes", value), &[AUTOMATED]);
    }
    for value in NO_SCALARS.iter().chain(&["[true]", "[1]"]) {
        refused_body(&with_json("automated_codes", value), &[AUTOMATED]);
    }
}

#[test]
fn code_parameters_are_ignored_without_automated_codes() {
    for automated in [None, Some("false"), Some("0")] {
        let mut params = codes_with("automated_codes", automated);
        accepted(&params, &default_request());
        params.retain(|(name, _)| !name.starts_with("code_"));
        params.extend([
            ("code_prefix", "ä /"),
            ("code_length", "x"),
            ("code_type", ""),
        ]);
        accepted(&params, &default_request());
    }
    let body = format!(
        r#"{{"campaign":"{CAMPAIGN}","code_prefix":null,"code_length":[],"code_type":{{}}}}"#
    );
    assert_eq!(Request::from_json(body), Ok(default_request()));
}

#[test]
fn code_prefix() {
    let longest = "x".repeat(32);
    for prefix in [
        "", "A", "test_", "-", "_", "42", "-7", "1e3", "true", &longest,
    ] {
        let format = Format::new(prefix, CodeType::Alphanumeric, 10).unwrap();
        accepted(
            &codes_with("code_prefix", Some(prefix)),
            &default_request().custom_codes(format),
        );
    }
    refused(&codes_with("code_prefix", None), &[NO_PREFIX]);
    for prefix in [" ", "a b", "a.", "é", "\u{0}", "a\"", "%"] {
        refused(
            &codes_with("code_prefix", Some(prefix)),
            &[PREFIX_CHARACTER],
        );
    }
    refused(
        &codes_with("code_prefix", Some(&"x".repeat(33))),
        &[PREFIX_LENGTH],
    );
    assert_code_parameter("code_prefix", PREFIX_CHARACTER);
}

#[test]
fn code_length() {
    for (value, length) in [
        ("3", 3),
        ("003", 3),
        ("10", 10),
        ("30", 30),
        ("00000000000000000000030", 30),
    ] {
        let format = Format::new("test_", CodeType::Alphanumeric, length).unwrap();
        accepted(
            &codes_with("code_length", Some(value)),
            &default_request().custom_codes(format),
        );
    }
    refused(&codes_with("code_length", None), &[NO_LENGTH]);
    for value in ["", " ", "-5", "+5", "5.0", "5e0", "ten", "true", "10 "] {
        refused(&codes_with("code_length", Some(value)), &[LENGTH_CHARACTER]);
    }
    let huge = "7".repeat(10_000);
    for value in [
        "0",
        "1",
        "2",
        "31",
        "256",
        "259",
        "4294967306",
        "18446744073709551626",
        &huge,
    ] {
        refused(&codes_with("code_length", Some(value)), &[LENGTH_RANGE]);
    }
    assert_code_parameter("code_length", LENGTH_CHARACTER);
}

#[test]
fn code_type() {
    for (value, code_type) in [
        ("numeric", CodeType::Numeric),
        ("alphanumeric", CodeType::Alphanumeric),
    ] {
        let format = Format::new("test_", code_type, 10).unwrap();
        accepted(
            &codes_with("code_type", Some(value)),
            &default_request().custom_codes(format),
        );
    }
    refused(&codes_with("code_type", None), &[NO_TYPE]);
    for value in ["", " ", "Numeric", "alpha", "numeric ", "1", "true"] {
        refused(&codes_with("code_type", Some(value)), &[TYPE]);
    }
    assert_code_parameter("code_type", TYPE);
}

/// JSON that is neither text nor a plain integer is an invalid value of a `code_*` parameter.
#[track_caller]
fn assert_code_parameter(name: &str, wrong: Wrong<'_>) {
    for value in OTHER_SCALARS.iter().chain(&NO_SCALARS) {
        let params = codes_with("", None);
        let body = as_text(&params);
        let quoted_default = params.iter().find(|(known, _)| *known == name);
        let (_, default) = quoted_default.unwrap();
        let old = format!(r#""{name}":"{default}""#);
        assert!(body.contains(&old));
        let body = body.replace(&old, &format!(r#""{name}":{value}"#));
        refused_body(&body, &[wrong]);
    }
}

#[test]
fn credentials_are_ignored() {
    for name in ["client_id", "client_secret"] {
        for value in ["", "XXX", "ä \u{0}", "12.5", "true"] {
            accepted(&with(name, value), &default_request());
        }
        for value in OTHER_SCALARS.iter().chain(&NO_SCALARS) {
            let body = with_json(name, value);
            assert_eq!(Request::from_json(body), Ok(default_request()));
        }
    }
}

#[test]
fn unknown_parameters() {
    for name in [
        "ammount",
        "",
        "Amount",
        " amount",
        "amount ",
        "cämpaign",
        "code",
    ] {
        let text = format!("Unknown parameter: {name}");
        refused(&with(name, "10"), &[(302, Some(name), &text)]);
        let body = format!(r#"{{"campaign":"{CAMPAIGN}",{}:null}}"#, quoted(name));
        refused_body(&body, &[(302, Some(name), &text)]);
    }
    // What a client sent must not draw on a terminal or begin a line in a log.
    for (name, shown) in [
        ("a\nb", r"a\nb"),
        ("\r\t", r"\r\t"),
        ("\u{1b}[2J", r"\u{1b}[2J"),
        ("\u{0}\u{7f}\u{9b}", r"\0\u{7f}\u{9b}"),
        ("\u{202e}\u{2028}", r"\u{202e}\u{2028}"),
        (r#"a"b"#, r#"a\"b"#),
        ("a'b", r"a\'b"),
        (r"a\nb", r"a\\nb"),
        ("größe", "größe"),
    ] {
        let text = format!("Unknown parameter: {shown}");
        refused(&with(name, "10"), &[(302, Some(name), &text)]);
    }
    refused(
        &[
            ("zz", "1"),
            ("campaign", CAMPAIGN),
            ("aa", "1"),
            ("zz", "2"),
        ],
        &[
            (302, Some("zz"), "Unknown parameter: zz"),
            (302, Some("aa"), "Unknown parameter: aa"),
            (302, Some("zz"), "Unknown parameter: zz"),
        ],
    );
}

#[test]
fn repeated_parameters() {
    for name in [
        "campaign",
        "amount",
        "status",
        "automated_codes",
        "code_prefix",
        "code_length",
        "code_type",
        "client_id",
        "client_secret",
    ] {
        let text = format!("Parameter \"{name}\" is repeated.");
        let wrong = [(302, Some(name), text.as_str())];
        let valid = codes_with("", None);
        let value = valid.iter().find(|(known, _)| *known == name);
        let value = value.map_or(
            if name == "status" { "normal" } else { "10" },
            |(_, value)| value,
        );
        for times in [2, 3] {
            let mut params = valid.clone();
            params.retain(|(known, _)| *known != name);
            params.extend(vec![(name, value); times]);
            // Without a single value, it is not known whether custom codes are asked for.
            refused(&params, &wrong);
        }
    }
}

#[test]
fn repeated_parameters_do_not_hide() {
    let amount = (302, Some("amount"), "Parameter \"amount\" is repeated.");
    for body in [
        r#"{"campaign":"cam_15111","amount":1,"\u0061mount":1}"#,
        r#"{"campaign":"cam_15111","\u0061\u006d\u006f\u0075\u006e\u0074":1,"amount":"x"}"#,
        r#"{"campaign":"cam_15111","amount":null,"amount":1}"#,
        r#"{"amount":1,"campaign":"cam_15111","amount":[]}"#,
    ] {
        refused_body(body, &[amount]);
    }
    let escaped =
        Request::from_json(r#"{"c\u0061mpaign":"cam\u005f15111","\u0061mount":"\u0031"}"#);
    assert_eq!(escaped, Ok(default_request().amount(1).unwrap()));
}

#[test]
fn all_errors_at_once_in_the_order_of_the_table() {
    refused(
        &[
            ("misspelt", "1"),
            ("code_type", "hex"),
            ("code_length", "2"),
            ("code_prefix", "?"),
            ("automated_codes", "true"),
            ("status", "used"),
            ("amount", "0"),
        ],
        &[
            NO_CAMPAIGN,
            AMOUNT_RANGE,
            STATUS,
            PREFIX_CHARACTER,
            LENGTH_RANGE,
            TYPE,
            (302, Some("misspelt"), "Unknown parameter: misspelt"),
        ],
    );
    refused(
        &[
            ("client_id", "1"),
            ("status", ""),
            ("client_id", "1"),
            ("automated_codes", "yes"),
            ("amount", "-1"),
            ("code_length", "x"),
            ("campaign", "?"),
        ],
        &[
            CAMPAIGN_CHARACTER,
            AMOUNT_CHARACTER,
            STATUS,
            AUTOMATED,
            (
                302,
                Some("client_id"),
                "Parameter \"client_id\" is repeated.",
            ),
        ],
    );
    // Only the engine knows whether a campaign exists, and then tells it first.
    let params = [("campaign", "cam_0"), ("amount", "0")];
    assert_eq!(Request::from_params(params).unwrap_err().errors().len(), 1);
    let answer = engine().respond(r#"{"campaign":"cam_0","amount":0}"#);
    let codes = r#""error_message_description":["Campaign ID not found.","amount must be between 1 and 100000 inclusive"],"error_code":[502,301]"#;
    assert_eq!(answer.http_status(), 422);
    assert!(str::from_utf8(answer.body()).unwrap().contains(codes));
}

#[test]
fn rejection_as_text() {
    let rejection = Request::from_params([("amount", "0")]).unwrap_err();
    assert_eq!(
        rejection.to_string(),
        "200: Missing parameter: campaign; 301: amount must be between 1 and 100000 inclusive"
    );
}

#[test]
fn bodies_that_are_no_object() {
    let deep = "[".repeat(100_000);
    for body in [
        "",
        " ",
        "null",
        "true",
        "1",
        "\"campaign\"",
        "[]",
        r#"[{"campaign":"cam_15111"}]"#,
        "{",
        "}",
        "{]",
        r#"{"campaign"}"#,
        r#"{"campaign":}"#,
        r#"{"campaign":"cam_15111""#,
        r#"{"campaign":"cam_15111",}"#,
        r"{campaign:1}",
        r"{'campaign':'cam_15111'}",
        r#"{"campaign":"cam_15111"} x"#,
        r#"{"campaign":"cam_15111"}{}"#,
        r#"{"campaign":"cam_15111"},"#,
        "campaign=cam_15111&amount=10",
        r#"{"campaign":"cam_15111","amount":01}"#,
        r#"{"campaign":"cam_15111","amount":+1}"#,
        r#"{"campaign":"cam_15111","amount":.5}"#,
        r#"{"campaign":"cam_15111","amount":NaN}"#,
        r#"{"campaign":"cam_15111","\ud800":1}"#,
        "{\"campaign\":\"cam\n15111\"}",
        "\u{feff}{\"campaign\":\"cam_15111\"}",
        &deep,
    ] {
        assert_rejected(Request::from_json(body), &[BODY], body);
        assert_refused(body, &[BODY]);
    }
    for body in [
        &b"\xff"[..],
        b"{\"campaign\":\"cam_\xff\"}",
        b"{\"campaign\":\"cam_15111\",\"\xc3\":1}",
        b"{\"campaign\":\"cam_15111\",\"client_id\":\"\xed\xa0\x80\"}",
        b"{\"campaign\":\"cam_15111\"}\0",
    ] {
        assert_rejected(Request::from_json(body), &[BODY], "bytes");
        assert_refused(body, &[BODY]);
    }
    let deep_value = format!(
        r#"{{"campaign":"{CAMPAIGN}","amount":{}{}}}"#,
        "[".repeat(200_000),
        "]".repeat(200_000)
    );
    assert_rejected(Request::from_json(&deep_value), &[AMOUNT_CHARACTER], "deep");
    assert_eq!(
        Request::from_json(" \r\n\t{ \"campaign\" : \"cam_15111\" } \n"),
        Ok(default_request())
    );
}

#[test]
fn exhausted() {
    let engine = engine();
    let body = |amount| {
        format!(
            r#"{{"campaign":"{CAMPAIGN}","amount":{amount},"automated_codes":true,"code_prefix":"","code_length":3,"code_type":"numeric"}}"#
        )
    };
    assert_eq!(engine.respond(body(999)).http_status(), 200);
    let response = engine.respond(body(2));
    let text = "low on unique generated validation codes";
    assert_eq!(response.http_status(), 422);
    assert_eq!(
        String::from_utf8_lossy(response.body()),
        failed(&[(601, None, text)])
    );
    let error = engine.generate(&custom(2, &numeric("", 3))).unwrap_err();
    let kind = CodeKind::Custom;
    assert_eq!(
        error,
        Error::Exhausted {
            kind,
            asked: 2,
            left: 1
        }
    );
    assert_eq!((error.code(), error.to_string()), (601, text.to_owned()));
}

#[test]
fn typed_fields() {
    let errors = |params: &[(&str, &str)]| {
        let params = params.iter().map(|(name, value)| (name, value));
        Request::from_params(params).unwrap_err().errors().to_vec()
    };
    let (min, max) = (1, 100_000);
    assert_eq!(
        errors(&[("amount", "0")]),
        [
            Error::MissingParameter {
                parameter: Parameter::Campaign
            },
            Error::OutOfRange {
                parameter: Parameter::Amount,
                min,
                max
            },
        ]
    );
    assert_eq!(
        errors(&with("status", "x")),
        [Error::InvalidValue {
            parameter: Parameter::Status
        }]
    );
    assert_eq!(
        errors(&with("Status", "x")),
        [Error::UnknownParameter {
            name: "Status".to_owned()
        }]
    );
}

/// No parameter borrows the sentence of another.
#[test]
fn sentences_of_every_parameter() {
    for (parameter, name, measure, values) in [
        (Parameter::Campaign, "campaign", "campaign length", None),
        (Parameter::Amount, "amount", "amount", None),
        (Parameter::Status, "status", "status", Some(STATUS.2)),
        (
            Parameter::AutomatedCodes,
            "automated_codes",
            "automated_codes",
            Some(AUTOMATED.2),
        ),
        (
            Parameter::CodePrefix,
            "code_prefix",
            "code prefix length",
            None,
        ),
        (Parameter::CodeLength, "code_length", "code length", None),
        (Parameter::CodeType, "code_type", "code_type", Some(TYPE.2)),
        (Parameter::ClientId, "client_id", "client_id", None),
        (
            Parameter::ClientSecret,
            "client_secret",
            "client_secret",
            None,
        ),
    ] {
        let (min, max) = (3, 30);
        let no_list = format!("Parameter \"{name}\" has invalid value.");
        let range = Error::OutOfRange {
            parameter,
            min,
            max,
        };
        for (error, text) in [
            (
                Error::MissingParameter { parameter },
                format!("Missing parameter: {name}"),
            ),
            (
                Error::InvalidCharacter { parameter },
                format!("Invalid character in parameter: {name}."),
            ),
            (
                range,
                format!("{measure} must be between 3 and 30 inclusive"),
            ),
            (
                Error::InvalidValue { parameter },
                values.map_or(no_list, str::to_owned),
            ),
            (
                Error::RepeatedParameter { parameter },
                format!("Parameter \"{name}\" is repeated."),
            ),
        ] {
            assert_eq!(error.to_string(), text);
            assert_eq!(error.parameter(), Some(name));
        }
        assert_eq!((parameter.name(), &*parameter.to_string()), (name, name));
    }
}

#[test]
fn builder_agrees_with_the_table() {
    let range = Error::OutOfRange {
        parameter: Parameter::Amount,
        min: 1,
        max: 100_000,
    };
    for amount in [-1_i64, 0, 100_001, 1 << 32, i64::MAX, i64::MIN] {
        assert_eq!(default_request().amount(amount), Err(range.clone()));
    }
    assert_eq!(default_request().amount(u128::MAX), Err(range));
    assert_eq!(
        default_request()
            .amount(100_000_u64)
            .unwrap()
            .requested_amount(),
        100_000
    );
    let missing = Error::MissingParameter {
        parameter: Parameter::Campaign,
    };
    assert_eq!(Request::new(""), Err(missing.clone()));
    assert_eq!(couponmint::Campaign::new("").unwrap_err(), missing);
    let character = Error::InvalidCharacter {
        parameter: Parameter::Campaign,
    };
    assert_eq!(Request::new("a b"), Err(character.clone()));
    assert_eq!(couponmint::Campaign::new("a b").unwrap_err(), character);
    let long = "a".repeat(65);
    let range = Error::OutOfRange {
        parameter: Parameter::Campaign,
        min: 1,
        max: 64,
    };
    assert_eq!(Request::new(long.as_str()), Err(range.clone()));
    assert_eq!(couponmint::Campaign::new(long).unwrap_err(), range);
}
