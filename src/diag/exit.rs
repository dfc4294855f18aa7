//! What the process says when it ends: every exit code of the program.

/// Exit codes, fixed for scripts and CI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All went well.
    Ok = 0,
    /// A check found problems or a golden test failed.
    Failed = 1,
    /// The command line was wrong, or a named file cannot be read.
    Usage = 2,
    /// The script could not be understood.
    Syntax = 3,
    /// The script failed while running.
    Runtime = 4,
    /// No browser or driver to be had.
    Browser = 5,
    /// Ctrl-C, SIGTERM or SIGHUP.
    Interrupted = 130,
}

impl Exit {
    /// The exit code that belongs to a diagnostic code: by its family, so that `check` and `run` agree.
    #[must_use]
    pub fn of(code: &str) -> Self {
        match code.split("::").nth(1).unwrap_or("") {
            "usage" => Self::Usage,
            "syntax" | "script" => Self::Syntax,
            "check" | "test" => Self::Failed,
            "browser" if ["not_found", "setup", "given_up"].iter().any(|end| code.ends_with(end)) => Self::Browser,
            "interrupted" => Self::Interrupted,
            _ => Self::Runtime,
        }
    }
}

impl Exit {
    /// The exit code of that number.
    #[must_use]
    pub fn from_code(code: i32) -> Option<Self> {
        let all = [Self::Ok, Self::Failed, Self::Usage, Self::Syntax, Self::Runtime, Self::Browser, Self::Interrupted];
        all.into_iter().find(|exit| *exit as i32 == code)
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
