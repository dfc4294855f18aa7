//! What a browser is started with: flags, and what its driver is asked for.

use serde_json::{Value, json};
use thirtyfour::Capabilities;

use super::endpoint::is_loopback;
use super::error::BrowserError;
use super::find::find;
use super::identity::{BrowserKind, Launch};
use super::process::required;
use super::{firefox, grid};

/// Written to be quiet in a closed network and to treat background tabs like the front one.
const FLAGS: &[&str] = &[
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-crash-reporter",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-quic",
    "--disable-renderer-backgrounding",
    "--disable-sync",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
];

/// A page brought back from the cache tells nothing of its loading: a step could not know when it is there. And a frame
/// need not be made anew for every document of a site, which no page sees and a navigation takes a third longer for.
const FEATURES: &str = "--disable-features=BackForwardCache,RenderDocument";

/// A page of a usual size is drawn in one piece, not in fifteen, and its letters without colours at their edges, which
/// are other ones on each machine: less to draw, and pictures that can be compared.
const DRAWING: [&str; 3] = ["--disable-lcd-text", "--default-tile-width=1280", "--default-tile-height=720"];

/// One process less, and a request's way is shorter by two of them. On other systems that process has a sandbox: nodes of a
/// grid keep it.
const OWN_FEATURES: &str = "--enable-features=NetworkServiceInProcess2";

/// All pages have their frames by hand, and each of them whole, however long its parts take.
const FRAMES: [&str; 2] = ["--enable-begin-frame-control", "--run-all-compositor-stages-before-draw"];

/// Whether a browser can give its pages their frames by hand: the shell alone can, and not on a Mac.
pub(super) fn gives_frames(launch: &Launch) -> bool {
    let own = launch.webdriver.is_none() && launch.profile.is_none() && launch.fast_lane;
    own && launch.headless && launch.browser == BrowserKind::HeadlessShell && cfg!(target_os = "linux")
}

/// Whether Chromium's own sandbox cannot work here.
pub(super) fn runs_as_root() -> bool {
    // /proc/self belongs to the effective user; `unsafe` calls are not ours to make.
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}

/// The flags that every browser of ours is started with, but for its features and how it draws.
pub(crate) fn launch_flags(headless: bool) -> Vec<&'static str> {
    let mut flags = FLAGS.to_vec();
    if headless {
        flags.push("--headless");
    }
    if runs_as_root() {
        flags.push("--no-sandbox");
    }
    flags
}

/// What is asked of a driver or a server; frames by hand only where [`gives_frames`] says so.
pub(super) fn capabilities(launch: &Launch, by_hand: bool) -> Result<Capabilities, BrowserError> {
    if launch.browser == BrowserKind::Firefox {
        return Ok(firefox::capabilities(launch));
    }
    let mut flags: Vec<String> = launch_flags(launch.headless).into_iter().map(str::to_owned).collect();
    flags.push(FEATURES.to_owned());
    if launch.headless {
        flags.extend(DRAWING.map(str::to_owned));
    }
    if launch.webdriver.is_none() && cfg!(target_os = "linux") {
        flags.push(OWN_FEATURES.to_owned());
    }
    if by_hand {
        flags.extend(FRAMES.map(str::to_owned));
    }
    flags.extend(launch.profile.as_ref().map(|folder| format!("--user-data-dir={}", folder.display())));
    let mut options = json!({ "args": flags });
    match &launch.webdriver {
        None => options["binary"] = json!(required(launch.browser.into())?),
        // A server on this machine finds by itself only what is named and placed as Google does.
        Some(url) if is_loopback(url) => {
            if let Some(binary) = find(launch.browser.into()) {
                options["binary"] = json!(binary);
            }
        }
        Some(_) => {}
    }
    let mut wanted = json!({
        "goog:chromeOptions": options,
        "unhandledPromptBehavior": "ignore",
        "pageLoadStrategy": "none",
    });
    // Whether the browser's CDP socket can be reached from here is not known before there is a session.
    // A windowless browser with a profile folder starts with WebDriver BiDi alone.
    if !launch.fast_lane || launch.webdriver.is_some() || launch.profile.is_some() {
        wanted["webSocketUrl"] = json!(true);
    }
    if launch.webdriver.is_some() {
        // A grid matches on the name, and has one for all of Chromium; so has chromedriver.
        wanted["browserName"] = json!(grid::BROWSER);
    }
    let Value::Object(map) = wanted else { unreachable!("an object was written above") };
    Ok(Capabilities::from(map))
}
