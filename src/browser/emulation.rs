//! What of a person, a device and a network a session shows or goes through.

use std::net::Ipv6Addr;

use serde::{Deserialize, Serialize};

/// A place on earth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Geolocation {
    /// Degrees, -90 to 90.
    pub latitude: f64,
    /// Degrees, -180 to 180.
    pub longitude: f64,
    /// Metres.
    pub accuracy: f64,
}

/// What `prefers-color-scheme` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColorScheme {
    /// `light`.
    Light,
    /// `dark`.
    Dark,
}

impl ColorScheme {
    /// The value of the media feature.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A name and a password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The name.
    pub user: String,
    /// The password.
    pub password: String,
    /// The only origin that is told, such as `https://example.com`; `None`: every one that asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

impl Credentials {
    /// Whether `url` is of the origin that may be told.
    pub(super) fn are_for(&self, url: &str) -> bool {
        let Some(origin) = &self.origin else { return true };
        url::Url::parse(url).is_ok_and(|url| url.origin().ascii_serialization() == *origin)
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials {{ user: {:?}, .. }}", self.user)
    }
}

/// A proxy that all requests go through, those to this machine too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proxy {
    /// How it is spoken to.
    pub scheme: ProxyScheme,
    /// `host:port`.
    pub address: String,
    /// What it wants to know, if anything.
    pub credentials: Option<Credentials>,
    /// Hosts that are asked directly, as Chromium's bypass list writes them.
    pub bypass: Vec<String>,
}

/// How a proxy is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProxyScheme {
    /// HTTP, with `CONNECT` for TLS.
    Http,
    /// The same over TLS.
    Https,
    /// SOCKS 5; host names are resolved by the proxy.
    Socks5,
    /// SOCKS 4.
    Socks4,
}

impl ProxyScheme {
    /// As in addresses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Socks5 => "socks5",
            Self::Socks4 => "socks4",
        }
    }
}

impl Proxy {
    /// Reads `http://user:password@host:port`, also `https:`, `socks5:` and `socks4:`; without a scheme it is HTTP.
    ///
    /// # Errors
    /// In words, when it is no such address.
    pub fn parse(text: &str) -> Result<Self, String> {
        let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let url = url::Url::parse(&full).map_err(|error| format!("`{text}` is no address of a proxy: {error}"))?;
        let (scheme, port) = match url.scheme() {
            "http" => (ProxyScheme::Http, 80),
            "https" => (ProxyScheme::Https, 443),
            "socks5" | "socks5h" | "socks" => (ProxyScheme::Socks5, 1080),
            "socks4" => (ProxyScheme::Socks4, 1080),
            other => return Err(format!("a proxy is spoken to by http, https, socks5 or socks4, not by `{other}`")),
        };
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| format!("`{text}` is no address of a proxy: it names no host"))?;
        if !matches!(url.path(), "" | "/") || url.query().is_some() {
            return Err(format!("`{text}` is no address of a proxy: it goes on after the port"));
        }
        let host = if host.parse::<Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.to_owned() };
        let credentials = (!url.username().is_empty()).then(|| Credentials {
            user: decoded(url.username()),
            password: decoded(url.password().unwrap_or("")),
            origin: None,
        });
        let address = format!("{host}:{}", url.port().unwrap_or(port));
        let proxy = Self { scheme, address, credentials, bypass: Vec::new() };
        proxy.usable()?;
        Ok(proxy)
    }

    /// Whether the browser can speak to it so.
    ///
    /// # Errors
    /// In words, when it cannot.
    pub fn usable(&self) -> Result<(), String> {
        let socks = matches!(self.scheme, ProxyScheme::Socks5 | ProxyScheme::Socks4);
        match socks && self.credentials.is_some() {
            true => Err("Chromium gives SOCKS proxies neither user nor password".to_owned()),
            false => Ok(()),
        }
    }

    /// `scheme://host:port`.
    #[must_use]
    pub fn server(&self) -> String {
        format!("{}://{}", self.scheme.word(), self.address)
    }
}

/// The text of a part of an address, its percent signs resolved.
pub(super) fn decoded(part: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), part.as_bytes());
    while let [byte, after @ ..] = rest {
        let code = after.get(..2).filter(|_| *byte == b'%').and_then(|two| std::str::from_utf8(two).ok());
        let value = code.and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(value.unwrap_or(*byte));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A permission by the name of the Permissions API, with that of `Browser.grantPermissions` (CDP).
pub const PERMISSIONS: &[(&str, &[&str])] = &[
    ("geolocation", &["geolocation"]),
    ("notifications", &["notifications"]),
    ("camera", &["videoCapture"]),
    ("microphone", &["audioCapture"]),
    ("clipboard-read", &["clipboardReadWrite"]),
    ("clipboard-write", &["clipboardSanitizedWrite"]),
    ("midi", &["midi"]),
    ("midi-sysex", &["midiSysex"]),
    ("background-sync", &["backgroundSync"]),
    ("accelerometer", &["sensors"]),
    ("gyroscope", &["sensors"]),
    ("magnetometer", &["sensors"]),
    ("ambient-light-sensor", &["sensors"]),
    ("payment-handler", &["paymentHandler"]),
    ("storage-access", &["storageAccess"]),
    ("local-fonts", &["localFonts"]),
    ("idle-detection", &["idleDetection"]),
    ("window-management", &["windowManagement"]),
    ("screen-wake-lock", &["wakeLockScreen"]),
];

/// The protocol's names of permissions, each once; unknown ones are left out.
pub(super) fn granted(permissions: &[String]) -> Vec<&'static str> {
    let of = |name: &String| PERMISSIONS.iter().find(|(known, _)| known == name).map_or(&[][..], |(_, own)| own);
    let mut all: Vec<&str> = permissions.iter().flat_map(|name| of(name).iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}
