//! What a new tab is told before it loads anything: domains, the in-page script, and the identity.

use serde_json::{Value, json};

use crate::browser::identity::Identity;
use crate::browser::inpage;

/// A command with its parameters.
pub(super) type Command = (&'static str, Value);

/// For the page's own session, in this order.
pub(super) fn page_commands(identity: &Identity, own_user_agent: &str) -> Vec<Command> {
    let mut commands = frame_commands();
    commands.push(("Page.setLifecycleEventsEnabled", json!({ "enabled": true })));
    commands.extend(identity_commands(identity, own_user_agent));
    commands
}

/// For the session of every frame process.
pub(super) fn frame_commands() -> Vec<Command> {
    let script = json!({ "source": inpage::SCRIPT, "worldName": inpage::WORLD, "runImmediately": true });
    let auto_attach = json!({
        "autoAttach": true,
        "waitForDebuggerOnStart": false,
        "flatten": true,
        "filter": [{ "type": "iframe" }],
    });
    vec![
        ("Page.enable", json!({})),
        ("Page.addScriptToEvaluateOnNewDocument", script),
        ("Runtime.enable", json!({})),
        ("Network.enable", json!({})),
        ("Target.setAutoAttach", auto_attach),
    ]
}

fn identity_commands(identity: &Identity, own_user_agent: &str) -> Vec<Command> {
    let (width, height) = identity.viewport.unwrap_or((1280, 720));
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    let mut commands = vec![("Emulation.setDeviceMetricsOverride", metrics)];
    if identity.user_agent.is_some() || identity.locale.is_some() {
        let mut agent = json!({ "userAgent": identity.user_agent.as_deref().unwrap_or(own_user_agent) });
        if let Some(locale) = &identity.locale {
            agent["acceptLanguage"] = json!(locale);
        }
        commands.push(("Emulation.setUserAgentOverride", agent));
    }
    if let Some(locale) = &identity.locale {
        commands.push(("Emulation.setLocaleOverride", json!({ "locale": locale })));
    }
    if let Some(zone) = &identity.timezone {
        commands.push(("Emulation.setTimezoneOverride", json!({ "timezoneId": zone })));
    }
    if identity.ignore_tls_errors {
        commands.push(("Security.setIgnoreCertificateErrors", json!({ "ignore": true })));
    }
    if !identity.headers.is_empty() {
        commands.push(("Network.setExtraHTTPHeaders", headers_params(&identity.headers)));
    }
    for script in &identity.init_js {
        commands.push(("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })));
    }
    commands
}

/// Parameters of `Network.setExtraHTTPHeaders`.
pub(super) fn headers_params(headers: &[(String, String)]) -> Value {
    let map: serde_json::Map<String, Value> =
        headers.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect();
    json!({ "headers": map })
}
