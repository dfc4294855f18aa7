//! What a recorded script carries from step to step: files that its closures wrote, and values that a recording leaves
//! out.

use libtest_mimic::Trial;

use super::played::with_playground;
use super::trial;
use crate::process::stage::{Running, Stage};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("carried::files_of_closures_are_written_again", files),
        trial("carried::a_cookie_that_the_script_passes_on_is_no_other_step", cookie),
        trial("carried::a_variable_that_branches_share_is_whole", shared),
        trial("carried::what_the_script_may_not_write_is_not_written_again", denied),
    ]
}

/// Records the stage's script, then plays it by its steps with `also`: what each printed, and what the second complained of.
fn both(stage: &Stage, also: &[&str]) -> (String, String, String) {
    let run = |args: &[&str]| {
        let mut command = stage.command(&["run", "script.crawl"]);
        Running::of(command.args(args).spawn().unwrap()).end()
    };
    with_playground(|site| {
        let site = format!("site={site}");
        let first = run(&["--set", &site, "--record", "script.cassette"]);
        assert_eq!(first.status.code(), Some(0), "{}\n{}", first.stdout, first.stderr);
        for entry in std::fs::read_dir(stage.work()).unwrap().map(Result::unwrap) {
            let kept = [".crawl", ".cassette"].iter().any(|kept| entry.file_name().to_string_lossy().ends_with(kept));
            if !kept {
                std::fs::remove_file(entry.path()).or_else(|_| std::fs::remove_dir_all(entry.path())).unwrap();
            }
        }
        let args = ["--replay", "script.cassette", "--replay-mode", "snapshot"];
        let second = run(&[&args[..], also].concat());
        (first.stdout, second.stdout, second.stderr)
    })
}

fn files() {
    let stage = Stage::with(
        r#"import "std/login" as login;
let site = param("site");
fn log_in(site) {
  login::form(`${site}/login`, fields: #{ "label=User name": "ada", "label=Password": "lovelace" },
    submit: "role=button", signed_in: ".user", state: "kept.json")
}
session("today") <
  on("after_goto", |page| write_text("seen.txt", `seen: ${page.evaluate("document.title")}`));
  print(log_in(site).title);
  print(crawl(`${site}/secured/1`).title);
>
session("tomorrow", state: "kept.json") <
  print(crawl(`${site}/secured/2`).title);
  crawl(`${site}/logout`);
>
session("today") <
  print(crawl(`${site}/secured/3`).title);
>
print(read_text("seen.txt"), read_json("kept.json").cookies.len());
"#,
    );
    let (said, again, complaints) = both(&stage, &[]);
    assert!(said.ends_with("seen: Report 3 2\n"), "{said}");
    assert_eq!(again, said, "{complaints}");
}

fn cookie() {
    let stage = Stage::with(
        r#"let site = param("site");
session("s") <
  crawl(`${site}/login`);
  fill("label=User name", "ada");
  fill("label=Password", "lovelace");
  click("role=button", then: ".user");
  let id = cookies().find(|cookie| cookie.name == "session").value;
  print(crawl(`${site}/echo?id=${id}`).status);
  print(crawl(`${site}/echo`, method: "POST", body: `{"id": "${id}"}`).status);
  print(evaluate(`"${id}".length > 0`));
>
session("other", cookies: [#{ name: "own", value: "0123456789abcdef0123", url: site, http_only: true }]) <
  print(crawl(`${site}/cookies`).has("[data-name=own]"));
>
"#,
    );
    let (said, again, complaints) = both(&stage, &[]);
    assert_eq!(said, "200\n200\ntrue\ntrue\n");
    assert_eq!(again, said, "{complaints}");
}

fn shared() {
    let stage = Stage::with(
        r#"let site = param("site");
let seen = []; let counts = #{ pages: 0 };
on("after_goto", |page| { seen.push(page.url); counts.pages += 1; });
parallel([1, 2, 3, 4], |i| {
  crawl(`${site}/products?n=${i}`);
  sleep(`${i * 20}ms`);
  crawl(`${site}/article?n=${i}`);
}, workers: 4);
seen.sort();
print(counts.pages, seen.len(), seen[0].contains("article?n=1"), seen[7].contains("products?n=4"));
"#,
    );
    let (said, again, complaints) = both(&stage, &[]);
    assert_eq!(said, "8 8 true true\n");
    assert_eq!(again, said, "{complaints}");
}

fn denied() {
    let stage = Stage::with(
        r#"let site = param("site");
session("s") <
  on("after_goto", |page| write_text("written.txt", page.url));
  crawl(`${site}/products`);
>
"#,
    );
    let (_, _, complaints) = both(&stage, &["--allow-write", "elsewhere"]);
    assert!(complaints.contains("--allow-write"), "{complaints}");
    assert!(!stage.path("written.txt").exists());
}
