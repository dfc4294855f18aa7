//! The reaper: a shell that outlives us by a moment, kills every registered process group, deletes every registered
//! session of a server and removes the run's folder.
//!
//! It reads its standard input; the end of that - orderly, or because the kernel closed our pipes after SIGKILL -
//! is its signal. It has a session of its own and ignores the terminal's signals. One that is killed itself is
//! replaced.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rustix::process::{Pid, Signal, kill_process_group};

// A group is killed with `kill -KILL -PGID`, a builtin of every POSIX shell. The folder is removed repeatedly:
// a dying browser may still write into it. `$2` is a program that deletes sessions, which a shell cannot.
const SCRIPT: &str = r#"
trap '' INT TERM HUP QUIT PIPE
groups=''
sessions=''
while read -r verb what; do
    case $verb in
        add) groups="$groups $what" ;;
        forget)
            kept=''
            for other in $groups; do [ "$other" = "$what" ] || kept="$kept $other"; done
            groups=$kept ;;
        session) sessions="$sessions $what" ;;
        deleted)
            kept=''
            for other in $sessions; do [ "$other" = "$what" ] || kept="$kept $other"; done
            sessions=$kept ;;
    esac
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
for session in $sessions; do
    if [ -n "$2" ]; then "$2" delete-session "$session" >/dev/null 2>&1 &
    else curl -fsS -m 10 -X DELETE "$session" >/dev/null 2>&1 &
    fi
done
wait
for try in 1 2 3 4 5 6 7 8; do
    rm -rf -- "$1" 2>/dev/null
    [ -e "$1" ] || exit 0
    sleep 0.05
done
"#;

/// How often a reaper that somebody kills is replaced.
const REPLACEMENTS: usize = 5;

/// The running reaper. Dropped, it has done its work.
#[derive(Debug)]
pub struct Reaper {
    shared: Arc<Shared>,
    minder: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    stdin: Option<ChildStdin>,
    /// What must not survive, for the next reaper.
    groups: Vec<u32>,
    sessions: Vec<String>,
    /// We let it end.
    finished: bool,
}

impl Reaper {
    /// Starts the reaper of `folder`.
    ///
    /// # Errors
    /// Where no POSIX shell can be started.
    pub fn start(folder: &Path) -> io::Result<Self> {
        let shared = Arc::new(Shared { folder: folder.to_owned(), state: Mutex::default() });
        let child = shared
            .spawn()
            .map_err(|error| io::Error::new(error.kind(), format!("cannot start the shell `sh`: {error}")))?;
        let minding = Arc::clone(&shared);
        let minder = std::thread::Builder::new().name("reaper".to_owned()).spawn(move || minding.mind(child));
        Ok(Self { shared, minder: Mutex::new(minder.ok()) })
    }

    /// Adds a process group to those that must not survive.
    pub fn add(&self, group: u32) {
        let mut state = self.shared.lock();
        state.groups.push(group);
        state.tell("add", &group);
    }

    /// Kills a registered group now.
    pub fn kill(&self, group: u32) {
        kill(group);
        self.forget(group);
    }

    /// A registered group came to its end by itself.
    pub fn forget(&self, group: u32) {
        let mut state = self.shared.lock();
        state.groups.retain(|other| *other != group);
        state.tell("forget", &group);
    }

    /// Adds a session of a server, by its address, to those that must not survive.
    pub fn add_session(&self, address: &str) {
        let mut state = self.shared.lock();
        state.sessions.push(address.to_owned());
        state.tell("session", &address);
    }

    /// A registered session was deleted.
    pub fn forget_session(&self, address: &str) {
        let mut state = self.shared.lock();
        state.sessions.retain(|other| other != address);
        state.tell("deleted", &address);
    }

    /// Kills all groups, removes the folder and waits until that is done (tens of milliseconds).
    pub fn finish(&self) {
        {
            let mut state = self.shared.lock();
            state.finished = true;
            for group in &state.groups {
                kill(*group);
            }
            state.stdin = None;
        }
        let minder = self.minder.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(minder) = minder {
            let _ = minder.join();
        }
        // Only where the reaper itself came to grief is there something left.
        let _ = std::fs::remove_dir_all(&self.shared.folder);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a shell and tells it what is known.
    fn spawn(&self) -> io::Result<Child> {
        // `setsid` of util-linux gives it a session of its own, so that closing the terminal does not reach it; without
        // that program its own process group and the trap must do.
        let mut child = self.command("setsid").or_else(|_| self.command("sh"))?;
        let mut state = self.lock();
        state.stdin = child.stdin.take();
        for group in state.groups.clone() {
            state.tell("add", &group);
        }
        for session in state.sessions.clone() {
            state.tell("session", &session);
        }
        Ok(child)
    }

    fn command(&self, program: &str) -> io::Result<Child> {
        let mut command = Command::new(program);
        if program == "setsid" {
            command.arg("sh");
        } else {
            command.process_group(0);
        }
        command
            .args(["-c", SCRIPT, "crawl-reaper"])
            .arg(&self.folder)
            .arg(deleter().unwrap_or_default())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
    }

    /// Waits for the shell's end, and starts another one when it came too early.
    fn mind(&self, mut child: Child) {
        for _ in 0..REPLACEMENTS {
            let _ = child.wait();
            if self.lock().finished {
                return;
            }
            match self.spawn() {
                Ok(next) => child = next,
                Err(_) => return,
            }
            let mut state = self.lock();
            if state.finished {
                state.stdin = None;
            }
        }
        let _ = child.wait();
    }
}

impl State {
    fn tell(&mut self, verb: &str, what: &dyn std::fmt::Display) {
        if let Some(stdin) = &mut self.stdin {
            let _ = writeln!(stdin, "{verb} {what}").and_then(|()| stdin.flush());
        }
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        self.finish();
    }
}

/// This program, where it is the one that knows how to delete a session.
fn deleter() -> Option<PathBuf> {
    std::env::current_exe().ok().filter(|path| path.file_stem().is_some_and(|name| name == "crawl"))
}

fn kill(group: u32) {
    if let Some(group) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}
