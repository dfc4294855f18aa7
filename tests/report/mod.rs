//! Reports of runs: what they show, that nothing of a page breaks out of them, and what must not be in them.

mod hostile;
mod kept;
mod network;
mod shown;

use std::collections::BTreeMap;
use std::io::Read;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::DeflateDecoder;
use libtest_mimic::Trial;
use scraper::{Html, Selector};
use serde_json::Value;

pub fn trials() -> Vec<Trial> {
    [hostile::trials(), kept::trials(), network::trials(), shown::trials()].into_iter().flatten().collect()
}

/// A trial of this area.
fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(format!("report::{name}"), move || {
        run();
        Ok(())
    })
}

/// A report as a browser would take it apart.
struct Report {
    /// Every element with its id, in order.
    elements: Vec<(String, Option<String>)>,
    /// The data that its script reads.
    data: Value,
    /// Documents by the ids of their blocks.
    documents: BTreeMap<String, Value>,
    /// The ids of pictures.
    pictures: Vec<String>,
}

impl Report {
    fn read(text: &str) -> Self {
        let page = Html::parse_document(text);
        let all = Selector::parse("*").unwrap();
        let elements: Vec<_> = page.select(&all).collect();
        let text_of = |id: &str| elements.iter().find(|e| e.attr("id") == Some(id)).unwrap().text().collect::<String>();
        let ids = |kind: &str| {
            let ids = elements.iter().filter_map(|element| element.attr("id")).filter(|id| id.starts_with(kind));
            ids.map(str::to_owned).collect::<Vec<_>>()
        };
        let document = |id: String| {
            let packed = BASE64_STANDARD.decode(text_of(&id)).unwrap();
            let mut json = String::new();
            DeflateDecoder::new(packed.as_slice()).read_to_string(&mut json).unwrap();
            (id, serde_json::from_str(&json).unwrap())
        };
        Self {
            data: serde_json::from_str(&text_of("data")).unwrap(),
            documents: ids("document-").into_iter().map(document).collect(),
            pictures: ids("picture-"),
            elements: elements.iter().map(|e| (e.value().name().to_owned(), e.attr("id").map(str::to_owned))).collect(),
        }
    }

    /// The step of that number.
    fn step(&self, number: u64) -> &Value {
        self.data["steps"].as_array().unwrap().iter().find(|step| step["n"] == number).unwrap()
    }

    /// All that can be read in it, unpacked.
    fn everything(&self, text: &str) -> String {
        let documents = self.documents.values().map(Value::to_string);
        documents.fold(format!("{text}\n{}", self.data), |all, document| format!("{all}\n{document}"))
    }
}
