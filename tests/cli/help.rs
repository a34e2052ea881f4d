//! What a newcomer asks first.

use crate::common::Place;

#[test]
fn help_has_groups_examples_and_exit_statuses() {
    for (flag, more) in [("-h", false), ("--help", true)] {
        let ran = Place::new().run(flag);
        assert_eq!((ran.status, &*ran.stderr), (Some(0), ""));
        let headings = [
            "Usage: mint [OPTIONS]",
            "\nCoupons:\n",
            "\nCustom validation codes:\n",
            "\nCodes that exist already:\n",
            "\nOutput:\n",
            "\nExamples:\n",
            "\nExit status:\n",
        ];
        for heading in headings {
            assert!(ran.stdout.contains(heading), "{flag}: {heading}");
        }
        assert_eq!(
            ran.stdout
                .contains("Months and years are counted on the calendar"),
            more
        );
        assert!(ran.stdout.lines().all(|line| line.len() <= 100), "{flag}");
    }
}

#[test]
fn the_examples_run() {
    let place = Place::new();
    place.put("old.csv", "single_use_code,custom_validation_code\n");
    let help = place.run("--help").stdout;
    let examples = help.split("Examples:\n").nth(1).unwrap();
    let examples = examples.lines().take_while(|line| !line.is_empty());
    let mut run = 0;
    for line in examples {
        let example = line.split("mint").nth(1).unwrap();
        let example = example.split("   ").next().unwrap();
        let example = example.split('|').next().unwrap().replace('\'', "");
        let input = r#"{"campaign": "cam_15111"}"#;
        // Smaller, where the example leaves it open.
        let small = if example.contains("-n ") || example.contains("--request") {
            ""
        } else {
            " -n 10"
        };
        let ran = place.run_on(input, &format!("{example}{small}"));
        assert_eq!(ran.status, Some(0), "{line}: {}", ran.stderr);
        run += 1;
    }
    assert!(run >= 8);
}

#[test]
fn version() {
    let ran = Place::new().run("--version");
    assert_eq!(
        ran.stdout,
        concat!("mint ", env!("CARGO_PKG_VERSION"), "\n")
    );
    assert_eq!((ran.status, &*ran.stderr), (Some(0), ""));
}
