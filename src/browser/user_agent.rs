//! Client hints that fit a `User-Agent` (User-Agent Client Hints, W3C WICG).

use serde_json::{Value, json};

/// The hints of a browser of Chromium's kind, as CDP (`Emulation.UserAgentMetadata`) and WebDriver BiDi
/// (`userAgentClientHints`) take them alike; `None` for browsers that send none.
pub(super) fn hints(user_agent: &str) -> Option<Value> {
    let version = product(user_agent, "Chrome/").or_else(|| product(user_agent, "Chromium/"));
    let version = version.or_else(|| product(user_agent, "HeadlessChrome/"))?;
    let mobile = user_agent.contains("Mobile");
    let mut brands = vec![("Chromium", version), ("Not_A Brand", "99.0.0.0")];
    let own = [("Edg/", "Microsoft Edge"), ("OPR/", "Opera"), ("HeadlessChrome/", "HeadlessChrome")];
    let named = own.iter().find_map(|(token, brand)| product(user_agent, token).map(|version| (*brand, version)));
    brands.push(named.unwrap_or(("Google Chrome", version)));
    let list = |shorten: fn(&str) -> &str| -> Value {
        brands.iter().map(|(brand, version)| json!({ "brand": brand, "version": shorten(version) })).collect()
    };
    let (platform, platform_version, model) = platform(user_agent);
    let arm = user_agent.contains("aarch64") || user_agent.contains("arm");
    let wide = ["x86_64", "Win64", "x64", "aarch64", "Macintosh"].iter().any(|word| user_agent.contains(word));
    Some(json!({
        "brands": list(|version| version.split('.').next().unwrap_or(version)),
        "fullVersionList": list(|version| version),
        "platform": platform,
        "platformVersion": platform_version,
        "architecture": if mobile { "" } else if arm { "arm" } else { "x86" },
        "bitness": if mobile { "" } else if wide { "64" } else { "32" },
        "model": model,
        "mobile": mobile,
        "wow64": user_agent.contains("WOW64"),
        "formFactors": [if mobile { "Mobile" } else { "Desktop" }],
    }))
}

/// The version behind `token`; of `Chrome/` only where the word begins there.
fn product<'a>(user_agent: &'a str, token: &str) -> Option<&'a str> {
    let at = user_agent.match_indices(token).map(|(at, _)| at);
    let at = at.into_iter().find(|at| *at == 0 || user_agent[..*at].ends_with(' '))?;
    let version = user_agent[at + token.len()..].split(' ').next()?;
    version.starts_with(|c: char| c.is_ascii_digit()).then_some(version)
}

/// Platform, its version, and the device's model.
fn platform(user_agent: &str) -> (&'static str, String, String) {
    let inside = user_agent.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inside, _)| inside);
    let after = |word: &str| inside.split_once(word).map(|(_, rest)| rest.split([';', ' ']).next().unwrap_or(""));
    if let Some(version) = after("Android ") {
        let model = inside.split("; ").last().unwrap_or("").split(" Build/").next().unwrap_or("");
        return ("Android", version.to_owned(), model.to_owned());
    }
    if let Some(version) = after("Windows NT ") {
        return ("Windows", version.to_owned(), String::new());
    }
    if let Some(version) = after("Mac OS X ") {
        return ("macOS", version.replace('_', "."), String::new());
    }
    if inside.contains("CrOS") {
        return ("Chrome OS", String::new(), String::new());
    }
    ("Linux", String::new(), String::new())
}
