//! What a real Playwright recorded is imported, replayed and exported again.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crawl::browser::Came;
use libtest_mimic::Trial;

use super::export::holds_to_the_format;
use super::{body, har, import, trial};
use crate::process::{playwright, works};

pub fn trials() -> Vec<Trial> {
    vec![match works("node", "--version") && works("npm", "--version") {
        true => trial("har::of_playwright_is_imported", of_playwright),
        false => {
            trial("har::of_playwright_is_imported (node or npm is missing)", of_playwright).with_ignored_flag(true)
        }
    }]
}

/// What Playwright records: a redirect, a page, a form that is posted, a request that fails.
const PLAYWRIGHT: &str = "
const { chromium } = require('playwright-core');
const http = require('http');
(async () => {
  const server = http.createServer((request, response) => {
    if (request.url === '/old') { response.writeHead(302, { location: '/' }); return response.end(); }
    if (request.url === '/data') {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      return response.end(Buffer.from([255, 0, 1, 254]));
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'set-cookie': ['theme=dark', 'sid=s3cr3t-value; HttpOnly'] });
    response.end(request.method === 'POST' ? '<p>sent' : '<title>T</title><p>grüß');
  }).listen(0);
  const site = 'http://127.0.0.1:' + server.address().port;
  const browser = await chromium.launch({ executablePath: process.argv[2], args: ['--no-sandbox'] });
  for (const [path, content] of [['embed/x.har', 'embed'], ['attach/x.har', 'attach'], ['zip/x.zip', 'attach']]) {
    const context = await browser.newContext({ recordHar: { path, content } });
    const page = await context.newPage();
    await page.goto(site + '/old');
    await page.evaluate(() => fetch('/data').then((data) => data.arrayBuffer()).then((data) => data.byteLength));
    await page.evaluate(() => fetch('/', { method: 'POST', body: 'a=ü' }).then((answer) => answer.text()));
    await page.goto('http://127.0.0.1:1/').catch(() => 0);
    await context.close();
  }
  await browser.close();
  server.close();
})();
";

fn of_playwright() {
    let modules = playwright();
    let browser = crawl::browser::find(crawl::browser::Program::HeadlessShell).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("record.cjs"), PLAYWRIGHT).unwrap();
    let mut node = Command::new("node");
    node.arg("record.cjs").arg(browser).current_dir(folder.path()).env("NODE_PATH", modules).stdin(Stdio::null());
    let told = node.output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    for (content, file) in [("embed", "x.har"), ("attach", "x.har"), ("zip", "x.zip")] {
        let folder = folder.path().join(content);
        let (all, told) = import(&folder, file);
        assert!(told.starts_with("5 requests") && !told.contains("without"), "{told}");
        let paths: Vec<String> =
            all.iter().map(|(_, one)| url::Url::parse(&one.asked.url).unwrap().path().to_owned()).collect();
        assert_eq!(paths, ["/old", "/", "/data", "/", "/"]);
        let statuses: Vec<u16> = all
            .iter()
            .map(|(_, one)| match &one.came {
                Came::Response { status, .. } => *status,
                Came::Failed(_) => 0,
            })
            .collect();
        assert_eq!(statuses, [302, 200, 200, 200, 0]);
        assert_eq!(body(&all[0].1.came), Some(&b""[..]));
        assert_eq!(body(&all[1].1.came), Some("<title>T</title><p>grüß".as_bytes()));
        assert_eq!(body(&all[2].1.came), Some(&[255, 0, 1, 254][..]));
        assert_eq!(body(&all[3].1.came), Some(&b"<p>sent"[..]));
        assert_eq!((all[3].1.asked.method.as_str(), all[3].1.asked.body.as_deref()), ("POST", Some("a=ü".as_bytes())));
        assert_eq!(all[1].1.asked.kind, "document");
        assert_eq!(all[4].1.came, Came::Failed("net::ERR_UNSAFE_PORT".to_owned()));
        let text = format!("{all:?}");
        assert!(
            !text.contains("s3cr3t-value") && text.contains("sid=crawl-cookie-sid-1") && text.contains("theme=dark"),
            "{text}"
        );
        assert_eq!(played(&folder, &all[1].1.asked.url), "T 1 grüß\n4\n<p>sent\ntrue\n");
        // And out again, as the format asks.
        assert_eq!(har(&folder, &["export", "x.cassette", "-o", "again.har"]).0, 0);
        holds_to_the_format(&serde_json::from_slice(&fs::read(folder.join("again.har")).unwrap()).unwrap());
    }
}

/// What a script says that does over the recording what Playwright did.
fn played(folder: &Path, site: &str) -> String {
    let script = format!(
        r#"
let site = "{site}";
session("s") {{
    let page = crawl(`${{site}}old`);
    print(page.title, page.redirects.len(), page.text("p"));
    print(evaluate("fetch('/data').then((data) => data.arrayBuffer()).then((data) => data.byteLength)"));
    print(evaluate("fetch('/', {{ method: 'POST', body: 'a=ü' }}).then((answer) => answer.text())"));
    try {{ crawl("http://127.0.0.1:1/"); }} catch (e) {{ print(e.message.contains("ERR_UNSAFE_PORT")); }}
}}
"#
    );
    fs::write(folder.join("script.crawl"), script).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_crawl"));
    program.args(["run", "-q", "script.crawl", "--replay", "x.cassette"]).current_dir(folder).stdin(Stdio::null());
    let told = program.output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    String::from_utf8(told.stdout).unwrap()
}
