//! Finds the driver and the browsers on this machine. Looks only; starts nothing.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::identity::BrowserKind;

/// One program of those that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Program {
    /// The WebDriver server of Chromium.
    ChromeDriver,
    /// Full Chromium or Google Chrome.
    Chromium,
    /// The windowless build.
    HeadlessShell,
    /// Firefox, which needs no driver.
    Firefox,
}

impl Program {
    /// The variable that overrides the search.
    #[must_use]
    pub fn variable(self) -> &'static str {
        match self {
            Self::ChromeDriver => "CRAWL_CHROMEDRIVER",
            Self::Chromium => "CRAWL_CHROMIUM",
            Self::HeadlessShell => "CRAWL_HEADLESS_SHELL",
            Self::Firefox => "CRAWL_FIREFOX",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ChromeDriver => "chromedriver",
            Self::Chromium => "chromium",
            Self::HeadlessShell => "chromium-headless-shell",
            Self::Firefox => "firefox",
        }
    }

    /// Debian's package of it.
    #[must_use]
    pub fn package(self) -> &'static str {
        match self {
            Self::ChromeDriver => "chromium-driver",
            Self::Chromium => "chromium",
            Self::HeadlessShell => "chromium-headless-shell",
            Self::Firefox => "firefox-esr",
        }
    }

    // Debian's /usr/bin/chromium-headless-shell is a wrapper that does not `exec`: killing it would leave the browser.
    fn fixed_places(self) -> &'static [&'static str] {
        match self {
            Self::ChromeDriver => &["/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver"],
            Self::Chromium => &[
                "/usr/lib/chromium/chromium",
                "/usr/bin/chromium",
                "/usr/bin/google-chrome-stable",
                "/opt/google/chrome/chrome",
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
                "/Applications/Chromium.app/Contents/MacOS/Chromium",
            ],
            Self::HeadlessShell => &["/usr/lib/chromium/chromium-headless-shell"],
            Self::Firefox => &[
                "/usr/lib/firefox-esr/firefox-esr",
                "/usr/lib/firefox/firefox",
                "/Applications/Firefox.app/Contents/MacOS/firefox",
            ],
        }
    }

    fn names_in_path(self) -> &'static [&'static str] {
        match self {
            Self::ChromeDriver => &["chromedriver"],
            Self::Chromium => &["chromium", "google-chrome-stable", "google-chrome", "chromium-browser"],
            Self::HeadlessShell => &["chrome-headless-shell"],
            Self::Firefox => &["firefox-esr", "firefox"],
        }
    }

    // As Chrome for Testing names the files it unpacks.
    fn cached_name(self) -> &'static str {
        match self {
            Self::ChromeDriver => "chromedriver",
            Self::Chromium => "chrome",
            Self::HeadlessShell => "chrome-headless-shell",
            Self::Firefox => "firefox",
        }
    }
}

impl From<BrowserKind> for Program {
    fn from(kind: BrowserKind) -> Self {
        match kind {
            BrowserKind::HeadlessShell => Self::HeadlessShell,
            BrowserKind::Chromium => Self::Chromium,
            BrowserKind::Firefox => Self::Firefox,
        }
    }
}

/// Where `program` is: its variable, the packages' places, `PATH`, then the folder that set-up downloads into.
#[must_use]
pub fn find(program: Program) -> Option<PathBuf> {
    if let Some(given) = env::var_os(program.variable()).filter(|value| !value.is_empty()) {
        return Some(PathBuf::from(given)).filter(|path| is_program(path));
    }
    program
        .fixed_places()
        .iter()
        .map(PathBuf::from)
        .find(|path| is_program(path))
        .or_else(|| in_path(program))
        .or_else(|| in_folder(&download_folder()?, OsStr::new(program.cached_name()), 4))
}

/// The folder of thirtyfour's managed downloads.
#[must_use]
pub fn download_folder() -> Option<PathBuf> {
    Some(dirs::cache_dir()?.join("thirtyfour"))
}

fn in_path(program: Program) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .flat_map(|folder| program.names_in_path().iter().map(move |name| folder.join(name)))
        .find(|path| is_program(path))
}

fn in_folder(folder: &Path, name: &OsStr, depth: usize) -> Option<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    // Newest version first: the names are version numbers of equal length in practice.
    entries.sort_unstable_by(|a, b| b.cmp(a));
    entries.iter().find(|path| path.file_name() == Some(name) && is_program(path)).cloned().or_else(|| {
        let deeper = depth.checked_sub(1)?;
        entries.iter().filter(|path| path.is_dir()).find_map(|path| in_folder(path, name, deeper))
    })
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}
