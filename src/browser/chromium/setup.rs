//! What a new tab is told before it loads anything: domains, the in-page script, and the identity.

use serde_json::{Value, json};

use crate::browser::emulation::Geolocation;
use crate::browser::identity::Identity;
use crate::browser::inpage;
use crate::browser::user_agent;

/// A command with its parameters.
pub(super) type Command = (&'static str, Value);

/// For the page's own session, after what every frame is told.
pub(super) fn page_commands(identity: &Identity) -> Vec<Command> {
    let (width, height) = identity.viewport.unwrap_or((1280, 720));
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    let mut commands = vec![
        ("Page.setLifecycleEventsEnabled", json!({ "enabled": true })),
        ("Emulation.setDeviceMetricsOverride", metrics),
    ];
    if identity.ignore_tls_errors {
        commands.push(("Security.setIgnoreCertificateErrors", json!({ "ignore": true })));
    }
    if let Some(Geolocation { latitude, longitude, accuracy }) = identity.geolocation {
        let place = json!({ "latitude": latitude, "longitude": longitude, "accuracy": accuracy });
        commands.push(("Emulation.setGeolocationOverride", place));
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
        // Workers wait with the frames, attached or not: whoever is not attached is never told to run.
        "filter": [{ "type": "iframe" }, { "type": "worker" }],
    });
    let mut commands = vec![
        ("Page.enable", json!({})),
        ("Page.addScriptToEvaluateOnNewDocument", script),
        ("Runtime.enable", json!({})),
        (NETWORK, json!({ "maxTotalBufferSize": 0 })),
        ("DOMStorage.enable", json!({})),
        (AUTO_ATTACH, auto_attach),
    ];
    commands.extend_from_slice(everywhere);
    commands
}

/// What the identity wants of every frame of the page, whichever process it lives in.
pub(super) fn identity_commands(identity: &Identity, own_user_agent: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    if identity.user_agent.is_some() || identity.locale.is_some() {
        let name = identity.user_agent.as_deref().unwrap_or(own_user_agent);
        let mut agent = json!({ "userAgent": name });
        if let Some(hints) = user_agent::hints(name) {
            agent["userAgentMetadata"] = hints;
        }
        if let Some(locale) = &identity.locale {
            agent["acceptLanguage"] = json!(languages(locale));
        }
        commands.push((USER_AGENT, agent));
    }
    if let Some(locale) = &identity.locale {
        commands.push(("Emulation.setLocaleOverride", json!({ "locale": locale })));
    }
    if let Some(zone) = &identity.timezone {
        commands.push(("Emulation.setTimezoneOverride", json!({ "timezoneId": zone })));
    }
    if let Some(scheme) = identity.color_scheme {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme.word() }]);
        commands.push(("Emulation.setEmulatedMedia", json!({ "features": features })));
    }
    if identity.touch {
        commands.push(("Emulation.setTouchEmulationEnabled", json!({ "enabled": true, "maxTouchPoints": 1 })));
    }
    if identity.no_javascript {
        commands.push(("Emulation.setScriptExecutionDisabled", json!({ "value": true })));
    }
    if identity.offline {
        let nothing = json!({ "offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        commands.push(("Network.emulateNetworkConditions", nothing));
    }
    if !identity.headers.is_empty() {
        commands.push((EXTRA_HEADERS, headers_params(&identity.headers)));
    }
    for script in identity.guarded_init_js() {
        commands.push(("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })));
    }
    commands
}

/// The command that begins to tell of requests. Bodies are kept only once somebody waits for a response: keeping them
/// costs every page a twentieth of its time.
pub(super) const NETWORK: &str = "Network.enable";

/// The command that says which targets of a session are heard of.
pub(super) const AUTO_ATTACH: &str = "Target.setAutoAttach";

/// Parameters of `Network.enable` that keep the bodies of responses as long as the browser usually does.
pub(super) fn keeping_bodies() -> Value {
    json!({})
}

/// Has bodies kept where a navigation does not take them away, until they are fetched, which is at once.
pub(super) const DURABLE: &str = "Network.configureDurableMessages";

/// So many bytes of bodies are kept at most.
const KEPT: u64 = 256 * 1024 * 1024;

/// What every session is told whose requests are heard.
pub(super) fn hearing_commands() -> [Command; 1] {
    [(DURABLE, json!({ "maxTotalBufferSize": KEPT, "maxResourceBufferSize": KEPT }))]
}

/// Requests go past service workers, whose answers nobody else would know.
pub(super) fn past_service_workers() -> Command {
    ("Network.setBypassServiceWorker", json!({ "bypass": true }))
}

/// What the session of a worker is told, of what `everywhere` says; a page's own workers ask by way of the page.
pub(super) fn worker_commands(everywhere: &[Command]) -> Vec<Command> {
    let heard = everywhere.iter().any(|(method, _)| *method == DURABLE);
    let workers = json!({
        "autoAttach": true,
        "waitForDebuggerOnStart": true,
        "flatten": true,
        "filter": [{ "type": "worker" }],
    });
    let listening = [(NETWORK, json!({ "maxTotalBufferSize": 0 })), (AUTO_ATTACH, workers)];
    let mut commands: Vec<Command> = listening.into_iter().filter(|_| heard).collect();
    commands.extend(everywhere.iter().filter(|(method, _)| [USER_AGENT, DURABLE].contains(method)).cloned());
    commands
}

/// The languages that a person of that locale asks for: `de-AT,de`.
fn languages(locale: &str) -> String {
    match locale.split_once('-') {
        Some((language, _)) => format!("{locale},{language}"),
        None => locale.to_owned(),
    }
}

/// The command that replaces the headers of every request.
pub(super) const EXTRA_HEADERS: &str = "Network.setExtraHTTPHeaders";

/// The command that says what the browser calls itself, and which languages it asks for.
pub(super) const USER_AGENT: &str = "Emulation.setUserAgentOverride";

/// The command that pauses requests.
pub(super) const INTERCEPT: &str = "Fetch.enable";

/// Parameters of `Network.setExtraHTTPHeaders`.
pub(super) fn headers_params(headers: &[(String, String)]) -> Value {
    let map: serde_json::Map<String, Value> =
        headers.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect();
    json!({ "headers": map })
}
