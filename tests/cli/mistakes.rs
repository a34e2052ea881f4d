//! Options that are wrong, and requests that are refused: one line, and nothing is written.

use crate::common::Place;

#[test]
fn wrong_options() {
    let place = Place::new();
    for (arguments, line) in [
        (
            "--amount 0",
            "error 301: amount must be between 1 and 100000 inclusive",
        ),
        (
            "-n -5",
            "error 301: Invalid character in parameter: amount.",
        ),
        (
            "--code-length 31",
            "error 301: code length must be between 3 and 30 inclusive",
        ),
        (
            "-c a/b",
            "error 301: Invalid character in parameter: campaign.",
        ),
        (
            "--base-url shop.example",
            "error 302: base_url must be an absolute address, like \"https://shop.example/coupons/\".",
        ),
        (
            "--url-template https://shop.example/",
            "error 302: url_template must be an absolute address with {code} once and, if you like, {campaign}, \
             like \"https://shop.example/redeem?c={campaign}&coupon={code}\".",
        ),
        (
            "--code-type hex",
            "error 302: code_type must be \"numeric\" or \"alphanumeric\"",
        ),
        (
            "--amout 5",
            "error: unexpected argument '--amout' found (tip: a similar argument exists: '--amount')",
        ),
        (
            "coupons.json",
            "error: unexpected argument 'coupons.json' found",
        ),
        (
            "--output",
            "error: a value is required for '--output <FILE>' but none was supplied",
        ),
        (
            "--format yaml",
            "error: invalid value 'yaml' for '--format <FORMAT>' [possible values: json, csv, xlsx, html]",
        ),
        (
            "-b 0",
            "error: invalid value '0' for '--batches <N>': 0 is not in 1..=4294967295",
        ),
        (
            "--first-sequence-id 9007199254740992",
            "error: invalid value '9007199254740992' for '--first-sequence-id <ID>': 9007199254740992 is not in \
             0..=9007199254740991",
        ),
        (
            "--valid-for 30",
            "error: invalid value '30' for '--valid-for <SPAN>': a span is written as 36h, 30d, 3mo or 1y 6mo",
        ),
        (
            "--valid-for=-1d",
            "error: invalid value '-1d' for '--valid-for <SPAN>': a span is written as 36h, 30d, 3mo or 1y 6mo",
        ),
        (
            "--create-date yesterday",
            "error: invalid value 'yesterday' for '--create-date <DATE>': a date is written as 2019-04-01 11:51:41",
        ),
        (
            "--valid-for 1d --valid-until 2030-01-01",
            "error: the argument '--valid-for <SPAN>' cannot be used with '--valid-until <DATE>'",
        ),
        (
            "--request r.json -n 5",
            "error: the argument '--request <FILE>' cannot be used with '--amount <N>'",
        ),
        (
            "--request - --reserve -",
            "error: standard input can be read for one option only",
        ),
        (
            "--reserve-column 1",
            "error: the following required arguments were not provided: --reserve <FILE>",
        ),
    ] {
        place.fail(2, arguments, line);
    }
}

#[test]
fn files_that_cannot_be_read() {
    let place = Place::new();
    let missing = "No such file or directory (os error 2)";
    place.fail(
        2,
        "--request none.json",
        &format!("error: cannot read none.json: {missing}"),
    );
    place.fail(
        2,
        "--reserve none.txt",
        &format!("error: cannot read none.txt: {missing}"),
    );
}

#[test]
fn refused_requests() {
    let place = Place::new();
    place.fail(
        1,
        "--code-type numeric --code-length 3 -n 1001",
        "error 601: low on unique generated validation codes (custom codes: 1001 asked for, 1000 left)",
    );
    place.fail(
        1,
        "--first-sequence-id 9007199254740990 -n 3",
        "error 601: low on sequence ids (3 asked for, 2 left)",
    );
}

#[test]
fn what_was_there_stays() {
    let place = Place::new();
    place.put("coupons.json", "as it was");
    place.fail(
        2,
        "-n 0",
        "error 301: amount must be between 1 and 100000 inclusive",
    );
    place.fail(
        1,
        "--code-type numeric --code-length 3 -n 500 -b 3",
        "error 601: low on unique generated validation codes (custom codes: 1500 asked for, 1000 left)",
    );
    assert_eq!(place.text("coupons.json"), "as it was");
}

#[test]
fn a_target_that_cannot_be_written() {
    let place = Place::new();
    let line = "error: cannot write none/c.json: entity not found";
    place.fail(1, "-n 5 -o none/c.json", line);
}
