//! A campaign kept in a file from one run to the next.

use std::{
    fs::{self, File},
    io::Write,
    process::Stdio,
    thread,
    time::Duration,
};

use crate::common::{Place, assert_distinct, fields, json};

const KINDS: [&str; 3] = [
    "single_use_code",
    "widget_validation_code",
    "custom_validation_code",
];
const NUMERIC: &str = "--code-prefix T- --code-type numeric --code-length 3 --campaign-file spring";

/// Even with one seed, which would give the same codes again.
#[test]
fn no_run_issues_a_code_of_another() {
    let place = Place::new();
    let run = "--seed 1 -f csv --campaign-file spring";
    let files = ["one.csv", "two.csv", "three.csv"];
    for (file, amount) in files.iter().zip([20_000, 10_000, 5_000]) {
        place.mint(&format!("{run} -n {amount} -o {file}"));
    }
    for kind in KINDS {
        let codes = files.map(|file| place.column(file, kind)).concat();
        assert_eq!(codes.len(), 35_000);
        assert_distinct(&codes);
    }
    let ids = files.map(|file| place.column(file, "sequence_id")).concat();
    assert!(
        ids.iter()
            .map(|id| id.parse::<u32>().unwrap())
            .eq(1..=35_000)
    );
    assert_eq!(
        place.files(),
        ["one.csv", "spring", "spring.lock", "three.csv", "two.csv"]
    );
}

#[test]
fn what_is_left_goes_on() {
    let place = Place::new();
    place.put("old.txt", "T-001\nT-002\n");
    let said = place.mint(&format!("{NUMERIC} -n 500 --reserve old.txt"));
    assert!(said.contains("and 498 custom codes"), "{said}");
    let said = place.mint(&format!("{NUMERIC} -n 400"));
    assert!(
        said.starts_with("500 coupons issued before, says "),
        "{said}"
    );
    assert!(
        said.contains("left: 2,176,781,436 widget codes and 98 custom codes"),
        "{said}"
    );

    // A refused run leaves the file as it is.
    let before = fs::read(place.path("spring")).unwrap();
    let line =
        "error 601: low on unique generated validation codes (custom codes: 99 asked for, 98 left)";
    place.fail(1, &format!("{NUMERIC} -n 99 -q"), line);
    assert!(fs::read(place.path("spring")).unwrap() == before);
    place.mint(&format!("{NUMERIC} -n 98"));
    place.fail(
        1,
        &format!("{NUMERIC} -n 1 -q"),
        "error 601: low on unique generated validation codes (custom codes: 1 asked for, 0 left)",
    );
}

#[test]
fn validity_is_kept_unless_another_is_said() {
    let place = Place::new();
    for (options, expiry) in [
        ("--valid-for 1mo", "2024-02-29 11:51:41"),
        ("", "2024-02-29 11:51:41"),
        ("--valid-until 2025-01-01T00:00:00", "2025-01-01 00:00:00"),
        ("", "2025-01-01 00:00:00"),
    ] {
        let run = "-n 1 --create-date 2024-01-31T11:51:41 --campaign-file spring";
        place.mint(&format!("{run} {options}"));
        let envelope = json(&place.text("coupons.json"));
        assert_eq!(fields(&envelope, "expirydate"), [expiry], "{options}");
    }
}

#[test]
fn requests_are_answered_from_it() {
    let place = Place::new();
    let request = r#"{"campaign":"cam_15111","amount":5}"#;
    let mut codes = Vec::new();
    for _ in 0..2 {
        let ran = place.run_on(request, "--request - --seed 1 -q --campaign-file spring");
        assert_eq!((ran.status, &*ran.stderr), (Some(0), ""));
        codes.extend(fields(&json(&ran.stdout), "widget_validation_code"));
    }
    assert_eq!(codes.len(), 10);
    assert_distinct(&codes);
    let before = fs::read(place.path("spring")).unwrap();
    let unknown = r#"{"campaign":"cam_unknown"}"#;
    let ran = place.run_on(unknown, "--request - --campaign-file spring");
    assert_eq!(ran.status, Some(1));
    assert!(fs::read(place.path("spring")).unwrap() == before);
}

/// What is not the file of the campaign is not written over, and nothing is minted.
#[test]
fn wrong_files() {
    let place = Place::new();
    place.mint("-n 10 --campaign spring --campaign-file spring");
    fs::remove_file(place.path("coupons.json")).unwrap();
    place.put("coupons.csv", "code\n5f3jup\n");
    let mut damaged = fs::read(place.path("spring")).unwrap();
    damaged[50] ^= 1;
    place.put("damaged", &damaged);
    place.put("cut", &damaged[..40]);
    place.put("empty", "");
    fs::create_dir(place.path("directory")).unwrap();
    let at = |file: &str| {
        fs::canonicalize(place.path(file))
            .unwrap()
            .display()
            .to_string()
    };
    for (file, why) in [
        ("coupons.csv", "this is not a saved campaign"),
        ("empty", "this is not a saved campaign"),
        ("damaged", "this saved campaign is damaged or not complete"),
        ("cut", "this saved campaign is damaged or not complete"),
    ] {
        place.put(&format!("{file}.lock"), "");
        let before = fs::read(place.path(file)).unwrap();
        let line = format!("error: {}: {why}", at(file));
        place.fail(
            2,
            &format!("-n 1 -o new.json --campaign-file {file}"),
            &line,
        );
        assert!(fs::read(place.path(file)).unwrap() == before);
    }
    let line = format!(
        "error: {} is of campaign spring, not of cam_15111; say --campaign spring",
        at("spring")
    );
    place.fail(2, "-n 1 --campaign-file spring", &line);
    let ran = place.run("-n 1 --campaign-file directory");
    assert_eq!(ran.status, Some(2), "{}", ran.stderr);
    assert_eq!(
        place.run("-n 1 --campaign-file nowhere/spring").status,
        Some(1)
    );
    assert!(!place.files().contains(&"coupons.json".to_owned()));
}

/// Not even where neither is there yet.
#[test]
fn one_file_is_not_both() {
    let place = Place::new();
    for options in [
        "-o both --campaign-file both",
        "-o both --campaign-file ./both",
    ] {
        let file = options.rsplit(' ').next().unwrap();
        let what = "cannot have both the campaign and its coupons; name another --output";
        place.fail(
            2,
            &format!("-n 1 {options}"),
            &format!("error: {file} {what}"),
        );
    }
}

/// Some of them fail, and those that do not know each other's codes.
#[test]
fn runs_at_the_same_time() {
    let place = Place::new();
    place.mint(&format!("{NUMERIC} -n 1 -f csv -o first.csv"));
    let starts: Vec<_> = (0..6)
        .map(|run| {
            let mut command = place.command(&format!("{NUMERIC} -q -n 100 -f csv -o {run}.csv"));
            command.stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut codes = place.column("first.csv", "custom_validation_code");
    let mut ids = place.column("first.csv", "sequence_id");
    for (run, start) in starts.into_iter().enumerate() {
        let ended = start.wait_with_output().unwrap();
        if ended.status.success() {
            codes.extend(place.column(&format!("{run}.csv"), "custom_validation_code"));
            ids.extend(place.column(&format!("{run}.csv"), "sequence_id"));
        } else {
            let said = String::from_utf8(ended.stderr).unwrap();
            assert!(said.starts_with("error: another run is using "), "{said}");
            assert!(!place.path(&format!("{run}.csv")).exists());
        }
    }
    assert!(codes.len() > 100);
    assert_distinct(&codes);
    assert_distinct(&ids);
}

#[test]
fn the_second_of_two_runs_fails() {
    let place = Place::new();
    place.mint(&format!("{NUMERIC} -n 1 -o first.json"));
    let lock = File::open(place.path("spring.lock")).unwrap();
    lock.lock().unwrap();
    let file = fs::canonicalize(place.path("spring")).unwrap();
    let line = format!("error: another run is using {}", file.display());
    place.fail(1, &format!("{NUMERIC} -n 1"), &line);
    drop(lock);
    place.mint(&format!("{NUMERIC} -n 1"));
}

/// The codes of coupons that could not be written are lost, and not issued by the next run.
#[test]
#[cfg(target_os = "linux")]
fn coupons_that_cannot_be_written_are_lost() {
    let place = Place::new();
    let ran = place.run(&format!("{NUMERIC} -n 600 -o /dev/full"));
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.stderr.starts_with("error: cannot write /dev/full"),
        "{}",
        ran.stderr
    );
    let line = "error 601: low on unique generated validation codes (custom codes: 600 asked for, 400 left)";
    place.fail(1, &format!("{NUMERIC} -n 600 -q"), line);
}

/// Its directory goes while the run waits for its input.
#[test]
fn without_the_file_there_are_no_coupons() {
    for output in ["-", "coupons.csv"] {
        let place = Place::new();
        fs::create_dir(place.path("kept")).unwrap();
        let mut command = place.command(&format!(
            "-n 10 -f csv -o {output} --reserve - --campaign-file kept/spring"
        ));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut run = command.spawn().unwrap();
        while !place.path("kept/spring.lock").exists() {
            thread::sleep(Duration::from_millis(5));
        }
        fs::remove_dir_all(place.path("kept")).unwrap();
        run.stdin.take().unwrap().write_all(b"5f3jup\n").unwrap();
        let ended = run.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert!(said.contains("error: cannot write "), "{said}");
        assert_eq!(ended.stdout, b"");
        assert_eq!(place.files(), [""; 0]);
    }
}

#[test]
#[cfg(unix)]
fn the_file_is_its_owners_alone_and_a_link_stays_one() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let place = Place::new();
    place.mint(&format!("{NUMERIC} -n 300"));
    symlink("spring", place.path("link")).unwrap();
    place.mint("--code-prefix T- --code-type numeric --code-length 3 --campaign-file link -n 300");
    let said = place.mint(&format!("{NUMERIC} -n 1"));
    assert!(said.starts_with("600 coupons issued before"), "{said}");
    assert!(
        fs::symlink_metadata(place.path("link"))
            .unwrap()
            .is_symlink()
    );
    let mode = fs::metadata(place.path("spring"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}
