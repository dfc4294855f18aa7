//! A step back from plain data.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::replay::Cut;
use super::{ArchivedSight, ArchivedStep, Before, Call, Entry, Observation, Outcome, Place, SessionKey, StepKeys};
use crate::browser::Snapshot;
use crate::crawl::{ActValue, BranchPath, Content, CrawlError, ErrorPlace, Fork, Page, Trouble, Verb};
use crate::diag::describe;
use crate::text::Span;

/// What is wrong with archived data.
type Bad = String;

/// Frames that nest deeper were written by nobody.
const DEEPEST: usize = 1_000;

/// An entry of a run before the first, and what of the runs before its own did not hold any more since it ran.
pub(super) fn step(step: ArchivedStep) -> Result<(Entry, Option<Cut>), Bad> {
    let mut decoder = Decoder { blobs: step.blobs, contents: Vec::new() };
    let head = &step.head;
    let base = some(&head["base"]).map(|page| decoder.page(page).map(Arc::new)).transpose()?;
    let entry = Entry {
        stamp: 0,
        run: 0,
        stale: false,
        seq: step.seq,
        origin: Some(step.seq),
        place: place(&head["place"])?,
        ordinal: plain(&head["ordinal"])?,
        verb: head["verb"].as_str().and_then(Verb::named).ok_or("an unknown verb")?,
        what: plain(&head["what"])?,
        keys: StepKeys {
            act: plain(&head["act"])?,
            kept: plain(&head["kept"])?,
            of: None,
            reading: plain(&head["reading"])?,
            parts: decoder.part(&head["parts"])?,
        },
        outcome: decoder.outcome(&head["outcome"], base.as_ref())?,
        base,
        call: Call::Recalled,
        before: some(&head["before"]).map(|before| decoder.before(before)).transpose()?,
        after: some(&head["after"]).map(|after| decoder.before(after)).transpose()?,
        sent: plain(&head["sent"])?,
        effects: some(&head["effects"]).map(|effects| decoder.part(effects)).transpose()?,
        aside: Vec::new(),
    };
    let cut = some(&head["cut"]).and_then(Value::as_array);
    let cut = cut.map(|cut| cut.iter().map(place).collect::<Result<_, _>>());
    Ok((entry, cut.transpose()?))
}

/// What was seen: on which branch, what kind, under which name, as the so-manieth.
pub(super) fn sight(sight: ArchivedSight) -> Result<(BranchPath, Observation, String, usize, Value), Bad> {
    let of = &sight.of;
    let kind = of[1].as_str().and_then(Observation::named).ok_or("an unknown kind of sight")?;
    Ok((branch(&of[0])?, kind, plain(&of[2])?, plain(&of[3])?, sight.value))
}

fn some(value: &Value) -> Option<&Value> {
    Some(value).filter(|value| !value.is_null())
}

fn plain<T: DeserializeOwned>(value: &Value) -> Result<T, Bad> {
    T::deserialize(value).map_err(|error| error.to_string())
}

fn branch(value: &Value) -> Result<BranchPath, Bad> {
    let forks: Vec<(u32, u32)> = plain(value)?;
    Ok(BranchPath(forks.into_iter().map(|(call, index)| Fork { call, index }).collect()))
}

fn place(value: &Value) -> Result<Place, Bad> {
    let session = match value["named"].as_str() {
        Some(id) => SessionKey::Named(id.to_owned()),
        None => SessionKey::Fresh(branch(&value["fresh"])?, plain(&value["number"])?),
    };
    Ok(Place { branch: branch(&value["branch"])?, session })
}

struct Decoder {
    blobs: Vec<Vec<u8>>,
    contents: Vec<(Value, Content)>,
}

impl Decoder {
    fn outcome(&mut self, value: &Value, base: Option<&Arc<Page>>) -> Result<Outcome, Bad> {
        if value["base"] == true {
            return base.map(|base| Outcome::Page(Arc::clone(base))).ok_or_else(|| "a page is missing".to_owned());
        }
        if let Some(page) = some(&value["page"]) {
            return self.page(page).map(Arc::new).map(Outcome::Page);
        }
        match some(&value["failed"]) {
            Some(error) => self.error(error).map(Arc::new).map(Outcome::Failed),
            None => self.value(&value["value"]).map(Outcome::Value),
        }
    }

    fn page(&mut self, value: &Value) -> Result<Page, Bad> {
        let rest: Page = self.part(&value["rest"])?;
        let bytes = |name: &str| some(&value[name]).map(|at| self.blob(at).map(<[u8]>::to_vec)).transpose();
        let (screenshot, pdf, mhtml) = (bytes("screenshot")?, bytes("pdf")?, bytes("mhtml")?);
        Ok(Page {
            content: self.content(&value["content"])?,
            js: self.part(&value["js"])?,
            json: some(&value["json"]).map(|json| self.part(json)).transpose()?,
            screenshot,
            pdf,
            mhtml: mhtml.map(text).transpose()?,
            ..rest
        })
    }

    /// The content of these documents; of the same ones, the same.
    fn content(&mut self, value: &Value) -> Result<Content, Bad> {
        if let Some((_, content)) = self.contents.iter().find(|(known, _)| known == value) {
            return Ok(content.clone());
        }
        let mut documents = value.as_array().ok_or("a page has no documents")?.iter();
        let content = Content::new(self.snapshot(&mut documents, 0)?);
        self.contents.push((value.clone(), content.clone()));
        Ok(content)
    }

    fn snapshot(&mut self, documents: &mut std::slice::Iter<'_, Value>, depth: usize) -> Result<Snapshot, Bad> {
        if depth > DEEPEST {
            return Err("frames are nested too deep".into());
        }
        let document = documents.next().ok_or("a document is missing")?;
        let html = some(&document["html"]).map(|html| self.blob(html).map(<[u8]>::to_vec)).transpose()?;
        let frames: usize = plain(&document["frames"])?;
        Ok(Snapshot {
            url: plain(&document["url"])?,
            title: plain(&document["title"])?,
            content_type: plain(&document["type"])?,
            html: html.map(text).transpose()?.unwrap_or_default(),
            forms: self.part(&document["forms"])?,
            frames: (0..frames).map(|_| self.snapshot(documents, depth + 1)).collect::<Result<_, _>>()?,
        })
    }

    fn value(&mut self, value: &Value) -> Result<ActValue, Bad> {
        if value == "done" {
            return Ok(ActValue::Done);
        }
        let (name, inner) = value.as_object().and_then(|value| value.iter().next()).ok_or("a value is missing")?;
        Ok(match name.as_str() {
            "json" => ActValue::Value(self.part(inner)?),
            "bytes" => ActValue::Image(self.blob(inner)?.to_vec()),
            "cookies" => ActValue::Cookies(self.part(inner)?),
            "state" => {
                let (cookies, storage) = self.part(inner)?;
                ActValue::State(cookies, storage)
            }
            other => return Err(format!("an unknown value `{other}`")),
        })
    }

    fn error(&mut self, value: &Value) -> Result<CrawlError, Bad> {
        let code = value["code"].as_str().unwrap_or_default();
        // An error of a later version is one all the same.
        let code = describe(code).map_or("crawl::internal", |known| known.code);
        let message: String = self.part(&value["message"])?;
        let at = some(&value["place"]).map(plain::<(String, usize, _, Option<(usize, usize)>)>).transpose()?;
        Ok(CrawlError {
            help: plain(&value["help"])?,
            trouble: value["trouble"].as_str().and_then(Trouble::named).ok_or("an unknown trouble")?,
            place: at.map(|(option, index, place, span)| ErrorPlace {
                option: option.into(),
                index,
                place,
                span: span.map(|(start, end)| Span::new(start, end)),
            }),
            notes: self.part(&value["notes"])?,
            url: plain(&value["url"])?,
            session: plain(&value["session"])?,
            step: plain(&value["step"])?,
            elapsed: plain(&value["elapsed"])?,
            page: some(&value["page"]).map(|page| self.page(page).map(Arc::new)).transpose()?,
            script: (value["thrown"] == true).then(super::entry::thrown),
            ..CrawlError::new(code, message)
        })
    }

    fn before(&mut self, value: &Value) -> Result<Before, Bad> {
        let (cookies, storage) = self.part(value)?;
        Ok(Before { cookies, storage })
    }

    fn part<T: DeserializeOwned>(&self, value: &Value) -> Result<T, Bad> {
        match value.get("is") {
            Some(part) => plain(part),
            None => serde_json::from_slice(self.blob(value)?).map_err(|error| error.to_string()),
        }
    }

    fn blob(&self, value: &Value) -> Result<&[u8], Bad> {
        let number = value["$blob"].as_u64().and_then(|number| usize::try_from(number).ok());
        let blob = number.and_then(|number| self.blobs.get(number));
        blob.map(Vec::as_slice).ok_or_else(|| "a part is missing".to_owned())
    }
}

fn text(bytes: Vec<u8>) -> Result<String, Bad> {
    String::from_utf8(bytes).map_err(|error| error.to_string())
}
