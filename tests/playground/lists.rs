//! Lists: rows, pages, batches, delays.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use super::http::Site;
use super::trial;

const NEXT: &str = "data-testid=\"pagination-next-button\"";

pub fn trials() -> Vec<Trial> {
    vec![
        trial("commits_have_thirty_rows_a_page_and_unique_hashes", unique_commits),
        trial("commits_end_without_a_next_button", last_page),
        trial("commits_carry_pages_and_delay_on", carried),
        trial("commits_are_the_same_on_every_site", deterministic),
        trial("a_commit_has_its_own_page", one_commit),
        trial("a_delay_holds_what_follows_but_not_the_first_page", delays),
        trial("load_more_serves_forty_items_in_tens", load_more),
        trial("infinite_serves_two_hundred_items_in_twenties", infinite),
    ]
}

fn unique_commits() {
    let site = Site::start();
    let mut hashes = BTreeSet::new();
    for page in 1..=5 {
        for path in ["/commits?page=", "/commits-links?page=", "/commits/rows?page="] {
            let answer = site.get(&format!("{path}{page}"));
            assert_eq!(answer.status, 200);
            assert_eq!(answer.count("<li data-testid=\"commit-row-item\""), 30);
            assert_eq!(answer.count("<relative-time datetime=\"20"), 30);
            hashes.extend(answer.body.split("class=\"sha\" href=\"/commit/").skip(1).map(|rest| rest[..40].to_owned()));
        }
    }
    assert_eq!(hashes.len(), 150);
    assert!(hashes.iter().all(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit())));
}

fn last_page() {
    let site = Site::start();
    assert_eq!(site.get("/commits?page=4").count(NEXT), 1);
    assert_eq!(site.get("/commits?page=5").count(NEXT), 0);
    assert_eq!(site.get("/commits?page=6").status, 404);
    assert_eq!(site.get("/commits/rows?page=0").status, 404);
    assert_eq!(site.get("/commits-links?page=7&pages=7").count(NEXT), 0);
}

fn carried() {
    let site = Site::start();
    let answer = site.get("/commits-links?pages=3&delay=1");
    assert_eq!(answer.between("rel=\"next\" href=\"", "\""), "/commits-links?page=2&amp;pages=3&amp;delay=1");
    let back = site.get("/commits-links?page=2");
    assert_eq!(back.between("rel=\"prev\" href=\"", "\""), "/commits-links");
}

fn deterministic() {
    let (one, two) = (Site::start(), Site::start());
    assert_eq!(one.get("/commits?page=3").body, two.get("/commits?page=3").body);
}

fn one_commit() {
    let site = Site::start();
    let list = site.get("/commits?page=2");
    let hash = list.between("href=\"/commit/", "\"").to_owned();
    let title = list.between(&format!("<a href=\"/commit/{hash}\">"), "<").to_owned();
    assert_eq!(site.get(&format!("/commit/{hash}")).between("<h1>", "</h1>"), title);
    assert_eq!(site.get("/commit/0123456789").status, 404);
}

fn delays() {
    let site = Site::start();
    let time = |path: &str| {
        let start = Instant::now();
        assert_eq!(site.get(path).status, 200, "{path}");
        start.elapsed()
    };
    // A lower bound is what the delay promises; the first pages are told apart by a delay longer than any test may take.
    for path in
        ["/commits?delay=60000", "/commits-links?delay=60000", "/load-more?delay=60000", "/infinite?delay=60000"]
    {
        assert!(time(path) < Duration::from_secs(30), "{path}");
    }
    for path in ["/commits/rows?page=2&delay=60", "/commits-links?page=2&delay=60", "/load-more/items?from=10&delay=60"]
    {
        assert!(time(path) >= Duration::from_millis(60), "{path}");
    }
}

fn load_more() {
    let site = Site::start();
    assert_eq!(site.get("/load-more").count("class=\"content-item\""), 10);
    for from in [10, 20, 30] {
        let batch = site.get(&format!("/load-more/items?from={from}"));
        assert_eq!(batch.count("class=\"content-item\""), 10);
        assert_eq!(batch.between("<h3>", "</h3>"), format!("Item {}", from + 1));
    }
    assert_eq!(site.get("/load-more/items?from=40").body, "");
    assert_eq!(site.get("/load-more/items?from=40&total=43").count("class=\"content-item\""), 3);
    assert!(site.get("/load-more?total=43").body.contains("total=43"));
}

fn infinite() {
    let site = Site::start();
    assert_eq!(site.get("/infinite").count("<article class=\"item\""), 20);
    assert_eq!(site.get("/infinite/items?from=180").count("<article class=\"item\""), 20);
    assert_eq!(site.get("/infinite/items?from=200").body, "");
    assert_eq!(site.get("/infinite/items?from=18446744073709551615").body, "");
}
