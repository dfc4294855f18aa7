//! `crawl run --resume`: a run that is killed, again and again, says and does everything once.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::process::Stdio;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use super::resumed_site::Site;
use super::stage::{Running, Stage};
use super::trial;

/// A dozen steps in a session of their own, and in two branches at once; forms, prints and records between.
const SCRIPT: &str = r#"
let site = param("site");
let from = "document.querySelector('.from').textContent";
let send = |what| `document.querySelector('input').value = '${what}'; document.forms[0].submit()`;
let chance = random();
print("chance", chance);
session("a") {
  for n in 1..4 { emit(#{ n: n, from: crawl(`${site}/a/${n}`, js: from).js }); }
  crawl(js: send.call("a1"), wait_for: ".sent:not(:empty)");
  print("sent a1");
  emit(#{ after: crawl(`${site}/a/4`, js: from).js });
}
let rows = parallel(["x", "y"], |name| {
  session(name) {
    print(`${name} comes from ${crawl(`${site}/${name}/1`, js: from).js}`);
    crawl(js: send.call(name), wait_for: ".sent:not(:empty)");
    let after = crawl(`${site}/${name}/2`, js: from).js;
    emit(#{ name: name, after: after });
    after
  }
}, workers: 2);
print(rows.len());
session("a") { emit(#{ last: crawl(`${site}/a/5`, js: from).js }); }
print("chance", chance);
"#;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("a_run_that_is_killed_at_random_says_everything_once", killed),
        trial("a_failed_run_goes_on_from_the_changed_script", changed),
        trial("a_resumed_run_asks_before_it_sends_again", unsafe_replay),
        trial("a_step_that_leaves_the_page_needs_nothing_sent_again", leaving),
        trial("what_hooks_did_holds_in_a_resumed_run", hooks),
        trial("a_journal_in_use_or_damaged_is_an_error", refused),
        trial("a_file_of_records_is_written_whole", to_file),
    ]
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// Lines as every order of the branches has them; what chance said is said twice.
fn lines(text: &str) -> Vec<String> {
    let (chance, mut rest): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("chance"));
    assert!(chance.len() == 2 && chance[0] == chance[1], "{text}");
    rest.sort_unstable();
    rest.into_iter().map(str::to_owned).collect()
}

/// Which session a request is for.
fn session_of(asked: &str) -> &str {
    asked.split(' ').nth(1).unwrap_or_default().trim_start_matches("/add").split('/').nth(1).unwrap_or_default()
}

/// More kills by `CRAWL_KILLS`, the same ones by `CRAWL_SEED`.
fn killed() {
    let (site, stage) = (Site::new(), Stage::with(SCRIPT));
    let set = format!("site={}", site.url);
    let began = Instant::now();
    let whole = stage.start(&["run", "-q", "--set", &set, "script.crawl"]).end();
    assert_eq!((whole.status.code(), whole.stderr.as_str()), (Some(0), ""));
    let (wanted, took) = (lines(&whole.stdout), began.elapsed());
    let asked = site.take_asked().len();
    let mut seed = number("CRAWL_SEED", RandomState::new().build_hasher().finish());
    println!("seed {seed}");
    let (mut left, mut rounds) = (number("CRAWL_KILLS", 8), 0);
    while left > 0 {
        let (mut said, mut runs, mut sent) = (String::new(), Vec::new(), Vec::new());
        loop {
            let mut running = stage.start(&["run", "--resume", "-q", "--set", &set, "script.crawl"]);
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let share = (seed >> 40) as f64 / (1_u64 << 24) as f64;
            if left > 0 {
                std::thread::sleep(took.mul_f64(0.1 + share));
                running.kill_now();
            }
            let ended = running.end();
            said.push_str(&ended.stdout);
            runs.push(site.take_asked());
            sent.extend(runs.last().unwrap().iter().filter(|asked| asked.starts_with("POST")).cloned());
            match ended.status.code() {
                Some(code) => {
                    assert_eq!((code, ended.stderr.as_str()), (0, ""), "{said}");
                    break;
                }
                None => left -= 1,
            }
            // It was killed when all was done.
            if std::fs::read_dir(stage.path(".crawl/resume")).unwrap().next().is_none() && said.contains("\"last\"") {
                break;
            }
        }
        assert_eq!(lines(&said), wanted, "seed {seed}, after {} runs:\n{said}", runs.len());
        sent.sort_unstable();
        sent.dedup();
        assert_eq!(sent.len(), 3, "{sent:?}");
        for (number, run) in runs.iter().enumerate() {
            for (at, asked) in run.iter().enumerate().filter(|(_, asked)| asked.starts_with("POST")) {
                let again = runs[number + 1..].iter().flatten().any(|later| later == asked);
                let ended = run[at + 1..].iter().any(|later| session_of(later) == session_of(asked));
                assert!(!(again && ended), "`{asked}` had come to its end and was sent again: {runs:?}");
            }
        }
        let left_over: Vec<_> = std::fs::read_dir(stage.path(".crawl/resume")).unwrap().collect();
        assert!(left_over.is_empty(), "{left_over:?}");
        rounds += 1;
    }
    println!("{rounds} runs came to their end; one without a kill makes {asked} requests");
}

const BROKEN: &str = r#"
let site = param("site");
print("begin");
session("s") {
  for n in 1..4 { emit(#{ title: crawl(`${site}/s/${n}`).title }); }
  crawl(`${site}/s/4`, css: ".none");
}
print("end");
"#;

fn changed() {
    let (site, stage) = (Site::new(), Stage::with(BROKEN));
    let set = format!("site={}", site.url);
    let run = |options: &[&str]| {
        let args: Vec<&str> = [&["run", "--resume", "--set", &set], options, &["script.crawl"]].concat();
        stage.start(&args).end()
    };
    let failed = run(&[]);
    assert_eq!(failed.status.code(), Some(4), "{}", failed.stderr);
    assert!(failed.stderr.starts_with("resume: there is no journal of an earlier run: this one begins anew\n"));
    let first = "begin\n{\"title\":\"/s/1\"}\n{\"title\":\"/s/2\"}\n{\"title\":\"/s/3\"}\n";
    assert_eq!((failed.stdout.as_str(), site.take_asked().len()), (first, 4));
    stage.write("script.crawl", &BROKEN.replace("css: \".none\"", "css: \".from\"").replace("\"end\"", "\"the end\""));
    let ended = run(&[]);
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(0), "the end\n"), "{}", ended.stderr);
    assert_eq!(
        ended.stderr,
        "resume: an earlier run came to 4 steps\nresume: 4 steps answered by the journal, 0 steps ran\n"
    );
    assert_eq!(site.take_asked(), Vec::<String>::new());
    assert_eq!(stage.read(".crawl/.gitignore"), "*\n");
    // It ended well: the next one begins anew.
    assert_eq!(run(&["-q"]).stdout, format!("{first}the end\n"));
    // Where the output goes another way, it is told and said.
    stage.write("script.crawl", BROKEN);
    run(&["-q"]);
    stage.write("script.crawl", &BROKEN.replace("title:", "name:").replace("css: \".none\"", "css: \".from\""));
    let other = run(&[]);
    assert_eq!(other.stdout, "{\"name\":\"/s/1\"}\n{\"name\":\"/s/2\"}\n{\"name\":\"/s/3\"}\nend\n");
    assert!(other.stderr.contains("line 2 differs from what an earlier run wrote"), "{}", other.stderr);
}

fn unsafe_replay() {
    let (site, stage) = (Site::new(), Stage::new());
    let script = |last: &str| {
        format!(
            "session(\"s\") {{\n  crawl(`${{param(\"site\")}}/s/1`);\n  \
             crawl(js: \"document.forms[0].submit()\", wait_for: \".sent\");\n  print(crawl(js: \"{last}\").js);\n}}\n"
        )
    };
    let set = format!("site={}", site.url);
    stage.write("script.crawl", &script("throw 1"));
    assert_eq!(stage.start(&["run", "--resume", "--set", &set, "script.crawl"]).end().status.code(), Some(4));
    stage.write("script.crawl", &script("1 + 1"));
    let refused = stage.start(&["run", "--resume", "--set", &set, "script.crawl"]).end();
    assert_eq!(refused.status.code(), Some(4));
    assert!(refused.stderr.contains("crawl::journal::unsafe_replay"), "{}", refused.stderr);
    let allowed = stage.start(&["run", "--resume", "--replay-unsafe", "-q", "--set", &set, "script.crawl"]).end();
    assert_eq!((allowed.status.code(), allowed.stdout.as_str()), (Some(0), "2\n"), "{}", allowed.stderr);
}

/// The identity after what was sent is enough to go elsewhere, however many steps looked at the page since.
fn leaving() {
    let (site, stage) = (Site::new(), Stage::new());
    let script = |last: &str| {
        format!(
            "let site = param(\"site\");\nsession(\"s\") {{\n  crawl(`${{site}}/s/1`);\n  \
             crawl(js: \"document.forms[0].submit()\", wait_for: \".sent\");\n  print(crawl().title);\n  \
             evaluate(\"1\");\n  {last}\n}}\n"
        )
    };
    let set = format!("site={}", site.url);
    stage.write("script.crawl", &script("throw 1;"));
    assert_eq!(stage.start(&["run", "--resume", "--set", &set, "script.crawl"]).end().status.code(), Some(4));
    site.take_asked();
    stage.write("script.crawl", &script("print(crawl(`${site}/s/2`).text(\".from\"));"));
    let ended = stage.start(&["run", "--resume", "-q", "--set", &set, "script.crawl"]).end();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    assert_eq!(site.take_asked(), ["GET /s/2 "], "{}", ended.stdout);
}

const HOOKED: &str = r#"
let site = param("site");
let count = 0;
let seen = #{ last: () };
let chances = [];
session("s") {
  let urls = [];
  on("after_goto", |page| {
    count += 1;
    seen.last = page.url;
    urls.push(page.url);
    chances.push(random());
    print("hook", count);
    emit("hooks", #{ count: count });
  });
  let polls = 0;
  for n in 1..4 { emit(#{ n: n, count: count, title: crawl(`${site}/s/${n}`).title }); }
  crawl(wait_for: || { polls += 1; polls > 2 });
  if param("fails", false) { throw "enough"; }
  // On the page where it stood: its session is brought back, and its hooks run again without a word.
  crawl(js: "document.title = 'on the page'");
  print(count, polls, urls.len(), seen.last == `${site}/s/3`, chances.len(), random() != chances[0]);
}
"#;

fn hooks() {
    let site = Site::new();
    let script = HOOKED;
    let stage = Stage::with(script);
    let set = format!("site={}", site.url);
    let run = |stage: &Stage, options: &[&str]| {
        let args: Vec<&str> = [&["run", "-q", "--set", &set], options, &["script.crawl"]].concat();
        stage.start(&args).end()
    };
    let whole = run(&stage, &[]);
    assert_eq!(whole.status.code(), Some(0), "{}", whole.stderr);
    assert!(whole.stdout.ends_with("3 3 3 true 3 true\n"), "{}", whole.stdout);
    // The journal belongs to the script with its parameters: it is the script that changes.
    stage.write("script.crawl", &script.replace("param(\"fails\", false)", "true"));
    let failed = run(&stage, &["--resume"]);
    assert_eq!(failed.status.code(), Some(4), "{}", failed.stderr);
    stage.write("script.crawl", script);
    let rest = run(&stage, &["--resume"]);
    assert_eq!((rest.status.code(), rest.stderr.as_str()), (Some(0), ""));
    assert_eq!(format!("{}{}", failed.stdout, rest.stdout), whole.stdout);
    // To files too: what hooks emitted is in them once.
    stage.write("script.crawl", &script.replace("param(\"fails\", false)", "true"));
    assert_eq!(run(&stage, &["--resume", "--output", "rows.jsonl"]).status.code(), Some(4));
    stage.write("script.crawl", script);
    assert_eq!(run(&stage, &["--resume", "--output", "rows.jsonl"]).status.code(), Some(0));
    assert_eq!(stage.read("rows.hooks.jsonl"), "{\"count\":1}\n{\"count\":2}\n{\"count\":3}\n");
    assert_eq!(stage.read("rows.jsonl").lines().count(), 3);
}

fn refused() {
    let stage = Stage::with("print(\"here\");\nsleep(\"1h\");\n");
    let mut running = stage.start(&["run", "--resume", "-q", "script.crawl"]);
    let folder = stage.path(".crawl/resume");
    let began = Instant::now();
    let journal = loop {
        let all = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        if let Some(path) = all.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "journal")) {
            break path;
        }
        assert!(began.elapsed() < super::stage::LIMIT, "no journal came");
        std::thread::sleep(Duration::from_millis(10));
    };
    let second = stage.start(&["run", "--resume", "script.crawl"]).end();
    assert_eq!(second.status.code(), Some(4), "{}", second.stderr);
    assert!(second.stderr.starts_with("crawl::resume::in_use"), "{}", second.stderr);
    running.kill_now();
    running.end();
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&journal).unwrap().permissions().mode() & 0o777, 0o600);
    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", journal.display()));
    }
    std::fs::write(&journal, "no journal").unwrap();
    let third = stage.start(&["run", "--resume", "script.crawl"]).end();
    assert_eq!(third.status.code(), Some(4), "{}", third.stderr);
    let name = journal.file_name().unwrap().to_str().unwrap();
    assert!(third.stderr.starts_with("crawl::resume::unreadable"), "{}", third.stderr);
    assert!(third.stderr.contains(&format!("remove `.crawl/resume/{name}` to begin the run anew")), "{}", third.stderr);
}

fn to_file() {
    let (site, stage) = (Site::new(), Stage::with(BROKEN));
    let set = format!("site={}", site.url);
    let run = || {
        let out = std::fs::File::create(stage.path("out.txt")).unwrap();
        let args = ["run", "--resume", "-q", "-o", "records.jsonl", "--set", &set, "script.crawl"];
        Running::of(stage.command(&args).stdout(Stdio::from(out)).spawn().unwrap()).end().status.code()
    };
    assert_eq!(run(), Some(4));
    stage.write("script.crawl", &BROKEN.replace("css: \".none\"", "css: \".from\""));
    assert_eq!(run(), Some(0));
    // A shell empties the file of standard output before each run: all is said again.
    assert_eq!(stage.read("out.txt"), "begin\nend\n");
    assert_eq!(stage.read("records.jsonl"), "{\"title\":\"/s/1\"}\n{\"title\":\"/s/2\"}\n{\"title\":\"/s/3\"}\n");
    assert_eq!(site.take_asked().len(), 4);
}
