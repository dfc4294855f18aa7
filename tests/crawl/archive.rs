//! The journal as plain data: what another process makes of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use crawl::browser::{
    BrowserError, Certificate, ConsoleLine, Cookie, Deadline, Exchange, FormPatch, Identity, Landing, Launch,
    OpenedTab, OriginStorage, Response, Snapshot, Wire,
};
use crawl::crawl::journal::{
    Archive, ArchivedSight, ArchivedStep, Before, Call, Decision, Entry, Finished, Journal, Outcome, Place, SessionKey,
    StepKeys,
};
use crawl::crawl::{
    Access, Act, ActRequest, ActValue, Beyond, Branch, BranchPath, Content, CrawlError, CrawlRequest, Crawler,
    CrawlerConfig, ErrorPlace, Fork, Mode, Observation, Page, Reading, SavedDownload, TabSource, Trouble, Verb,
};
use crawl::page::Selector;
use crawl::playground::Playground;
use crawl::text::Span;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::trial;
use super::world::{Script, js, stay, step, text, world};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("archive::every_part_of_a_step_comes_back", round_trip),
        trial("archive::another_process_goes_on", goes_on),
        trial("archive::alone_it_answers_for_everything", alone),
        trial("archive::an_unknown_step_says_what_differs", unknown),
        trial("archive::files_that_are_gone_are_loaded_again", gone),
        trial("archive::a_live_run_keeps_no_pages", small),
    ]
}

/// An archive in memory.
#[derive(Default)]
struct Kept(Mutex<(Vec<ArchivedStep>, Vec<ArchivedSight>)>);

impl Kept {
    /// What was kept, as a file gives it back.
    fn read(&self) -> (Vec<ArchivedStep>, Vec<ArchivedSight>) {
        let (steps, sights) = self.0.lock().unwrap().clone();
        let again = |step: ArchivedStep| {
            let written = serde_json::to_string(&step).unwrap();
            ArchivedStep { blobs: step.blobs, ..serde_json::from_str(&written).unwrap() }
        };
        (steps.into_iter().map(again).collect(), sights)
    }

    fn recalled(&self, crawler: &Crawler) {
        let (steps, sights) = self.read();
        crawler.recall(steps, sights).unwrap();
    }
}

impl Archive for Kept {
    fn step(&self, step: ArchivedStep) {
        self.0.lock().unwrap().0.push(step);
    }

    fn sight(&self, sight: ArchivedSight) {
        self.0.lock().unwrap().1.push(sight);
    }
}

/// No tabs to be had.
struct NoTabs;

#[async_trait]
impl TabSource for NoTabs {
    async fn open(&self, _: &Wire, _: &Launch, _: &Identity, _: Deadline) -> Result<OpenedTab, BrowserError> {
        panic!("a step ran live");
    }

    fn hide(&self, _secret: &str) {}
}

/// A crawler that has what was archived, and no browser.
fn replaying(kept: &Kept) -> Crawler {
    let crawler = Crawler::new(CrawlerConfig {
        tabs: Arc::new(NoTabs),
        network: None,
        cache: None,
        mode: Mode::Keep,
        launch: Launch::default(),
        timeout: Duration::from_secs(20),
        access: Access::default(),
        archive: None,
        listener: None,
    });
    kept.recalled(&crawler);
    crawler.answer_alone(Beyond::Fails);
    crawler
}

fn frame(depth: usize) -> Snapshot {
    Snapshot {
        url: format!("http://a.example/{depth}"),
        html: format!("<p>{depth}</p>"),
        frames: if depth == 0 { Vec::new() } else { vec![frame(depth - 1), Snapshot::default()] },
        ..Snapshot::default()
    }
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(0.1 + 0.2), |inner, _| json!([inner]))
}

fn whole_page() -> Page {
    let line = ConsoleLine { level: "log".into(), text: "héllo".into(), url: Some("u".into()), line: Some(3) };
    let cookie: Cookie =
        serde_json::from_value(json!({ "name": "a", "value": "b", "expires": 1.7e9 + 0.123 })).unwrap();
    let form = FormPatch { index: 1, value: Some("typed".into()), checked: Some(true), selected: None };
    let snapshot = Snapshot {
        title: "T".into(),
        forms: vec![form],
        content_type: "text/html".into(),
        html: "<title>T</title>".repeat(500),
        ..frame(90)
    };
    Page {
        content: Content::new(snapshot),
        landing: Landing {
            requested_url: "http://a.example/".into(),
            url: "http://a.example/b".into(),
            status: Some(418),
            headers: vec![("x-a".into(), "1".into()), ("x-a".into(), "2".into())],
            redirects: vec!["http://a.example/r".into()],
            response_time: Some(Duration::from_nanos(1_234_567_891)),
            load_time: None,
        },
        session: "s".into(),
        step: 7,
        js: nested(100),
        selected: Some(vec!["<b>x</b>".repeat(400)]),
        items: Some(vec![json!({ "z": 1, "a": 0.1 + 0.2, "$blob": 0, "is": 1 }).as_object().unwrap().clone()]),
        warnings: vec!["w".into()],
        popups: vec!["http://a.example/p".into()],
        response: Some(Response { url: "r".into(), status: 200, headers: vec![], body: "b".into(), whole: true }),
        cookies: Some(vec![cookie]),
        console: Some(vec![]),
        overheard: vec![line],
        requests: Some(vec![Exchange { url: "q".into(), begun: 0.1 + 0.2, ..Exchange::default() }]),
        certificate: Some(None),
        screenshot: Some(vec![0, 255, 7]),
        downloads: Some(vec![SavedDownload {
            path: "/dev/null".into(),
            size: 1,
            kind: "text/csv".into(),
            sha256: "00".into(),
            url: "d".into(),
            suggested: "../d".into(),
        }]),
        pdf: Some(b"%PDF".to_vec()),
        mhtml: Some("MIME".into()),
        json: Some(nested(127)),
        from_cache: true,
        elapsed: Duration::from_nanos(12_345),
    }
}

/// All of a page, to compare.
fn all(page: &Page) -> (Value, Snapshot, [Value; 2], [Option<Vec<u8>>; 3]) {
    let parts = [page.screenshot.clone(), page.pdf.clone(), page.mhtml.clone().map(String::into_bytes)];
    let values = [page.js.clone(), page.json.clone().unwrap_or_default()];
    (serde_json::to_value(page).unwrap(), Snapshot::clone(&page.content.snapshot()), values, parts)
}

fn kept_and_recalled(finished: Finished, place: &Place) -> Arc<Entry> {
    let kept = Arc::new(Kept::default());
    let journal = Journal::new(Mode::Plain, Some(Arc::clone(&kept) as _));
    let keys = finished.keys.clone();
    let (ticket, _) = journal.begin(place.clone(), Verb::Session("save_state"), &keys);
    journal.record(&ticket, finished);
    let (steps, sights) = kept.read();
    let other = Journal::new(Mode::Keep, None);
    other.recall(steps, sights, |_| {}).unwrap();
    other.answer_alone(Beyond::Fails);
    match other.begin(place.clone(), Verb::Crawl, &keys).1 {
        Decision::Reuse(entry) => entry,
        other => panic!("{other:?}"),
    }
}

fn round_trip() {
    let base = Arc::new(whole_page());
    let read = Page { items: None, certificate: Some(Some(Certificate::default())), ..Page::clone(&base) };
    let error = CrawlError {
        help: Some("h".into()),
        trouble: Trouble::Lost,
        place: Some(ErrorPlace { option: "js".into(), index: 2, place: Some((3, 4)), span: Some(Span::new(5, 9)) }),
        notes: vec!["n".into()],
        url: Some("u".into()),
        session: Some("s".into()),
        step: Some(4),
        elapsed: Some(Duration::from_millis(5)),
        page: Some(Arc::clone(&base)),
        ..CrawlError::new("crawl::wait::timeout", "m".repeat(5000))
    };
    let cookies = base.cookies.clone().unwrap();
    let storage = vec![OriginStorage::new("http://a.example", [(&"k".to_owned(), &"v".to_owned())])];
    let values = [
        ActValue::Done,
        ActValue::Value(nested(90)),
        ActValue::Image(vec![1, 2]),
        ActValue::Cookies(cookies.clone()),
        ActValue::State(cookies.clone(), storage.clone()),
    ];
    let mut outcomes: Vec<Outcome> = values.into_iter().map(Outcome::Value).collect();
    outcomes.extend([Outcome::Page(Arc::clone(&base)), Outcome::Page(Arc::new(read)), Outcome::failed(&error)]);
    let branch = BranchPath(vec![Fork { call: 1, index: 2 }]);
    let sessions = [SessionKey::Named("s".into()), SessionKey::Fresh(branch.clone(), 3)];
    for (outcome, session) in outcomes.iter().zip(sessions.iter().cycle()) {
        let place = Place { branch: branch.clone(), session: session.clone() };
        let before = Some(Before { cookies: cookies.clone(), storage: storage.clone() });
        let keys = StepKeys {
            act: Some("a".into()),
            reading: Some("r".into()),
            parts: vec![("url".into(), u64::MAX), ("js".into(), 1)],
            ..StepKeys::default()
        };
        let finished = Finished {
            keys: keys.clone(),
            base: Some(Arc::clone(&base)),
            outcome: outcome.clone(),
            call: Call::Close,
            before: before.clone(),
            after: before.clone(),
            acts: true,
            sent: vec!["POST u".into()],
            effects: Some(serde_json::json!({ "said": [["print", "hello"]] })),
            session: "s".into(),
            what: "w".into(),
            text: None,
            elapsed: Duration::ZERO,
        };
        let entry = kept_and_recalled(finished, &place);
        assert_eq!((&entry.keys, &entry.before, entry.verb.name()), (&keys, &before, "save_state"));
        assert_eq!(
            (entry.what.as_str(), entry.sent.as_slice(), &entry.place),
            ("w", &["POST u".to_owned()][..], &place)
        );
        assert_eq!(all(entry.base.as_ref().unwrap()), all(&base));
        match (&entry.outcome, outcome) {
            (Outcome::Value(now), Outcome::Value(then)) => assert_eq!(now, then),
            (Outcome::Page(now), Outcome::Page(then)) => {
                assert_eq!(all(now), all(then));
                assert_eq!(
                    now.content.snapshot().as_ref() as *const _,
                    entry.base.as_ref().unwrap().content.snapshot().as_ref() as *const _,
                    "one content"
                );
            }
            (Outcome::Failed(now), Outcome::Failed(then)) => {
                let facts = |error: &CrawlError| CrawlError { page: None, ..error.clone() };
                assert_eq!(format!("{:?}", facts(now)), format!("{:?}", facts(then)));
                assert_eq!(all(now.page.as_ref().unwrap()), all(&base));
            }
            (now, then) => panic!("{now:?} of {then:?}"),
        }
    }
}

struct Site(Playground);

impl Site {
    async fn new() -> Self {
        Self(Playground::start(None).await.unwrap())
    }

    fn to(&self, path: &str) -> CrawlRequest {
        CrawlRequest { url: Some(format!("{}{path}", self.0.url())), ..stay() }
    }

    async fn visits(&self, crawler: &Crawler) -> String {
        text(&step(crawler, "s", self.to("/cookies")).await.unwrap(), "tr[data-name=visits] td")
    }

    async fn hits(&self, crawler: &Crawler, session: &str) -> String {
        text(&step(crawler, session, self.to("/cache-me")).await.unwrap(), ".hits")
    }
}

fn counts(crawler: &Crawler) -> (u64, u64, usize) {
    let status = crawler.status();
    (status.reused, status.live, status.rebuilt.len())
}

fn goes_on() {
    world().run(async {
        let (site, kept) = (Site::new().await, Arc::new(Kept::default()));
        let see = |crawler: &Crawler, value: i32| {
            crawler.observe(&Branch::root(), Observation::Random, "", || Ok::<_, ()>(json!(value))).unwrap()
        };
        let first = world().archiving(Arc::clone(&kept) as _);
        assert_eq!(see(&first, 1), json!(1));
        assert_eq!((site.visits(&first).await, site.visits(&first).await), (String::new(), "1".to_owned()));
        assert_eq!(site.hits(&first, "t").await, "1");
        first.close_all(&Script::new()).await;
        // It goes on after the second visit, as the visitor that it was; what comes after that is done anew.
        let second = world().archiving(Arc::clone(&kept) as _);
        kept.recalled(&second);
        assert_eq!(see(&second, 2), json!(1));
        assert_eq!((site.visits(&second).await, site.visits(&second).await), (String::new(), "1".to_owned()));
        assert_eq!((site.visits(&second).await, site.hits(&second, "t").await), ("2".to_owned(), "2".to_owned()));
        assert_eq!(counts(&second), (2, 2, 1), "{:?}", second.status());
        assert_eq!(see(&second, 3), json!(3));
        second.close_all(&Script::new()).await;
        let third = world().archiving(Arc::clone(&kept) as _);
        kept.recalled(&third);
        assert_eq!(see(&third, 4), json!(1));
        for visit in ["", "1", "2"] {
            assert_eq!(site.visits(&third).await, visit);
        }
        assert_eq!(site.hits(&third, "t").await, "2");
        assert_eq!((see(&third, 5), counts(&third)), (json!(3), (4, 0, 0)));
        third.close_all(&Script::new()).await;
    });
}

fn css(selector: &str) -> Reading {
    Reading { css: Some(Selector::parse(selector).unwrap()), ..Reading::default() }
}

/// A run with whatever a replay has to answer for; what it came to.
async fn everything(crawler: &Crawler, site: &Site, read: &str) -> Vec<String> {
    let mut said = Vec::new();
    let page = step(crawler, "s", CrawlRequest { reading: css(read), ..site.to("/cache-me") }).await.unwrap();
    said.push(page.selected.as_ref().unwrap().join(""));
    let throws = CrawlRequest { js: vec![js("throw new Error('oh')")], ..stay() };
    let error = step(crawler, "s", throws).await.unwrap_err();
    said.push(format!("{} {} {:?} {:?} {:?}", error.code, error.message, error.place, error.notes, error.step));
    let missing = CrawlRequest { reading: css(".none"), ..site.to("/article") };
    let error = step(crawler, "s", missing).await.unwrap_err();
    said.push(format!("{} {:?} {}", error.code, error.help, error.page.unwrap().title()));
    let fresh = CrawlRequest { fresh: true, ..site.to("/cache-me") };
    let page = crawler.crawl(&Branch::root(), None, fresh, &Script::new()).await.unwrap();
    said.push(text(&page, ".hits"));
    let request = ActRequest {
        act: Act::Screenshot { full_page: false },
        frames: Vec::new(),
        then: Vec::new(),
        timeout: Duration::from_secs(20),
        text: None,
    };
    let picture = crawler.act(&Branch::root(), "s", request, &Script::new()).await.unwrap();
    let ActValue::Image(picture) = picture else { panic!("{picture:?}") };
    said.push(format!("{:?}", &picture[..16]));
    crawler.close(&Branch::root(), "s", &Script::new()).await.unwrap();
    said
}

fn alone() {
    world().run(async {
        let (site, kept) = (Site::new().await, Arc::new(Kept::default()));
        let live = world().archiving(Arc::clone(&kept) as _);
        let said = everything(&live, &site, "h1").await;
        live.close_all(&Script::new()).await;
        assert_eq!(everything(&replaying(&kept), &site, "h1").await, said);
        let other = everything(&replaying(&kept), &site, ".hits").await;
        assert_eq!((other[0].as_str(), &other[1..]), ("<b class=\"hits\">1</b>", &said[1..]));
    });
}

fn unknown() {
    world().run(async {
        let (site, kept) = (Site::new().await, Arc::new(Kept::default()));
        let live = world().archiving(Arc::clone(&kept) as _);
        site.hits(&live, "s").await;
        step(&live, "s", CrawlRequest { js: vec![js("1")], ..site.to("/article") }).await.unwrap();
        site.hits(&live, "t").await;
        live.close_all(&Script::new()).await;
        let replay = replaying(&kept);
        site.hits(&replay, "s").await;
        let other = CrawlRequest { js: vec![js("2")], ..site.to("/products") };
        let error = step(&replay, "s", other).await.unwrap_err();
        assert_eq!((error.code, error.trouble), ("crawl::replay::unknown_step", Trouble::Step));
        assert!(error.message.ends_with("session \"s\": it changed: url, js"), "{}", error.message);
        assert!(error.notes[0].contains("/products`") && error.notes[1].contains("/article`"), "{:?}", error.notes);
        // Who catches it goes on with other sessions.
        assert_eq!(site.hits(&replay, "t").await, "2");
        let error = step(&replay, "t", site.to("/cache-me")).await.unwrap_err();
        assert!(error.message.ends_with("it is new"), "{}", error.message);
        let error = replay.close(&Branch::root(), "t", &Script::new()).await.unwrap_err();
        assert_eq!(error.code, "crawl::replay::unknown_step");
    });
}

fn gone() {
    world().run(async {
        let (site, kept) = (Site::new().await, Arc::new(Kept::default()));
        let folder = tempfile::tempdir().unwrap();
        let load = async |crawler: &Crawler| {
            let mut options = crawler.default_options();
            options.downloads = Some(folder.path().to_owned());
            crawler.declare_session("s", options).unwrap();
            let request =
                CrawlRequest { downloads: true, js: vec![js("location.href = '/download'")], ..site.to("/article") };
            let page = step(crawler, "s", request).await.unwrap();
            crawler.close_all(&Script::new()).await;
            page.downloads.clone().unwrap().remove(0).path
        };
        let path = load(&world().archiving(Arc::clone(&kept) as _)).await;
        let second = world().archiving(Arc::clone(&kept) as _);
        kept.recalled(&second);
        assert_eq!((load(&second).await, counts(&second).0), (path.clone(), 1));
        std::fs::remove_file(&path).unwrap();
        let third = world().archiving(Arc::clone(&kept) as _);
        kept.recalled(&third);
        assert_eq!((load(&third).await, counts(&third).0), (path.clone(), 0));
        assert!(path.exists());
    });
}

fn small() {
    world().run(async {
        let (site, kept) = (Site::new().await, Arc::new(Kept::default()));
        let live = world().archiving(Arc::clone(&kept) as _);
        for _ in 0..40 {
            step(&live, "s", CrawlRequest { js: vec![js("1")], ..site.to("/article") }).await.unwrap();
        }
        let steps = live.steps();
        assert!(steps.len() == 32 && steps.iter().all(|step| step.outcome.is_none() && step.base.is_none()));
        assert_eq!(kept.0.lock().unwrap().0.len(), 40);
        live.close_all(&Script::new()).await;
    });
}
