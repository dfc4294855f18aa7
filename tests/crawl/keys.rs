//! Properties of the keys: what acts changes the act key alone, what reads changes the reading key alone.

use std::sync::Arc;
use std::time::Duration;

use crawl::browser::{DomCondition, WaitUntil};
use crawl::crawl::journal::{KeyContext, StepKeys, crawl_keys};
use crawl::crawl::{CacheMode, ClosureRef, Condition, CrawlRequest, HookPoint, Reading, SessionOptions};
use crawl::page::{ComputeId, Field, FieldKind, Schema, Selector};
use crawl::syntax::JsProgram;
use libtest_mimic::Trial;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::select;

use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("keys::equal_requests_have_equal_keys", equal),
        trial("keys::what_acts_changes_the_act_key_alone", acting),
        trial("keys::what_reads_changes_the_reading_key_alone", reading),
        trial("keys::the_text_of_the_call_is_in_no_key", text),
        trial("keys::live_captures_are_never_equal", never),
        trial("keys::hooks_and_options_count", context),
        trial("keys::a_hook_that_rewrites_binds_both_keys", rewriting),
    ]
}

fn keys(request: &CrawlRequest) -> StepKeys {
    crawl_keys(request, &plain())
}

fn plain() -> KeyContext<'static> {
    KeyContext {
        options: None,
        hooks: Some(String::new()),
        hook_rewrites: false,
        compute: &fingerprint,
        defaults: None,
        conceal: &|_| None,
        recorded: false,
    }
}

fn fingerprint(id: ComputeId) -> Option<String> {
    (id.0 != 99).then(|| id.0.to_string())
}

fn word() -> impl Strategy<Value = String> {
    "[a-z]{1,6}"
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        word().prop_map(|css| Condition::Dom(DomCondition::Attached { css })),
        word().prop_map(|css| Condition::Dom(DomCondition::Changed { css, baseline: None })),
        (word(), any::<u8>()).prop_map(|(css, least)| Condition::Dom(DomCondition::Count {
            css,
            at_least: Some(u64::from(least)),
            at_most: None,
            exactly: None
        })),
        any::<u16>().prop_map(|ms| Condition::Idle(Duration::from_millis(u64::from(ms)))),
        word().prop_map(|print| Condition::Closure(ClosureRef { id: 1, fingerprint: Some(print) })),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..3).prop_map(Condition::All),
            proptest::collection::vec(inner, 1..3).prop_map(Condition::Any),
        ]
    })
}

fn schema(name: &str, css: &str, field: FieldKind) -> Arc<Schema> {
    Arc::new(Schema {
        name: name.to_owned(),
        at: Selector::parse(css).unwrap(),
        min: None,
        max: None,
        unique: None,
        fill: None,
        fields: vec![("f".to_owned(), Field { kind: field, transforms: Vec::new(), optional: false })],
    })
}

fn read() -> impl Strategy<Value = Reading> {
    let css = proptest::option::of(word().prop_map(|css| Selector::parse(&css).unwrap()));
    let extract = proptest::option::of(
        (word(), any::<u8>())
            .prop_map(|(css, id)| schema("S", &css, FieldKind::Computed(ComputeId(u64::from(id % 50))))),
    );
    (css, extract, any::<bool>()).prop_map(|(css, extract, optional)| Reading { css, extract, optional })
}

fn request() -> impl Strategy<Value = CrawlRequest> {
    let acts = (
        proptest::option::of(word()),
        proptest::collection::vec(any::<u8>().prop_map(|n| JsProgram::parse(&n.to_string()).unwrap()), 0..3),
        proptest::collection::vec(condition(), 0..3),
        select(vec![WaitUntil::Commit, WaitUntil::Dom, WaitUntil::Load, WaitUntil::Idle]),
        select(vec![CacheMode::Disabled, CacheMode::Enabled, CacheMode::Bypass]),
        any::<[bool; 4]>(),
        (any::<u8>(), any::<u8>(), proptest::option::of(word())),
    );
    (acts, read()).prop_map(|((url, js, wait_for, wait_until, cache, flags, (timeout, retries, body)), reading)| {
        let [js_only, screenshot, console, cookies] = flags;
        let (timeout, retries) = (Duration::from_millis(u64::from(timeout)), u32::from(retries));
        let act = CrawlRequest { url, js, wait_for, wait_until, cache, js_only, screenshot, ..CrawlRequest::default() };
        CrawlRequest { console, cookies, timeout, retries, body, reading, ..act }
    })
}

type Change = fn(&mut CrawlRequest);

/// One change to each thing that acts.
const ACTS: [Change; 16] = [
    |r| r.url = Some(r.url.clone().unwrap_or_default() + "x"),
    |r| r.base_url = Some("https://other.example/".to_owned()),
    |r| r.js.push(JsProgram::parse("1 + 1").unwrap()),
    |r| r.js_only = !r.js_only,
    |r| r.wait_for.push(Condition::Idle(Duration::from_secs(3))),
    |r| r.wait_for = vec![Condition::Any(r.wait_for.clone())],
    |r| r.wait_until = if r.wait_until == WaitUntil::Dom { WaitUntil::Load } else { WaitUntil::Dom },
    |r| r.timeout += Duration::from_nanos(1),
    |r| r.cache = if r.cache == CacheMode::Bypass { CacheMode::Disabled } else { CacheMode::Bypass },
    |r| r.retries += 1,
    |r| r.delay += Duration::from_millis(1),
    |r| r.screenshot = !r.screenshot,
    |r| r.console = !r.console,
    |r| r.cookies = !r.cookies,
    |r| r.headers.push(("a".to_owned(), "b".to_owned())),
    |r| r.method = Some("POST".to_owned()),
];

/// One change to each thing that reads.
const READS: [Change; 4] = [
    |r| r.reading.optional = !r.reading.optional,
    |r| r.reading.css = Some(Selector::parse("other > selector").unwrap()),
    |r| r.reading.extract = Some(schema("T", "tr", FieldKind::Bool(Selector::parse("td").unwrap()))),
    |r| r.reading.extract = Some(schema("S", "li", FieldKind::Computed(ComputeId(77)))),
];

fn equal() {
    proptest!(|(request in request())| {
        let (one, other) = (keys(&request), keys(&request.clone()));
        prop_assert!(one.act.is_some() && one.reading.is_some());
        prop_assert_eq!(one, other);
    });
}

fn acting() {
    proptest!(|(request in request(), change in select(ACTS.to_vec()))| {
        let mut changed = request.clone();
        change(&mut changed);
        let (before, after) = (keys(&request), keys(&changed));
        prop_assert_eq!(before.reading, after.reading);
        prop_assert!(before.act != after.act, "{:?} became {:?}", request, changed);
    });
}

fn reading() {
    proptest!(|(request in request(), change in select(READS.to_vec()))| {
        let mut changed = request.clone();
        change(&mut changed);
        let (before, after) = (keys(&request), keys(&changed));
        prop_assert_eq!(before.act, after.act);
        prop_assert!(before.reading != after.reading, "{:?} became {:?}", request.reading, changed.reading);
    });
}

fn text() {
    proptest!(|(request in request(), text in Just("crawl(…)".to_owned()))| {
        let changed = CrawlRequest { text: Some(text), ..request.clone() };
        prop_assert_eq!(keys(&request), keys(&changed));
    });
}

fn never() {
    let live = Condition::Any(vec![Condition::Closure(ClosureRef { id: 1, fingerprint: None })]);
    let request = CrawlRequest { wait_for: vec![live], ..CrawlRequest::default() };
    assert_eq!(keys(&request).act, None);
    let fresh = CrawlRequest { fresh: true, ..CrawlRequest::default() };
    assert!(keys(&fresh).act.is_none() && keys(&fresh).reading.is_some());
    let extract = Some(schema("S", "li", FieldKind::Computed(ComputeId(99))));
    let request = CrawlRequest { reading: Reading { extract, ..Reading::default() }, ..CrawlRequest::default() };
    assert!(keys(&request).act.is_some() && keys(&request).reading.is_none());
    let unknown = KeyContext { hooks: None, ..plain() };
    assert_eq!(crawl_keys(&CrawlRequest::default(), &unknown).act, None);
}

fn context() {
    let request = CrawlRequest::default();
    let hooked = KeyContext { hooks: Some("h".to_owned()), ..plain() };
    let options = SessionOptions::default();
    let session = KeyContext { options: Some(&options), ..plain() };
    let mut other = options.clone();
    other.identity.locale = Some("de".to_owned());
    let elsewhere = KeyContext { options: Some(&other), ..plain() };
    let all = [plain(), hooked, session, elsewhere].map(|context| crawl_keys(&request, &context));
    for (i, one) in all.iter().enumerate() {
        assert!(all[i + 1..].iter().all(|other| one.act != other.act && one.reading == other.reading));
    }
    assert_eq!(HookPoint::named("before_goto"), Some(HookPoint::BeforeGoto));
}

fn rewriting() {
    proptest!(|(request in request(), change in select(READS.to_vec()))| {
        let mut changed = request.clone();
        change(&mut changed);
        let context = KeyContext { hook_rewrites: true, ..plain() };
        prop_assert!(crawl_keys(&request, &context).act != crawl_keys(&changed, &context).act);
    });
}
