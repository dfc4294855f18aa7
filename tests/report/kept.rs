//! What must not be in a report: secrets, cookies, credentials; nor a picture that shows one.

use libtest_mimic::Trial;

use super::{Report, trial};
use crate::process::stage::{Running, Stage};

pub fn trials() -> Vec<Trial> {
    vec![trial("no_secret_is_in_it", no_secret), trial("a_picture_that_shows_a_secret_is_left_out", pictures)]
}

const SECRETS: &[&str] = &[
    "love & \"lace\"",
    "love-lace",
    "of-ada-12345",
    "Bearer of-ada",
    "token-of-ada",
    "basic-pass-word",
    "YWRhOmJhc2ljLXBhc3Mtd29yZA",
];

const SCRIPT: &str = r##"let site = playground();
let password = secret("CRAWL_TEST_PASSWORD");
let odd = secret("CRAWL_TEST_ODD");
session("s", auth: #{ user: "ada", password: "basic-pass-word" }) <
  crawl(`${site}/article?token=${password}`);
  set_cookies([#{ name: "id", value: "of-ada-12345", url: site }]);
  crawl(`${site}/cookies`);
  crawl(`${site}/headers`, headers: #{ Authorization: "Bearer of-ada", Cookie: "t=token-of-ada" });
  evaluate("console.log('Basic YWRhOmJhc2ljLXBhc3Mtd29yZA==')");
  crawl(`${site}/echo`, method: "POST", body: password, js: `document.title = "${password}"`);
  evaluate(`console.log("${password}"), document.cookie + ${odd.to_json()}`);
  crawl(`${site}/login`);
  fill("[name=password]", password);
  fill("[name=username]", odd);
  print(password, odd);
  emit(#{ password: password, odd: odd });
  crawl(css: password.replace("-", "."));
>
"##;

fn run(script: &str) -> (Stage, String) {
    let stage = Stage::with(script);
    let mut command = stage.command(&["run", "--report", "report.html", "script.crawl"]);
    command.env("CRAWL_TEST_PASSWORD", "love-lace").env("CRAWL_TEST_ODD", "love & \"lace\"");
    let ended = Running::of(command.spawn().unwrap()).end();
    assert!(ended.stderr.contains("report: report.html"), "{}", ended.stderr);
    let text = stage.read("report.html");
    (stage, text)
}

fn no_secret() {
    let (_stage, text) = run(SCRIPT);
    let report = Report::read(&text);
    let everything = report.everything(&text);
    for secret in SECRETS {
        let forms = [
            (*secret).to_owned(),
            serde_json::json!(secret).to_string().trim_matches('"').to_owned(),
            secret.replace('&', "&amp;").replace('"', "&quot;"),
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        ];
        for form in forms {
            let at = everything
                .find(&form)
                .map(|at| everything[at.saturating_sub(80)..].chars().take(160).collect::<String>());
            // The script's own text names what it writes itself.
            assert_eq!(at, None, "`{form}` is in the report");
        }
    }
    assert_eq!(report.data["steps"].as_array().unwrap().len(), 11, "{}", report.data["reports"]);
    assert!(everything.contains("(hidden)") && report.step(3)["document"].is_u64());
}

fn pictures() {
    let (_stage, text) = run(r#"let password = secret("CRAWL_TEST_PASSWORD");
crawl(`raw:<input type=password value="${password}">`);
crawl(`raw:<input type=hidden value="${password}"><p title="${password}">nothing</p>`);
crawl(`raw:<input value="${password}">`);
crawl(`raw:<p>it is ${password}`);
"#);
    let report = Report::read(&text);
    let pictured: Vec<bool> = (1..=4).map(|n| report.step(n)["picture"].is_u64()).collect();
    assert_eq!(pictured, [true, true, false, false]);
    assert_eq!(report.step(4)["unshown"], true);
    assert_eq!(report.pictures.len(), 2);
}
