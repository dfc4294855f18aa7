//! `crawl bench` measures; what it measures is never asserted.

use std::process::Command;

use libtest_mimic::Trial;

/// The trials of this area.
pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("bench::one_workload_gives_a_ratio", || {
            let text = bench(&["--workload", "W1", "--rounds", "1"]);
            let line = text.lines().find(|line| line.starts_with("W1 ")).ok_or_else(|| text.clone())?;
            let ratio = line.split_whitespace().rev().find_map(|word| word.parse::<f64>().ok());
            assert!(line.contains("× floor"), "{text}");
            assert!(ratio.is_some(), "{text}");
            assert!(!text.contains("W2 "), "{text}");
            Ok(())
        }),
        Trial::test("bench::figures_come_as_json", || {
            let text = bench(&["--workload", "w6", "--rounds", "1", "--json"]);
            let report: serde_json::Value = serde_json::from_str(&text)?;
            let row = &report["rows"][0];
            assert!(row["ours"].as_f64().is_some_and(|ours| ours > 0.0), "{text}");
            assert!(row["floor"].as_f64().is_some_and(|floor| floor > 0.0), "{text}");
            Ok(())
        }),
        Trial::test("bench::watch_is_timed_from_save_to_result", || {
            let text = bench(&["--workload", "watch", "--rounds", "1", "--json"]);
            let report: serde_json::Value = serde_json::from_str(&text)?;
            let (reading, appended) = (&report["rows"][0], &report["rows"][1]);
            assert!(reading["ours"].as_f64().is_some_and(|ours| ours > 0.0), "{text}");
            assert_eq!(reading["target"]["most"], 50.0, "{text}");
            assert!(appended["floor"].as_f64().is_some_and(|own| own > 0.0), "{text}");
            assert!(appended["ours"].as_f64() > appended["floor"].as_f64(), "{text}");
            assert_eq!(appended["target"]["beyond"], 20.0, "{text}");
            Ok(())
        }),
        Trial::test("bench::a_soak_does_not_grow", || {
            let text = bench(&["soak", "--sessions", "100", "--steps", "100", "--json"]);
            let runs: serde_json::Value = serde_json::from_str(&text)?;
            for run in runs.as_array().ok_or("a list")? {
                let marks = run["marks"].as_array().ok_or("marks")?;
                let (first, last) = (&marks[0], &marks[marks.len() - 1]);
                let grown = |what: &str| last[what].as_f64().unwrap() / first[what].as_f64().unwrap();
                assert!(grown("ours") < 1.1, "{text}");
                assert_eq!(first["files"], last["files"], "{text}");
                // A page's own heap has not come to rest after fifty steps.
                let sessions = run["name"].as_str().is_some_and(|name| name.contains("sessions"));
                assert!(grown("browser") < if sessions { 1.1 } else { 1.4 }, "{text}");
            }
            Ok(())
        }),
        Trial::test("bench::an_unknown_workload_is_a_usage_error", || {
            let output = Command::new(env!("CARGO_BIN_EXE_crawl")).args(["bench", "--workload", "W9"]).output()?;
            assert_eq!(output.status.code(), Some(2));
            assert!(String::from_utf8_lossy(&output.stderr).contains("W1, W2"));
            Ok(())
        }),
    ]
}

fn bench(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_crawl")).arg("bench").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
