//! The workloads as a skilled hand would write them over CDP.

use serde_json::Value;

use super::browser::Browser;
use super::page::Page;
use crate::bench::{BenchError, Workload};

const COMMITS: &str = r#"Array.from(document.querySelectorAll("li[data-testid='commit-row-item']"), li => ({
    title: li.querySelector("h4 a").textContent.trim(),
    href: li.querySelector("h4 a").getAttribute("href"),
    author: li.querySelector(".author").textContent,
    date: li.querySelector("relative-time").getAttribute("datetime"),
    sha: li.querySelector("a.sha").textContent,
}))"#;

const ITEMS: &str = r#"Array.from(document.querySelectorAll(".content-item"), item => ({
    title: item.querySelector("h3").textContent,
    text: item.querySelector("p").textContent,
}))"#;

const REPORT: &str = r#"({
    title: document.querySelector("main h1").textContent,
    user: document.querySelector("main .user").textContent,
    total: document.querySelector("main .total").textContent,
    summary: document.querySelector("main .summary").textContent,
})"#;

const LOGIN: &str = r#"{
    const form = document.querySelector("form");
    form.username.value = "ada";
    form.password.value = "lovelace";
    form.submit();
}"#;

const NEXT: &str = r#"const title = () => document.querySelector("li[data-testid='commit-row-item'] h4")?.textContent;
    const last = title();
    document.querySelector("[data-testid=pagination-next-button]").click()"#;

const MORE: &str = r#"document.querySelector(".load-more-button").click()"#;

/// Acts, waits for a condition with an observer, and extracts, all in one call.
fn step(act: &str, condition: &str, value: &str) -> String {
    format!(
        "(async () => {{ {act}; const done = () => {condition};
        if (!done()) await new Promise(wake => {{
            const watch = new MutationObserver(() => {{ if (done()) {{ watch.disconnect(); wake(); }} }});
            watch.observe(document, {{ childList: true, subtree: true, attributes: true, characterData: true }});
        }});
        return {value}; }})()"
    )
}

/// Does the work; see [`super::floor`].
pub(super) async fn perform(browser: &Browser, workload: Workload, site: &str) -> Result<String, BenchError> {
    let page = browser.page().await?;
    let mut tally = Tally::begin();
    match workload {
        Workload::W1 => {
            page.go(&format!("{site}/commits")).await?;
            let rows = page.evaluate(COMMITS).await?;
            tally.rows(&rows);
            let mut text: String = rows.as_array().into_iter().flatten().map(|row| format!("{row}\n")).collect();
            text.push_str(&tally.end());
            return Ok(text);
        }
        Workload::W2 => {
            page.go(&format!("{site}/commits?pages=51")).await?;
            tally = Tally::begin();
            tally.rows(&page.evaluate(COMMITS).await?);
            let next = step(NEXT, "![undefined, last].includes(title())", COMMITS);
            for _ in 0..50 {
                tally.rows(&page.evaluate(&next).await?);
            }
        }
        Workload::W3 => {
            page.go(&format!("{site}/load-more?total=400")).await?;
            tally = Tally::begin();
            for number in 2..=31 {
                let enough = format!("document.querySelectorAll('.content-item').length >= {}", 10 * number);
                tally.count = 0;
                tally.rows(&page.evaluate(&step(MORE, &enough, ITEMS)).await?);
            }
        }
        Workload::W4 => {
            page.go(site).await?;
            tally = Tally::begin();
            for number in 1..=100 {
                page.go(&format!("{site}/commits-links?pages=100&page={number}")).await?;
                tally.rows(&page.evaluate(COMMITS).await?);
            }
        }
        Workload::W6 => secured(&page, site, &mut tally).await?,
        Workload::W7 => {
            page.go(site).await?;
            tally = Tally::begin();
            let mut pages = Vec::new();
            for number in 1..=20 {
                let page = browser.page().await?;
                page.go(&format!("{site}/commits?pages=20&page={number}")).await?;
                tally.rows(&page.evaluate(COMMITS).await?);
                pages.push(page);
            }
        }
    }
    Ok(tally.end())
}

async fn secured(page: &Page, site: &str, tally: &mut Tally) -> Result<(), BenchError> {
    page.go(site).await?;
    *tally = Tally::begin();
    page.go(&format!("{site}/login")).await?;
    page.evaluate(LOGIN).await?;
    page.arrived().await?;
    for number in 1..=20 {
        page.go(&format!("{site}/secured/{number}")).await?;
        let report = page.evaluate(REPORT).await?;
        let good = report["title"] == format!("Report {number}") && report["user"] == "For ada";
        tally.count += usize::from(good);
    }
    Ok(())
}

/// When the work began and what it came to.
struct Tally {
    begun: jiff::Timestamp,
    count: usize,
}

impl Tally {
    fn begin() -> Self {
        Self { begun: jiff::Timestamp::now(), count: 0 }
    }

    fn rows(&mut self, rows: &Value) {
        self.count += rows.as_array().map_or(0, Vec::len);
    }

    fn end(&self) -> String {
        format!("bench {} {} {}", self.begun, jiff::Timestamp::now(), self.count)
    }
}
