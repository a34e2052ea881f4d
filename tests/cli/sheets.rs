//! Workbooks and pages to print. (Whether a browser shows them, and whether readers of bars and QR codes read
//! them, is tried by `.ci/sheets`.)

use calamine::{Data, Reader, Xlsx, open_workbook};

use crate::common::Place;

/// The rows of a workbook; every cell must be text.
#[track_caller]
fn rows(place: &Place, file: &str) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = open_workbook(place.path(file)).unwrap();
    assert_eq!(workbook.sheet_names(), ["coupons"]);
    let text = |cell: &Data| match cell {
        Data::String(text) => text.clone(),
        Data::Empty => String::new(),
        other => panic!("{other:?} is no text"),
    };
    let sheet = workbook.worksheet_range("coupons").unwrap();
    let rows = sheet.rows().map(|row| row.iter().map(text).collect());
    rows.collect()
}

fn csv_rows(place: &Place, file: &str) -> Vec<Vec<String>> {
    let mut rows = csv::ReaderBuilder::new();
    let rows = rows.has_headers(false).from_path(place.path(file)).unwrap();
    let cells = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
    rows.into_records().map(|row| cells(row.unwrap())).collect()
}

#[test]
fn workbooks_hold_what_csv_holds() {
    let place = Place::new();
    for options in [
        "-n 500",
        "-n 300 --batches 3 --automated-codes false",
        "-n 500 --pattern 00############## --code-type numeric",
        "-n 500 --pattern 1E##### --code-type numeric --status normal",
        "-n 500 --pattern ##-##-#### --code-type numeric --status voided",
        "-n 500 --code-prefix=-- --first-sequence-id 9007199254740000",
        "-n 4 --pattern tru### --alphabet [eE]",
    ] {
        let options = format!("{options} --seed 7 --create-date 2019-04-01T11:51:41 -q");
        place.mint(&format!("{options} -f csv"));
        place.mint(&format!("{options} -f xlsx"));
        let csv = csv_rows(&place, "coupons.csv");
        assert!(csv.len() > 4);
        assert_eq!(rows(&place, "coupons.xlsx"), csv, "{options}");
    }
}

#[test]
fn runs_that_are_repeated_give_the_same_bytes() {
    let place = Place::new();
    for format in ["xlsx", "html"] {
        let options = format!("-n 30 -f {format} --seed 7 --create-date 2019-04-01T11:51:41");
        let [one, other] = ["one", "other"].map(|file| {
            place.mint(&format!("{options} -o {file}"));
            std::fs::read(place.path(file)).unwrap()
        });
        assert_eq!(one, other, "{format}");
    }
}

#[test]
fn what_has_no_room_is_refused_before_anything_is_written() {
    let place = Place::new();
    place.put("coupons.xlsx", "as it was");
    let instead = "mint fewer, or write csv";
    place.fail(
        2,
        "-f xlsx --batches 11 -n 95326",
        &format!(
            "error: a sheet of a workbook has room for 1048575 coupons, not for 1048586: {instead}"
        ),
    );
    place.fail(
        2,
        "-f html -n 10001",
        &format!("error: a page to print has room for 10000 coupons, not for 10001: {instead}"),
    );
    let long = format!("https://shop.example/{}{{code}}", "x".repeat(3000));
    place.fail(
        1,
        &format!("-f html -n 10 --url-template {long}"),
        "error: cannot write the output: a link of 3042 characters is too long for a QR code",
    );
    assert_eq!(place.text("coupons.xlsx"), "as it was");
}

/// Texts of HTML elements of a class, in order.
fn texts<'h>(html: &'h str, class: &str) -> Vec<&'h str> {
    let start = format!("<p class=\"{class}\">");
    let texts = html.split(&start).skip(1);
    texts
        .map(|rest| rest.split("</p>").next().unwrap())
        .collect()
}

#[test]
fn pages_have_a_card_for_each_coupon() {
    let place = Place::new();
    let options =
        "-n 24 --batches 2 --seed 7 --valid-until 2027-01-31T23:59:59 --campaign a-b_c -q";
    for (more, bars) in [
        (
            "--pattern 99########### --code-type numeric --check ean13",
            48,
        ),
        ("--pattern SUMMER-####-####", 48),
        // Too long for bars.
        ("--pattern A##########-##########-##########", 0),
    ] {
        let options = format!("{options} {more}");
        place.mint(&format!("{options} -f csv"));
        place.mint(&format!("{options} -f html"));
        let html = place.text("coupons.html");
        let codes = place.column("coupons.csv", "custom_validation_code");
        assert_eq!(texts(&html, "code"), codes);
        assert_eq!(texts(&html, "campaign"), ["a-b_c"; 48]);
        let until = "valid until <b>31 January 2027</b>, 23:59 UTC";
        assert_eq!(texts(&html, "until"), [until; 48]);
        assert_eq!(html.matches("<section>").count(), 5);
        assert_eq!(html.matches("<svg class=\"qr\"").count(), 48);
        assert_eq!(html.matches("<svg class=\"bars\"").count(), bars, "{more}");
        assert!(texts(&html, "void").is_empty());
        // All in one file, and nothing in it runs.
        for foreign in [
            "<script", "src=", "url(", "@import", "http:", "https:", "<a ",
        ] {
            assert!(!html.contains(foreign), "{foreign}");
        }
    }
}

#[test]
fn cards_of_coupons_without_custom_codes() {
    let place = Place::new();
    let options = "-n 12 --seed 7 --automated-codes false --status voided -q";
    place.mint(&format!("{options} -f csv"));
    place.mint(&format!("{options} -f html"));
    let html = place.text("coupons.html");
    let codes = place.column("coupons.csv", "widget_validation_code");
    assert_eq!(texts(&html, "code"), codes);
    assert_eq!(texts(&html, "void"), ["void"; 12]);
    assert!(texts(&html, "until").is_empty());
    assert!(!html.contains("<svg class=\"bars\""));
}
