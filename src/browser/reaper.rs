//! The reaper: a shell that outlives us by a moment, kills every registered process group and removes the run's folder.
//!
//! It reads its standard input; the end of that - orderly, or because the kernel closed our pipes after SIGKILL -
//! is its signal. It has a session of its own and ignores the terminal's signals.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use super::error::BrowserError;

// A group is killed with `kill -KILL -PGID`, a builtin of every POSIX shell. The folder is removed repeatedly:
// a dying browser may still write into it.
const SCRIPT: &str = r#"
trap '' INT TERM HUP QUIT PIPE
groups=''
while read -r verb group; do
    case $verb in
        add) groups="$groups $group" ;;
        kill) kill -KILL "-$group" 2>/dev/null
            kept=''
            for other in $groups; do [ "$other" = "$group" ] || kept="$kept $other"; done
            groups=$kept ;;
    esac
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
for try in 1 2 3 4 5 6 7 8; do
    rm -rf -- "$1" 2>/dev/null
    [ -e "$1" ] || exit 0
    sleep 0.05
done
"#;

/// The running reaper. Dropped, it has done its work.
#[derive(Debug)]
pub(super) struct Reaper {
    state: Mutex<(Option<ChildStdin>, Option<Child>)>,
}

impl Reaper {
    /// Starts the reaper of `folder`.
    pub(super) fn start(folder: &Path) -> Result<Self, BrowserError> {
        // `setsid` of util-linux gives it a session of its own, so that closing the terminal does not reach it; without
        // that program its own process group and the trap must do.
        let mut child = Self::command("setsid", folder).or_else(|_| Self::command("sh", folder)).map_err(|error| {
            BrowserError::Unavailable {
                message: format!("cannot start `sh`: {error}"),
                help: "a POSIX shell must be found in PATH".to_owned(),
            }
        })?;
        let stdin = child.stdin.take();
        Ok(Self { state: Mutex::new((stdin, Some(child))) })
    }

    fn command(program: &str, folder: &Path) -> std::io::Result<Child> {
        let mut command = Command::new(program);
        if program == "setsid" {
            command.arg("sh");
        } else {
            command.process_group(0);
        }
        command
            .args(["-c", SCRIPT, "crawl-reaper"])
            .arg(folder)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
    }

    /// Adds a process group to those that must not survive.
    pub(super) fn add(&self, group: u32) {
        self.tell("add", group);
    }

    /// Kills a registered group now.
    pub(super) fn kill(&self, group: u32) {
        self.tell("kill", group);
    }

    fn tell(&self, verb: &str, group: u32) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stdin) = &mut state.0 {
            let _ = writeln!(stdin, "{verb} {group}").and_then(|()| stdin.flush());
        }
    }

    /// Kills all groups, removes the folder and waits until that is done (tens of milliseconds).
    pub(super) fn finish(&self) {
        let (stdin, child) = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            (state.0.take(), state.1.take())
        };
        drop(stdin);
        if let Some(mut child) = child {
            let _ = child.wait();
        }
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        self.finish();
    }
}
