//! What a step's `url` means: an absolute address, a file, a literal page, or a reference to resolve.

use url::Url;

use super::{CrawlError, CrawlRequest, Trouble};
use crate::text::nearest;

/// Where a step goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// An absolute URL; for a literal page its base.
    pub url: String,
    /// The document itself, for `raw:` pages.
    pub content: Option<String>,
}

impl Address {
    /// Resolves the request's `url`; `page` is the address of the session's page, if it has one.
    pub fn resolve(request: &CrawlRequest, page: Option<&str>) -> Result<Option<Self>, CrawlError> {
        let Some(text) = request.url.as_deref() else { return Ok(None) };
        if let Some(html) = text.strip_prefix("raw:") {
            return Self::literal(html, request.base_url.as_deref()).map(Some);
        }
        let text = text.trim();
        if text.is_empty() {
            let error = CrawlError::new("crawl::url::invalid", "the address is empty");
            return Err(error.help("give an address, or leave `url` out to stay on the page").at("url", 0));
        }
        if let Some(path) = text.strip_prefix("file:") {
            return Self::file(text, path).map(Some);
        }
        match Url::parse(text) {
            Ok(url) => Self::absolute(text, &url).map(Some),
            Err(url::ParseError::RelativeUrlWithoutBase) => Self::relative(text, page).map(Some),
            Err(error) => Err(invalid(text, &error.to_string())),
        }
    }

    /// Whether the site at the address can be cached for.
    pub fn is_http(&self) -> bool {
        self.content.is_none() && (self.url.starts_with("http://") || self.url.starts_with("https://"))
    }

    fn plain(url: &Url) -> Self {
        Self { url: url.to_string(), content: None }
    }

    fn literal(html: &str, base: Option<&str>) -> Result<Self, CrawlError> {
        let base = base.unwrap_or("about:blank");
        let url = Url::parse(base).map_err(|error| {
            CrawlError::new("crawl::url::invalid", format!("`base_url` is no absolute address: `{base}` ({error})"))
                .help("write it with its scheme, such as `base_url: \"https://example.com/\"`")
                .at("base_url", 0)
        })?;
        Ok(Self { url: url.to_string(), content: Some(html.to_owned()) })
    }

    /// A local file: `text` is the whole address, `path` what follows its scheme.
    pub fn file(text: &str, path: &str) -> Result<Self, CrawlError> {
        if path.starts_with("//") {
            let url = Url::parse(text).map_err(|error| invalid(text, &error.to_string()))?;
            return Ok(Self::plain(&url));
        }
        let path = std::path::absolute(path).map_err(|error| invalid(text, &error.to_string()))?;
        let url = Url::from_file_path(&path).map_err(|()| invalid(text, "the path has no address"))?;
        Ok(Self::plain(&url))
    }

    fn absolute(text: &str, url: &Url) -> Result<Self, CrawlError> {
        match url.scheme() {
            "http" | "https" | "data" => Ok(Self::plain(url)),
            "about" if url.path() == "blank" => Ok(Self::plain(url)),
            "about" => Err(invalid(text, "pages of the browser's own cannot be crawled")
                .help("they may do what no page may; of `about:` there is `about:blank`")),
            scheme if looks_like_port(text, scheme) => Err(invalid(text, "it has no scheme")
                .help(format!("write `http://{text}`, or `https://{text}`"))),
            scheme if nearest(scheme, SCHEMES).is_some() => {
                let meant = meant_url(text).unwrap_or_default();
                Err(invalid(text, &format!("there is no scheme `{scheme}:`")).help(format!("did you mean `{meant}`?")))
            }
            scheme => Err(invalid(text, &format!("pages with the scheme `{scheme}:` cannot be crawled"))
                .help("addresses begin with `https://`, `http://`, `file:` or `raw:`; others are resolved against the session's page")),
        }
    }

    fn relative(text: &str, page: Option<&str>) -> Result<Self, CrawlError> {
        let base = page.and_then(|page| Url::parse(page).ok()).filter(|base| !base.cannot_be_a_base());
        if let Some(base) = base {
            let url = base.join(text).map_err(|error| invalid(text, &error.to_string()))?;
            return Ok(Self::plain(&url));
        }
        if looks_like_host(text) {
            return Err(invalid(text, "it has no scheme").help(format!("write `https://{text}`")));
        }
        let mut error = CrawlError::new(
            "crawl::session::no_page",
            format!("`{text}` is relative, and the session has no page to resolve it against"),
        )
        .help("begin the session with an absolute address, such as `crawl(\"https://example.com/\")`")
        .at("url", 0);
        error.trouble = Trouble::Step;
        Err(error)
    }
}

fn invalid(text: &str, why: &str) -> CrawlError {
    CrawlError::new("crawl::url::invalid", format!("`{text}` is no address: {why}"))
        .help("write an absolute address such as `https://example.com/path`")
        .at("url", 0)
}

/// `example.com/x`: a dot in the first segment, a known shape of name after it.
fn looks_like_host(text: &str) -> bool {
    let host = text.split(['/', '?', '#']).next().unwrap_or("");
    let host = host.split(':').next().unwrap_or("");
    let last = host.rsplit('.').next().unwrap_or("");
    let named = host.contains('.')
        && !host.starts_with('.')
        && last.len() >= 2
        && last.chars().all(|c| c.is_ascii_alphabetic())
        && !matches!(last, "html" | "htm" | "php" | "json" | "xml" | "txt" | "aspx" | "jsp" | "pdf");
    named || host.parse::<std::net::Ipv4Addr>().is_ok()
}

/// `localhost:3000/x` parses as a URL of the scheme `localhost`.
fn looks_like_port(text: &str, scheme: &str) -> bool {
    let rest = &text[scheme.len() + 1..];
    let port = rest.split(['/', '?', '#']).next().unwrap_or("");
    !port.is_empty() && port.parse::<u16>().is_ok()
}

/// The schemes that a slip of the hand is compared with.
const SCHEMES: [&str; 2] = ["https", "http"];

/// What a faulty address is probably meant to be: with a scheme, or with its scheme spelt right.
#[must_use]
pub fn meant_url(text: &str) -> Option<String> {
    let Ok(url) = Url::parse(text) else { return looks_like_host(text).then(|| format!("https://{text}")) };
    let scheme = url.scheme();
    if looks_like_port(text, scheme) {
        return Some(format!("http://{text}"));
    }
    nearest(scheme, SCHEMES).map(|meant| format!("{meant}{}", &text[scheme.len()..]))
}

/// What is wrong with an address that stands in a script, as far as its text tells; references are fine.
#[must_use]
pub fn check_url(text: &str) -> Option<CrawlError> {
    let request = CrawlRequest { url: Some(text.to_owned()), ..CrawlRequest::default() };
    Address::resolve(&request, Some("http://localhost/")).err()
}
