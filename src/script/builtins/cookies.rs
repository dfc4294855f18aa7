//! Cookies as scripts give them.

use rhai::{Array, Dynamic, Map};

use crate::browser::Cookie;
use crate::crawl::CrawlError;
use crate::script::builtin::Call;

type Refused = Box<rhai::EvalAltResult>;

/// Cookies of a session that has no page yet: each must say where it belongs.
pub fn placed(call: &Call<'_, '_>, cookies: Vec<Cookie>) -> Result<Vec<Cookie>, Refused> {
    let Some(cookie) = cookies.iter().find(|cookie| cookie.url.is_none() && cookie.domain.is_none()) else {
        return Ok(cookies);
    };
    let message = format!("cookie `{}` of a new session has no place", cookie.name);
    let error = CrawlError::new("crawl::argument::value", message);
    let help =
        "give it a `url` or a `domain`: `cookies: [#{ name: \"a\", value: \"1\", url: \"https://example.com\" }]`";
    Err(crate::script::failure::raise(call.ctx, error.help(help)))
}

/// Cookies without a place are the current page's.
pub fn for_page(call: &Call<'_, '_>, mut cookies: Vec<Cookie>) -> Vec<Cookie> {
    let session = call.run.session();
    let open = call.run.crawler.sessions();
    let url = open.iter().find(|info| Some(&info.id) == session.as_ref()).map(|info| info.url.clone());
    for cookie in cookies.iter_mut().filter(|cookie| cookie.url.is_none() && cookie.domain.is_none()) {
        cookie.url.clone_from(&url);
    }
    cookies
}

/// Cookies as a map of names and values, or as an array of maps in the field names of WebDriver (or with underscores).
pub fn cookies(call: &Call<'_, '_>, value: &Dynamic) -> Result<Vec<Cookie>, Refused> {
    let wanted = "an array of maps with `name` and `value`, or a map of names and values";
    if let Some(map) = value.read_lock::<Map>() {
        let simple = |(name, value): (&_, &Dynamic)| Cookie {
            name: ToString::to_string(name),
            value: value.to_string(),
            domain: None,
            path: None,
            url: None,
            expires: None,
            http_only: false,
            secure: false,
            same_site: None,
        };
        return sound(call, map.iter().map(simple).collect());
    }
    let Some(list) = value.read_lock::<Array>() else { return Err(call.wrong("cookies", wanted, value)) };
    let one = |item: &Dynamic| {
        let json = crate::script::value::to_json(item, &call.run.order).ok()?;
        let fields = json.as_object()?;
        let camel = fields.iter().map(|(key, value)| (camel_case(key), value.clone())).collect();
        serde_json::from_value(serde_json::Value::Object(camel)).ok()
    };
    let read = list.iter().map(|item| one(item).ok_or_else(|| call.wrong("cookies", wanted, item)));
    sound(call, read.collect::<Result<_, _>>()?)
}

/// The cookies, where browsers take them all.
fn sound(call: &Call<'_, '_>, cookies: Vec<Cookie>) -> Result<Vec<Cookie>, Refused> {
    let Some((cookie, fault)) = cookies.iter().find_map(|cookie| Some((cookie, cookie.fault()?))) else {
        return Ok(cookies);
    };
    let error = CrawlError::new("crawl::argument::value", format!("the cookie `{}`: {fault}", cookie.name));
    Err(call.refuse("cookies", error.help("encode what cookies cannot have, in the way that the site expects")))
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or("").to_owned();
    words.fold(first, |mut out, word| {
        let mut chars = word.chars();
        out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(chars.as_str());
        out
    })
}
