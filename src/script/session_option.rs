//! The values of session options that are more than a word: read alike from a literal before the run and from a value in
//! it.

use serde_json::Value;

use crate::browser::{Credentials, Geolocation, PERMISSIONS, Proxy, RESOURCE_KINDS, UrlPattern};
use crate::text::nearest_in;

/// Which option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionOption {
    /// Width and height.
    Viewport,
    /// A BCP 47 tag.
    Locale,
    /// An IANA zone.
    TimeZone,
    /// Latitude and longitude.
    Geolocation,
    /// Names of permissions.
    Permissions,
    /// User and password.
    Auth,
    /// An address.
    Proxy,
    /// Resource kinds and patterns of addresses.
    Block,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// It is of another shape than the option takes, rather than out of what it allows.
    pub shape: bool,
    /// In words, without the option's name.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl SessionOption {
    /// What it takes, in words.
    #[must_use]
    pub fn wanted(self) -> &'static str {
        match self {
            Self::Viewport => "`#{ width: 1280, height: 720 }` or `[1280, 720]`",
            Self::Locale => "a BCP 47 tag such as \"de-AT\"",
            Self::TimeZone => "an IANA zone such as \"Europe/Vienna\"",
            Self::Geolocation => "`#{ latitude: 48.2, longitude: 16.37 }`, perhaps with `accuracy` in metres",
            Self::Permissions => "an array of names such as `[\"geolocation\"]`",
            Self::Auth => "`#{ user: \"ada\", password: \"…\" }`, perhaps with the one `origin` that is told",
            Self::Proxy => "an address such as \"http://user:password@host:8080\"",
            Self::Block => "an array of resource kinds such as \"image\" and of patterns such as \"**/ads/**\"",
        }
    }

    /// Whether the value fits.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(self, value: &Value) -> Result<(), Wrong> {
        match self {
            Self::Viewport => viewport(value).map(drop),
            Self::Locale => locale(value).map(drop),
            Self::TimeZone => timezone(value).map(drop),
            Self::Geolocation => geolocation(value).map(drop),
            Self::Permissions => permissions(value).map(drop),
            Self::Auth => auth(value).map(drop),
            Self::Proxy => proxy(value).map(drop),
            Self::Block => block(value).map(drop),
        }
    }

    fn shape(self) -> Wrong {
        Wrong { shape: true, message: format!("takes {}", self.wanted()), help: None }
    }
}

fn wrong(message: impl Into<String>) -> Wrong {
    Wrong { shape: false, message: message.into(), help: None }
}

fn text(option: SessionOption, value: &Value) -> Result<&str, Wrong> {
    value.as_str().ok_or_else(|| option.shape())
}

/// The largest side of a viewport in CSS pixels; a picture of it is four bytes for each.
const LARGEST: u64 = 16_384;

/// Width and height in CSS pixels.
pub fn viewport(value: &Value) -> Result<(u32, u32), Wrong> {
    let sides = match value {
        Value::Object(map) if map.len() == 2 => map.get("width").zip(map.get("height")),
        Value::Array(list) if list.len() == 2 => list.first().zip(list.get(1)),
        _ => None,
    };
    let (width, height) = sides.ok_or_else(|| SessionOption::Viewport.shape())?;
    let side = |value: &Value| {
        let number = value.as_i64().ok_or_else(|| SessionOption::Viewport.shape())?;
        let fits = u64::try_from(number).ok().filter(|side| (1..=LARGEST).contains(side));
        let fits = fits.and_then(|side| u32::try_from(side).ok());
        fits.ok_or_else(|| wrong(format!("has sides of 1 to {LARGEST} pixels, not of {number}")))
    };
    Ok((side(width)?, side(height)?))
}

/// A BCP 47 tag: language, perhaps script, region and variants.
pub fn locale(value: &Value) -> Result<String, Wrong> {
    let tag = text(SessionOption::Locale, value)?;
    let mut parts = tag.split('-');
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let language = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && letters(part));
    let rest = parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if language && rest {
        return Ok(tag.to_owned());
    }
    let dashed = tag.split('.').next().unwrap_or(tag).replace('_', "-");
    let help = match dashed != tag && locale(&Value::String(dashed.clone())).is_ok() {
        true => format!("did you mean \"{dashed}\"?"),
        false => "a tag is a language, perhaps with a region: \"de\", \"de-AT\", \"zh-Hant-TW\"".to_owned(),
    };
    Err(Wrong { help: Some(help), ..wrong(format!("cannot be \"{tag}\", which is no BCP 47 tag")) })
}

/// The first parts of the names of zones.
const AREAS: &[&str] = &[
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
    "Etc",
    "Brazil",
    "Canada",
    "Chile",
    "Mexico",
    "US",
];

/// Names of zones of one part that are in use.
const SINGLE: &[&str] = &["UTC", "GMT", "CET", "EET", "MET", "WET", "EST", "MST", "HST"];

/// An IANA zone, as far as its form tells; the browser knows them all.
pub fn timezone(value: &Value) -> Result<String, Wrong> {
    let zone = text(SessionOption::TimeZone, value)?;
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+".contains(&b));
    let fits = match zone.split_once('/') {
        Some((area, place)) => AREAS.contains(&area) && place.split('/').all(plain),
        None => SINGLE.contains(&zone),
    };
    if fits {
        return Ok(zone.to_owned());
    }
    let help = match zone.split_once('/') {
        Some((area, _)) => nearest_in(area, "areas", AREAS),
        None => Some("a zone is an area and a place: \"Europe/Vienna\", \"America/New_York\", or \"UTC\"".to_owned()),
    };
    Err(Wrong { help, ..wrong(format!("cannot be \"{zone}\", which is no IANA zone")) })
}

/// A place on earth.
pub fn geolocation(value: &Value) -> Result<Geolocation, Wrong> {
    let shape = || SessionOption::Geolocation.shape();
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    let (latitude, longitude, accuracy) = match value {
        Value::Object(map) => {
            if map.keys().any(|key| !["latitude", "longitude", "accuracy"].contains(&key.as_str())) {
                return Err(shape());
            }
            let accuracy = match map.get("accuracy") {
                Some(value) => value.as_f64().ok_or_else(shape)?,
                None => 1.0,
            };
            (number(map.get("latitude")), number(map.get("longitude")), accuracy)
        }
        Value::Array(list) if list.len() == 2 => (number(list.first()), number(list.get(1)), 1.0),
        _ => return Err(shape()),
    };
    let (latitude, longitude) = latitude.zip(longitude).ok_or_else(shape)?;
    if !(-90.0..=90.0).contains(&latitude) {
        return Err(wrong(format!("has latitudes from -90 to 90, not {latitude}")));
    }
    if !(-180.0..=180.0).contains(&longitude) {
        return Err(wrong(format!("has longitudes from -180 to 180, not {longitude}")));
    }
    if accuracy < 0.0 {
        return Err(wrong(format!("has an accuracy from 0 metres, not {accuracy}")));
    }
    Ok(Geolocation { latitude, longitude, accuracy })
}

/// The strings of an array, or one string.
fn strings(option: SessionOption, value: &Value) -> Result<Vec<String>, Wrong> {
    match value {
        Value::String(one) => Ok(vec![one.clone()]),
        Value::Array(list) => {
            list.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(|| option.shape())).collect()
        }
        _ => Err(option.shape()),
    }
}

/// Names of permissions.
pub fn permissions(value: &Value) -> Result<Vec<String>, Wrong> {
    let names = strings(SessionOption::Permissions, value)?;
    let known: Vec<&str> = PERMISSIONS.iter().map(|(name, _)| *name).collect();
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => {
            let help = nearest_in(name, "it is one of", &known);
            Err(Wrong { help, ..wrong(format!("knows no permission \"{name}\"")) })
        }
        None => Ok(names),
    }
}

/// User and password.
pub fn auth(value: &Value) -> Result<Credentials, Wrong> {
    let shape = || SessionOption::Auth.shape();
    let map = value.as_object().ok_or_else(shape)?;
    if map.keys().any(|key| !["user", "username", "password", "origin"].contains(&key.as_str())) {
        return Err(shape());
    }
    let of = |key: &str| map.get(key).and_then(Value::as_str).map(str::to_owned);
    let (user, password) = (of("user").or_else(|| of("username")), of("password"));
    let (user, password) = user.zip(password).ok_or_else(shape)?;
    let origin = match map.get("origin") {
        None => None,
        Some(origin) => {
            let parsed = origin.as_str().and_then(|text| url::Url::parse(text).ok());
            let parsed = parsed.filter(|url| url.has_host()).ok_or_else(shape)?;
            Some(parsed.origin().ascii_serialization())
        }
    };
    Ok(Credentials { user, password, origin })
}

/// A proxy by its address, or as a map of `server`, `user`, `password` and `bypass`.
pub fn proxy(value: &Value) -> Result<Proxy, Wrong> {
    let shape = || SessionOption::Proxy.shape();
    let socks = |message: String| {
        let help = message
            .starts_with("Chromium")
            .then(|| "put an HTTP proxy before it, or let it know this machine by its address".to_owned());
        Wrong { help, ..wrong(format!("cannot be used: {message}")) }
    };
    let map = match value {
        Value::String(address) => return Proxy::parse(address).map_err(socks),
        Value::Object(map) => map,
        _ => return Err(shape()),
    };
    if map.keys().any(|key| !["server", "user", "username", "password", "bypass"].contains(&key.as_str())) {
        return Err(shape());
    }
    let of = |key: &str| map.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut proxy = Proxy::parse(&of("server").ok_or_else(shape)?).map_err(socks)?;
    if let Some(user) = of("user").or_else(|| of("username")) {
        let password = of("password").unwrap_or_default();
        proxy.credentials = Some(Credentials { user, password, origin: None });
    }
    if let Some(bypass) = map.get("bypass") {
        proxy.bypass = strings(SessionOption::Proxy, bypass)?;
    }
    proxy.usable().map_err(socks)?;
    Ok(proxy)
}

/// Resource kinds and patterns of addresses.
pub fn block(value: &Value) -> Result<Vec<String>, Wrong> {
    let words = strings(SessionOption::Block, value)?;
    let kinds: Vec<&str> = RESOURCE_KINDS.iter().map(|(kind, _)| *kind).collect();
    for word in words.iter().filter(|word| !kinds.contains(&word.as_str())) {
        if word == "websocket" || word.starts_with("ws:") || word.starts_with("wss:") {
            let help = Some("pages do without them by `init_js: \"delete window.WebSocket\"`".to_owned());
            return Err(Wrong { help, ..wrong(format!("means requests, and web sockets are none: \"{word}\"")) });
        }
        if word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            let help = nearest_in(word, "kinds", &kinds);
            return Err(Wrong { help, ..wrong(format!("knows no kind of resource \"{word}\"")) });
        }
        UrlPattern::new(word).map_err(|message| wrong(format!("cannot be used: {message}")))?;
    }
    Ok(words)
}
