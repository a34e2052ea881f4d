//! Codes that exist already, from files.

use std::fmt::Write;

use crate::common::Place;

const NUMERIC: &str = "--code-prefix T- --code-type numeric --code-length 3";

/// The error for a file of codes of that format.
fn bad(file: &str, lines: &str, hint: &str) -> String {
    format!("error: {file}: {lines} (a code is 21 or 6 of 0-9a-z, or T-### numeric{hint})")
}

#[test]
fn no_custom_code_of_a_file_is_issued() {
    let place = Place::new();
    let odd: Vec<_> = (0..500).map(|i| format!("T-{:03}", 2 * i + 1)).collect();
    place.put("odd.txt", odd.join("\n"));
    let said = place.mint(&format!("{NUMERIC} -n 500 -f csv --reserve odd.txt"));
    assert!(
        said.starts_with("500 existing codes of odd.txt reserved\n"),
        "{said}"
    );
    let mut codes = place.column("coupons.csv", "custom_validation_code");
    codes.sort_unstable();
    let even: Vec<_> = (0..500).map(|i| format!("T-{:03}", 2 * i)).collect();
    assert_eq!(codes, even);
    place.fail(
        1,
        &format!("{NUMERIC} -n 501 --quiet --reserve odd.txt"),
        "error 601: low on unique generated validation codes (custom codes: 501 asked for, 500 left)",
    );
}

/// A seed would give the same codes again.
#[test]
fn a_second_run_after_the_first_issues_others() {
    let place = Place::new();
    place.mint("--seed 1 -n 5000 -f csv -o first.csv");
    place.mint("--seed 1 -n 5000 -f csv -o same.csv");
    place.mint(
        "--seed 1 -n 5000 -f csv -o second.csv --reserve first.csv \
         --reserve-column single_use_code,custom_validation_code",
    );
    for kind in ["widget_validation_code", "custom_validation_code"] {
        let mut codes = place.column("first.csv", kind);
        assert_eq!(codes, place.column("same.csv", kind));
        codes.extend(place.column("second.csv", kind));
        crate::common::assert_distinct(&codes);
    }
}

/// Single-use codes, widget codes alone and custom codes, in a file with a mark and ends of lines of Windows.
#[test]
fn kinds_are_told_apart() {
    let place = Place::new();
    place.put(
        "old.txt",
        "\u{feff}5f3jupt49d27udvwpnsar\r\n\r\n9k20xa \r\nT-001\r\n5f3jup\r\nT-002",
    );
    let said = place.mint(&format!("{NUMERIC} -n 1 --reserve old.txt"));
    assert!(
        said.starts_with("5 existing codes of old.txt reserved\n"),
        "{said}"
    );
    assert!(
        said.contains("left: 2,176,782,333 widget codes and 997 custom codes"),
        "{said}"
    );
}

/// Of 21 small letters and digits: a single-use code, and a code of the format.
#[test]
fn what_can_be_both_is_reserved_as_both() {
    let place = Place::new();
    place.put("old.txt", "123456789012345678901\n");
    let said = place.mint("--code-prefix 123456789012345678 --code-type numeric --code-length 3 -n 1 --reserve old.txt");
    assert!(
        said.contains("left: 2,176,782,334 widget codes and 998 custom codes"),
        "{said}"
    );
}

#[test]
fn columns_by_name_and_by_number() {
    let place = Place::new();
    let rows = "id;code;\"our; own\"\r\n1;\"5f3jup\";T-001\r\n2;9k20xa;\r\n3;;T-003\r\n";
    place.put("old.csv", rows);
    let left = "left: 2,176,782,333 widget codes and 997 custom codes";
    let reserve = format!("{NUMERIC} -n 1 --reserve old.csv --reserve-column");
    let mut by_name = place.command(&reserve);
    let by_name = by_name.arg("code,our; own").output().unwrap();
    let said = String::from_utf8(by_name.stderr).unwrap();
    assert!(said.contains(left), "{said}");

    place.put(
        "old.csv",
        rows.lines()
            .skip(1)
            .fold(String::new(), |rest, row| rest + row + "\n"),
    );
    let said = place.mint(&format!("{reserve} 2,3"));
    assert!(said.contains(left), "{said}");

    place.put("old.csv", rows);
    let hint = "; if the first row has names, say one of them instead of a number";
    place.fail(
        2,
        &format!("{reserve} 2"),
        &bad("old.csv", "line 1 is no code", hint),
    );
    place.fail(
        2,
        &format!("{reserve} codes"),
        "error: cannot read old.csv: there is no column \"codes\" in its first row",
    );
}

#[test]
fn bad_lines_are_named() {
    let place = Place::new();
    let reserve = format!("{NUMERIC} -n 1 --reserve old.txt");
    let bad = |lines: &str, hint: &str| bad("old.txt", lines, hint);

    place.put("old.txt", "T-001\nT-02\nT-003\n");
    place.fail(2, &reserve, &bad("line 2 is no code", ""));
    place.put("old.txt", b"T-001\nT-02\n\xff\xfe\n5F3JUP\n");
    place.fail(2, &reserve, &bad("lines 2, 3 and 4 are no codes", ""));
    place.put("old.txt", "code,name\nT-001,x\n");
    let hint = "; name the columns of a CSV file with --reserve-column";
    place.fail(2, &reserve, &bad("lines 1 and 2 are no codes", hint));

    // The first hundred, and how many more.
    place.put("old.txt", "T-001\n".to_owned() + &"?\n".repeat(250));
    let mut named = String::from("lines 2");
    (3..=100).for_each(|line| write!(named, ", {line}").unwrap());
    place.fail(
        2,
        &reserve,
        &bad(&format!("{named}, 101 and 150 more are no codes"), ""),
    );
}

#[test]
fn from_standard_input_and_from_many_files() {
    let place = Place::new();
    place.put("one.txt", "T-001");
    let ran = place.run_on(
        "T-002\nT-003\n",
        &format!("{NUMERIC} -n 1 --reserve one.txt --reserve -"),
    );
    assert_eq!(ran.status, Some(0));
    assert!(
        ran.stderr.contains("and 996 custom codes"),
        "{}",
        ran.stderr
    );
}

#[test]
fn other_formats_are_told() {
    let place = Place::new();
    place.put("old.txt", "OLD-0001\nT-001\nX10X\n");
    let options = format!("{NUMERIC} -n 1 --reserve old.txt");
    place.fail(
        2,
        &options,
        &bad("old.txt", "lines 1 and 3 are no codes", ""),
    );
    let ran = |formats: &[&str]| {
        let mut command = place.command(&options);
        for format in formats {
            command.args(["--reserve-format", format]);
        }
        let ended = command.output().unwrap();
        (
            ended.status.code(),
            String::from_utf8(ended.stderr).unwrap(),
        )
    };
    let (status, said) = ran(&["OLD-#### numeric", "X### [01X]"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.starts_with("3 existing codes"), "{said}");
    let (status, said) = ran(&["OLD-####"]);
    assert_eq!((status, said.lines().count()), (Some(2), 1), "{said}");
}

/// More than are reserved together.
#[test]
fn a_large_file() {
    let place = Place::new();
    place.mint("-n 100000 -b 2 -f csv -o old.csv -q");
    let said = place
        .mint("-n 1 --reserve old.csv --reserve-column single_use_code,custom_validation_code");
    assert!(said.starts_with("400000 existing codes"), "{said}");
    assert!(
        said.contains("left: 2,176,582,335 widget codes and 839,299,365,868,140,223 custom codes"),
        "{said}"
    );
}

/// The format is that of the request, or the one on the command line if the coupons get no custom codes.
#[test]
fn with_a_request_and_without_custom_codes() {
    let place = Place::new();
    let all: Vec<_> = (0..1000).map(|i| format!("T-{i:03}")).collect();
    place.put("old.txt", all.join("\n"));
    let body = r#"{"campaign":"cam_15111","amount":1,"automated_codes":true,
                   "code_prefix":"T-","code_length":3,"code_type":"numeric"}"#;
    let ran = place.run_on(body, "--request - --reserve old.txt");
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.stdout.contains("\"error_code\":[601]"),
        "{}",
        ran.stdout
    );
    place.mint(&format!(
        "{NUMERIC} --automated-codes false -n 1 --reserve old.txt"
    ));
}

/// A column that is not there has no codes to reserve, and nobody would notice.
#[test]
fn rows_without_the_column_are_refused() {
    let place = Place::new();
    place.put("old.csv", "1|T-001\n2|T-002\n");
    place.put("short.csv", "1,T-001\n2\n3,T-003\n4,\n");
    place.put("quoted.csv", "1,T-001\n\"2,T-002\n3,T-003\n");
    let reserve =
        |file, column| format!("{NUMERIC} -n 5 --reserve {file} --reserve-column {column}");
    let hint = "; some rows have fewer columns";
    for (file, column, lines) in [
        ("old.csv", 2, "lines 1 and 2 are no codes"),
        ("short.csv", 2, "line 2 is no code"),
        ("short.csv", 3, "lines 1, 2, 3 and 4 are no codes"),
        ("quoted.csv", 2, "line 2 is no code"),
    ] {
        place.fail(2, &reserve(file, column), &bad(file, lines, hint));
    }
}

/// The only file with the codes of a first run is not written over by a second.
#[test]
fn what_is_reserved_is_not_written_over() {
    let place = Place::new();
    place.mint("-n 10 -f csv");
    let before = place.text("coupons.csv");
    for output in ["", "-o ./coupons.csv"] {
        place.fail(
            2,
            &format!("-n 10 -f csv --reserve coupons.csv --reserve-column 1 {output}"),
            "error: coupons.csv has the codes to reserve and would be written over; name another --output",
        );
    }
    assert_eq!(place.text("coupons.csv"), before);
}
