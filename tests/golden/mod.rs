//! The golden cases of `tests/suite` and `samples`, each a trial; `BLESS=1` rewrites them.

mod codes;

use std::path::Path;
use std::sync::OnceLock;

use crawl::testing::{Case, Options, Outcome, TestError, discover, run_case, spawn};
use libtest_mimic::{Failed, Trial};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_crawl");

/// A trial per case, over its recording where it has one; each sample again on the site itself, on a slow one and in
/// Firefox; and a failing trial for each case that cannot be read.
pub fn trials() -> Vec<Trial> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (suite, mut unusable) = load(&root.join("tests/suite"), "suite");
    let (samples, unusable_samples) = load(&root.join("samples"), "samples");
    unusable.extend(unusable_samples);
    let slow: Vec<Case> = samples
        .iter()
        .filter(|case| has_delay(case))
        .flat_map(|case| [20, 100, 500, 1_500].map(|delay| slowed(case, delay)))
        .collect();
    let firefox: Vec<Trial> = samples.iter().map(|case| elsewhere(in_firefox(case))).collect();
    let recorded = samples.iter().filter(|case| case.recording.is_some());
    let live: Vec<Trial> = recorded.map(|case| trial(live(case, "on the site itself"), false)).collect();
    let golden = suite.into_iter().chain(samples).map(|case| trial(case, blessing()));
    let slow = slow.into_iter().map(|case| trial(case, false));
    golden.chain(live).chain(slow).chain(firefox).chain(unusable).chain(codes::trials()).collect()
}

fn load(folder: &Path, area: &str) -> (Vec<Case>, Vec<Trial>) {
    let found = discover(folder).unwrap_or_else(|error| vec![Err(error)]);
    let (mut cases, mut unusable) = (Vec::new(), Vec::new());
    for case in found {
        match case {
            Ok(case) => cases.push(Case { name: format!("{area}/{}", case.name), ..case }),
            Err(error) => unusable.push(fault(area, error)),
        }
    }
    (cases, unusable)
}

fn fault(area: &str, error: TestError) -> Trial {
    Trial::test(format!("golden::{area}: {error}"), move || Err(words(&error)))
}

fn words(error: &TestError) -> Failed {
    let help = error.help().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    Failed::from(format!("{error}{help}"))
}

/// Whether a sample can be tried on a slower site.
fn has_delay(case: &Case) -> bool {
    std::fs::read_to_string(&case.script).is_ok_and(|text| text.contains("param(\"delay\""))
}

/// The case without its recording.
fn live(case: &Case, words: &str) -> Case {
    Case { name: format!("{} {words}", case.name), recording: None, ..case.clone() }
}

fn slowed(case: &Case, delay: u32) -> Case {
    let mut case = live(case, &format!("at {delay} ms"));
    case.settings.args.extend(["--set".to_owned(), format!("delay={delay}")]);
    case
}

fn in_firefox(case: &Case) -> Case {
    let mut case = live(case, "in Firefox");
    case.settings.args.extend(["--browser".to_owned(), "firefox".to_owned()]);
    case
}

/// A trial that is left out where there is no Firefox.
fn elsewhere(case: Case) -> Trial {
    let missing = crate::browser::firefox_missing();
    let mut case = case;
    case.name.extend(missing.map(|why| format!(" (skipped: {why})")));
    trial(case, false).with_ignored_flag(missing.is_some())
}

fn blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

fn trial(case: Case, bless: bool) -> Trial {
    let name = format!("golden::{}", case.name);
    let skipped = case.settings.skip.is_some();
    let run = move || {
        if case.settings.needs_browser {
            ensure_browser().map_err(Failed::from)?;
        }
        let options = Options { update: bless, ..Options::default() };
        let result = run_case(&case, &options, &|case, over| spawn(Path::new(PROGRAM), case, over, &options));
        if let Some(failure) = result.tests.iter().find_map(|test| test.failure.as_ref()) {
            return Err(Failed::from(failure.plain.clone()));
        }
        match result.outcome {
            Outcome::Passed | Outcome::Skipped(_) | Outcome::Unasked => Ok(()),
            Outcome::Updated(files) => {
                files.iter().for_each(|file| println!("updated {}", file.display()));
                Ok(())
            }
            Outcome::Failed(differences) => {
                let text: Vec<String> = differences.iter().map(ToString::to_string).collect();
                Err(Failed::from(text.join("\n")))
            }
            Outcome::Changed(judged) => Err(Failed::from(judged.verdict.word())),
            Outcome::Broken(error) => Err(words(&error)),
        }
    };
    Trial::test(name, run).with_ignored_flag(skipped)
}

/// Finds or installs a browser by the program's own set-up, once.
pub fn ensure_browser() -> Result<(), String> {
    static READY: OnceLock<Result<(), String>> = OnceLock::new();
    let set_up = || {
        let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
        runtime.block_on(crawl::browser::set_up(&mut |line| eprintln!("{line}"))).map(drop).map_err(|e| e.to_string())
    };
    READY.get_or_init(set_up).clone()
}
