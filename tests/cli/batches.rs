//! Many batches in a row.

use crate::common::{Place, assert_distinct, fields, json};

#[test]
fn csv_is_one_table() {
    let place = Place::new();
    place.mint("-f csv -n 1000 -b 3");
    for kind in [
        "single_use_code",
        "sequence_id",
        "widget_validation_code",
        "custom_validation_code",
    ] {
        let codes = place.column("coupons.csv", kind);
        assert_eq!(codes.len(), 3000);
        assert_distinct(&codes);
    }
}

#[test]
fn json_is_an_array_of_answers() {
    let place = Place::new();
    place.mint("-n 500 -b 2 --code-type numeric --code-length 3");
    let answers = json(&place.text("coupons.json"));
    assert_eq!(answers.as_array().unwrap().len(), 2);
    let codes = [0, 1]
        .map(|batch| fields(&answers[batch], "custom_validation_code"))
        .concat();
    assert_eq!(codes.len(), 1000);
    assert_distinct(&codes);
}

/// Not even the first is written, to standard output neither.
#[test]
fn all_or_none() {
    let place = Place::new();
    for output in ["", "-o -"] {
        place.fail(
            1,
            &format!("-n 600 -b 2 --code-type numeric --code-length 3 {output}"),
            "error 601: low on unique generated validation codes (custom codes: 1200 asked for, 1000 left)",
        );
        place.fail(
            1,
            &format!("-n 100000 -b 21768 --automated-codes false {output}"),
            "error 601: low on unique generated validation codes (widget codes: 2176800000 asked for, 2176782336 left)",
        );
        place.fail(
            1,
            &format!("-n 2 -b 2 --first-sequence-id 9007199254740989 {output}"),
            "error 601: low on sequence ids (4 asked for, 3 left)",
        );
    }
}

/// Among a million widget codes some are six digits, and take custom codes away that seemed to be left.
#[test]
fn all_or_none_where_widget_codes_take_custom_codes() {
    let place = Place::new();
    let six_digits =
        "--code-prefix '' --code-type numeric --code-length 6 -n 100000 -b 10 --seed 1 -f csv -o -";
    let ran = place.run(six_digits);
    assert_eq!(ran.status, Some(1));
    assert_eq!(ran.stdout, "");
    let line =
        "error 601: low on unique generated validation codes (custom codes: 100000 asked for, ";
    assert!(ran.stderr.starts_with(line), "{}", ran.stderr);
}

/// Progress is for terminals.
#[test]
fn standard_error_has_three_lines() {
    let place = Place::new();
    let said = place.mint("-n 1000 -b 20");
    assert_eq!(said.lines().count(), 3, "{said}");
    assert!(
        said.bytes()
            .all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte) || !byte.is_ascii()),
        "{said}"
    );
    assert_eq!(place.mint("-n 1000 -b 20 --quiet"), "");
}

#[test]
fn one_seed_one_file() {
    let place = Place::new();
    let seeded = "--seed 7 --create-date 2019-04-01T11:51:41 -b 2";
    place.mint(&format!("{seeded} -o all.json"));
    let one_thread = place
        .command(&format!("{seeded} -o one.json"))
        .env("RAYON_NUM_THREADS", "1")
        .status();
    assert!(one_thread.unwrap().success());
    assert!(place.text("all.json") == place.text("one.json"));
    place.mint("--seed 8 --create-date 2019-04-01T11:51:41 -b 2 -o other.json");
    assert!(place.text("all.json") != place.text("other.json"));
}

/// Custom codes of six symbols wait until all batches are there, and then come out.
#[test]
fn what_waited_comes_out() {
    let place = Place::new();
    let ran =
        place.run("--code-prefix '' --code-type numeric --code-length 6 -n 10 -b 2 -f csv -o -");
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let rows: Vec<_> = ran.stdout.lines().map(str::to_owned).collect();
    assert_eq!(rows.len(), 21);
    assert_distinct(&rows);
}
