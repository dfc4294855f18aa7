//! What a script may reach, and what a hostile page may not: files, hosts, the environment, the browser's own port, the
//! terminal.

use libtest_mimic::Trial;

use super::stage::Stage;
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("access::limits_hold_and_name_their_flag", limits),
        trial("access::what_is_allowed_works", allowed),
        trial("access::links_do_not_lead_out_of_a_folder", links),
        trial("access::a_redirect_to_another_host_is_denied", redirect),
        trial("access::requests_do_not_pass_through_another_host", proxy),
        trial("access::a_download_from_another_host_is_denied", download),
        trial("access::hosts_are_written_as_hosts", hosts),
        trial("access::nothing_reads_of_a_page_that_was_denied", denied),
        trial("access::a_file_has_no_frames_of_other_folders", frames),
        trial("access::a_page_names_no_files", named),
        trial("access::a_page_names_no_files_however_it_writes_them", written),
        trial("access::a_page_does_not_reach_files_by_itself", itself),
        trial("access::a_page_does_not_reach_the_debugging_port", port),
        trial("access::what_a_page_says_does_not_steer_the_terminal", terminal),
    ]
}

/// What each power came to, by its name.
const POWERS: &str = r#"
fn said(name, act) { try { act.call(); print(name, "allowed"); } catch (e) { print(name, e.code, e.help); } }
let site = playground();
said("host", || crawl(`${site}/article`));
said("file", || crawl("file:page.html"));
said("read", || read_text("in/notes.txt"));
said("write", || write_text("out/new.txt", "x"));
said("env", || env("CRAWL_TEST_WORD", "none"));
said("secret", || secret("CRAWL_TEST_WORD").len());
"#;

fn stage() -> Stage {
    let stage = Stage::with(POWERS);
    for folder in ["in", "out", "other"] {
        std::fs::create_dir(stage.path(folder)).unwrap();
    }
    stage.write("in/notes.txt", "notes");
    stage.write("page.html", "<p>a page");
    stage
}

fn said(stage: &Stage, args: &[&str]) -> Vec<String> {
    let args: Vec<&str> = ["run", "script.crawl"].iter().chain(args).copied().collect();
    let child = stage.command(&args).env("CRAWL_TEST_WORD", "word").spawn().unwrap();
    let ended = super::stage::Running::of(child).end();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    ended.stdout.lines().map(str::to_owned).collect()
}

fn limits() {
    let stage = stage();
    let lines = said(&stage, &["--allow-env", "SOMETHING_ELSE"]);
    let flags =
        ["--allow-host 127.0.0.1", "--allow-read ", "--allow-read ", "--allow-write ", "--allow-env CRAWL_TEST_WORD"];
    for (line, flag) in lines.iter().zip(flags) {
        assert!(line.contains("crawl::access::denied") && line.contains(flag), "{line}");
    }
    assert!(!stage.path("out/new.txt").exists());
    let lines = said(&stage, &[]);
    assert!(lines.iter().all(|line| line.ends_with("allowed")), "no limits: {lines:?}");
}

fn allowed() {
    let stage = stage();
    let args = [
        "--allow-host",
        "127.0.0.1",
        "--allow-read",
        "in,page.html",
        "--allow-write",
        "out",
        "--allow-env",
        "CRAWL_TEST_WORD",
    ];
    let lines = said(&stage, &args);
    assert!(lines.iter().all(|line| line.ends_with("allowed")), "{lines:?}");
    assert_eq!(stage.read("out/new.txt"), "x");
}

fn links() {
    let stage = stage();
    stage.write("other/secret.txt", "secret");
    std::os::unix::fs::symlink(stage.path("other/secret.txt"), stage.path("in/link.txt")).unwrap();
    stage.write(
        "script.crawl",
        r#"
fn said(act) { try { act.call(); print("allowed"); } catch (e) { print(e.code); } }
said(|| read_text("in/link.txt"));
said(|| read_text("in/../other/secret.txt"));
said(|| write_text("in/../other/secret.txt", "overwritten"));
said(|| read_text("in/notes.txt"));
"#,
    );
    let lines = said(&stage, &["--allow-read", "in", "--allow-write", "in"]);
    assert_eq!(lines, ["crawl::access::denied", "crawl::access::denied", "crawl::access::denied", "allowed"]);
    assert_eq!(stage.read("other/secret.txt"), "secret");
}

fn redirect() {
    let stage = Stage::with(
        r#"
let site = playground();
let other = site.replace("127.0.0.1", "localhost");
fn said(act) { try { act.call(); print("allowed"); } catch (e) { print(e.code); } }
session("s") {
    said(|| crawl(`${site}/article`));
    said(|| crawl(js: `location.href = '${other}/article'`));
    said(|| crawl(other));
}
"#,
    );
    assert_eq!(
        said(&stage, &["--allow-host", "127.0.0.1"]),
        ["allowed", "crawl::access::denied", "crawl::access::denied"]
    );
}

fn proxy() {
    let stage = Stage::with(
        r#"
let site = playground();
fn said(name, proxy) { try { session(name, proxy: proxy) { crawl(`${playground()}/article`); } print("allowed"); } catch (e) { print(e.code, e.help); } }
said("a", "http://localhost:1");
said("b", #{ server: "socks5://[::1]:1" });
"#,
    );
    assert_eq!(
        said(&stage, &["--allow-host", "127.0.0.1"]),
        [
            "crawl::access::denied allow it with `--allow-host localhost`",
            "crawl::access::denied allow it with `--allow-host [::1]`"
        ]
    );
    // Nobody listens there: the session is made, and its first step fails.
    let lines = said(&stage, &["--allow-host", "127.0.0.1,localhost:1,::1"]);
    assert!(lines.iter().all(|line| line.starts_with("crawl::navigation::failed")), "{lines:?}");
}

fn download() {
    let stage = Stage::with(
        r#"
let site = playground();
let other = site.replace("127.0.0.1", "localhost");
session("s") {
    crawl(`raw:<a href="${site}/redirect?to=${other}/download">report</a>`, base_url: site);
    try { print(download("a", "report.csv").size > 0); } catch (e) { print(e.code, e.help); }
}
session("t", downloads: "kept") {
    crawl(`raw:<a href="${site}/redirect?to=${other}/download">report</a>`, base_url: site);
    try { print(crawl(js: "document.querySelector('a').click()", downloads: true).downloads.len()); } catch (e) { print(e.code); }
}
"#,
    );
    let limits = ["--allow-write", ".", "--allow-host", "127.0.0.1"];
    assert_eq!(
        said(&stage, &limits),
        ["crawl::access::denied allow it with `--allow-host localhost`", "crawl::access::denied"]
    );
    assert!(!stage.path("report.csv").exists());
    assert!(!stage.path("kept").exists());
    assert_eq!(said(&stage, &[&limits[..], &["--allow-host", "localhost"]].concat()), ["true", "1"]);
}

fn hosts() {
    let stage = Stage::with("print(\"ran\");");
    for wrong in ["http://example.com", "example.com/", "a b", "a.*.com", ""] {
        let ended = stage.start(&["run", "script.crawl", "--allow-host", wrong]).end();
        assert_eq!(ended.status.code(), Some(2), "{wrong}");
        assert!(ended.stderr.contains("a host is written as"), "{wrong}: {}", ended.stderr);
    }
    for right in ["EXAMPLE.com", "*.example.com:8080", "*", "::1", "[::1]:80", "bücher.example", "127.0.0.1"] {
        assert_eq!(said(&stage, &["--allow-host", right]), ["ran"], "{right}");
    }
}

fn denied() {
    let stage = Stage::with(
        r#"
let site = playground();
let other = site.replace("127.0.0.1", "localhost");
fn said(act) { try { print(act.call()); } catch (e) { print(e.code, if e.page == () { "no page" } else { e.page.title }); } }
session("s") {
    on("after_goto", |page| print("hook", page.url.contains("localhost")));
    said(|| crawl(`${site}/article`).title != "");
    said(|| crawl(js: `location.href = '${other}/article'`));
    said(|| evaluate("document.title"));
    said(|| holds("h1"));
    crawl(`${site}/article`, js: `setTimeout(() => { location.href = '${other}/article' }, 100)`);
    sleep("1s");
    said(|| evaluate("document.title"));
    said(|| wait_for("nothing", timeout: "300ms"));
    said(|| crawl(`${site}/article`).title != "");
}
"#,
    );
    let lines = said(&stage, &["--allow-host", "127.0.0.1"]);
    let hook = "hook false";
    let gone = "crawl::access::denied no page";
    let after = [hook, gone, "crawl::wait::timeout no page", hook, "true"];
    assert_eq!(lines, [&[hook, "true", gone, "", "false"], after.as_slice()].concat());
}

fn frames() {
    let stage = stage();
    stage.write("other/secret.txt", "secret");
    stage.write("in/page.html", "<iframe src='../other/secret.txt'></iframe><iframe src='notes.txt'></iframe>");
    stage.write("in/fine.html", "<iframe src='notes.txt'></iframe>");
    stage.write(
        "script.crawl",
        r#"
fn said(act) { try { print(act.call()); } catch (e) { print(e.code); } }
session("s") {
    said(|| crawl("file:in/fine.html").frames[0].text.trim());
    said(|| crawl("file:in/page.html").frames[0].text);
    said(|| frame("iframe", || evaluate("document.body.textContent")));
}
"#,
    );
    let lines = said(&stage, &["--allow-read", "in"]);
    assert_eq!(lines[..2], ["notes", "crawl::access::denied"]);
    assert!(!lines[2].contains("secret"), "{lines:?}");
}

fn named() {
    let stage = Stage::with(
        r#"
let site = playground();
fn said(act) { try { print(act.call().text.trim()); } catch (e) { print(e.code); } }
session("s") {
    crawl(`${site}/article`, js: `document.body.innerHTML = '<a href="file://${param("path")}">x</a>'`);
    let page = crawl();
    let target = page.select("a")[0].attr("href");
    said(|| crawl(target));
    said(|| crawl(target.to_upper().replace("FILE", "file").to_lower()));
}
session("t") { said(|| crawl("file:other.html")); }
"#,
    );
    stage.write("secret.html", "<p>a secret");
    stage.write("other.html", "<p>meant");
    let path = stage.path("secret.html").display().to_string();
    let set = format!("path={path}");
    let lines = said(&stage, &["--set", &set]);
    assert_eq!(lines[0], "crawl::access::denied");
    assert_ne!(lines[1], "a secret");
    assert_eq!(lines[2], "meant", "what the script itself names is read");
    let lines = said(&stage, &["--set", &set, "--allow-read", &path, "--allow-host", "127.0.0.1"]);
    assert_eq!(lines[0], "a secret", "what the user allows is read");
}

fn written() {
    let stage = Stage::with(
        r#"
let site = playground();
let path = param("path");
fn said(act) { try { print(act.call().text.trim()); } catch (e) { print(e.code); } }
fn link(site, html) {
    said(|| {
        let page = crawl(`${site}/article`, js: `document.head.innerHTML = ""; document.body.innerHTML = ${html.to_json()}`);
        crawl(page.links[0].href)
    });
}
let folder = path.sub_string(0, path.len() - "/secret.html".len());
switch param("case") {
    "tab" => link(site, `<a href="fi` + "\t" + `le://${path}">x</a>`),
    "break" => link(site, `<a href="file://${folder}/sec` + "\n" + `ret.html">x</a>`),
    "quote" => link(site, `<a href="file:///x'/..${path}">x</a>`),
    "base" => link(site, `<base href="file://${folder}/"><a href="secret.html">x</a>`),
    "root" => link(site, `<base href="file://"><a href="//${path}">x</a>`),
    "console" => said(|| crawl(crawl(`${site}/article`, js: `console.log('file://${path}')`, console: true).console[0].text)),
    "cookie" => said(|| {
        let page = crawl(`${site}/article`, js: `document.cookie = 'at=file://${path}'`, cookies: true);
        crawl(page.cookies.filter(|cookie| cookie.name == "at")[0].value)
    }),
}
"#,
    );
    stage.write("secret.html", "<p>a secret");
    let set = format!("path={}", stage.path("secret.html").display());
    for case in ["tab", "break", "quote", "base", "root", "console", "cookie"] {
        let lines = said(&stage, &["--set", &set, "--set", &format!("case={case}")]);
        assert_eq!(lines, ["crawl::access::denied"], "{case}");
    }
}

fn itself() {
    let stage = Stage::with(
        r#"
let site = playground();
let path = param("path");
session("s") {
    for js in [
        `location.href = 'file://${path}'`,
        `document.body.innerHTML = '<iframe src="file://${path}"></iframe>'`,
        `window.open('file://${path}')`,
        `document.body.innerHTML = '<a id=go href="file://${path}">x</a>'; document.querySelector('#go').click()`,
        `await fetch('file://${path}').catch(String)`,
        `location.href = 'view-source:file://${path}'`,
        `location.href = '/redirect?to=' + encodeURIComponent('file://${path}')`,
    ] {
        crawl(`${site}/article`);
        let text = "";
        try { crawl(js: js, timeout: "3s"); text = crawl(js: "document.documentElement.innerText").js; } catch (e) { text = e.message; }
        let here = "";
        try { here = crawl(js: "location.href").js; } catch (e) { here = e.code; }
        print(here.starts_with("file:") || text.contains("a secret"));
    }
}
"#,
    );
    stage.write("secret.html", "<p>a secret");
    let set = format!("path={}", stage.path("secret.html").display());
    assert_eq!(said(&stage, &["--set", &set]), ["false"; 7]);
}

fn port() {
    let stage = Stage::with(
        r#"
let site = playground();
session("s") {
    crawl(`${site}/article`);
    print("ready");
    while !exists("port.txt") { sleep("20ms"); }
    let port = read_text("port.txt").trim();
    print(crawl(js: `
        const told = [];
        for (const port of ${port}.split(' ')) {
            for (const path of ['/json/version', '/json/list', '/json/new', '/status', '/session']) {
                const reply = await fetch('http://127.0.0.1:' + port + path, { method: path === '/session' ? 'POST' : 'GET' })
                    .then((reply) => reply.text()).catch(() => '');
                if (reply) told.push(path + ' ' + reply);
            }
            const opened = await new Promise((done) => {
                const socket = new WebSocket('ws://127.0.0.1:' + port + '/devtools/browser/x');
                socket.onopen = () => done(true);
                socket.onerror = () => done(false);
            });
            if (opened) told.push('socket');
        }
        return told;
    `).js);
}
fn exists(path) { try { read_text(path); return true; } catch (e) { return false; } }
"#,
    );
    let mut run = stage.start(&["run", "script.crawl"]);
    run.until("ready");
    let ports: Vec<String> =
        stage.processes(&[]).into_iter().flat_map(listening).map(|port| port.to_string()).collect();
    assert!(ports.len() >= 2, "the driver's port and the browser's: {ports:?}");
    std::fs::write(stage.path("port.tmp"), format!("'{}'", ports.join(" "))).unwrap();
    std::fs::rename(stage.path("port.tmp"), stage.path("port.txt")).unwrap();
    let ended = run.end();
    assert_eq!(ended.stdout, "ready\n[]\n", "{}", ended.stderr);
    stage.assert_nothing_left();
}

/// The ports on which a process listens on loopback; the program's own (its playground) left out.
fn listening(id: u32) -> Vec<u16> {
    let command = std::fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
    if command.trim() == "crawl" {
        return Vec::new();
    }
    let files = std::fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten();
    let names = files.filter_map(|file| Some(std::fs::read_link(file.path()).ok()?.to_str()?.to_owned()));
    let sockets: Vec<String> =
        names.filter_map(|name| Some(name.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())).collect();
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let rows = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let ours = rows.filter(|row| row.len() > 9 && row[3] == "0A" && sockets.iter().any(|inode| inode == row[9]));
    ours.filter_map(|row| {
        let (address, port) = row[1].split_once(':')?;
        assert_eq!(address, "0100007F", "it listens on loopback alone");
        u16::from_str_radix(port, 16).ok()
    })
    .collect()
}

fn terminal() {
    let stage = Stage::with(
        r#"
session("s") {
    let page = crawl("raw:<title>t</title><p>\x1b]0;owned\x07red\x1b[31m\u202ex</p>");
    print(page.text);
    crawl(js: "alert('\\x1b[2J boo'); 1");
    throw page.text;
}
"#,
    );
    let ended = stage.start(&["run", "-v", "script.crawl"]).end();
    assert!(ended.stderr.contains("red") && ended.stderr.contains("boo"), "{}", ended.stderr);
    assert!(!ended.stderr.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{:?}", ended.stderr);
    assert!(ended.stdout.contains('\u{1b}'), "a file gets what the page said");
    let mut screen = crate::terminal::screen::Screen::start(&stage, &["run", "script.crawl"]);
    screen.until("thrown");
    let all = screen.all();
    assert!(all.contains("]0;owned"), "{all:?}");
    assert!(!all.contains("\u{1b}]0;owned"), "{all:?}");
}
