//! The program behind a pseudo-terminal: keys in, and what was written out.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::process::stage::{LIMIT, PROGRAM, Stage};

/// A running program with a terminal.
pub struct Screen {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    written: Arc<Mutex<Vec<u8>>>,
    seen: usize,
    terminal: Box<dyn MasterPty + Send>,
}

impl Screen {
    /// Starts the program on a terminal of 100 columns.
    pub fn start(stage: &Stage, args: &[&str]) -> Self {
        Self::start_with(stage, args, &[])
    }

    /// The same with further variables of the environment.
    pub fn start_with(stage: &Stage, args: &[&str], variables: &[(&str, &str)]) -> Self {
        let pair =
            native_pty_system().openpty(PtySize { rows: 40, cols: 100, pixel_width: 0, pixel_height: 0 }).unwrap();
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(args);
        command.cwd(stage.work());
        command.env("TERM", "xterm-256color");
        for (name, value) in stage.surroundings() {
            command.env(name, value);
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let written: Arc<Mutex<Vec<u8>>> = Arc::default();
        let sink = Arc::clone(&written);
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut chunk) {
                sink.lock().unwrap().extend_from_slice(&chunk[..n]);
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Self { child, keys, written, seen: 0, terminal: pair.master }
    }

    /// Types.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Types a line and Enter.
    pub fn enter(&mut self, line: &str) {
        self.press(&format!("{line}\r"));
    }

    /// Waits until this is written after what was waited for last, and returns all up to its end.
    pub fn until(&mut self, wanted: &str) -> String {
        let begun = Instant::now();
        loop {
            let bytes = self.written.lock().unwrap()[self.seen..].to_vec();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some(at) = text.find(wanted) {
                let end = at + wanted.len();
                self.seen += end;
                return text[..end].to_owned();
            }
            if begun.elapsed() > LIMIT {
                let _ = self.child.kill();
                panic!("`{wanted}` did not appear after:\n{}", text.escape_debug());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether this is written after what was waited for last.
    pub fn shows(&self, wanted: &str) -> bool {
        String::from_utf8_lossy(&self.written.lock().unwrap()[self.seen..]).contains(wanted)
    }

    /// Everything written so far.
    pub fn all(&self) -> String {
        String::from_utf8_lossy(&self.written.lock().unwrap()).into_owned()
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// The terminal's settings in words: `ICANON`, `ECHO` and others that are on.
    pub fn settings(&self) -> String {
        format!("{:?}", self.terminal.get_termios().unwrap().local_flags)
    }

    /// Waits for the end; the exit code.
    pub fn end(mut self) -> u32 {
        self.wait()
    }

    /// Waits for the end and keeps the terminal; the exit code.
    pub fn wait(&mut self) -> u32 {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            if begun.elapsed() > LIMIT {
                let _ = self.child.kill();
                panic!("the program did not end:\n{}", self.all());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
