//! Fuzzing on stable Rust: each target is given its kept cases and what mutation makes of them. Seconds per target come
//! from `CRAWL_FUZZ_SECONDS` (one when not given), the seed from `CRAWL_FUZZ_SEED` (the clock when not given). A text that
//! makes a target panic is printed with its seed and written to a file; it belongs into `tests/fuzz/cases/TARGET`.

mod mutate;
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use libtest_mimic::{Failed, Trial};

use mutate::Mutator;
use targets::{TARGETS, Target};

/// Large, as that of the thread that scripts run on.
const STACK: usize = 64 * 1024 * 1024;

/// A single text that takes longer hangs, as far as a user is concerned.
const SLOW: Duration = Duration::from_secs(5);

pub fn trials() -> Vec<Trial> {
    TARGETS.iter().map(|target| Trial::test(format!("fuzz::{}", target.name), || roomy(target))).collect()
}

/// Scripts run on a thread with a large stack; so do the targets.
fn roomy(target: &'static Target) -> Result<(), Failed> {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(|| fuzz(target));
    thread?.join().map_err(|_| "the target's thread panicked")?
}

fn fuzz(target: &Target) -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/cases").join(target.name);
    let cases = cases(&folder);
    assert!(!cases.is_empty(), "{} has no cases", folder.display());
    for (path, case) in &cases {
        attempt(target, case).map_err(|why| format!("{}: {why}", path.display()))?;
    }
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(1, |time| time.as_nanos() as u64);
    let seed = number("CRAWL_FUZZ_SEED").unwrap_or(clock);
    let limit = Duration::from_secs(number("CRAWL_FUZZ_SECONDS").unwrap_or(1));
    let seeds: Vec<String> = cases.into_iter().map(|(_, case)| case).collect();
    let mut mutator = Mutator::new(seed, &seeds, target.words);
    let begun = Instant::now();
    let mut tried = 0;
    while begun.elapsed() < limit {
        let text = mutator.next();
        if let Err(why) = attempt(target, &text) {
            let found = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{}-{seed}", target.name));
            std::fs::write(&found, &text)?;
            return Err(
                format!("{why} (seed {seed}, after {tried} texts; kept in {}):\n{text:?}", found.display()).into()
            );
        }
        tried += 1;
    }
    println!("{}: {tried} texts, seed {seed}", target.name);
    Ok(())
}

fn attempt(target: &Target, text: &str) -> Result<(), String> {
    let begun = Instant::now();
    // An overflowing stack ends the process: what it was given must be known afterwards.
    let at = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{}-now", target.name));
    let _ = std::fs::write(&at, text);
    let ran = catch_unwind(AssertUnwindSafe(|| (target.run)(text)));
    let took = begun.elapsed();
    match ran {
        Ok(()) if took < SLOW => Ok(()),
        Ok(()) => Err(format!("it took {took:?}")),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().cloned();
            let words = words.or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned()));
            Err(format!("it panicked: {}", words.unwrap_or_default()))
        }
    }
}

fn cases(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let bytes = std::fs::read(&path).ok()?;
        Some((path, String::from_utf8_lossy(&bytes).into_owned()))
    };
    paths.into_iter().filter_map(read).collect()
}
