//! Finds or installs a browser and its driver: packages where the system has them, else a download into the user's cache.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use thirtyfour::WebDriver;
use tokio::process::Command;

use super::error::BrowserError;
use super::find::{Program, find};
use super::wanted::runs_as_root;

/// What is told when the system's packages cannot be had.
const NOT_INSTALLED: &str = "the packages could not be installed (neither root, nor sudo without a password?)";

/// What set-up ended with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// The driver.
    pub driver: PathBuf,
    /// The browsers that are there.
    pub browsers: Vec<PathBuf>,
}

/// Makes sure that a driver and a browser are there; does nothing when they are. `tell` is told what is done.
///
/// # Errors
/// [`BrowserError::Unavailable`] when nothing can be installed, with what to do by hand.
pub async fn set_up(tell: &mut (dyn FnMut(&str) + Send)) -> Result<Ready, BrowserError> {
    if let Some(ready) = ready() {
        return Ok(ready);
    }
    if Path::new("/usr/bin/apt-get").exists() {
        install_packages(tell).await;
        if let Some(ready) = ready() {
            return Ok(ready);
        }
    }
    tell("downloading a browser and its driver into the user's cache");
    download().await?;
    ready().ok_or_else(|| unavailable("the download brought no browser"))
}

/// Makes sure that Firefox is there, where a package of the system brings it; does nothing when it is.
///
/// # Errors
/// [`BrowserError::Unavailable`] when it cannot be installed, with what to do by hand.
pub async fn set_up_firefox(tell: &mut (dyn FnMut(&str) + Send)) -> Result<PathBuf, BrowserError> {
    if let Some(found) = find(Program::Firefox) {
        return Ok(found);
    }
    if Path::new("/usr/bin/apt-get").exists() {
        let package = Program::Firefox.package();
        tell(&format!("installing {package}"));
        if !apt(&["update", "-qq"]).await {
            tell("the package lists could not be updated");
        }
        if !apt(&["install", "-y", "-qq", "--no-install-recommends", package]).await {
            tell(NOT_INSTALLED);
        }
    }
    find(Program::Firefox).ok_or_else(|| BrowserError::Unavailable {
        message: "Firefox could not be set up".to_owned(),
        help: "install it, on Debian: `apt install firefox-esr`; or set CRAWL_FIREFOX to where it is".to_owned(),
    })
}

/// What is there now; `None` when the driver or every browser is missing.
#[must_use]
pub fn ready() -> Option<Ready> {
    let driver = find(Program::ChromeDriver)?;
    let browsers: Vec<PathBuf> = [Program::HeadlessShell, Program::Chromium].into_iter().filter_map(find).collect();
    (!browsers.is_empty()).then_some(Ready { driver, browsers })
}

/// Installs Debian's packages as root or with a sudo that asks for no password; what fails is told, and left.
async fn install_packages(tell: &mut (dyn FnMut(&str) + Send)) {
    let names = [Program::Chromium, Program::ChromeDriver, Program::HeadlessShell].map(Program::package);
    tell(&format!("installing {}", names.join(", ")));
    if !apt(&["update", "-qq"]).await {
        tell("the package lists could not be updated");
    }
    let install = ["install", "-y", "-qq", "--no-install-recommends"];
    let all: Vec<&str> = install.into_iter().chain(names).collect();
    if apt(&all).await {
        return;
    }
    // Ubuntu has no package of the windowless build.
    let most: Vec<&str> = install.into_iter().chain(names.into_iter().take(2)).collect();
    if !apt(&most).await {
        tell(NOT_INSTALLED);
    }
}

async fn apt(arguments: &[&str]) -> bool {
    let mut command = if runs_as_root() {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "apt-get"]);
        sudo
    };
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().await.is_ok_and(|status| status.success())
}

/// thirtyfour's own manager downloads the driver and starts it once, which brings the browser's version with it.
async fn download() -> Result<(), BrowserError> {
    let mut capabilities = thirtyfour::DesiredCapabilities::chrome();
    let options = ["--headless=new", "--no-first-run"];
    for option in options.into_iter().chain(runs_as_root().then_some("--no-sandbox")) {
        thirtyfour::ChromiumLikeCapabilities::add_arg(&mut capabilities, option)
            .map_err(|error| unavailable(&error.to_string()))?;
    }
    let driver = WebDriver::managed(capabilities).await.map_err(|error| unavailable(&error.to_string()))?;
    driver.quit().await.map_err(|error| unavailable(&error.to_string()))
}

fn unavailable(reason: &str) -> BrowserError {
    BrowserError::Unavailable {
        message: format!("no browser could be set up: {reason}"),
        help: "install Chromium and chromedriver, on Debian: `apt install chromium chromium-driver chromium-headless-shell`".to_owned(),
    }
}
