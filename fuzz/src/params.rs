//! Parameters as text and as JSON, and the table of what they may be.
//!
//! An input is a form post, a line a parameter: `name=value`. So that mutations hit, a name of one
//! character stands for one of the known names, and `@` with a character for one of the values below.

use couponmint::{CodeType, Rejection, Request, Status};
use serde::de::IgnoredAny;

const NAMES: [&str; 9] = [
    "campaign",
    "amount",
    "status",
    "automated_codes",
    "code_prefix",
    "code_length",
    "code_type",
    "client_id",
    "client_secret",
];

const VALUES: [&str; 32] = [
    "cam_15111",
    "true",
    "false",
    "test_",
    "10",
    "alphanumeric",
    "numeric",
    "normal",
    "voided",
    "activated",
    "active",
    "",
    "0",
    "1",
    "2",
    "3",
    "003",
    "30",
    "31",
    "100000",
    "100001",
    "-1",
    "+1",
    "1.0",
    "1e2",
    "18446744073709551617",
    " 10",
    "null",
    "True",
    "cam 1",
    "\u{0}\"\\",
    "é",
];

pub fn check(input: &[u8]) {
    let input = String::from_utf8_lossy(input);
    let params: Vec<_> = input.lines().map(param).collect();

    let result = Request::from_params(params.iter().copied());
    match &result {
        Ok(request) => assert_fulfils(request, &params),
        Err(rejection) => assert_wrong(rejection, &wrong(&params)),
    }
    for is_bare in [|_: &str, _: &str| false, is_plain] {
        let body = object(&params, is_bare);
        assert_eq!(Request::from_json(&body), result, "{body}");
    }
    let body = object(&params, |_, text| is_scalar(text));
    let read = params.iter().map(|&(name, text)| (name, read(name, text)));
    assert_eq!(
        Request::from_json(&body),
        Request::from_params(read),
        "{body}"
    );
}

fn param(line: &str) -> (&str, &str) {
    let (name, value) = line.split_once('=').unwrap_or((line, ""));
    let name = match name.as_bytes() {
        &[byte] => NAMES[usize::from(byte) % NAMES.len()],
        _ => name,
    };
    let value = match value.as_bytes() {
        &[b'@', byte] => VALUES[usize::from(byte) % VALUES.len()],
        _ => value,
    };
    (name, value)
}

fn object(params: &[(&str, &str)], is_bare: fn(&str, &str) -> bool) -> String {
    let field = |&(name, text): &(&str, &str)| {
        let value = if is_bare(name, text) {
            text.to_owned()
        } else {
            quoted(text)
        };
        format!("{}:{value}", quoted(name))
    };
    let fields: Vec<_> = params.iter().map(field).collect();
    format!("{{{}}}", fields.join(","))
}

pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("text is always JSON")
}

/// Whether a text is a JSON number or boolean as it stands.
fn is_scalar(text: &str) -> bool {
    text.starts_with(|first: char| "-0123456789tf".contains(first))
        && !text.ends_with(|last: char| last.is_ascii_whitespace())
        && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Whether it then says the same as its text.
fn is_plain(name: &str, text: &str) -> bool {
    let is_boolean = ["true", "false"].contains(&text) && name == "automated_codes";
    is_scalar(text) && (is_boolean || text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What a JSON number or boolean is read as: its text, or none that any parameter takes.
fn read<'a>(name: &str, text: &'a str) -> &'a str {
    if is_scalar(text) && !is_plain(name, text) {
        return "?";
    }
    text
}

/// The table: number and parameter of all that is wrong, in order.
fn wrong<'a>(params: &[(&'a str, &'a str)]) -> Vec<(u16, &'a str)> {
    let automated = automated(params);
    let number = |name: &str| {
        let is_for_codes = name.starts_with("code_");
        match values(params, name)[..] {
            [_, _, ..] => Some(302),
            _ if is_for_codes && !automated => None,
            [] => (is_for_codes || name == "campaign").then_some(200),
            [value] => wrong_value(name, value),
        }
    };
    let known = NAMES.iter().filter_map(|&name| Some((number(name)?, name)));
    let unknown = params.iter().filter(|(name, _)| !NAMES.contains(name));
    known.chain(unknown.map(|&(name, _)| (302, name))).collect()
}

fn wrong_value(name: &str, value: &str) -> Option<u16> {
    let (is_valid, number) = match name {
        "campaign" if value.is_empty() => (false, 200),
        "campaign" => (is_name(value, 64), 301),
        "amount" => (is_number(value, 1, 100_000), 301),
        "status" => (status(value).is_some(), 302),
        "automated_codes" => (["true", "false", "1", "0"].contains(&value), 302),
        "code_prefix" => (is_name(value, 32), 301),
        "code_length" => (is_number(value, 3, 30), 301),
        "code_type" => (["numeric", "alphanumeric"].contains(&value), 302),
        _ => (true, 0),
    };
    (!is_valid).then_some(number)
}

/// Whether custom codes are asked for.
fn automated(params: &[(&str, &str)]) -> bool {
    let values = values(params, "automated_codes");
    values == ["true"] || values == ["1"]
}

fn values<'a>(params: &[(&str, &'a str)], name: &str) -> Vec<&'a str> {
    let named = params.iter().filter(|(given, _)| *given == name);
    named.map(|&(_, value)| value).collect()
}

fn is_name(text: &str, most: usize) -> bool {
    let is_symbol = |symbol: char| symbol.is_ascii_alphanumeric() || "_-".contains(symbol);
    text.chars().all(is_symbol) && text.len() <= most
}

fn is_number(text: &str, min: u64, max: u64) -> bool {
    number(text).is_some_and(|number| (min..=max).contains(&number))
}

fn number(text: &str) -> Option<u64> {
    let is_digits = !text.is_empty() && text.chars().all(|digit| digit.is_ascii_digit());
    let append = |number: u64, digit: char| {
        let digit = u64::from(digit) - u64::from('0');
        number.saturating_mul(10).saturating_add(digit)
    };
    is_digits.then(|| text.chars().fold(0, append))
}

fn status(text: &str) -> Option<Status> {
    match text {
        "normal" => Some(Status::Normal),
        "voided" => Some(Status::Voided),
        "activated" | "active" => Some(Status::Activated),
        _ => None,
    }
}

fn assert_wrong(rejection: &Rejection, expected: &[(u16, &str)]) {
    let errors = rejection.errors();
    assert!(!errors.is_empty());
    let seen = errors
        .iter()
        .map(|error| (error.code(), error.parameter().unwrap_or("")));
    assert_eq!(seen.collect::<Vec<_>>(), expected);
    assert!(errors.iter().all(|error| !error.to_string().is_empty()));
}

fn assert_fulfils(request: &Request, params: &[(&str, &str)]) {
    assert_eq!(wrong(params), []);
    let value = |name| values(params, name).first().copied();
    assert_eq!(Some(request.campaign()), value("campaign"));
    assert_eq!(
        Some(request.requested_amount() as u64),
        number(value("amount").unwrap_or("10"))
    );
    assert_eq!(
        Some(request.requested_status()),
        status(value("status").unwrap_or("normal"))
    );
    assert_eq!(request.format().is_some(), automated(params));
    if let Some(format) = request.format() {
        assert_eq!(Some(format.prefix()), value("code_prefix"));
        assert_eq!(
            Some(format.length() as u64),
            value("code_length").and_then(number)
        );
        let is_numeric = value("code_type") == Some("numeric");
        let code_type = if is_numeric {
            CodeType::Numeric
        } else {
            CodeType::Alphanumeric
        };
        assert_eq!(format.alphabet(), &code_type.alphabet());
    }
}
