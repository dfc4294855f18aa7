//! Downloads end where the script says, under names that do no harm, and leave nothing behind.

use libtest_mimic::Trial;

use super::stage::Stage;
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("downloads::are_saved_under_safe_names", saved),
        trial("downloads::none_of_many_in_a_row_is_missed", many),
    ]
}

const SCRIPT: &str = r##"let site = playground();
session("a", downloads: "saved") {
  crawl(`${site}/products`);
  for name in ["../../x.csv", "x.csv", "con.txt", "a\u0007b\\c.csv", "x.csv"] {
    let page = crawl(
      js: `{ const a = document.createElement("a"); a.href = URL.createObjectURL(new Blob(["1,2"])); a.download = ${to_json(name)}; a.click() }`,
      downloads: true
    );
    let one = page.downloads[0];
    print(one.path.split("/")[-1], one.size, one.type, one.sha256.len());
  }
  print(crawl(`${site}/products`).downloads);
}
session("b") {
  crawl(site);
  let one = download("a[href='/download']", "deep/report.csv");
  print(one.path, one.size, one.type, one.suggested, read_csv("deep/report.csv").len());
  let page = crawl(js: "document.querySelector(\"a[href='/download']\").click()", downloads: true);
  print(page.downloads.len(), page.downloads[0].size == one.size);
  screenshot("deep/h1.png", "h1");
  screenshot("deep/page.png", full_page: true);
  pdf("deep/page.pdf");
  let page = crawl(pdf: true, mhtml: true);
  print(page.pdf.len() > 1000, page.mhtml.contains("multipart/related"));
}
"##;

fn saved() {
    let stage = Stage::with(SCRIPT);
    let ended = stage.start(&["run", "script.crawl"]).end();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    let wanted = "_.._x.csv 3 text/csv 64
x.csv 3 text/csv 64
_con.txt 3 text/plain 64
a_b_c.csv 3 text/csv 64
x (2).csv 3 text/csv 64
[]
deep/report.csv 190 text/csv report.csv 20
1 true
true true
";
    assert_eq!(ended.stdout, wanted);
    let mut files: Vec<_> = std::fs::read_dir(stage.path("saved"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert_eq!(files, ["_.._x.csv", "_con.txt", "a_b_c.csv", "x (2).csv", "x.csv"]);
    assert_eq!(std::fs::read_to_string(stage.path("saved/x.csv")).unwrap(), "1,2");
    for (file, begins) in [("h1.png", b"\x89PNG"), ("page.png", b"\x89PNG"), ("page.pdf", b"%PDF")] {
        assert!(std::fs::read(stage.path("deep").join(file)).unwrap().starts_with(begins), "{file}");
    }
    stage.assert_nothing_left();
}

fn many() {
    let stage = Stage::with(
        r#"
let site = playground();
let asks = "const a = document.createElement('a'); a.download = 'x.txt'; a.href = URL.createObjectURL(new Blob(['1'])); document.body.append(a); a.click();";
session("a", downloads: "saved") {
  crawl(`${site}/article`);
  let kept = 0;
  for i in 0..23 { kept += crawl(js: asks, downloads: true).downloads.len(); }
  print(kept);
}
session("b", downloads: "saved") {
  crawl(`${site}/article`);
  let page = crawl(js: `for (let i = 0; i < 15; i++) { ${asks} }`, downloads: true);
  print(page.downloads.len(), page.warnings.len(), page.warnings[0].contains("ten downloads"));
}
session("c", downloads: "saved") {
  crawl(`${site}/article`);
  for step in 0..6 {
    let page = crawl(js: `{ ${asks} } { ${asks} }`, downloads: true);
    if page.downloads.len() != 2 || page.warnings != [] { print(step, page.downloads.len(), page.warnings); }
    sleep("300ms");
  }
}
"#,
    );
    let ended = stage.start(&["run", "script.crawl"]).end();
    assert_eq!(ended.stdout, "23\n10 1 true\n", "{}", ended.stderr);
}
