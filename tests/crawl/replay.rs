//! The journal against a real browser: what a second run reuses, reads anew, appends and rebuilds.

use std::sync::Arc;

use crawl::crawl::{Again, Branch, CrawlRequest, Crawler, Mode, Observation, Reading};
use crawl::page::Selector;
use crawl::playground::Playground;
use libtest_mimic::Trial;
use serde_json::json;

use super::trial;
use super::world::{Script, js, stay, step, text, world};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("replay::equal_steps_make_no_request", reused),
        trial("replay::a_changed_reading_is_answered_from_the_snapshot", reread),
        trial("replay::a_failed_reading_is_read_again", failed_reading),
        trial("replay::an_appended_step_runs_where_the_tab_stands", appended),
        trial("replay::a_changed_step_rebuilds_its_session", rebuilt),
        trial("replay::a_changed_address_gets_the_identity_of_that_moment", changed_address),
        trial("replay::a_run_that_is_cut_off_loses_nothing", cut_off),
        trial("replay::data_is_sent_again_only_when_allowed", sent_again),
        trial("replay::other_options_make_another_identity", options),
        trial("replay::observations_follow_the_run", observed),
        trial("replay::pages_come_back_from_disk", from_disk),
        trial("replay::asked_for_steps_run_again", asked),
    ]
}

struct Program {
    site: Playground,
    crawler: Crawler,
}

impl Program {
    async fn new() -> Self {
        Self { site: Playground::start(None).await.unwrap(), crawler: world().crawler(Mode::Keep) }
    }

    fn to(&self, path: &str) -> CrawlRequest {
        CrawlRequest { url: Some(format!("{}{path}", self.site.url())), ..stay() }
    }

    async fn visits(&self) -> String {
        let page = step(&self.crawler, "s", self.to("/cookies")).await.unwrap();
        text(&page, "tr[data-name=visits] td")
    }

    async fn hits(&self) -> String {
        let page = step(&self.crawler, "s", self.to("/cache-me")).await.unwrap();
        text(&page, ".hits")
    }

    async fn run_js(&self, source: &str) -> serde_json::Value {
        let page = step(&self.crawler, "s", CrawlRequest { js: vec![js(source)], ..stay() }).await.unwrap();
        page.js.clone()
    }

    fn counts(&self) -> (u64, u64, usize) {
        let status = self.crawler.status();
        (status.reused, status.live, status.rebuilt.len())
    }

    async fn close(self) {
        self.crawler.close_all(&Script::new()).await;
    }
}

fn reused() {
    world().run(async {
        let program = Program::new().await;
        for run in 0..3 {
            assert_eq!(program.hits().await, "1");
            assert_eq!(program.run_js("document.title").await, json!("Cache me"));
            assert_eq!(program.counts(), if run == 0 { (0, 2, 0) } else { (2, 0, 0) });
            assert_eq!(program.crawler.sessions()[0].steps, 2);
            program.crawler.begin_run();
        }
        program.close().await;
    });
}

fn sent_again() {
    world().run(async {
        let program = Program::new().await;
        let post = "fetch('/echo', { method: 'POST', body: 'a' }).then(answer => answer.status)";
        let script = async |last: &str, host: &Script| {
            let mut value = json!(null);
            for request in [
                program.to("/article"),
                CrawlRequest { js: vec![js(post)], ..stay() },
                CrawlRequest { js: vec![js(last)], ..stay() },
            ] {
                let page = program.crawler.crawl(&Branch::root(), Some("s"), request, host).await?;
                value = page.js.clone();
            }
            Ok::<_, crawl::crawl::CrawlError>(value)
        };
        let (wary, willing) = (Script::new(), Script::new().sending_again());
        assert_eq!(script("1 + 1", &wary).await.unwrap(), json!(2));
        program.crawler.begin_run();
        let error = script("1 + 2", &wary).await.unwrap_err();
        assert_eq!(error.code, "crawl::journal::unsafe_replay");
        assert_eq!(wary.logged(), [format!("again: POST {}/echo", program.site.url())]);
        program.crawler.begin_run();
        assert_eq!(script("1 + 1", &wary).await.unwrap(), json!(2));
        assert_eq!(program.counts(), (3, 0, 0));
        program.crawler.begin_run();
        assert_eq!(script("1 + 3", &willing).await.unwrap(), json!(4));
        assert!(program.crawler.status().rebuilt[0].ends_with("1 request that may change something was sent again"));
        program.close().await;
    });
}

fn css(selector: &str) -> Reading {
    Reading { css: Some(Selector::parse(selector).unwrap()), ..Reading::default() }
}

fn reread() {
    world().run(async {
        let program = Program::new().await;
        let read = |selector: &str| CrawlRequest { reading: css(selector), ..program.to("/cache-me") };
        step(&program.crawler, "s", read("h1")).await.unwrap();
        program.crawler.begin_run();
        let page = step(&program.crawler, "s", read(".hits")).await.unwrap();
        assert_eq!(page.selected.as_deref(), Some(&["<b class=\"hits\">1</b>".to_owned()][..]));
        assert_eq!(program.crawler.status().reread, 1);
        assert_eq!(program.counts(), (1, 0, 0));
        program.close().await;
    });
}

fn failed_reading() {
    world().run(async {
        let program = Program::new().await;
        let read = |selector: &str| CrawlRequest { reading: css(selector), ..program.to("/cache-me") };
        let error = step(&program.crawler, "s", read(".hit")).await.unwrap_err();
        assert_eq!(error.code, "crawl::select::no_match");
        program.crawler.begin_run();
        assert!(step(&program.crawler, "s", read(".hits")).await.is_ok());
        assert_eq!(program.counts(), (1, 0, 0));
        program.close().await;
    });
}

fn appended() {
    world().run(async {
        let program = Program::new().await;
        program.hits().await;
        program.run_js("window.mark = 7").await;
        program.crawler.begin_run();
        program.hits().await;
        program.run_js("window.mark = 7").await;
        assert_eq!(program.run_js("window.mark + 1").await, json!(8));
        assert_eq!(program.counts(), (2, 1, 0));
        program.close().await;
    });
}

fn rebuilt() {
    world().run(async {
        let program = Program::new().await;
        program.visits().await;
        assert_eq!(program.visits().await, "1");
        program.run_js("document.body.innerHTML = 'one'; 1").await;
        program.run_js("document.body.textContent").await;
        program.crawler.begin_run();
        program.visits().await;
        assert_eq!(program.visits().await, "1");
        assert_eq!(program.run_js("document.querySelector('tr[data-name=visits] td').textContent").await, json!("1"));
        assert_eq!(program.counts(), (2, 1, 1), "{:?}", program.crawler.status().rebuilt);
        program.close().await;
    });
}

fn changed_address() {
    world().run(async {
        let program = Program::new().await;
        program.visits().await;
        program.visits().await;
        program.visits().await;
        program.crawler.begin_run();
        program.visits().await;
        let page = step(&program.crawler, "s", program.to("/cookies?x=1")).await.unwrap();
        assert_eq!(text(&page, "tr[data-name=visits] td"), "1", "as it was after one visit");
        assert_eq!(program.counts(), (1, 1, 1));
        assert!(program.crawler.status().rebuilt[0].contains("identity"), "{:?}", program.crawler.status().rebuilt);
        program.close().await;
    });
}

fn cut_off() {
    world().run(async {
        let program = Program::new().await;
        program.hits().await;
        program.run_js("1").await;
        program.run_js("2").await;
        program.crawler.begin_run();
        program.hits().await;
        program.crawler.begin_run();
        program.hits().await;
        program.run_js("1").await;
        program.run_js("2").await;
        assert_eq!(program.counts(), (3, 0, 0));
        program.close().await;
    });
}

fn options() {
    world().run(async {
        let program = Program::new().await;
        let zone = |zone: &str| {
            let mut options = program.crawler.default_options();
            options.identity.timezone = Some(zone.to_owned());
            options.given.push("timezone".to_owned());
            options
        };
        let ask = "Intl.DateTimeFormat().resolvedOptions().timeZone";
        for (number, name) in ["Europe/Vienna", "Asia/Tokyo"].into_iter().enumerate() {
            program.crawler.declare_session("s", zone(name)).unwrap();
            assert_eq!(program.hits().await, (number + 1).to_string());
            assert_eq!(program.run_js(ask).await, json!(name));
            program.crawler.begin_run();
        }
        program.close().await;
    });
}

fn observed() {
    world().run(async {
        let program = Program::new().await;
        let root = Branch::root();
        let see = |kind, value: i32| {
            program.crawler.observe(&root, kind, "k", || Ok::<_, std::convert::Infallible>(json!(value))).unwrap()
        };
        assert_eq!(see(Observation::Random, 1), json!(1));
        assert_eq!(see(Observation::File, 1), json!(1));
        program.hits().await;
        assert_eq!(see(Observation::Random, 2), json!(2));
        program.crawler.begin_run();
        assert_eq!(see(Observation::Random, 3), json!(1), "as the last run saw it");
        assert_eq!(see(Observation::File, 3), json!(3), "files are read anew");
        program.visits().await;
        assert_eq!(see(Observation::Random, 4), json!(4), "the run went another way");
        program.close().await;
    });
}

fn from_disk() {
    world().run(async {
        let program = Program::new().await;
        let read = |n: usize, selector: &str| CrawlRequest {
            reading: css(selector),
            js: vec![js(&format!("document.body.innerHTML += '<p>page {n}</p><input value=1>'.repeat(3)"))],
            ..program.to("/cache-me")
        };
        let mut pages = Vec::new();
        for n in 0..40 {
            pages.push(step(&program.crawler, "s", read(n, "h1")).await.unwrap());
        }
        program.crawler.begin_run();
        for (n, before) in pages.iter().enumerate() {
            let page = step(&program.crawler, "s", read(n, "p")).await.unwrap();
            assert_eq!(text(&page, "body > p"), format!("page {n}"));
            assert_eq!(page.html(), before.html());
            assert!(Arc::ptr_eq(&page.document(), &page.document()) && page.selected.as_ref().unwrap().len() == 4);
        }
        assert_eq!(program.counts(), (40, 0, 0));
        program.close().await;
    });
}

fn asked() {
    world().run(async {
        let program = Program::new().await;
        let run = async |how: Option<Again>, last: &str| {
            program.crawler.begin_run();
            how.into_iter().for_each(|how| program.crawler.again(how));
            let hits = program.hits().await;
            program.run_js("1").await;
            program.run_js(last).await;
            program.crawler.end_run();
            (hits, program.counts().0, program.crawler.status().why)
        };
        assert_eq!(run(None, "2").await, ("1".to_owned(), 0, None));
        let changed = || Some("step 3 changed: js".to_owned());
        assert_eq!(run(None, "3").await, ("1".to_owned(), 2, changed()));
        let asked = || Some("step 3 was asked for".to_owned());
        assert_eq!(run(Some(Again::Latest), "3").await, ("1".to_owned(), 2, asked()));
        assert_eq!(run(Some(Again::Latest), "3").await, ("1".to_owned(), 2, asked()));
        assert_eq!(run(None, "3").await, ("1".to_owned(), 3, None));
        let (hits, reused, why) = run(Some(Again::All), "3").await;
        assert_eq!((reused, why), (0, None));
        assert!(hits.parse::<u32>().unwrap() > 1, "{hits}");
        program.close().await;
    });
}
