//! Log-ins in files: who may read and write them, profiles that last, and the exchange with Playwright in both ways.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use libtest_mimic::Trial;

use super::stage::{Ended, Running, Stage};
use super::trial;

pub fn trials() -> Vec<Trial> {
    let playwright = match works("node", "--version") && works("npm", "--version") {
        true => trial("state::goes_to_playwright_and_back", exchange),
        false => trial("state::goes_to_playwright_and_back (node or npm is missing)", exchange).with_ignored_flag(true),
    };
    vec![
        trial("state::is_for_its_owner_alone", private),
        trial("state::is_within_the_limits", limited),
        trial("state::a_profile_lasts", profile),
        trial("state::a_log_in_lasts_from_run_to_run", lasts),
        trial("state::secrets_are_shown_to_nobody", secrets),
        trial("state::a_cookie_that_no_browser_takes_is_named", refused),
        playwright,
    ]
}

/// Whether a program is there.
pub fn works(program: &str, argument: &str) -> bool {
    let mut command = Command::new(program);
    command.arg(argument).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn ran(stage: &Stage, args: &[&str]) -> Ended {
    let all: Vec<&str> = ["run", "script.crawl"].iter().chain(args).copied().collect();
    stage.start(&all).end()
}

fn private() {
    let stage = Stage::with(
        "session(\"a\") { crawl(`${playground()}/cookies`); save_state(\"state.json\") }\nsession(\"b\", state: \"state.json\");",
    );
    stage.write("state.json", "older");
    let ended = ran(&stage, &[]);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    let mode = std::fs::metadata(stage.path("state.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(stage.left().iter().filter(|name| name.contains(".tmp")).count(), 0);
}

fn limited() {
    let stage = Stage::with("session(\"a\") { crawl(`${playground()}/cookies`); save_state(\"state.json\") }");
    let denied = ran(&stage, &["--allow-host", "127.0.0.1"]);
    assert!(denied.stderr.contains("--allow-write state.json"), "{}", denied.stderr);
    let stage = Stage::with("session(\"a\", state: \"state.json\");");
    stage.write("state.json", "{\"cookies\": [], \"origins\": []}");
    let denied = ran(&stage, &["--allow-host", "127.0.0.1"]);
    assert!(denied.stderr.contains("--allow-read"), "{}", denied.stderr);
    let stage = Stage::with("session(\"a\", downloads: \"files\");");
    let denied = ran(&stage, &["--allow-host", "127.0.0.1"]);
    assert!(denied.stderr.contains("--allow-write"), "{}", denied.stderr);
}

/// The second run takes the log-in from the first one's file; where the site has ended it meanwhile, it logs in again.
fn lasts() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let site = runtime.block_on(crawl::playground::Playground::start(None)).unwrap();
    let stage = Stage::with(
        r#"import "std/login" as login;
let site = param("site");
session("a") {
  login::form(`${site}/login`, start: `${site}/secured/1`, state: "ada.json", signed_in: ".user", submit: "role=button",
    fields: #{ "label=User name": "ada", "label=Password": "lovelace" });
  print(crawl(`${site}/secured/2`).title);
}
print(crawl(`${site}/hits?path=/account`).json.hits);
"#,
    );
    let set = format!("site={}", site.url());
    let run = || {
        let ended = ran(&stage, &["--set", &set]);
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
        ended.stdout.replace('\n', " ")
    };
    assert_eq!((run(), run()), ("Report 2 1 ".to_owned(), "Report 2 1 ".to_owned()));
    stage.write("out.crawl", "session(\"b\", state: \"ada.json\") { crawl(`${param(\"site\")}/logout`); }");
    stage.start(&["run", "out.crawl", "--set", &set]).end();
    assert_eq!((run(), run()), ("Report 2 2 ".to_owned(), "Report 2 2 ".to_owned()));
    runtime.block_on(site.stop());
}

/// Of many cookies the one is named that cannot be set, and its value is not told.
fn refused() {
    let stage = Stage::with(
        r#"
let site = playground();
fn said(act) { try { act.call(); print("set"); } catch (e) { print(e.code, e.message); } }
fn of(name, value) { #{ name: name, value: value, domain: "127.0.0.1", path: "/" } }
write_text("state.json", #{ cookies: [of("whole", "1"), of("broken", "private;x")], origins: [] }.to_json());
said(|| session("a", state: "state.json"));
said(|| session("b", cookies: [of("whole", "1"), of("broken", "private\nx")]));
said(|| session("c", cookies: [of("whole", "1"), of("long", "private" + param("long"))]) { crawl(`${playground()}/cookies`) });
session("d") {
    crawl(`${site}/cookies`);
    said(|| set_cookies([of("whole", "1"), of("long", "private" + param("long"))]));
    print(cookies().filter(|cookie| cookie.name == "whole").len());
}
"#,
    );
    let long = format!("long={}", "x".repeat(5000));
    let ended = ran(&stage, &["--set", &long]);
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(lines.len(), 5, "{}\n{}", ended.stdout, ended.stderr);
    let codes = ["session::state", "argument::value", "argument::value", "argument::value"];
    for ((line, code), name) in lines.iter().zip(codes).zip(["broken", "broken", "long", "long"]) {
        assert!(line.starts_with(&format!("crawl::{code} ")) && line.contains(&format!("`{name}`")), "{line}");
        assert!(!line.contains("private") && !line.contains("whole"), "{line}");
    }
    assert_eq!(lines[4], "1", "the others are set");
}

/// A secret that was typed stands in no message, and not in the page that is kept of a failure.
fn secrets() {
    const SECRET: &str = "hunter & <\"2\">";
    const SCRIPT: &str = r#"import "std/login" as login;
let site = playground();
session("a") {
  let fields = #{ "label=User name": "ada", "label=Password": secret("CRAWL_TEST_SECRET") };
  try {
    login::form(`${site}/login`, fields: fields, submit: "role=button", signed_in: ".user");
  } catch (e) {
    print(e.message);
  }
  LAST
}"#;
    let last = [
        r##"login::form(`${site}/login`, fields: fields, submit: "#nope", signed_in: ".user", timeout: "2s");"##,
        r#"wait_for(text("h1", secret("CRAWL_TEST_SECRET")), timeout: "100ms");"#,
    ];
    let runs = last.map(|last| {
        let stage = Stage::with(&SCRIPT.replace("LAST", last));
        let mut command = stage.command(&["run", "script.crawl", "-vv", "--protocol-log", "protocol.jsonl"]);
        let ended = Running::of(command.env("CRAWL_TEST_SECRET", SECRET).spawn().unwrap()).end();
        assert!(ended.stdout.contains("Wrong user name or password."), "{}", ended.stderr);
        assert_eq!(ended.status.code(), Some(4), "{}", ended.stderr);
        let kept = stage.read(".crawl/last/page.html");
        for text in [&ended.stdout, &ended.stderr, &kept, &stage.read("protocol.jsonl")] {
            assert!(!text.contains("hunter"), "{text}");
        }
        (kept, ended.stderr)
    });
    assert!(runs[0].0.contains("value=\"(hidden)\""), "{}", runs[0].0);
    assert!(runs[1].1.contains("text(\"h1\", \"(hidden)"), "{}", runs[1].1);
}

fn profile() {
    let stage = Stage::with(
        "let site = param(\"site\", \"http://127.0.0.1:9/\");\nsession(\"a\", profile: \"me\") {\n  crawl(\"raw:<p>1\", base_url: site);\n  print(evaluate(\"[localStorage.kept ?? 'new', document.cookie]\"));\n  evaluate(\"localStorage.kept = 'yes'; document.cookie = 'kept=1; max-age=1000'; 1\");\n}",
    );
    let lines: Vec<String> = (0..2)
        .map(|_| {
            let ended = ran(&stage, &["--set", "site=http://localhost:9/"]);
            assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
            ended.stdout.trim().to_owned()
        })
        .collect();
    assert_eq!(lines, ["[\"new\",\"\"]", "[\"yes\",\"kept=1\"]"]);
    let stage = Stage::with(
        "session(\"a\", profile: \"me\") { crawl(\"raw:<p>1\") }\nsession(\"b\", profile: \"me\") { crawl(\"raw:<p>1\") }",
    );
    let twice = ran(&stage, &[]);
    assert!(twice.stderr.contains("is in use by another session"), "{}", twice.stderr);
}

/// What Playwright does with a state file: says what a page sees of it, changes it, and writes it anew.
const PLAYWRIGHT: &str = "
const { chromium } = require('playwright-core');
(async () => {
  const [from, to, site, executablePath] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const context = await browser.newContext({ storageState: from });
  const page = await context.newPage();
  await page.goto(site);
  console.log(await page.evaluate(() => [document.cookie, localStorage.ours].join('|')));
  console.log(JSON.stringify(await page.evaluate(READ)));
  await page.evaluate(() => { localStorage.theirs = 'é'; document.cookie = 'theirs=2; max-age=1000'; });
  await page.evaluate(WRITE);
  console.log(JSON.stringify(await page.evaluate(READ)));
  await context.storageState({ path: to, indexedDB: true });
  await browser.close();
})();
";

/// Writes every kind of value that a database can hold and a state file can say, under keys of every kind.
const WRITE: &str = "new Promise((resolve, reject) => {
  const open = indexedDB.open('kinds', 3);
  open.onupgradeneeded = () => {
    if (open.result.objectStoreNames.length > 0) return;
    const inline = open.result.createObjectStore('inline', { keyPath: ['id', 'part.id'] });
    inline.createIndex('tags', 'tags', { multiEntry: true });
    inline.createIndex('pair', ['a', 'b'], { unique: true });
    open.result.createObjectStore('counted', { autoIncrement: true });
    open.result.createObjectStore('keyed');
  };
  open.onsuccess = () => {
    const all = open.result.transaction(['inline', 'counted', 'keyed'], 'readwrite');
    all.objectStore('inline').put({ id: 1, part: { id: 'x' }, tags: ['p', 'q'], a: 1, b: 2 });
    const shared = { once: true };
    all.objectStore('counted').add('plain');
    all.objectStore('counted').add([shared, shared, undefined, NaN, -0, -Infinity, 12n, /a+/gi, new Date(5), null]);
    all.objectStore('counted').add(new Map([[1, new Set(['s', { deep: [1.5] }])]]));
    all.objectStore('keyed').put(new Uint8Array([0, 128, 255]), new Date(1000));
    all.objectStore('keyed').put(new Float64Array([1.5, -2]).buffer, ['a', 1]);
    all.objectStore('keyed').put(new BigInt64Array([-1n]), new Uint8Array([9, 8]));
    all.oncomplete = () => { open.result.close(); resolve(1); };
    all.onabort = () => reject(all.error);
  };
  open.onerror = () => reject(open.error);
})";

/// Says in words what is in that database.
const READ: &str = "new Promise((resolve, reject) => {
  const words = (value) => {
    if (typeof value === 'bigint') return value + 'n';
    if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
    if (value instanceof Date) return 'date ' + value.getTime();
    if (value instanceof RegExp) return String(value);
    if (value instanceof ArrayBuffer) return 'buffer ' + [...new Uint8Array(value)];
    if (ArrayBuffer.isView(value)) return value.constructor.name + ' ' + [...value];
    if (value instanceof Map) return 'map ' + words([...value]);
    if (value instanceof Set) return 'set ' + words([...value]);
    if (Array.isArray(value)) return '[' + value.map(words).join() + (value[0] === value[1] && value.length > 1 ? ' same' : '') + ']';
    if (value && typeof value === 'object') return '{' + Object.keys(value).map((key) => key + ':' + words(value[key])).join() + '}';
    return String(value);
  };
  const open = indexedDB.open('kinds');
  open.onsuccess = () => {
    const db = open.result;
    const all = db.transaction(db.objectStoreNames);
    const told = [db.version];
    for (const name of db.objectStoreNames) {
      const store = all.objectStore(name);
      const indexes = [...store.indexNames].map((index) => store.index(index));
      told.push(name, words(store.keyPath), store.autoIncrement, ...indexes.map((i) => words([i.name, i.keyPath, i.multiEntry, i.unique])));
      store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
        if (!cursor) return;
        told.push(words([cursor.key, cursor.value]));
        cursor.continue();
      };
    }
    all.oncomplete = () => { db.close(); resolve(told.map(String)); };
  };
  open.onerror = () => reject(open.error);
})";

fn exchange() {
    let modules = playwright();
    let browser = crawl::browser::find(crawl::browser::Program::HeadlessShell).unwrap();
    // A site that outlives both: what is handed in has the same address for all of them.
    let site = Site::start();
    let stage = Stage::with(
        "let site = param(\"site\");\nsession(\"a\") {\n  crawl(site);\n  evaluate(\"localStorage.ours = '1'; document.cookie = 'ours=1; max-age=1000'; 1\");\n  evaluate(read_text(\"write.js\"));\n  print(evaluate(read_text(\"read.js\")));\n  save_state(\"ours.json\");\n}",
    );
    stage.write("write.js", WRITE);
    stage.write("read.js", READ);
    let set = format!("site={}", site.0);
    let ended = ran(&stage, &["--set", &set]);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    let written = ended.stdout.trim().to_owned();
    for part in [
        "date 1000,Uint8Array 0,128,255",
        "{once:true},{once:true}",
        "12n,/a+/gi,date 5",
        "map [[1,set [s,{deep:[1.5]}]]]",
    ] {
        assert!(written.contains(part), "{written}");
    }
    stage.write("playwright.cjs", &PLAYWRIGHT.replace("READ", &json_text(READ)).replace("WRITE", &json_text(WRITE)));
    let mut node = Command::new("node");
    node.args(["playwright.cjs", "ours.json", "theirs.json", &site.0]).arg(browser).current_dir(stage.path("."));
    let told = node.env("NODE_PATH", modules).stdin(Stdio::null()).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told = String::from_utf8_lossy(&told.stdout);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(&lines[..2], ["ours=1|1", &written]);
    assert_ne!(lines[2], written, "counted records were added");
    stage.write(
        "script.crawl",
        "session(\"b\", state: \"theirs.json\") {\n  crawl(param(\"site\"));\n  print(evaluate(\"[document.cookie.split('; ').sort().join(), localStorage.ours, localStorage.theirs]\"));\n  print(evaluate(read_text(\"read.js\")));\n}",
    );
    let ended = ran(&stage, &["--set", &set]);
    assert_eq!(
        (ended.status.code(), ended.stdout.trim()),
        (Some(0), format!("[\"ours=1,theirs=2\",\"1\",\"é\"]\n{}", lines[2]).as_str()),
        "{}",
        ended.stderr
    );
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A page on loopback.
struct Site(String);

impl Site {
    fn start() -> Self {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                std::thread::spawn(move || {
                    let _ = client.read(&mut [0; 4096]);
                    let head =
                        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\nConnection: close\r\n\r\n";
                    let _ = client.write_all(format!("{head}<title>a page ").as_bytes());
                });
            }
        });
        Self(address)
    }
}

/// The folder of modules with Playwright in it, fetched once and kept beside what is built.
pub fn playwright() -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("playwright");
    let modules = folder.join("node_modules");
    if modules.join("playwright-core/package.json").is_file() {
        return modules;
    }
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("package.json"), "{\"private\": true}").unwrap();
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "playwright-core"]);
    let done = npm.current_dir(&folder).stdin(Stdio::null()).output().unwrap();
    assert!(done.status.success(), "npm: {}", String::from_utf8_lossy(&done.stderr));
    modules
}
