//! Pages: HTML in, data out.

mod explain;
mod extract;
mod infer;
mod json;
mod main_content;
mod media;
mod number;
mod pick;
mod reading;
mod selector;
mod table;
mod target;
mod text;

use crawl::page::{Document, Selector};
use libtest_mimic::Trial;
use url::Url;

/// All tests of this area.
pub fn trials() -> Vec<Trial> {
    [
        text::trials(),
        selector::trials(),
        reading::trials(),
        main_content::trials(),
        media::trials(),
        number::trials(),
        extract::trials(),
        json::trials(),
        explain::trials(),
        infer::trials(),
        pick::trials(),
        table::trials(),
        target::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn address() -> Url {
    Url::parse("http://shop.test/list/index.html?page=2").unwrap()
}

fn parse(html: &str) -> Document {
    Document::parse(html, &address())
}

fn select(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|error| panic!("{css}: {error}"))
}

fn relative(css: &str) -> Selector {
    Selector::parse_relative(css).unwrap_or_else(|error| panic!("{css}: {error}"))
}

fn trial(name: &str, test: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(format!("page::{name}"), move || {
        test();
        Ok(())
    })
}
