//! Every page: that it is there, whole, and shows what it says.

use crawl::playground::pages;
use libtest_mimic::Trial;

use super::http::{Answer, Site};
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("the_front_page_links_every_page", front),
        trial("every_page_answers_with_a_whole_document", whole),
        trial("unknown_paths_are_404_and_escaped", unknown),
        trial("virtual_items_differ_in_every_script", virtual_items),
        trial("products_have_names_in_markup_and_missing_parts", products),
        trial("big_is_as_large_as_asked", big),
        trial("csp_forbids_all_but_its_own_script", csp),
        trial("frames_point_to_another_origin", frames),
        trial("spa_views_are_fragments_and_deep_links_work", spa),
        trial("headers_and_echo_show_the_request", requests),
        trial("cookies_are_shown_and_counted", cookies),
        trial("hits_counts_requests_by_path", hits),
        trial("redirect_goes_the_asked_number_of_times", redirects),
        trial("json_text_and_download_have_their_types", types),
        trial("nothing_is_kept_by_caches", no_store),
    ]
}

fn front() {
    let site = Site::start();
    let front = site.get("/");
    assert!(pages().len() > 30);
    for entry in pages() {
        let href = format!("<a href=\"{}\">", entry.path.replace('&', "&amp;"));
        assert_eq!(front.count(&href), 1, "{}", entry.path);
        assert!(entry.about.len() > 5);
    }
}

/// Pages that fail, move on or are no HTML, as their names say.
const SPECIAL: [&str; 10] = [
    "/account",
    "/secured/1",
    "/logout",
    "/wizard",
    "/hits?path=/cache-me",
    "/redirect?to=/headers&times=3",
    "/json",
    "/text",
    "/download",
    "/broken/",
];

fn whole() {
    let site = Site::start();
    for entry in pages().iter().filter(|entry| !SPECIAL.iter().any(|special| entry.path.starts_with(special))) {
        let path = entry.path.replace("delay=1000", "delay=1");
        let answer = site.get(&path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(answer.body.starts_with("<!doctype html>") && answer.body.ends_with("</html>\n"), "{path}");
        assert!(!answer.body.contains("{{"), "{path}: a placeholder was left");
        for tag in
            ["main", "ul", "ol", "li", "p", "table", "tr", "form", "article", "script", "div", "span", "a", "button"]
        {
            let open = answer.count(&format!("<{tag} ")) + answer.count(&format!("<{tag}>"));
            assert_eq!(open, answer.count(&format!("</{tag}>")), "{path}: <{tag}>");
        }
    }
}

fn unknown() {
    let site = Site::start();
    let answer = site.get("/no/such&page");
    assert_eq!(answer.status, 404);
    assert!(answer.body.contains("/no/such&amp;page"), "{}", answer.body);
}

fn virtual_items() {
    let site = Site::start();
    let items = |query: &str| -> Vec<serde_json::Value> {
        serde_json::from_str(&site.get(&format!("/virtual/items?{query}")).body).unwrap()
    };
    let all = items("start=0&count=1000");
    let texts: std::collections::BTreeSet<&str> = all.iter().map(|item| item["text"].as_str().unwrap()).collect();
    assert_eq!((all.len(), texts.len()), (200, 200));
    for (language, sample) in [("zh", "第一百一十条新闻"), ("ar", "الخبر رقم ٢٠"), ("en", "1. ")] {
        assert!(all.iter().any(|item| item["lang"] == language && item["text"].as_str().unwrap().starts_with(sample)));
    }
    for (index, chinese) in [(1, "第二条新闻"), (9, "第十条新闻"), (13, "第十四条新闻"), (101, "第一百零二条新闻")]
    {
        assert_eq!(all[index]["text"], chinese);
    }
    assert_eq!(items("start=190&count=50").len(), 10);
    assert_eq!(items("start=200&count=50").len(), 0);
    assert_eq!(items("start=5&count=18446744073709551615").len(), 195);
}

fn products() {
    let site = Site::start();
    let list = site.get("/products");
    assert_eq!(list.count("<article class=\"product\""), 8);
    assert_eq!(list.count("class=\"price\""), 7);
    assert_eq!(list.count("class=\"rating\""), 6);
    assert!(list.body.contains("Wireless <b>Logitech</b> Mouse"));
    assert_eq!(site.get("/products/8").count("<article"), 1);
    assert_eq!(site.get("/products/0").status, 404);
    assert_eq!(site.get("/products/9").status, 404);
    assert_eq!(site.get("/images/1.svg").header("content-type"), Some("image/svg+xml"));
}

fn big() {
    let site = Site::start();
    for kb in [1, 100, 1000] {
        let length = site.get(&format!("/big?kb={kb}")).body.len();
        assert!((kb * 1024..kb * 1024 + 4096).contains(&length), "{kb}: {length}");
    }
}

fn csp() {
    let site = Site::start();
    let answer = site.get("/csp?delay=7");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("require-trusted-types-for 'script'"));
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert_eq!(answer.count(&format!("<script nonce=\"{nonce}\">")), 1);
    assert_ne!(site.get("/csp").header("content-security-policy").unwrap(), policy, "a nonce is used once");
    let rows: serde_json::Value = serde_json::from_str(&site.get("/csp/rows?page=3").body).unwrap();
    assert_eq!((rows["rows"].as_array().unwrap().len(), rows["more"].as_bool()), (10, Some(false)));
}

fn frames() {
    let site = Site::start();
    let port = site.host().rsplit(':').next().unwrap();
    let outer = site.get("/iframe?delay=3");
    assert_eq!(outer.between("id=\"same\" title=\"same origin\" src=\"", "\""), "/iframe/same?delay=3");
    let other = outer.between("title=\"another origin\" src=\"", "\"");
    assert_eq!(other, format!("http://localhost:{port}/iframe/other?delay=3"));
    let nested = site.get("/iframe/same");
    assert_eq!(nested.between("id=\"nested\" src=\"", "\""), format!("http://localhost:{port}/iframe/nested"));
    assert_eq!(site.get("/iframe/none").status, 404);
}

fn spa() {
    let site = Site::start();
    for path in ["/spa", "/spa/about", "/spa/items/3?delay=1"] {
        assert_eq!(site.get(path).count("id=\"view\""), 1, "{path}");
    }
    assert_eq!(site.get("/spa-views/items/3").between("<h2>", "</h2>"), "Item 3");
    assert!(!site.get("/spa-views/about").body.contains("<html"));
    assert_eq!(site.get("/spa-views/items/6").status, 404);
}

fn requests() {
    let site = Site::start();
    let answer = site.get("/headers");
    let json = answer.between("<pre id=\"headers\">", "</pre>").replace("&quot;", "\"");
    let headers: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(headers["host"], site.host());
    let mut visitor = site.visitor();
    let echo = visitor.post("/echo", "a=<1>&b=2");
    assert_eq!(echo.between("class=\"method\">", "<"), "POST");
    assert_eq!(echo.between("<pre class=\"body\">", "</pre>"), "a=&lt;1&gt;&amp;b=2");
    assert_eq!(echo.between("class=\"content-type\">", "<"), "application/x-www-form-urlencoded");
}

fn cookies() {
    let site = Site::start();
    let mut visitor = site.visitor();
    let shown = |answer: &Answer| answer.between("<h1>", "</h1>").to_owned();
    assert_eq!(shown(&visitor.get("/cookies")), "0 cookies");
    let second = visitor.get("/cookies");
    assert_eq!(shown(&second), "1 cookies");
    assert_eq!(second.between("<td>", "</td>"), "1");
    assert_eq!(visitor.get("/cookies").between("<td>", "</td>"), "2");
    assert_eq!(shown(&site.visitor().get("/cookies")), "0 cookies");
}

fn hits() {
    let (site, other) = (Site::start(), Site::start());
    for _ in 0..3 {
        site.get("/cache-me?delay=0");
    }
    let hits = |site: &Site, path: &str| -> serde_json::Value {
        serde_json::from_str(&site.get(&format!("/hits?path={path}")).body).unwrap()
    };
    assert_eq!(hits(&site, "/cache-me"), serde_json::json!({ "path": "/cache-me", "hits": 3 }));
    assert_eq!(hits(&site, "/never")["hits"], 0);
    assert_eq!(hits(&other, "/cache-me")["hits"], 0);
    assert_eq!(site.get("/cache-me").between("class=\"hits\">", "<"), "4");
}

fn redirects() {
    let site = Site::start();
    let mut visitor = site.visitor();
    let start = visitor.get("/redirect?to=/json&times=3");
    assert_eq!((start.status, start.header("location")), (303, Some("/redirect?to=%2Fjson&times=2")));
    assert_eq!(visitor.follow(start).header("content-type"), Some("application/json"));
    let hits = site.get("/hits?path=/redirect");
    assert_eq!(hits.between("\"hits\":", "}"), "3");
    assert_eq!(site.get("/redirect?to=%0A").status, 400);
}

fn types() {
    let site = Site::start();
    assert_eq!(site.get("/json").header("content-type"), Some("application/json"));
    assert_eq!(site.get("/text").header("content-type"), Some("text/plain; charset=utf-8"));
    let download = site.get("/download");
    assert_eq!(download.header("content-disposition"), Some("attachment; filename=\"report.csv\""));
    assert_eq!(download.body.lines().count(), 21);
}

fn no_store() {
    let site = Site::start();
    for path in ["/", "/commits", "/json", "/broken/404"] {
        assert_eq!(site.get(path).header("cache-control"), Some("no-store"), "{path}");
    }
}
