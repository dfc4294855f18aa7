//! What a script may reach: hosts, files, environment. Without limits, everything, as an interpreter on its user's own
//! machine; with any limit, nothing else.

use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use url::{Host, Url};

use super::CrawlError;
use crate::browser::{Cookie, OriginStorage};

/// A script's powers. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Access(Option<Arc<Limits>>);

/// What is allowed, and nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// `example.com`, `*.example.com` (its subdomains), either with a port; `*`: any.
    pub hosts: Vec<String>,
    /// Files, and folders with all that is in them.
    pub read: Vec<PathBuf>,
    /// The same, to write.
    pub write: Vec<PathBuf>,
    /// Names of environment variables.
    pub env: Vec<String>,
}

impl Access {
    /// Nothing but what `limits` allow; no limits at all when they name nothing.
    #[must_use]
    pub fn within(limits: Limits) -> Self {
        Self((limits != Limits::default()).then(|| Arc::new(limits)))
    }

    /// Whether there are limits.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.0.is_some()
    }

    /// Whether a page may be loaded; `url` is absolute.
    pub fn page(&self, url: &str) -> Result<(), CrawlError> {
        let Some(limits) = &self.0 else { return Ok(()) };
        let Ok(parsed) = Url::parse(url) else { return Ok(()) };
        match (parsed.scheme(), parsed.host_str()) {
            ("http" | "https", Some(host)) => {
                let port = parsed.port_or_known_default();
                let denial = || denied(&format!("load pages from `{host}`"), "host", host).at("url", 0);
                limits.reach(host, port).then_some(()).ok_or_else(denial)
            }
            // Their documents are their makers'.
            ("blob" | "filesystem" | "view-source", _) => self.page(parsed.path()),
            ("file", _) => {
                let path = parsed.to_file_path().unwrap_or_default();
                self.read(&path).map_err(|error| error.at("url", 0))
            }
            ("about", _) if !matches!(parsed.path(), "blank" | "srcdoc") => Err(CrawlError::new(
                "crawl::access::denied",
                format!("this run may not load `{url}`, a page of the browser's own"),
            )
            .help("of `about:` there is `about:blank`")),
            _ => Ok(()),
        }
    }

    /// What js asks of a document before a script of the run's own runs in it, unless there are no limits: an expression
    /// that is true where [`Self::page`] allows the document. One without an address is its maker's; of those in frames
    /// that hide him, none is allowed.
    #[must_use]
    pub fn guard(&self) -> Option<String> {
        let limits = self.0.as_ref()?;
        let hosts: Vec<_> = limits.hosts.iter().map(|pattern| parts(pattern)).collect();
        let folders: Vec<_> = limits.read.iter().filter_map(|place| real(place)).collect();
        Some(format!("({GUARD})({}, {})", json!(hosts), json!(folders)))
    }

    /// Those cookies that a host is sent whose pages may be loaded; all where there are no limits.
    pub(super) fn cookies(&self, mut cookies: Vec<Cookie>) -> Vec<Cookie> {
        if let Some(limits) = &self.0 {
            let sent = |domain: &String| limits.hosts.iter().any(|pattern| is_sent(domain, pattern));
            cookies.retain(|cookie| cookie.domain.as_ref().is_some_and(sent));
        }
        cookies
    }

    /// The storage of those origins whose pages may be loaded; all where there are no limits.
    pub(super) fn storage(&self, mut storage: Vec<OriginStorage>) -> Vec<OriginStorage> {
        storage.retain(|storage| self.page(&storage.origin).is_ok());
        storage
    }

    /// Whether all that a session sends and gets may pass through a host; `address` is `host:port`.
    pub fn proxy(&self, address: &str) -> Result<(), CrawlError> {
        let Some(limits) = &self.0 else { return Ok(()) };
        let (host, port) = address.rsplit_once(':').unwrap_or((address, ""));
        let allowed = limits.reach(host, port.parse().ok());
        allowed.then_some(()).ok_or_else(|| denied(&format!("send its requests through `{host}`"), "host", host))
    }

    /// Whether a file may be read.
    pub fn read(&self, path: &Path) -> Result<(), CrawlError> {
        let Some(limits) = &self.0 else { return Ok(()) };
        let shown = path.display().to_string();
        let allowed = covers(&limits.read, path);
        allowed.then_some(()).ok_or_else(|| denied(&format!("read `{shown}`"), "read", &shown))
    }

    /// Whether a file may be written.
    pub fn write(&self, path: &Path) -> Result<(), CrawlError> {
        let Some(limits) = &self.0 else { return Ok(()) };
        let shown = path.display().to_string();
        let allowed = covers(&limits.write, path);
        allowed.then_some(()).ok_or_else(|| denied(&format!("write `{shown}`"), "write", &shown))
    }

    /// Whether an environment variable may be read.
    pub fn env(&self, name: &str) -> Result<(), CrawlError> {
        let Some(limits) = &self.0 else { return Ok(()) };
        let allowed = limits.env.iter().any(|known| known == name);
        let denial = || denied(&format!("read the environment variable `{name}`"), "env", name);
        allowed.then_some(()).ok_or_else(denial)
    }

    /// Whether reading that file was allowed by name, rather than by there being no limits.
    pub(super) fn names(&self, path: &Path) -> bool {
        self.0.as_ref().is_some_and(|limits| covers(&limits.read, path))
    }
}

/// As [`fits`] and [`covers`].
const GUARD: &str = "(hosts, folders) => {
    const fits = (host, port) => hosts.some(([name, wanted]) => {
        if (wanted !== null && String(wanted) !== port) return false;
        host = host.replace(/\\.+$/, '').toLowerCase();
        name = name.toLowerCase();
        if (name === '*') return true;
        return name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name;
    });
    const allows = ({ protocol, hostname, port }) => /^https?:$/.test(protocol) &&
        fits(hostname, port || { 'http:': '80', 'https:': '443' }[protocol]);
    if (/^https?:$/.test(location.protocol)) return allows(location);
    if (location.protocol === 'file:') {
        const path = decodeURIComponent(location.pathname);
        return folders.some((folder) => path === folder || path.startsWith(folder.replace(/\\/?$/, '/')));
    }
    return origin === 'null' ? self === top : allows(new URL(origin));
}";

impl Limits {
    fn reach(&self, host: &str, port: Option<u16>) -> bool {
        self.hosts.iter().any(|pattern| fits(pattern, host, port))
    }
}

/// What a user wrote as a host to allow, as addresses have it; an error in words where no address could ever fit.
///
/// # Errors
/// For whole addresses, and names with `*` elsewhere than in front.
pub fn host_pattern(text: &str) -> Result<String, String> {
    if text == "*" {
        return Ok(text.to_owned());
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return Ok(format!("[{text}]"));
    }
    let (front, name) = text.strip_prefix("*.").map_or(("", text), |name| ("*.", name));
    let (name, port) = match name.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => (name, format!(":{port}")),
        _ => (name, String::new()),
    };
    let host = Host::parse(name).ok().filter(|_| !name.contains('*'));
    let host = host.map(|host| host.to_string().trim_end_matches('.').to_owned());
    let host = host.ok_or("a host is written as `example.com`, `*.example.com` or `127.0.0.1:8080`")?;
    Ok(format!("{front}{host}{port}"))
}

fn denied(what: &str, flag: &str, value: &str) -> CrawlError {
    CrawlError::new("crawl::access::denied", format!("this run may not {what}"))
        .help(format!("allow it with `--allow-{flag} {value}`"))
}

fn fits(pattern: &str, host: &str, port: Option<u16>) -> bool {
    let (name, wanted) = parts(pattern);
    pattern == "*" || (is_named(host, name) && (wanted.is_none() || wanted == port))
}

/// Whether hosts that the pattern names are sent cookies of that domain, which has a dot in front where it is more than
/// one host. Cookies know no ports.
fn is_sent(domain: &str, pattern: &str) -> bool {
    let (name, _) = parts(pattern);
    let Some(wide) = domain.strip_prefix('.') else { return pattern == "*" || is_named(domain, name) };
    let (wide, inner) = (wide.to_ascii_lowercase(), name.to_ascii_lowercase());
    let inner = inner.trim_start_matches("*.");
    let inside = inner.strip_suffix(&wide).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    pattern == "*" || inside || is_named(&wide, name)
}

/// The name of a pattern, and its port.
fn parts(pattern: &str) -> (&str, Option<u16>) {
    match pattern.rsplit_once(':') {
        Some((name, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            (name, digits.parse::<u16>().ok())
        }
        _ => (pattern, None),
    }
}

fn is_named(host: &str, name: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let name = name.to_ascii_lowercase();
    match name.strip_prefix("*.") {
        Some(domain) => host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')),
        None => host == name,
    }
}

/// Whether one of the places is the path or a folder around it, links followed.
fn covers(places: &[PathBuf], path: &Path) -> bool {
    let Some(path) = real(path) else { return false };
    places.iter().filter_map(|place| real(place)).any(|place| path.starts_with(place))
}

/// The path without links and dots; of what does not exist yet, as far as it does.
fn real(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    if let Ok(real) = path.canonicalize() {
        return Some(real);
    }
    let (parent, name) = (path.parent()?, path.file_name()?);
    real(parent).map(|parent| parent.join(name))
}
