//! What is written where, and what is said about it.

use std::{fs, io::Read, process::Stdio};

use crate::common::{Place, assert_distinct, fields, json};

#[test]
fn coupons_json_by_default() {
    let place = Place::new();
    let said = place.mint("");
    assert_eq!(place.files(), ["coupons.json"]);
    let envelope = json(&place.text("coupons.json"));
    assert_eq!(envelope["campaign"], "cam_15111");
    for kind in [
        "single_use_code",
        "widget_validation_code",
        "custom_validation_code",
    ] {
        let codes = fields(&envelope, kind);
        assert_eq!(codes.len(), 100_000);
        assert_distinct(&codes);
    }
    let lines: Vec<_> = said.lines().collect();
    assert!(
        lines[0].starts_with("100,000 coupons for cam_15111 in "),
        "{said}"
    );
    assert_eq!(
        lines[1..],
        [
            "left: 2,176,682,336 widget codes and 839,299,365,868,240,224 custom codes",
            "a blind guess hits a widget code in use one time in 21,768, a custom code one time in 8,392,993,658,683",
        ]
    );
}

#[test]
fn odds_count_what_was_reserved_and_say_when_they_are_a_bound() {
    let place = Place::new();
    place.put("old.txt", "T-001\nT-002\nT-003\n5f3jup\n");
    let small = "-n 7 --code-prefix T- --code-type numeric --code-length 3 --reserve old.txt";
    let said = place.mint(small);
    let odds = "a blind guess hits a widget code in use one time in 272,097,792, a custom code one time in 100\n";
    assert!(said.ends_with(odds), "{said}");

    let said = place.mint("-n 4 --automated-codes false");
    assert!(
        said.ends_with("a widget code in use one time in 544,195,584\n"),
        "{said}"
    );

    let said = place.mint("-n 1000 --code-length 30");
    assert!(
        said.ends_with("a custom code one time in more than 3e35\n"),
        "{said}"
    );
}

#[test]
fn standard_output() {
    let place = Place::new();
    let ran = place.run("-n 3 -o - --url-template https://s.example/?c={code}");
    let envelope = json(&ran.stdout);
    let codes = fields(&envelope, "single_use_code");
    let links: Vec<_> = codes
        .iter()
        .map(|code| format!("https://s.example/?c={code}"))
        .collect();
    assert_eq!(fields(&envelope, "single_use_url"), links);
    assert_eq!(place.files(), [""; 0]);
}

/// Whoever read the output has seen enough, and hears nothing.
#[test]
fn a_broken_pipe_is_quiet() {
    let place = Place::new();
    let mut command = place.command("-n 100000 -b 2 -o -");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut start = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut start).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(&start, br#"[{"status""#);
    assert_eq!((ended.status.code(), ended.stderr), (Some(1), vec![]));
}

#[test]
#[cfg(unix)]
fn a_file_is_its_owners_alone_and_a_link_stays_one() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let place = Place::new();
    place.put("real.json", "old");
    symlink("real.json", place.path("link.json")).unwrap();
    place.mint("-n 2 -o link.json");
    assert!(
        fs::symlink_metadata(place.path("link.json"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(
        fields(&json(&place.text("real.json")), "single_use_code").len(),
        2
    );
    let mode = fs::metadata(place.path("real.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(place.files(), ["link.json", "real.json"]);
}

#[test]
fn dates() {
    let place = Place::new();
    for (options, expiry) in [
        ("", "2024-02-01 11:51:41"),
        ("--valid-for 90s", "2024-01-31 11:53:11"),
        ("--valid-for 30d", "2024-03-01 11:51:41"),
        ("--valid-for 1mo", "2024-02-29 11:51:41"),
        ("--valid-for 1y6mo", "2025-07-31 11:51:41"),
        ("--valid-for P1Y", "2025-01-31 11:51:41"),
        ("--valid-for 9000y", "9999-12-30 22:00:00"),
        ("--valid-until 2024-12-31T23:59:59", "2024-12-31 23:59:59"),
        (
            "--valid-until 2024-12-31T23:59:59+02:00",
            "2024-12-31 21:59:59",
        ),
    ] {
        place.mint(&format!("-n 1 --create-date 2024-01-31T11:51:41 {options}"));
        let envelope = json(&place.text("coupons.json"));
        assert_eq!(fields(&envelope, "create_date"), ["2024-01-31 11:51:41"]);
        assert_eq!(fields(&envelope, "expirydate"), [expiry], "{options}");
    }
}

#[test]
fn requests_are_answered() {
    let place = Place::new();
    let ran = place.run_on(r#"{"campaign":"cam_15111","amount":25}"#, "--request -");
    assert_eq!((ran.status, &*ran.stderr), (Some(0), ""));
    assert_eq!(fields(&json(&ran.stdout), "single_use_code").len(), 25);

    place.put("request.json", r#"{"campaign":"cam_unknown"}"#);
    let ran = place.run("--request request.json --output answer.json");
    assert_eq!((ran.status, &*ran.stderr, &*ran.stdout), (Some(1), "", ""));
    let answer = json(&place.text("answer.json"));
    assert_eq!(answer["status"]["errors"]["error_code"][0], 502);
}
