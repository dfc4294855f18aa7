//! One browser process: its WebDriver session, made by thirtyfour, and the socket to it: CDP's where there is one, else
//! WebDriver BiDi's.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::error::WebDriverResult;
use thirtyfour::{Capabilities, WebDriver};

use super::cdp::{CdpSocket, ProtocolLog};
use super::deadline::Deadline;
use super::driver::Driver;
use super::endpoint::{REACH_LIMIT, endpoint, is_loopback, own_user_agent};
use super::engine::Engine;
use super::error::BrowserError;
use super::find::{Program, find};
use super::firefox::{self, Firefox};
use super::grid;
use super::group::Group;
use super::identity::{BrowserKind, Launch};
use super::profile;
use super::reaper::Reaper;
use super::run_dir::RunDir;

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
    // A page brought back from the cache tells nothing of its loading: a step could not know when it is there.
    "--disable-features=BackForwardCache",
    "--disable-gpu",
    "--disable-quic",
    "--disable-renderer-backgrounding",
    "--disable-sync",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
];

/// How long the deletion of a session may take.
const DELETE_LIMIT: Duration = Duration::from_secs(10);

/// How long a driver may take to answer: a grid keeps a session waiting for a slot for up to five minutes.
const DRIVER_TIMEOUT: Duration = Duration::from_secs(310);

/// How often a session is asked for of a driver of our own; a browser may crash while it starts.
const TRIES: u32 = 3;

/// The pause before the second try, doubled for the third.
const PAUSE: Duration = Duration::from_millis(200);

/// A browser that runs, with one WebDriver session: thirtyfour's, but for a Firefox of our own, which needs no driver.
pub(super) struct BrowserProcess {
    session: OnceLock<WebDriver>,
    socket: Socket,
    engine: Engine,
    group: Option<Group>,
    /// The session's address on someone else's server, and who deletes it should we not come to it.
    address: Option<(String, Arc<Reaper>)>,
    /// The browser's own `User-Agent`, for overrides that must name one.
    user_agent: String,
    /// It keeps a profile, and is to be ended so that it can.
    profile: bool,
    /// Where its downloads go; `None` where it is on another machine.
    downloads: Option<PathBuf>,
}

/// The way to the browser's tabs.
pub(super) enum Socket {
    /// The fast lane.
    Cdp(CdpSocket),
    /// WebDriver alone.
    Bidi(CdpSocket),
}

impl Socket {
    /// A command that needs no page.
    pub(super) fn question(&self) -> &'static str {
        match self {
            Self::Cdp(_) => "Browser.getVersion",
            Self::Bidi(_) => "session.status",
        }
    }
}

impl BrowserProcess {
    /// Starts the browser of `launch`, or a session on the server it names.
    pub(super) async fn start(
        launch: &Launch,
        run: &RunDir,
        reaper: &Arc<Reaper>,
        log: Option<Arc<ProtocolLog>>,
        deadline: Deadline,
    ) -> Result<Self, BrowserError> {
        if launch.webdriver.is_none() {
            run.writable()?;
            if launch.browser == BrowserKind::Firefox {
                return Self::start_firefox(launch, run, reaper, log, deadline).await;
            }
        }
        let (driver, url) = match &launch.webdriver {
            Some(url) => (None, url.clone()),
            None => {
                let driver = Driver::start(&required(Program::ChromeDriver)?, run.path(), reaper).await?;
                let url = driver.url();
                (Some(driver), url)
            }
        };
        let tries = if driver.is_some() { TRIES } else { 1 };
        let session = begin(&url, capabilities(launch)?, tries, deadline).await.map_err(|why| {
            run.writable().err().filter(|_| driver.is_some()).unwrap_or_else(|| no_session(&url, &why))
        })?;
        let address = launch.webdriver.as_ref().map(|url| {
            let address = format!("{}/session/{}", url.trim_end_matches('/'), session.session_id());
            reaper.add_session(&address);
            (address, Arc::clone(reaper))
        });
        let reached = socket(&session, launch, &url, log, deadline).await;
        let downloads = driver.is_some().then(|| run.path().join("downloads"));
        let engine = Engine::of(&session);
        let group = driver.map(Driver::into_group);
        let own = OnceLock::new();
        let _ = own.set(session);
        match reached {
            Ok((socket, user_agent)) => {
                let (Socket::Cdp(wire) | Socket::Bidi(wire)) = &socket;
                match &group {
                    Some(group) => wire.belongs_to(group.id()),
                    None => wire.mind(socket.question()),
                }
                Ok(Self {
                    session: own,
                    socket,
                    engine,
                    group,
                    address,
                    user_agent,
                    profile: launch.profile.is_some(),
                    downloads,
                })
            }
            Err(error) => {
                leave(own, group, address).await;
                Err(error)
            }
        }
    }

    async fn start_firefox(
        launch: &Launch,
        run: &RunDir,
        reaper: &Arc<Reaper>,
        log: Option<Arc<ProtocolLog>>,
        deadline: Deadline,
    ) -> Result<Self, BrowserError> {
        let program = required(Program::Firefox)?;
        let Firefox { group, address } = Firefox::start(&program, launch, run.path(), reaper, deadline).await?;
        let bidi = connect(&address, log, deadline).await.map_err(|cause| BrowserError::Unavailable {
            message: format!("Firefox cannot be spoken to at `{address}`: {cause}"),
            help: "run `crawl doctor`".to_owned(),
        })?;
        bidi.belongs_to(group.id());
        firefox::begin_session(&bidi, deadline.left()).await?;
        Ok(Self {
            session: OnceLock::new(),
            socket: Socket::Bidi(bidi),
            engine: Engine::Firefox,
            group: Some(group),
            address: None,
            user_agent: String::new(),
            profile: launch.profile.is_some(),
            downloads: Some(run.path().join("downloads")),
        })
    }

    /// Whose browser it is.
    pub(super) fn engine(&self) -> Engine {
        self.engine
    }

    /// The group of its processes, where they are ours.
    pub(super) fn group(&self) -> Option<u32> {
        self.group.as_ref().map(Group::id)
    }

    /// The folder of its downloads; `None` where it is on another machine.
    pub(super) fn downloads(&self) -> Option<PathBuf> {
        self.downloads.clone()
    }

    /// Whether it keeps a profile.
    pub(super) fn has_profile(&self) -> bool {
        self.profile
    }

    /// The socket to the browser.
    pub(super) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// The browser's own `User-Agent`.
    pub(super) fn user_agent(&self) -> &str {
        &self.user_agent
    }

    /// Whether it can still be used, as far as its socket tells.
    pub(super) fn alive(&self) -> bool {
        let (Socket::Cdp(socket) | Socket::Bidi(socket)) = &self.socket;
        socket.open()
    }

    /// Ends it: a session on someone else's server is deleted, a process of our own is killed.
    pub(super) async fn end(mut self) {
        if self.profile {
            // Of a Chromium the driver stays.
            let rest = usize::from(self.engine == Engine::Chromium);
            profile::write(&self.socket, self.group(), rest).await;
        }
        leave(std::mem::take(&mut self.session), self.group.take(), self.address.take()).await;
    }
}

async fn leave(mut session: OnceLock<WebDriver>, group: Option<Group>, address: Option<(String, Arc<Reaper>)>) {
    // thirtyfour would delete the session from a runtime of its own, and wait there for a server that is gone.
    let _ = session.take().map(WebDriver::leak);
    if let Some(group) = group {
        group.end().await;
    }
    if let Some((address, reaper)) = address
        && delete_session(&address).await.is_ok()
    {
        reaper.forget_session(&address);
    }
}

/// Deletes a session of a server by its address, `http://…/session/ID`: what the reaper asks for when the run that had
/// the session did not come to it.
///
/// # Errors
/// In words, when the server cannot be asked or refuses.
pub async fn delete_session(address: &str) -> Result<(), String> {
    let client = reqwest::Client::builder().timeout(DELETE_LIMIT).build().map_err(|error| error.to_string())?;
    let answer = client.delete(address).send().await.map_err(|error| error.to_string())?;
    answer.error_for_status().map(drop).map_err(|error| error.to_string())
}

impl Drop for BrowserProcess {
    fn drop(&mut self) {
        // As in `leave`; what is not deleted here is the reaper's to delete.
        let _ = self.session.take().map(WebDriver::leak);
    }
}

/// Whether Chromium's own sandbox cannot work here.
pub(super) fn runs_as_root() -> bool {
    // /proc/self belongs to the effective user; `unsafe` calls are not ours to make.
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}

fn required(program: Program) -> Result<PathBuf, BrowserError> {
    find(program).ok_or_else(|| BrowserError::Unavailable {
        message: format!("`{}` was not found", program.name()),
        help: how_to_get(program),
    })
}

fn how_to_get(program: Program) -> String {
    let which = if program == Program::Firefox { " --browser firefox" } else { "" };
    format!("run `crawl setup{which}`, or set {}", program.variable())
}

/// The flags that every browser of ours is started with.
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

fn capabilities(launch: &Launch) -> Result<Capabilities, BrowserError> {
    if launch.browser == BrowserKind::Firefox {
        return Ok(firefox::capabilities(launch));
    }
    let mut flags: Vec<String> = launch_flags(launch.headless).into_iter().map(str::to_owned).collect();
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

/// A WebDriver session, asked for as often as that; the error is the last try's.
async fn begin(url: &str, capabilities: Capabilities, tries: u32, deadline: Deadline) -> Result<WebDriver, String> {
    let mut tried = 0;
    loop {
        let asking = tokio::time::timeout(deadline.left(), connect_driver(url, capabilities.clone())).await;
        let why = match asking {
            Ok(Ok(session)) => return Ok(session),
            Ok(Err(error)) => error.to_string(),
            Err(_) => return Err("no answer in time".to_owned()),
        };
        tried += 1;
        if tried >= tries {
            return Err(why);
        }
        tokio::time::sleep(PAUSE * tried).await;
    }
}

/// A WebDriver session. A driver on this machine needs neither certificates, which take a while to read, nor a proxy.
async fn connect_driver(url: &str, capabilities: Capabilities) -> WebDriverResult<WebDriver> {
    let builder = WebDriver::builder(url, capabilities);
    let client = reqwest::Client::builder().timeout(DRIVER_TIMEOUT);
    let client = if is_loopback(url) { client.no_proxy().tls_certs_only([]) } else { client };
    match client.build() {
        Ok(client) => builder.client(client).connect().await,
        Err(_) => builder.connect().await,
    }
}

fn no_session(url: &str, why: &str) -> BrowserError {
    BrowserError::Unavailable {
        message: format!("the WebDriver server at `{url}` gave no session: {why}"),
        help: "run `crawl doctor`; a server given with `--webdriver` must be running".to_owned(),
    }
}

/// The fast lane's socket where it may be used and can be reached, else that of WebDriver BiDi.
async fn socket(
    session: &WebDriver,
    launch: &Launch,
    url: &str,
    log: Option<Arc<ProtocolLog>>,
    deadline: Deadline,
) -> Result<(Socket, String), BrowserError> {
    let mut why = String::new();
    if launch.fast_lane
        && let Some(endpoint) = endpoint(session, launch).await
    {
        match connect(&endpoint.socket, log.clone(), deadline).await {
            Ok(cdp) => {
                let user_agent = match endpoint.user_agent {
                    Some(name) => name,
                    None => own_user_agent(&cdp).await,
                };
                return Ok((Socket::Cdp(cdp), user_agent));
            }
            Err(cause) => why = format!(" (CDP: {cause})"),
        }
    }
    let Some(address) = session.capabilities().get("webSocketUrl").and_then(Value::as_str) else {
        return Err(no_session(url, &format!("it offers neither a CDP socket nor WebDriver BiDi{why}")));
    };
    let bidi =
        connect(address, log, deadline).await.map_err(|cause| no_session(url, &format!("WebDriver BiDi: {cause}")))?;
    Ok((Socket::Bidi(bidi), String::new()))
}

async fn connect(url: &str, log: Option<Arc<ProtocolLog>>, deadline: Deadline) -> Result<CdpSocket, String> {
    let connected = tokio::time::timeout(deadline.left().min(REACH_LIMIT), CdpSocket::connect(url, log)).await;
    connected.map_err(|_| "no answer in time".to_owned())?
}
