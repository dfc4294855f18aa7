//! A Firefox of our own, spoken to without a driver: it listens for WebDriver BiDi itself.
//!
//! geckodriver would add a process, a program that few systems package, and HTTP commands that no step needs: all that
//! the lane does is BiDi. So there is no thirtyfour session here; `session.new` makes the one that BiDi wants. A
//! geckodriver that runs already, or a grid, is used through `--webdriver`.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};
use thirtyfour::Capabilities;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{ChildStderr, Command};

use super::cdp::CdpSocket;
use super::deadline::Deadline;
use super::driver::failed;
use super::error::BrowserError;
use super::grid;
use super::identity::Launch;
use crate::process::{Group, Reaper};

/// The first line of a file of settings that is ours to write anew.
const SETTINGS_HEAD: &str = "// Written by crawl for each run.";

/// Settings beside those that Firefox makes itself when it is spoken to from outside: quiet in a closed network, nothing
/// asked of a person, and pages as they are on the other browsers.
const SETTINGS: &[(&str, Setting)] = &[
    ("accessibility.force_disabled", Setting::Number(1)),
    ("app.normandy.enabled", Setting::Switch(false)),
    ("app.shield.optoutstudies.enabled", Setting::Switch(false)),
    ("browser.aboutwelcome.enabled", Setting::Switch(false)),
    ("browser.newtab.preload", Setting::Switch(false)),
    ("browser.newtabpage.enabled", Setting::Switch(false)),
    ("browser.startup.homepage", Setting::Text("about:blank")),
    ("browser.startup.page", Setting::Number(0)),
    // A page brought back from the cache tells nothing of its loading: a step could not know when it is there.
    ("browser.sessionhistory.max_total_viewers", Setting::Number(0)),
    ("fission.bfcacheInParent", Setting::Switch(false)),
    // A JSON document's own text, not a viewer; a PDF is a download.
    ("devtools.jsonview.enabled", Setting::Switch(false)),
    ("pdfjs.disabled", Setting::Switch(true)),
    // Addresses are asked as they are written.
    ("dom.security.https_first", Setting::Switch(false)),
    // A command that a navigation interrupts is not done again in the next document.
    ("remote.retry-on-abort", Setting::Switch(false)),
    // A rejected promise tells where it was rejected.
    ("javascript.options.asyncstack_capture_debuggee_only", Setting::Switch(false)),
    // A script that runs on is reported after a second, so that it can be ended.
    ("dom.ipc.reportProcessHangs", Setting::Switch(true)),
    ("dom.max_script_run_time", Setting::Number(1)),
    ("dom.max_script_run_time.require_critical_input", Setting::Switch(false)),
    // Tabs in the background are like the front one.
    ("dom.min_background_timeout_value", Setting::Number(4)),
    ("dom.timeout.enable_budget_timer_throttling", Setting::Switch(false)),
    ("layout.throttled_frame_rate", Setting::Number(60)),
    ("layout.css.prefers-color-scheme.content-override", Setting::Number(1)),
    ("media.volume_scale", Setting::Text("0.0")),
    // No request but those of pages.
    ("browser.chrome.site_icons", Setting::Switch(false)),
    ("network.dns.disablePrefetch", Setting::Switch(true)),
    ("network.http.speculative-parallel-limit", Setting::Number(0)),
    ("network.prefetch-next", Setting::Switch(false)),
    ("toolkit.telemetry.enabled", Setting::Switch(false)),
    ("toolkit.telemetry.unified", Setting::Switch(false)),
    // A proxy is for requests to this machine too, and a name in an address needs no yes.
    ("network.http.phishy-userpass-length", Setting::Number(255)),
    ("network.proxy.allow_hijacking_localhost", Setting::Switch(true)),
];

/// The value of a setting.
enum Setting {
    Switch(bool),
    Number(i32),
    Text(&'static str),
}

impl Setting {
    fn value(&self) -> Value {
        match self {
            Self::Switch(on) => json!(on),
            Self::Number(number) => json!(number),
            Self::Text(text) => json!(text),
        }
    }
}

/// A Firefox that listens.
pub(super) struct Firefox {
    pub(super) group: Group,
    /// Where: `ws://127.0.0.1:PORT/session`.
    pub(super) address: String,
}

impl Firefox {
    /// Starts `program` with a profile in `folder`, or that of `launch`.
    pub(super) async fn start(
        program: &Path,
        launch: &Launch,
        folder: &Path,
        reaper: &Arc<Reaper>,
        deadline: Deadline,
    ) -> Result<Self, BrowserError> {
        let failed = |why: &str| failed(program, why);
        let home = tempfile::Builder::new().prefix("firefox-").tempdir_in(folder);
        let home = home.map_err(|error| failed(&error.to_string()))?.keep();
        let profile = profile(launch, &home).map_err(|error| failed(&error.to_string()))?;
        let mut command = Command::new(program);
        command
            .args(["--remote-debugging-port=0", "--remote-allow-system-access", "--no-remote", "--profile"])
            .arg(&profile);
        command.env("TMPDIR", &home).env("MOZ_CRASHREPORTER_DISABLE", "1");
        if launch.headless {
            // It would make folders of its own there.
            command.arg("--headless").env("HOME", &home).env_remove("XDG_CONFIG_HOME").env_remove("XDG_CACHE_HOME");
        }
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let (group, stderr) =
            Group::start(&mut command, reaper, |child| child.stderr.take()).map_err(|why| failed(&why))?;
        let stderr = stderr.expect("stderr was asked to be piped");
        match tokio::time::timeout(deadline.left(), address(stderr)).await {
            Ok(Ok(address)) => Ok(Self { group, address: format!("{}/session", address.trim_end_matches('/')) }),
            Ok(Err(words)) => Err(failed(&format!("it ended before it listened{words}"))),
            Err(_) => Err(failed("it did not listen in time")),
        }
    }
}

/// Makes the session that BiDi wants before anything else.
pub(super) async fn begin_session(socket: &CdpSocket, within: Duration) -> Result<(), BrowserError> {
    let wanted = json!({ "unhandledPromptBehavior": { "default": "ignore" } });
    let capabilities = json!({ "capabilities": { "alwaysMatch": wanted } });
    socket.call::<IgnoredAny>(None, "session.new", capabilities, within).await?;
    Ok(())
}

/// What is asked of someone else's server that shall give a Firefox.
pub(super) fn capabilities(launch: &Launch) -> Capabilities {
    let arguments: &[&str] = if launch.headless { &["-headless"] } else { &[] };
    let wanted = json!({
        "browserName": grid::FIREFOX,
        "moz:firefoxOptions": { "args": arguments, "prefs": settings() },
        "unhandledPromptBehavior": "ignore",
        "pageLoadStrategy": "none",
        "webSocketUrl": true,
    });
    let Value::Object(map) = wanted else { unreachable!("an object was written above") };
    Capabilities::from(map)
}

/// All settings, as a profile or a driver takes them.
pub(super) fn settings() -> Map<String, Value> {
    SETTINGS.iter().map(|(name, setting)| ((*name).to_owned(), setting.value())).collect()
}

/// The profile folder, with our settings in it unless its owner has some there.
fn profile(launch: &Launch, home: &Path) -> std::io::Result<PathBuf> {
    let folder = launch.profile.clone().unwrap_or_else(|| home.join("profile"));
    std::fs::create_dir_all(&folder)?;
    let place = folder.join("user.js");
    let ours = std::fs::read_to_string(&place).map_or(true, |text| text.starts_with(SETTINGS_HEAD));
    if ours {
        let lines = settings().into_iter().map(|(name, value)| format!("user_pref({}, {value});\n", json!(name)));
        std::fs::write(&place, format!("{SETTINGS_HEAD}\n{}", lines.collect::<String>()))?;
    }
    Ok(folder)
}

/// The address that Firefox tells, or its last line, ready to be put behind a sentence.
async fn address(stderr: ChildStderr) -> Result<String, String> {
    let mut lines = BufReader::new(stderr).lines();
    let mut last = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some((_, address)) = line.split_once("WebDriver BiDi listening on ") {
            // A browser whose pipe is full would stop: read on for as long as it writes.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(address.trim().to_owned());
        }
        if !line.trim().is_empty() {
            last = format!(" ({})", line.trim());
        }
    }
    Err(last)
}
