//! A step as plain data: what is small as one value, what is large beside it.

use serde::Serialize;
use serde_json::{Error, Value, json};

use super::replay::Cut;
use super::{ArchivedSight, ArchivedStep, Before, Entry, Observation, Outcome, Place, SessionKey};
use crate::browser::Snapshot;
use crate::crawl::{ActValue, BranchPath, Content, CrawlError, ErrorPlace, Page};

/// What takes more bytes stands beside the head.
const INLINE: usize = 2048;

/// So many brackets may be so deep that they are read by themselves alone.
const BRACKETS: usize = 40;

/// The step as an archive takes it; `acts`: it did something beside reading; `cut` is what of earlier runs does not hold
/// any more since it ran.
///
/// # Errors
/// When a part cannot be written as JSON: a path that is no text.
pub(super) fn step(entry: &Entry, acts: bool, cut: Option<&Cut>) -> Result<ArchivedStep, Error> {
    let mut encoder = Encoder::default();
    let base = entry.base.as_deref().map(|page| encoder.page(page)).transpose()?;
    let outcome = match &entry.outcome {
        Outcome::Page(page) if entry.base.as_ref().is_some_and(|base| std::sync::Arc::ptr_eq(base, page)) => {
            json!({ "base": true })
        }
        Outcome::Page(page) => json!({ "page": encoder.page(page)? }),
        Outcome::Value(value) => json!({ "value": encoder.value(value)? }),
        Outcome::Failed(error) => json!({ "failed": encoder.error(error)? }),
    };
    let before = entry.before.as_ref().map(|before| encoder.before(before)).transpose()?;
    let after = entry.after.as_ref().map(|after| encoder.before(after)).transpose()?;
    let cut = cut.map(|cut| cut.iter().map(place).collect::<Vec<_>>());
    let head = json!({
        "place": place(&entry.place),
        "ordinal": entry.ordinal,
        "verb": entry.verb.name(),
        "what": entry.what,
        "act": entry.keys.act,
        "kept": entry.keys.of,
        "reading": entry.keys.reading,
        "parts": encoder.part(&entry.keys.parts)?,
        "base": base,
        "outcome": outcome,
        "before": before,
        "after": after,
        "sent": entry.sent,
        "effects": entry.effects.as_ref().map(|effects| encoder.part(effects)).transpose()?,
        "cut": cut,
    });
    Ok(ArchivedStep { seq: entry.seq, title: title(entry), acts, head, blobs: encoder.blobs })
}

/// Something seen, as the so-manieth of its kind and name on its branch.
pub(super) fn sight(at: &BranchPath, kind: Observation, name: &str, number: usize, value: Value) -> ArchivedSight {
    let mut of = sight_of(at, kind, name);
    if let Value::Array(parts) = &mut of {
        parts.push(number.into());
    }
    ArchivedSight { of, value }
}

/// Branch, kind and name of what was seen.
pub(in crate::crawl) fn sight_of(at: &BranchPath, kind: Observation, name: &str) -> Value {
    json!([branch(at), kind.name(), name])
}

/// Session, call and outcome, for a person.
fn title(entry: &Entry) -> String {
    let session = match &entry.place.session {
        SessionKey::Named(id) => id.as_str(),
        SessionKey::Fresh(..) => "~",
    };
    let outcome = match &entry.outcome {
        Outcome::Page(page) => format!("{} {}", page.url(), page.status().map(|s| s.to_string()).unwrap_or_default()),
        Outcome::Value(_) => "done".to_owned(),
        Outcome::Failed(error) => error.code.to_owned(),
    };
    let call = [session, entry.verb.name(), &entry.what];
    format!("{}: {}", call.join(" ").trim_end(), outcome.trim_end())
}

/// A lane's place.
fn place(at: &Place) -> Value {
    match &at.session {
        SessionKey::Named(id) => json!({ "branch": branch(&at.branch), "named": id }),
        SessionKey::Fresh(of, number) => {
            json!({ "branch": branch(&at.branch), "fresh": branch(of), "number": number })
        }
    }
}

/// A branch's forks.
fn branch(path: &BranchPath) -> Value {
    path.0.iter().map(|fork| json!([fork.call, fork.index])).collect()
}

/// Keeps what is large once.
#[derive(Default)]
struct Encoder {
    blobs: Vec<Vec<u8>>,
    contents: Vec<(Content, Value)>,
}

impl Encoder {
    fn page(&mut self, page: &Page) -> Result<Value, Error> {
        Ok(json!({
            "content": self.content(&page.content)?,
            "rest": self.part(page)?,
            "js": self.part(&page.js)?,
            "json": page.json.as_ref().map(|value| self.part(value)).transpose()?,
            "screenshot": page.screenshot.as_deref().map(|bytes| self.blob(bytes)),
            "pdf": page.pdf.as_deref().map(|bytes| self.blob(bytes)),
            "mhtml": page.mhtml.as_deref().map(|text| self.blob(text.as_bytes())),
        }))
    }

    /// The documents of a page, frames after those that they are in.
    fn content(&mut self, content: &Content) -> Result<Value, Error> {
        if let Some((_, known)) = self.contents.iter().find(|(known, _)| known.is(content)) {
            return Ok(known.clone());
        }
        let mut documents = Vec::new();
        self.documents(&content.snapshot(), &mut documents)?;
        let value = Value::Array(documents);
        self.contents.push((content.clone(), value.clone()));
        Ok(value)
    }

    fn documents(&mut self, snapshot: &Snapshot, into: &mut Vec<Value>) -> Result<(), Error> {
        let Snapshot { url, title, html, forms, frames, content_type } = snapshot;
        into.push(json!({
            "url": url,
            "title": title,
            "type": content_type,
            "html": (!html.is_empty()).then(|| self.blob(html.as_bytes())),
            "forms": self.part(forms)?,
            "frames": frames.len(),
        }));
        frames.iter().try_for_each(|frame| self.documents(frame, into))
    }

    fn value(&mut self, value: &ActValue) -> Result<Value, Error> {
        Ok(match value {
            ActValue::Done => json!("done"),
            ActValue::Value(value) => json!({ "json": self.part(value)? }),
            ActValue::Image(bytes) => json!({ "bytes": self.blob(bytes) }),
            ActValue::Cookies(cookies) => json!({ "cookies": self.part(cookies)? }),
            ActValue::State(cookies, storage) => json!({ "state": self.part(&(cookies, storage))? }),
        })
    }

    fn error(&mut self, error: &CrawlError) -> Result<Value, Error> {
        // What the script threw ends with the run.
        let CrawlError { code, message, help, trouble, place, notes, url, session, step, elapsed, page, script } =
            error;
        let at = place.as_ref().map(|at| {
            let ErrorPlace { option, index, place, span } = at;
            json!([option, index, place, span.map(|span| (span.start, span.end))])
        });
        Ok(json!({
            "code": code,
            "message": self.part(message)?,
            "help": help,
            "trouble": trouble.name(),
            "place": at,
            "notes": self.part(notes)?,
            "url": url,
            "session": session,
            "step": step,
            "elapsed": elapsed,
            "page": page.as_deref().map(|page| self.page(page)).transpose()?,
            "thrown": script.is_some(),
        }))
    }

    fn before(&mut self, before: &Before) -> Result<Value, Error> {
        let Before { cookies, storage } = before;
        self.part(&(cookies, storage))
    }

    /// Anything as JSON, in its place or beside the head.
    fn part(&mut self, part: &impl Serialize) -> Result<Value, Error> {
        let bytes = serde_json::to_vec(part)?;
        let brackets = bytes.iter().filter(|byte| matches!(byte, b'[' | b'{')).count();
        if bytes.len() <= INLINE && brackets <= BRACKETS {
            return Ok(json!({ "is": serde_json::from_slice::<Value>(&bytes)? }));
        }
        self.blobs.push(bytes);
        Ok(json!({ "$blob": self.blobs.len() - 1 }))
    }

    fn blob(&mut self, bytes: &[u8]) -> Value {
        let known = self.blobs.iter().position(|known| known == bytes);
        let number = known.unwrap_or_else(|| {
            self.blobs.push(bytes.to_vec());
            self.blobs.len() - 1
        });
        json!({ "$blob": number })
    }
}
