//! What a new tab is told before it loads anything: domains, the in-page script, and the identity.

use serde_json::{Value, json};

use crate::browser::identity::Identity;
use crate::browser::inpage;

/// A command with its parameters.
pub(super) type Command = (&'static str, Value);

/// For the page's own session, in this order.
pub(super) fn page_commands(identity: &Identity, own_user_agent: &str) -> Vec<Command> {
    let everywhere = identity_commands(identity, own_user_agent);
    let mut commands = frame_commands(&everywhere);
    commands.push(("Page.setLifecycleEventsEnabled", json!({ "enabled": true })));
    let (width, height) = identity.viewport.unwrap_or((1280, 720));
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    commands.push(("Emulation.setDeviceMetricsOverride", metrics));
    if identity.ignore_tls_errors {
        commands.push(("Security.setIgnoreCertificateErrors", json!({ "ignore": true })));
    }
    commands
}

/// For the session of every frame process, with what the identity wants there.
pub(super) fn frame_commands(everywhere: &[Command]) -> Vec<Command> {
    let script = json!({ "source": inpage::SCRIPT, "worldName": inpage::WORLD, "runImmediately": true });
    let auto_attach = json!({
        "autoAttach": true,
        // A frame of another process begins only once the identity holds in it.
        "waitForDebuggerOnStart": !everywhere.is_empty(),
        "flatten": true,
        "filter": [{ "type": "iframe" }],
    });
    let mut commands = vec![
        ("Page.enable", json!({})),
        ("Page.addScriptToEvaluateOnNewDocument", script),
        ("Runtime.enable", json!({})),
        (NETWORK, json!({ "maxTotalBufferSize": 0 })),
        ("DOMStorage.enable", json!({})),
        ("Target.setAutoAttach", auto_attach),
    ];
    commands.extend_from_slice(everywhere);
    commands
}

/// What the identity wants of every frame of the page, whichever process it lives in.
pub(super) fn identity_commands(identity: &Identity, own_user_agent: &str) -> Vec<Command> {
    let mut commands = Vec::new();
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
    if !identity.headers.is_empty() {
        commands.push((EXTRA_HEADERS, headers_params(&identity.headers)));
    }
    for script in &identity.init_js {
        commands.push(("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })));
    }
    commands
}

/// The command that begins to tell of requests. Bodies are kept only once somebody waits for a response: keeping them
/// costs every page a twentieth of its time.
pub(super) const NETWORK: &str = "Network.enable";

/// Parameters of `Network.enable` that keep the bodies of responses as long as the browser usually does.
pub(super) fn keeping_bodies() -> Value {
    json!({})
}

/// The command that replaces the headers of every request.
pub(super) const EXTRA_HEADERS: &str = "Network.setExtraHTTPHeaders";

/// Parameters of `Network.setExtraHTTPHeaders`.
pub(super) fn headers_params(headers: &[(String, String)]) -> Value {
    let map: serde_json::Map<String, Value> =
        headers.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect();
    json!({ "headers": map })
}
