//! The protocol log: every message on the sockets to the browsers, a JSON object a line, secrets left out.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::private;
use crate::text::{
    HIDDEN, Readable, SECRET_HEADERS, Secrets, cookie_pairs, credential, identifies, secrets_of, worth_hiding,
};

/// The command for a frame, which comes up to sixty times a second and says nothing of a run: left out, and its result too.
pub(crate) const FRAME: &str = "HeadlessExperimental.beginFrame";

/// Longer texts are cut: a page's HTML would bury what was said about it.
const MOST_CHARS: usize = 400;

/// Keys beside those of headers whose values identify somebody, or are what somebody typed.
const SECRET_KEYS: &[&str] = &["headerstext", "postdata", "postdataentries", "requestheaderstext"];

/// A log that is being written. Each line has `ms` since its begin, `to` or `from`, and the message; a reply also the
/// `method` it belongs to and how long it `took_ms`.
pub struct ProtocolLog {
    begun: Instant,
    state: Mutex<State>,
}

struct State {
    file: BufWriter<File>,
    /// Commands without a reply, by socket and id.
    waiting: HashMap<(usize, u64), Waiting>,
    /// Texts that must not appear.
    secrets: Secrets,
    sockets: usize,
}

/// A command without a reply.
struct Waiting {
    method: String,
    since: Instant,
    /// The whole answer is private.
    private: bool,
    /// It was not logged.
    untold: bool,
}

impl ProtocolLog {
    /// Begins a log at `path`.
    ///
    /// # Errors
    /// The system's, when the file cannot be created.
    pub fn create(path: &Path) -> std::io::Result<Self> {
        let file = BufWriter::new(created(path)?);
        let state = State { file, waiting: HashMap::new(), secrets: Secrets::default(), sockets: 0 };
        Ok(Self { begun: Instant::now(), state: Mutex::new(state) })
    }

    /// Leaves a text out from now on, wherever it stands.
    pub fn hide(&self, secret: &str) {
        self.lock().secrets.add(secret);
    }

    /// The number of a new socket.
    pub(super) fn socket(&self) -> usize {
        let mut state = self.lock();
        state.sockets += 1;
        state.sockets
    }

    pub(super) fn sent(&self, socket: usize, text: &str) {
        let Ok(message) = serde_json::from_str::<Value>(text) else { return };
        let mut state = self.lock();
        if let (Some(id), Some(method)) = (message["id"].as_u64(), message["method"].as_str()) {
            let private = private::asks_storage(text);
            let untold = method == FRAME;
            let waiting = Waiting { method: method.to_owned(), since: Instant::now(), private, untold };
            state.waiting.insert((socket, id), waiting);
            if untold {
                return;
            }
        }
        self.write(&mut state, "to", socket, message, Map::new());
    }

    pub(super) fn received(&self, socket: usize, text: &str) {
        let Ok(mut message) = serde_json::from_str::<Value>(text) else { return };
        let mut state = self.lock();
        let asked = message["id"].as_u64().and_then(|id| state.waiting.remove(&(socket, id)));
        let mut facts = Map::new();
        if let Some(Waiting { method, since, private, untold }) = asked {
            if untold && message.get("error").is_none() {
                return;
            }
            facts.insert("method".to_owned(), method.into());
            facts.insert("took_ms".to_owned(), millis(since));
            if private && let Some(result) = message.get_mut("result") {
                *result = HIDDEN.into();
            }
        }
        self.write(&mut state, "from", socket, message, facts);
    }

    fn write(&self, state: &mut State, way: &str, socket: usize, mut message: Value, facts: Map<String, Value>) {
        learn(&message, &mut state.secrets);
        private::hide(&mut message);
        clean(&mut message, &state.secrets);
        let mut line = Map::new();
        line.insert("ms".to_owned(), millis(self.begun));
        line.insert(way.to_owned(), json!(format!("browser {socket}")));
        line.extend(facts);
        line.insert("message".to_owned(), message);
        // A log that cannot be written any more does not end the run that it tells of.
        let _ = writeln!(state.file, "{}", Value::Object(line)).and_then(|()| state.file.flush());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A new file that nobody else reads: what a log tells is not for everybody, though it has no secrets.
fn created(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Learns what cookies and headers tell: bodies and later messages may have it as well.
fn learn(value: &Value, secrets: &mut Secrets) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| learn(item, secrets)),
        Value::Object(map) => {
            let text = |key: &str| map.get(key).and_then(Value::as_str);
            // WebDriver BiDi has values as `{ "type": "string", "value": … }`.
            let value = map.get("value").and_then(|value| value.as_str().or_else(|| value["value"].as_str()));
            if let (true, Some(name), Some(value)) = (is_secret_pair(map), text("name"), value) {
                if SECRET_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
                    learn_header(name, value, secrets);
                } else {
                    learn_cookie(name, value, map.get("httpOnly") == Some(&Value::Bool(true)), secrets);
                }
            }
            // What a page stores.
            if let (Some(key), Some(value)) = (text("key"), text("newValue")) {
                secrets_of(key, value, Readable::ByScripts).iter().for_each(|secret| secrets.add(secret));
            }
            // Headers in a list are pairs of just these.
            if let (2, Some(name), Some(value)) = (map.len(), text("name"), value) {
                learn_identity(name, value, secrets);
            }
            let headers = map.get("headers").and_then(Value::as_object).into_iter().flatten();
            headers.for_each(|(name, value)| learn_identity(name, value.as_str().unwrap_or_default(), secrets));
            for (key, item) in map {
                match item {
                    Value::String(text) => {
                        learn_header(key, text, secrets);
                        private::learn(text, secrets);
                    }
                    item => learn(item, secrets),
                }
            }
        }
        Value::String(text) => private::learn(text, secrets),
        _ => {}
    }
}

fn learn_header(name: &str, value: &str, secrets: &mut Secrets) {
    match name.to_ascii_lowercase().as_str() {
        "cookie" => cookie_pairs(value).for_each(|(name, value)| learn_cookie(name, value, false, secrets)),
        "set-cookie" => value.lines().for_each(|line| {
            let http_only = line.split(';').skip(1).any(|part| part.trim().eq_ignore_ascii_case("httponly"));
            if let Some((name, value)) = cookie_pairs(line).next() {
                learn_cookie(name, value, http_only, secrets);
            }
        }),
        "authorization" | "proxy-authorization" => {
            let found = credential(value);
            secrets.add(found.token);
            if let Some((_, password)) = found.basic {
                secrets.add(&password);
            }
        }
        _ => {}
    }
}

fn learn_identity(header: &str, value: &str, secrets: &mut Secrets) {
    if identifies(header) && worth_hiding(value) {
        secrets.add(value);
    }
}

fn learn_cookie(name: &str, value: &str, http_only: bool, secrets: &mut Secrets) {
    let readable = if http_only { Readable::ByNobody } else { Readable::ByScripts };
    secrets_of(name, value.trim_matches('"'), readable).iter().for_each(|secret| secrets.add(secret));
}

/// Milliseconds since then, to a thousandth.
fn millis(since: Instant) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "a log of centuries has other problems")]
    let value = since.elapsed().as_micros() as f64 / 1000.0;
    json!(value)
}

/// Hides what is secret and cuts what is long.
fn clean(value: &mut Value, secrets: &Secrets) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(without) = secrets.hide_in(text) {
                *text = without;
            }
            let length = text.chars().count();
            if length > MOST_CHARS {
                let kept: String = text.chars().take(MOST_CHARS).collect();
                *text = format!("{kept}… ({length} characters)");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| clean(item, secrets)),
        Value::Object(map) => {
            let secret = is_secret_pair(map);
            for (key, item) in map.iter_mut() {
                let hide = is_secret_key(key) && !item.is_object();
                if hide || (secret && key == "value") {
                    *item = HIDDEN.into();
                } else {
                    clean(item, secrets);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A cookie, or a header with a secret name, as a pair of `name` and `value`.
fn is_secret_pair(map: &Map<String, Value>) -> bool {
    let Some(name) = map.get("name").and_then(Value::as_str).filter(|_| map.contains_key("value")) else {
        return false;
    };
    let is_cookie = ["domain", "httpOnly", "sameSite", "url"].iter().any(|key| map.contains_key(*key));
    is_cookie || is_secret_key(name)
}

fn is_secret_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    SECRET_HEADERS.contains(&key.as_str()) || SECRET_KEYS.contains(&key.as_str())
}
