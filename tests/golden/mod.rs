//! The golden cases of `tests/suite` and `samples`, each a trial; `BLESS=1` rewrites them.

use std::path::Path;
use std::sync::OnceLock;

use crawl::testing::{Case, Outcome, discover, run_case, spawn};
use libtest_mimic::{Failed, Trial};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_crawl");

/// A trial per case, and each sample again on a slow site.
pub fn trials() -> Vec<Trial> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let suite = load(&root.join("tests/suite"), "suite");
    let samples = load(&root.join("samples"), "samples");
    let slow = samples.iter().flat_map(|case| [20, 500].map(|delay| slowed(case, delay)));
    let slow: Vec<Case> = slow.collect();
    let golden = suite.into_iter().chain(samples).map(|case| trial(case, blessing()));
    golden.chain(slow.into_iter().map(|case| trial(case, false))).collect()
}

fn load(folder: &Path, area: &str) -> Vec<Case> {
    let found = discover(folder).unwrap_or_else(|error| panic!("{error}"));
    let cases = found.into_iter().map(|case| case.unwrap_or_else(|error| panic!("{error}")));
    cases.map(|case| Case { name: format!("{area}/{}", case.name), ..case }).collect()
}

fn slowed(case: &Case, delay: u32) -> Case {
    let mut case = case.clone();
    case.name = format!("{} at {delay} ms", case.name);
    case.settings.args.extend(["--set".to_owned(), format!("delay={delay}")]);
    case
}

fn blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

fn trial(case: Case, bless: bool) -> Trial {
    Trial::test(format!("golden::{}", case.name), move || {
        if case.settings.needs_browser {
            ensure_browser()?;
        }
        match run_case(&case, bless, &|case| spawn(Path::new(PROGRAM), case)) {
            Outcome::Passed | Outcome::Skipped(_) => Ok(()),
            Outcome::Updated(files) => {
                files.iter().for_each(|file| println!("updated {}", file.display()));
                Ok(())
            }
            Outcome::Failed(differences) => {
                let text: Vec<String> = differences.iter().map(ToString::to_string).collect();
                Err(Failed::from(text.join("\n")))
            }
            Outcome::Broken(error) => Err(Failed::from(error.to_string())),
        }
    })
}

/// Finds or installs a browser by the program's own set-up, once.
fn ensure_browser() -> Result<(), Failed> {
    static READY: OnceLock<Result<(), String>> = OnceLock::new();
    let set_up = || {
        let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
        runtime.block_on(crawl::browser::set_up(&mut |line| eprintln!("{line}"))).map(drop).map_err(|e| e.to_string())
    };
    READY.get_or_init(set_up).clone().map_err(Failed::from)
}
