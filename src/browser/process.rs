//! One browser process: its WebDriver session, made by thirtyfour, and the socket to it: CDP's where there is one, else
//! WebDriver BiDi's.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::cdp::{CdpSocket, ProtocolLog};
use super::deadline::Deadline;
use super::driver::Driver;
use super::early;
use super::endpoint::{REACH_LIMIT, endpoint, own_user_agent};
use super::engine::Engine;
use super::error::BrowserError;
use super::find::{Program, find};
use super::firefox::{self, Firefox};
use super::identity::{BrowserKind, Launch};
use super::profile;
use super::session::{self, Held, Lent, Session, no_session};
use super::wanted::capabilities;
use crate::process::{Group, Reaper, RunDir};

/// How often a session is asked for of a driver of our own; a browser may crash while it starts.
const TRIES: u32 = 3;

/// A browser that runs, with one WebDriver session: thirtyfour's, but for a Firefox of our own, which needs no driver.
pub(super) struct BrowserProcess {
    session: Session,
    /// Where it was asked for.
    url: String,
    socket: Socket,
    engine: Engine,
    group: Option<Group>,
    /// The session on someone else's server.
    lent: Option<Lent>,
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
    /// Starts the browser of `launch`, or a session on the server it names; one whose pages have their frames by hand where
    /// that is wanted.
    pub(super) async fn start(
        (launch, by_hand): (&Launch, bool),
        run: &RunDir,
        reaper: &Arc<Reaper>,
        log: Option<Arc<ProtocolLog>>,
        deadline: Deadline,
    ) -> Result<Self, BrowserError> {
        if launch.webdriver.is_none() {
            run.writable().map_err(|error| BrowserError::no_ground(&error))?;
            if launch.browser == BrowserKind::Firefox {
                return Self::start_firefox(launch, run, reaper, log, deadline).await;
            }
        }
        match &launch.webdriver {
            Some(url) => Self::start_session(launch, url, reaper, log, deadline).await,
            None => Self::start_own((launch, by_hand), run, reaper, log, deadline).await,
        }
    }

    /// A session on someone else's server.
    async fn start_session(
        launch: &Launch,
        url: &str,
        reaper: &Arc<Reaper>,
        log: Option<Arc<ProtocolLog>>,
        deadline: Deadline,
    ) -> Result<Self, BrowserError> {
        let asked = session::ask(url, &capabilities(launch, false)?, deadline).await;
        let session = asked.map_err(|why| no_session(url, &why))?;
        let address = format!("{}/session/{}", url.trim_end_matches('/'), session.session_id());
        let lent = Some(Lent::new(address, reaper));
        let reached = socket(&session, launch, url, log, deadline).await;
        let engine = Engine::of(&session);
        let session = Session::Made(session);
        match reached {
            Ok((socket, user_agent)) => {
                let (Socket::Cdp(wire) | Socket::Bidi(wire)) = &socket;
                wire.mind(socket.question());
                let (url, profile) = (url.to_owned(), launch.profile.is_some());
                Ok(Self { session, url, socket, engine, group: None, lent, user_agent, profile, downloads: None })
            }
            Err(error) => {
                leave(session, None, lent).await;
                Err(error)
            }
        }
    }

    /// A Chromium of our own with its driver.
    async fn start_own(
        (launch, by_hand): (&Launch, bool),
        run: &RunDir,
        reaper: &Arc<Reaper>,
        log: Option<Arc<ProtocolLog>>,
        deadline: Deadline,
    ) -> Result<Self, BrowserError> {
        let program = required(Program::ChromeDriver)?;
        let capabilities = capabilities(launch, by_hand)?;
        let folder = run.part("driver-").map_err(|error| BrowserError::no_ground(&error))?.keep();
        let driver = Driver::start(&program, &folder, reaper).await?;
        let url = driver.url();
        let early = launch.fast_lane && launch.profile.is_none();
        let mut tried = 0;
        let (session, reached) = loop {
            let mut asked = session::ask(&url, &capabilities, deadline);
            let reaching = async {
                match early {
                    true => early::reach(&folder, driver.version(), log.clone()).await,
                    false => None,
                }
            };
            let first = tokio::select! {
                biased;
                came = &mut asked => Err(came),
                Some(reached) = reaching => Ok(reached),
                else => unreachable!("an answer of the driver comes in any case"),
            };
            match first {
                Ok((cdp, user_agent)) => break (Session::coming(asked), Ok((Socket::Cdp(cdp), user_agent))),
                Err(Ok(session)) => {
                    let reached = socket(&session, launch, &url, log, deadline).await;
                    break (Session::Made(session), reached);
                }
                Err(Err(why)) => {
                    tried += 1;
                    if tried >= TRIES || deadline.passed() {
                        let full = run.writable().err().map(|error| BrowserError::no_ground(&error));
                        return Err(full.unwrap_or_else(|| no_session(&url, &why)));
                    }
                    // What the last one left would be taken for the next.
                    for left in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                        let _ = std::fs::remove_dir_all(left.path());
                    }
                    tokio::time::sleep(session::pause(tried)).await;
                }
            }
        };
        let group = driver.into_group();
        match reached {
            Ok((socket, user_agent)) => {
                let (Socket::Cdp(wire) | Socket::Bidi(wire)) = &socket;
                wire.belongs_to(group.id());
                Ok(Self {
                    session,
                    url,
                    socket,
                    engine: Engine::Chromium,
                    group: Some(group),
                    lent: None,
                    user_agent,
                    profile: launch.profile.is_some(),
                    downloads: Some(run.path().join("downloads")),
                })
            }
            Err(error) => {
                leave(session, Some(group), None).await;
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
            session: Session::None,
            url: address,
            socket: Socket::Bidi(bidi),
            engine: Engine::Firefox,
            group: Some(group),
            lent: None,
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

    /// Why its driver gave no session after all: what ended it, then.
    pub(super) async fn refusal(&self) -> Option<BrowserError> {
        self.session.refusal().await.map(|why| no_session(&self.url, &why))
    }

    /// Ends it: a session on someone else's server is deleted, a process of our own is killed.
    pub(super) async fn end(mut self) {
        if self.profile {
            // Of a Chromium the driver stays.
            let rest = usize::from(self.engine == Engine::Chromium);
            profile::write(&self.socket, self.group(), rest).await;
        }
        leave(std::mem::replace(&mut self.session, Session::None), self.group.take(), self.lent.take()).await;
    }
}

async fn leave(session: Session, group: Option<Group>, lent: Option<Lent>) {
    drop(session);
    if let Some(group) = group {
        group.end().await;
    }
    if let Some(lent) = lent {
        lent.give_back().await;
    }
}

pub(super) fn required(program: Program) -> Result<PathBuf, BrowserError> {
    find(program).ok_or_else(|| BrowserError::Unavailable {
        message: format!("`{}` was not found", program.name()),
        help: how_to_get(program),
    })
}

fn how_to_get(program: Program) -> String {
    let which = if program == Program::Firefox { " --browser firefox" } else { "" };
    format!("run `crawl setup{which}`, or set {}", program.variable())
}

/// The fast lane's socket where it may be used and can be reached, else that of WebDriver BiDi.
async fn socket(
    session: &Held,
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
