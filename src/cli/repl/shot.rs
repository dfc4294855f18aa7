//! `:shot`: a picture of the page in a file, and in the terminal where that can show one.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::look::selector;
use super::talk::Repl;
use crate::cli::say::say;
use crate::crawl::{CrawlError, Crawler};
use crate::repl::{Protocol, inline};
use crate::store::write_atomic;
use crate::syntax::JsProgram;

/// Where pictures are kept.
const FOLDER: &str = ".crawl/shots";

/// Takes the outlines away.
const PLAIN: &str = "document.adoptedStyleSheets = document.adoptedStyleSheets.filter(s => !s.crawlOutline)";

/// Js that outlines the matches of a selector by a style sheet of its own, so that no element of the page changes, and
/// tells how many there are.
pub(super) fn outlining(css: &str) -> String {
    let css = serde_json::json!(css);
    format!(
        "(() => {{ {PLAIN}; const found = document.querySelectorAll({css}); const sheet = new CSSStyleSheet(); \
         sheet.crawlOutline = true; \
         sheet.replaceSync({css} + ' {{ outline: 3px solid #e5484d !important; outline-offset: 1px !important }}'); \
         document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; \
         if (found.length) found[0].scrollIntoView({{ block: 'center' }}); return found.length; }})()"
    )
}

impl Repl {
    /// `:shot`.
    pub fn shot(&mut self, css: &str) {
        if !css.is_empty() && selector(css).is_none() {
            return;
        }
        let session = self.dialogue.session();
        let run = self.run();
        let Some((png, outlined)) = self.glance(picture(&run.crawler, &session, css)) else { return };
        let path = free_path(&self.home, &session);
        if let Err(error) = keep(&path, &png) {
            say!("cannot write `{}`: {error}", path.display());
            return;
        }
        let matches = outlined.map(|count| format!(" · {count} outlined")).unwrap_or_default();
        say!("{}{matches}", path.display());
        show(&png);
    }
}

/// A picture, and how many elements it shows outlined.
async fn picture(crawler: &Crawler, session: &str, css: &str) -> Result<(Vec<u8>, Option<i64>), CrawlError> {
    if css.is_empty() {
        return Ok((crawler.glance_at_picture(session).await?, None));
    }
    let js = |text: &str| JsProgram::parse(text).expect("our own js is well formed");
    let outlined = crawler.glance_by_js(session, &js(&outlining(css))).await?.as_i64();
    let png = crawler.glance_at_picture(session).await;
    crawler.glance_by_js(session, &js(PLAIN)).await?;
    Ok((png?, Some(outlined.unwrap_or(0))))
}

/// The next file that is not there yet.
fn free_path(home: &Path, session: &str) -> PathBuf {
    let name: String = session.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let path = |number: usize| home.join(FOLDER).join(format!("{name}-{number}.png"));
    (1..).map(path).find(|path| !path.exists()).expect("numbers do not end")
}

fn keep(path: &Path, png: &[u8]) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new(FOLDER));
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let ignore = folder.with_file_name(".gitignore");
    if !ignore.exists() {
        write_atomic(&ignore, b"*\n").map_err(|error| error.to_string())?;
    }
    write_atomic(path, png).map_err(|error| error.to_string())
}

fn show(png: &[u8]) {
    let protocol = Protocol::announced(|name| std::env::var(name).ok());
    if let Some(protocol) = protocol.filter(|_| std::io::stdout().is_terminal()) {
        let _ = write!(std::io::stdout(), "{}", inline(protocol, png)).and_then(|()| std::io::stdout().flush());
    }
}
