//! The vault: secrets are replaced by placeholders while a run is recorded, and put back when it is played again.
//!
//! A placeholder is made of letters, digits and `-`, so that it can stand wherever a secret stood: `crawl-secret-NAME`,
//! `crawl-cookie-NAME-1`, `crawl-header-authorization-1`. Where the secret was spelled otherwise there - escaped, encoded -
//! `-as-` and the spelling's name follow, and `-end` where the next character could be taken for a part of it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use serde_json::Value;

use super::placeholder::{END, Placeholder, in_one_spelling, in_word, rest_of_placeholder, word};
use crate::browser::{Came, Cookie, Exchanged};
use crate::text::{
    Readable, Replacer, Secrets, cookie_pairs, credential, identifies, secrets_of, token_like, worth_hiding,
};

/// In what is no text a shorter secret is taken for chance.
const SHORTEST_IN_BYTES: usize = 6;

/// Of fewer characters the value of a header such as `x-api-key` identifies nobody.
const SHORTEST_IDENTITY: usize = 6;

/// What a run must not tell, and what stands in its place.
#[derive(Debug, Default)]
pub struct Vault {
    secrets: Secrets,
    /// Cookies and headers that are left out of headers and lists alone: what stands in place of a value, by name and value.
    in_headers: HashMap<(String, String), String>,
    /// Cookies that scripts may read, and whose values are no secrets.
    readable: HashSet<(String, String)>,
    placeholders: Vec<Placeholder>,
    /// How many placeholders begin so.
    numbers: HashMap<String, usize>,
    /// Those of the recording that is played again.
    recorded: Vec<Placeholder>,
    /// Those that stand in what comes.
    adopted: HashSet<String>,
    /// Made when it is first asked for.
    back: OnceLock<Replacer>,
}

impl Vault {
    /// What `secret(name)` gave.
    pub fn add_secret(&mut self, name: &str, value: &str) {
        self.add("secret", name, value, &format!("crawl-secret-{}", word(name)), true);
    }

    /// Something else that was typed: `what` is `auth`, `proxy`.
    pub fn add_typed(&mut self, what: &str, value: &str) {
        self.add("typed", what, value, &format!("crawl-{}", word(what)), false);
    }

    /// What the headers of an exchange tell.
    pub fn learn(&mut self, exchanged: &Exchanged) {
        // Whoever sets a cookie says whether scripts may read it.
        if let Came::Response { headers, .. } = &exchanged.came {
            headers.iter().for_each(|(name, value)| self.learn_header(name, value));
        }
        for (name, value) in &exchanged.asked.headers {
            self.learn_header(name, value);
            if identifies(name) {
                self.learn_identity(name, value);
            }
        }
    }

    /// What a session's cookies tell.
    pub fn learn_cookies(&mut self, cookies: &[Cookie]) {
        for cookie in cookies {
            self.learn_cookie(&cookie.name, &cookie.value, Some(cookie.http_only));
        }
    }

    /// What an item of a page's storage tells: log-ins are kept there too.
    pub fn learn_stored(&mut self, name: &str, value: &str) {
        for secret in secrets_of(name, value, Readable::ByScripts) {
            self.add("storage", name, &secret, &format!("crawl-storage-{}", word(name)), false);
        }
    }

    /// Whether nothing is to be left out anywhere.
    pub(super) fn knows_nothing(&self) -> bool {
        self.secrets.is_empty() && self.in_headers.is_empty()
    }

    /// Whether there is no secret: every text stays as it is.
    #[must_use]
    pub fn hides_nothing(&self) -> bool {
        self.secrets.is_empty()
    }

    /// A text without secrets.
    #[must_use]
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.hidden(text.as_bytes(), 0) {
            None => Cow::Borrowed(text),
            // Whole texts take the place of whole texts.
            Some(new) => Cow::Owned(String::from_utf8_lossy(&new).into_owned()),
        }
    }

    /// A body without secrets; one that is no text keeps what is too short to be there on purpose.
    #[must_use]
    pub fn hide_body(&self, body: Vec<u8>) -> Vec<u8> {
        let shortest = if str::from_utf8(&body).is_ok() { 0 } else { SHORTEST_IN_BYTES };
        self.hidden(&body, shortest).unwrap_or(body)
    }

    /// Cookies without secrets.
    #[must_use]
    pub fn hide_cookies(&self, cookies: &[Cookie]) -> Vec<Cookie> {
        let hide = |cookie: &Cookie| Cookie { value: self.hide_cookie(&cookie.name, &cookie.value), ..cookie.clone() };
        cookies.iter().map(hide).collect()
    }

    /// An exchange without secrets. What it tells by itself is learnt of first, by [`Vault::learn`].
    #[must_use]
    pub fn hide_exchange(&self, mut exchanged: Exchanged) -> Exchanged {
        let text = |text: &mut String| {
            if let Cow::Owned(new) = self.hide(text) {
                *text = new;
            }
        };
        let headers = |headers: &mut Vec<(String, String)>| {
            headers.iter_mut().for_each(|(name, value)| *value = self.hide_header(name, value));
        };
        text(&mut exchanged.asked.url);
        headers(&mut exchanged.asked.headers);
        exchanged.asked.body = exchanged.asked.body.map(|body| self.hide_body(body));
        match &mut exchanged.came {
            Came::Response { status_text, headers: all, body, .. } => {
                text(status_text);
                headers(all);
                *body = body.take().map(|body| self.hide_body(body));
            }
            Came::Failed(why) => text(why),
        }
        exchanged
    }

    /// A text with the secrets that this run knows; other placeholders stay, in the one spelling that suits all places.
    /// What a page of the recording asks for is to be compared with what was recorded after both went through this.
    #[must_use]
    pub fn reveal<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.revealed(text.as_bytes()) {
            None => Cow::Borrowed(text),
            Some(new) => Cow::Owned(String::from_utf8_lossy(&new).into_owned()),
        }
    }

    /// The same for a body.
    #[must_use]
    pub fn reveal_body(&self, body: Vec<u8>) -> Vec<u8> {
        self.revealed(&body).unwrap_or(body)
    }

    /// Names of what stands for what, without a value.
    #[must_use]
    pub fn facts(&self) -> Value {
        self.placeholders.iter().map(Placeholder::fact).collect()
    }

    /// Takes [`Vault::facts`] of the recording that is played again.
    pub fn load(&mut self, facts: &Value) {
        self.recorded = Placeholder::all(facts);
    }

    /// Takes [`Vault::facts`] of a recording that what comes is from: its placeholders stand for what they stood for.
    pub fn adopt(&mut self, facts: &Value) {
        for placeholder in Placeholder::all(facts) {
            if self.adopted.insert(placeholder.text.clone()) {
                self.secrets.spare(placeholder.text.clone());
                self.placeholders.push(placeholder);
            }
        }
    }

    /// What the recording has in place of a secret: it serves as its value where nobody knows another.
    #[must_use]
    pub fn stand_in(&self, secret: &str) -> Option<&str> {
        let own = |known: &&Placeholder| known.kind == "secret" && known.name == secret;
        self.recorded.iter().find(own).map(|known| known.text.as_str())
    }

    fn add(&mut self, kind: &str, name: &str, value: &str, prefix: &str, first_bare: bool) {
        if !self.secrets.knows(value) && !self.is_hidden(value) {
            let text = self.next(prefix, first_bare);
            self.add_as(kind, name, value, text);
        }
    }

    /// The next placeholder that begins so.
    fn next(&mut self, prefix: &str, first_bare: bool) -> String {
        let number = self.numbers.entry(prefix.to_owned()).or_default();
        loop {
            *number += 1;
            let text = if first_bare && *number == 1 { prefix.to_owned() } else { format!("{prefix}-{number}") };
            if !self.adopted.contains(&text) {
                return text;
            }
        }
    }

    /// Whether a value has been hidden before it came here.
    fn is_hidden(&self, value: &str) -> bool {
        self.adopted.iter().any(|placeholder| value.contains(placeholder))
    }

    fn add_as(&mut self, kind: &str, name: &str, value: &str, text: String) {
        let spelled = |spelling: &str| if spelling.is_empty() { text.clone() } else { format!("{text}-as-{spelling}") };
        if !self.secrets.add_as(value, spelled) {
            return;
        }
        // What is hidden twice is not hidden otherwise, though a secret be `secret`.
        self.secrets.spare(text.clone());
        self.placeholders.push(Placeholder { text, kind: kind.to_owned(), name: name.to_owned() });
        self.back = OnceLock::new();
    }

    fn learn_header(&mut self, name: &str, value: &str) {
        match name {
            "cookie" => {
                for (name, value) in cookie_pairs(value) {
                    self.learn_cookie(name, value, None);
                }
            }
            "set-cookie" => {
                for one in value.lines() {
                    let http_only = one.split(';').skip(1).any(|part| part.trim().eq_ignore_ascii_case("httponly"));
                    if let Some((name, value)) = cookie_pairs(one).next() {
                        self.learn_cookie(name, value, Some(http_only));
                    }
                }
            }
            "authorization" | "proxy-authorization" => self.learn_credential(name, value),
            _ => {}
        }
    }

    /// `http_only`: whether scripts cannot read it; `None`: nobody said.
    fn learn_cookie(&mut self, name: &str, value: &str, http_only: Option<bool>) {
        let bare = value.trim_matches('"');
        if bare.is_empty() || self.is_hidden(bare) {
            return;
        }
        let prefix = format!("crawl-cookie-{}", word(name));
        let readable = if http_only == Some(true) { Readable::ByNobody } else { Readable::ByScripts };
        for secret in secrets_of(name, bare, readable) {
            self.add("cookie", name, &secret, &prefix, false);
        }
        let pair = (name.to_owned(), value.to_owned());
        if matches!(self.hide(value), Cow::Owned(_)) {
            return;
        }
        if http_only == Some(false) {
            self.readable.insert(pair);
        } else if !self.in_headers.contains_key(&pair) && (http_only.is_some() || !self.readable.contains(&pair)) {
            self.keep_from_headers("cookie", pair, &prefix);
        }
    }

    /// A value that is left out of headers and lists alone.
    fn keep_from_headers(&mut self, kind: &str, pair: (String, String), prefix: &str) {
        let text = self.next(prefix, false);
        self.placeholders.push(Placeholder { text: text.clone(), kind: kind.to_owned(), name: pair.0.clone() });
        self.in_headers.insert(pair, text);
        self.back = OnceLock::new();
    }

    /// A header that says who somebody is, though it is none of the standard ones.
    fn learn_identity(&mut self, header: &str, value: &str) {
        let found = credential(value);
        let scheme = found.scheme.is_none_or(|scheme| scheme.chars().all(char::is_alphabetic));
        let token = if scheme { found.token } else { value.trim() };
        if token.chars().count() < SHORTEST_IDENTITY || self.is_hidden(token) {
            return;
        }
        let prefix = format!("crawl-header-{}", word(header));
        if worth_hiding(token) {
            self.add("header", header, token, &prefix, false);
        }
        let pair = (header.to_owned(), value.to_owned());
        if !self.in_headers.contains_key(&pair) && matches!(self.hide(value), Cow::Borrowed(_)) {
            self.keep_from_headers("header", pair, &prefix);
        }
    }

    fn learn_credential(&mut self, header: &str, value: &str) {
        let found = credential(value);
        if found.token.is_empty() || self.secrets.knows(found.token) || self.is_hidden(found.token) {
            return;
        }
        let text = self.next(&format!("crawl-header-{header}"), false);
        if let Some((user, password)) = found.basic {
            self.add("header", header, &password, &format!("{text}-password"), true);
            // A name such as `admin` is a word as well.
            if token_like(&user) || user.contains('@') {
                self.add("header", header, &user, &format!("{text}-user"), true);
            }
        }
        self.add_as("header", header, found.token, text);
    }

    fn hide_header(&self, name: &str, value: &str) -> String {
        let pair = |part: &str| match part.split_once('=') {
            Some((name, value)) => format!("{name}={}", self.hide_cookie(name.trim(), value.trim())),
            None => self.hide(part).into_owned(),
        };
        match name {
            "cookie" => value.split(';').map(pair).collect::<Vec<_>>().join(";"),
            "set-cookie" => {
                let one = |line: &str| match line.split_once(';') {
                    Some((first, rest)) => format!("{};{}", pair(first), self.hide(rest)),
                    None => pair(line),
                };
                value.lines().map(one).collect::<Vec<_>>().join("\n")
            }
            _ if identifies(name) => self.hide_cookie(name, value),
            _ => self.hide(value).into_owned(),
        }
    }

    fn hide_cookie(&self, name: &str, value: &str) -> String {
        let pair = (name.to_owned(), value.to_owned());
        self.in_headers.get(&pair).cloned().unwrap_or_else(|| self.hide(value).into_owned())
    }

    fn hidden(&self, bytes: &[u8], shortest: usize) -> Option<Vec<u8>> {
        let mut last = None;
        let found = self.secrets.replacer().replace(bytes, |placeholder, place, out| {
            let text = &bytes[place.clone()];
            if text.len() < shortest {
                out.extend_from_slice(text);
                return place.end;
            }
            if last == Some(place.start) {
                out.extend_from_slice(END.as_bytes());
            }
            if text == placeholder {
                let end = place.end + rest_of_placeholder(&bytes[place.end..]);
                let whole = &bytes[place.start..end];
                out.extend_from_slice(whole);
                last = (!whole.ends_with(END.as_bytes())).then_some(end);
                return end;
            }
            out.extend_from_slice(placeholder);
            let closed = bytes.get(place.end).is_some_and(|next| in_word(*next));
            if closed {
                out.extend_from_slice(END.as_bytes());
            }
            last = (!closed).then_some(place.end);
            place.end
        });
        // Rather nothing than too much.
        found.unwrap_or_else(|_| Some(b"crawl-secrets".to_vec())).filter(|new| new != bytes)
    }

    fn revealed(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let back = self.back.get_or_init(|| self.ways_back());
        let known = back.replace(bytes, |value, place, out| {
            let text = &bytes[place.clone()];
            let longer = !text.ends_with(END.as_bytes()) && bytes.get(place.end).is_some_and(|next| in_word(*next));
            out.extend_from_slice(if longer { text } else { value });
            place.end
        });
        let known = known.ok().flatten();
        let rest = known.as_deref().unwrap_or(bytes);
        match in_one_spelling(rest) {
            Cow::Owned(new) => Some(new),
            Cow::Borrowed(_) => known,
        }
    }

    fn ways_back(&self) -> Replacer {
        let mut back = Replacer::default();
        let spelled = self.secrets.replacer().pairs().filter(|(text, placeholder)| text != placeholder);
        let in_headers = self.in_headers.iter().map(|((_, value), placeholder)| (value.as_str(), placeholder.as_str()));
        for (text, placeholder) in spelled.chain(in_headers) {
            back.add(placeholder.to_owned(), text.to_owned());
            back.add(format!("{placeholder}{END}"), text.to_owned());
        }
        back
    }
}
