//! Sessions, and what one has beside its page: cookies, console, network.

use serde_json::{Map, Value};

use super::talk::Repl;
use crate::cli::say::say;
use crate::script::Shown;
use crate::script::duration::show;
use crate::syntax::JsProgram;

/// What the page knows of its requests (W3C Resource Timing).
const REQUESTS: &str = "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(e => \
    ({ status: e.responseStatus || null, kind: e.initiatorType, ms: Math.round(e.duration), bytes: e.transferSize, url: e.name }))";

impl Repl {
    /// `:sessions`.
    pub fn sessions(&mut self) {
        let current = self.dialogue.session();
        let row = |session: crate::crawl::SessionInfo| {
            let mark = if session.id == current { "›" } else { "" };
            vec![mark.to_owned(), session.id, session.steps.to_string(), show(session.age), session.url, session.title]
        };
        let rows = self.run().crawler.sessions().into_iter().map(row).collect();
        let columns = ["", "id", "steps", "age", "url", "title"].map(str::to_owned).to_vec();
        self.show(&Shown::Records { columns, rows });
    }

    /// `:switch`.
    pub fn switch(&mut self, id: &str) {
        let open = self.run().crawler.sessions();
        if open.iter().any(|session| session.id == id) {
            self.dialogue.switch(id);
            return;
        }
        let near = crate::text::nearest(id, open.iter().map(|session| session.id.as_str()));
        match near {
            Some(near) => say!("there is no session `{id}`: did you mean `{near}`?"),
            None => say!("there is no session `{id}`: `session({})` begins one", serde_json::json!(id)),
        }
    }

    /// `:cookies`.
    pub fn cookies(&mut self) {
        let run = self.run();
        let Some(cookies) = self.glance(run.crawler.glance_at_cookies(&self.dialogue.session())) else { return };
        if cookies.is_empty() {
            say!("there are no cookies");
            return;
        }
        let row = |cookie: crate::browser::Cookie| {
            let flags = [(cookie.http_only, "httpOnly"), (cookie.secure, "secure")];
            let flags: Vec<&str> = flags.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
            let place = format!("{}{}", cookie.domain.unwrap_or_default(), cookie.path.unwrap_or_default());
            vec![cookie.name, cookie.value, place, flags.join(" ")]
        };
        let columns = ["name", "value", "place", "flags"].map(str::to_owned).to_vec();
        self.show(&Shown::Records { columns, rows: cookies.into_iter().map(row).collect() });
    }

    /// `:network`.
    pub fn network(&mut self) {
        let run = self.run();
        let js = JsProgram::parse(REQUESTS).expect("our own js is well formed");
        let Some(found) = self.glance(run.crawler.glance_by_js(&self.dialogue.session(), &js)) else { return };
        let rows = found.as_array().into_iter().flatten().filter_map(Value::as_object);
        let rows: Vec<Map<String, Value>> = rows.cloned().collect();
        self.show(&Shown::rows(&rows));
    }

    /// `:console`.
    pub fn page_console(&mut self) {
        let session = self.dialogue.session();
        let page = self.dialogue.page().filter(|page| page.session == session);
        let mut lines = page.map(|page| page.overheard.clone()).unwrap_or_default();
        lines.extend(self.run().crawler.overheard(&session));
        if lines.is_empty() {
            say!("the page wrote nothing to its console");
        }
        for line in lines {
            let place = line.url.map(|url| match line.line {
                Some(number) => format!("  ({url}:{number})"),
                None => format!("  ({url})"),
            });
            say!("{:<9} {}{}", line.level, line.text, place.unwrap_or_default());
        }
    }
}
