//! What a new tab is told before it loads anything: the in-page script, and the identity.
//!
//! All of it is said of the user context, so that it holds for pop-ups too.

use serde_json::{Value, json};

use crate::browser::emulation::{Geolocation, Proxy, ProxyScheme};
use crate::browser::engine::Engine;
use crate::browser::error::BrowserError;
use crate::browser::identity::Identity;
use crate::browser::wire::Wire;
use crate::browser::{inpage, user_agent};

use super::network::header_list;

/// Whole documents are kept for `body` and for response conditions, up to this size each.
const BODY_LIMIT: u32 = 100_000_000;

/// A command with its parameters, and the session option that it serves.
pub(super) struct Command {
    pub(super) method: &'static str,
    pub(super) params: Value,
    pub(super) option: &'static str,
}

/// For the user context, before there is a tab in it.
pub(super) fn commands(wire: &Wire, identity: &Identity, engine: Engine, user_context: &str) -> Vec<Command> {
    let within = json!([user_context]);
    let preload =
        |script: &str| json!({ "functionDeclaration": format!("() => {{\n{script}\n}}"), "userContexts": within });
    let mut own = preload(inpage::SCRIPT);
    own["sandbox"] = json!(inpage::WORLD);
    let (kept, wants) = match wire {
        Wire::Open => (&["response"][..], "body"),
        Wire::Heard(_) | Wire::Answered(_) => (&["request", "response"][..], "a recording"),
    };
    let collector = json!({ "dataTypes": kept, "maxEncodedDataSize": BODY_LIMIT });
    let (width, height) = identity.viewport.unwrap_or((1280, 720));
    let size = json!({ "viewport": { "width": width, "height": height }, "devicePixelRatio": 1 });
    let mut commands = vec![Command { method: "script.addPreloadScript", params: own, option: "wait_for" }];
    let mut add = |method, mut params: Value, option| {
        params["userContexts"] = within.clone();
        commands.push(Command { method, params, option });
    };
    add("network.addDataCollector", collector, wants);
    if engine == Engine::Firefox {
        // By itself it would put them into the user's folder.
        let denied = json!({ "type": "denied" });
        add("browser.setDownloadBehavior", json!({ "downloadBehavior": denied }), "downloads");
    }
    add("browsingContext.setViewport", size, "viewport");
    for script in identity.guarded_init_js() {
        add("script.addPreloadScript", preload(&script), "init_js");
    }
    if let Some(agent) = &identity.user_agent {
        add("emulation.setUserAgentOverride", json!({ "userAgent": agent }), "user_agent");
        if let Some(hints) = user_agent::hints(agent) {
            let option = "a `user_agent` of Chromium's kind, with the client hints that go with it,";
            add("userAgentClientHints.setClientHintsOverride", json!({ "clientHints": hints }), option);
        }
    }
    if let Some(locale) = &identity.locale {
        add("emulation.setLocaleOverride", json!({ "locale": locale }), "locale");
    }
    if let Some(zone) = &identity.timezone {
        add("emulation.setTimezoneOverride", json!({ "timezone": zone }), "timezone");
    }
    if let Some(Geolocation { latitude, longitude, accuracy }) = identity.geolocation {
        let place = json!({ "latitude": latitude, "longitude": longitude, "accuracy": accuracy });
        add("emulation.setGeolocationOverride", json!({ "coordinates": place }), "geolocation");
    }
    if let Some(scheme) = identity.color_scheme.filter(|_| engine == Engine::Chromium) {
        let features = json!({ "prefers-color-scheme": scheme.word() });
        add("emulation.setMediaFeaturesOverride", json!({ "features": features }), "color_scheme");
    }
    if identity.touch {
        add("emulation.setTouchOverride", json!({ "maxTouchPoints": 1 }), "touch");
    }
    if identity.no_javascript && engine == Engine::Chromium {
        add("emulation.setScriptingEnabled", json!({ "enabled": false }), "javascript");
    }
    if identity.offline {
        let nothing = json!({ "type": "offline" });
        add("emulation.setNetworkConditions", json!({ "networkConditions": nothing }), "offline");
    }
    if !identity.headers.is_empty() {
        add("network.setExtraHeaders", headers_params(&identity.headers, user_context), "headers");
    }
    commands
}

/// Parameters of `network.setExtraHeaders`.
pub(super) fn headers_params(headers: &[(String, String)], user_context: &str) -> Value {
    json!({ "headers": header_list(headers.iter().cloned()), "userContexts": [user_context] })
}

/// A user context's proxy (`session.ProxyConfiguration`).
pub(super) fn proxy(proxy: &Proxy, engine: Engine) -> Result<Value, BrowserError> {
    let bypass = proxy.bypass.iter().map(String::as_str);
    let direct: Vec<&str> = match engine {
        // It would ask this machine's own servers directly.
        Engine::Chromium => ["<-loopback>"].into_iter().chain(bypass).collect(),
        // It writes subdomains as `.example.com`.
        Engine::Firefox => bypass.map(|host| host.strip_prefix('*').unwrap_or(host)).collect(),
    };
    let mut wish = json!({ "proxyType": "manual", "noProxy": direct });
    match proxy.scheme {
        ProxyScheme::Http => {
            wish["httpProxy"] = json!(proxy.address);
            wish["sslProxy"] = json!(proxy.address);
        }
        ProxyScheme::Socks5 | ProxyScheme::Socks4 => {
            wish["socksProxy"] = json!(proxy.address);
            wish["socksVersion"] = json!(if proxy.scheme == ProxyScheme::Socks5 { 5 } else { 4 });
        }
        ProxyScheme::Https => {
            return Err(BrowserError::Unsupported { what: "a proxy that is spoken to over TLS".to_owned() });
        }
    }
    Ok(wish)
}
