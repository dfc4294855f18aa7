//! What the person at the keyboard wants of watch, from the key to the run that obeys.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};

use super::super::steps;
use crate::crawl::{Again, StepSummary};
use crate::script::{Cancel, lock};
use crate::watch::Waker;

/// The keys, and what they do.
pub const KEYS: &str =
    "keys: r what ran last, again · R all afresh · s steps · o output · p pause · i a prompt on the page · q quit";

/// The columns of a listed step: the lines stand beside a display that may be redrawn.
const WIDTH: Option<usize> = Some(100);

/// The wishes that were not yet obeyed.
pub struct Orders {
    cancel: Cancel,
    waker: Waker,
    ended: AtomicBool,
    left: AtomicBool,
    paused: AtomicBool,
    looking: AtomicBool,
    running: AtomicBool,
    again: Mutex<Option<Again>>,
    look: Mutex<Option<Sender<()>>>,
}

impl Orders {
    /// No wishes. They end a run by `cancel` and a wait by `waker`.
    pub fn new(cancel: Cancel, waker: Waker) -> Self {
        Self {
            cancel,
            waker,
            ended: AtomicBool::new(false),
            left: AtomicBool::new(false),
            paused: AtomicBool::new(false),
            looking: AtomicBool::new(false),
            running: AtomicBool::new(false),
            again: Mutex::default(),
            look: Mutex::default(),
        }
    }

    /// Obeys a key, or keeps it for whoever runs the script. While the prompt is open it does not return: the keys are
    /// the prompt's.
    pub fn key(&self, key: char, steps: impl Fn() -> Vec<StepSummary>, output: impl Fn(), say: impl Fn(&str)) {
        match key {
            'q' | '\u{4}' => {
                self.left.store(true, Ordering::SeqCst);
                self.end();
            }
            'r' => self.run_again(Again::Latest),
            'R' => self.run_again(Again::All),
            's' => steps().iter().for_each(|step| say(&steps::line(step, WIDTH))),
            'o' => output(),
            'p' => {
                let paused = !self.paused.fetch_xor(true, Ordering::SeqCst);
                say(if paused { "paused: saves are not run until `p`" } else { "watching again" });
                self.waker.wake();
            }
            'i' if self.running.load(Ordering::SeqCst) => say("the script runs: `i` opens a prompt once it has ended"),
            'i' => {
                let (closed, wait) = channel();
                *lock(&self.look) = Some(closed);
                self.waker.wake();
                let _ = wait.recv();
            }
            key if key.is_control() || key.is_whitespace() => {}
            _ => say(KEYS),
        }
    }

    fn run_again(&self, how: Again) {
        *lock(&self.again) = Some(how);
        self.cancel.cancel();
        self.waker.wake();
    }

    /// Ends the run and the program.
    pub fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
        self.cancel.cancel();
        self.waker.wake();
    }

    /// A file changed: the run is over, unless nobody wants to see the next one yet.
    pub fn changed(&self) {
        if !self.paused() && !self.at_prompt() {
            self.cancel.cancel();
        }
    }

    /// Whether the end was asked for.
    pub fn ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Whether it was asked for by key.
    pub fn left(&self) -> bool {
        self.left.load(Ordering::SeqCst)
    }

    /// The script runs, or no more.
    pub fn running(&self, running: bool) {
        self.running.store(running, Ordering::SeqCst);
    }

    /// The prompt is open, or no more.
    pub fn looking(&self, looking: bool) {
        self.looking.store(looking, Ordering::SeqCst);
    }

    /// Whether the prompt is open.
    pub fn at_prompt(&self) -> bool {
        self.looking.load(Ordering::SeqCst)
    }

    /// Whether saves wait.
    pub fn paused(&self) -> bool {
        self.paused.load(Ordering::SeqCst)
    }

    /// Takes the wish to run again.
    pub fn take_again(&self) -> Option<Again> {
        lock(&self.again).take()
    }

    /// Takes the wish for a prompt; dropped, the keys are ours again.
    pub fn take_look(&self) -> Option<Sender<()>> {
        lock(&self.look).take()
    }
}
