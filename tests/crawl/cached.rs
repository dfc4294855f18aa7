//! The cache answers navigations, never acts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crawl::browser::{Landing, Snapshot};
use crawl::crawl::{CacheMode, CrawlRequest, Crawler, Mode, PageCache};
use crawl::playground::Playground;
use libtest_mimic::Trial;
use serde_json::json;

use super::trial;
use super::world::{Script, js, stay, step, text, world};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("cached::the_second_visit_makes_no_request", second),
        trial("cached::a_step_that_acts_is_never_answered", acts),
        trial("cached::modes_read_and_write_as_named", modes),
        trial("cached::a_step_on_a_cached_page_loads_it_first", owed),
    ]
}

/// A cache in memory: the seam is the store's, the rules under test are the step's.
#[derive(Default)]
struct Memory(Mutex<HashMap<String, (Snapshot, Landing)>>);

impl PageCache for Memory {
    fn get(&self, key: &str) -> Result<Option<(Snapshot, Landing)>, String> {
        Ok(self.0.lock().unwrap().get(key).cloned())
    }

    fn put(&self, key: &str, snapshot: &Snapshot, landing: &Landing) -> Result<(), String> {
        self.0.lock().unwrap().insert(key.to_owned(), (snapshot.clone(), landing.clone()));
        Ok(())
    }
}

struct Place {
    site: Playground,
    crawler: Crawler,
}

impl Place {
    async fn new() -> Self {
        let site = Playground::start(None).await.unwrap();
        Self { site, crawler: world().crawler_with(Mode::Plain, Some(Arc::new(Memory::default()))) }
    }

    fn visit(&self, cache: CacheMode) -> CrawlRequest {
        CrawlRequest { url: Some(format!("{}/cache-me", self.site.url())), cache, ..stay() }
    }

    /// The counter on the page, and whether it came from the cache.
    async fn hits(&self, request: CrawlRequest) -> (String, bool) {
        let page = step(&self.crawler, "s", request).await.unwrap();
        (text(&page, ".hits"), page.from_cache)
    }

    async fn close(self) {
        self.crawler.close_all(&Script::new()).await;
    }
}

fn second() {
    world().run(async {
        let place = Place::new().await;
        assert_eq!(place.hits(place.visit(CacheMode::Enabled)).await, ("1".to_owned(), false));
        assert_eq!(place.hits(place.visit(CacheMode::Enabled)).await, ("1".to_owned(), true));
        let other = CrawlRequest { headers: vec![("X-A".into(), "1".into())], ..place.visit(CacheMode::Enabled) };
        assert_eq!(place.hits(other).await, ("2".to_owned(), false));
        let elsewhere = step(&place.crawler, "t", place.visit(CacheMode::Enabled)).await.unwrap();
        assert!(!elsewhere.from_cache, "another session is another identity");
        place.close().await;
    });
}

fn acts() {
    world().run(async {
        let place = Place::new().await;
        place.hits(place.visit(CacheMode::Enabled)).await;
        let acting = CrawlRequest { js: vec![js("1")], ..place.visit(CacheMode::Enabled) };
        assert_eq!(place.hits(acting).await, ("2".to_owned(), false));
        let here = step(&place.crawler, "s", CrawlRequest { cache: CacheMode::Enabled, ..stay() }).await.unwrap();
        assert!(!here.from_cache);
        place.close().await;
    });
}

fn modes() {
    world().run(async {
        let place = Place::new().await;
        let wanted = [
            (CacheMode::ReadOnly, "1", false),
            (CacheMode::ReadOnly, "2", false),
            (CacheMode::WriteOnly, "3", false),
            (CacheMode::ReadOnly, "3", true),
            (CacheMode::Bypass, "4", false),
            (CacheMode::Enabled, "4", true),
            (CacheMode::Disabled, "5", false),
        ];
        for (mode, hits, cached) in wanted {
            assert_eq!(place.hits(place.visit(mode)).await, (hits.to_owned(), cached), "{mode:?}");
        }
        place.close().await;
    });
}

fn owed() {
    world().run(async {
        let place = Place::new().await;
        place.hits(place.visit(CacheMode::Enabled)).await;
        step(&place.crawler, "s", CrawlRequest { url: Some("/article".into()), ..stay() }).await.unwrap();
        assert_eq!(place.hits(place.visit(CacheMode::Enabled)).await, ("1".to_owned(), true));
        let ask = CrawlRequest { js: vec![js("location.pathname")], ..stay() };
        let page = step(&place.crawler, "s", ask).await.unwrap();
        assert_eq!(page.js, json!("/cache-me"));
        assert_eq!(text(&page, ".hits"), "2");
        place.close().await;
    });
}
