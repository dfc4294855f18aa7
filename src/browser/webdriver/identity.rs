//! What a new tab is told before it loads anything: the in-page script, and the identity.

use serde_json::{Value, json};

use crate::browser::identity::Identity;
use crate::browser::inpage;

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
pub(super) fn before_the_tab(identity: &Identity, user_context: &str) -> Vec<Command> {
    let within = json!([user_context]);
    let preload =
        |script: &str| json!({ "functionDeclaration": format!("() => {{\n{script}\n}}"), "userContexts": within });
    let mut own = preload(inpage::SCRIPT);
    own["sandbox"] = json!(inpage::WORLD);
    let collector = json!({ "dataTypes": ["response"], "maxEncodedDataSize": BODY_LIMIT, "userContexts": within });
    let mut commands = vec![
        Command { method: "script.addPreloadScript", params: own, option: "wait_for" },
        Command { method: "network.addDataCollector", params: collector, option: "body" },
    ];
    for script in &identity.init_js {
        commands.push(Command { method: "script.addPreloadScript", params: preload(script), option: "init_js" });
    }
    commands
}

/// For the tab.
pub(super) fn for_the_tab(identity: &Identity, context: &str) -> Vec<Command> {
    let (width, height) = identity.viewport.unwrap_or((1280, 720));
    let of = json!([context]);
    let size = json!({ "context": context, "viewport": { "width": width, "height": height }, "devicePixelRatio": 1 });
    let mut commands = vec![Command { method: "browsingContext.setViewport", params: size, option: "viewport" }];
    let mut add = |method, params, option| commands.push(Command { method, params, option });
    if let Some(agent) = &identity.user_agent {
        add("emulation.setUserAgentOverride", json!({ "userAgent": agent, "contexts": of }), "user_agent");
    }
    if let Some(locale) = &identity.locale {
        add("emulation.setLocaleOverride", json!({ "locale": locale, "contexts": of }), "locale");
    }
    if let Some(zone) = &identity.timezone {
        add("emulation.setTimezoneOverride", json!({ "timezone": zone, "contexts": of }), "timezone");
    }
    if !identity.headers.is_empty() {
        add("network.setExtraHeaders", headers_params(&identity.headers, context), "headers");
    }
    commands
}

/// Parameters of `network.setExtraHeaders`.
pub(super) fn headers_params(headers: &[(String, String)], context: &str) -> Value {
    json!({ "headers": header_list(headers.iter().cloned()), "contexts": [context] })
}
