//! Progress on standard error: a live line on a terminal, plain lines otherwise, nothing when quiet.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::say::tell;
use crate::crawl::{Event, StepCost};
use crate::script::duration::show;
use crate::script::lock;
use crate::text::plain;

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing.
    Quiet,
    /// Warnings, and a live line on a terminal.
    Normal,
    /// A line for every step.
    Verbose,
    /// And where each step's time went.
    Detailed,
}

/// Tells what a run does.
pub struct Progress {
    level: Level,
    bar: Option<ProgressBar>,
    warned: Mutex<Vec<String>>,
}

impl Progress {
    /// Progress at a level, on standard error.
    #[must_use]
    pub fn new(level: Level) -> Self {
        let live = level == Level::Normal && std::io::stderr().is_terminal();
        let bar = live.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            let style = ProgressStyle::with_template("{spinner} {wide_msg} {elapsed}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar
        });
        Self { level, bar, warned: Mutex::default() }
    }

    /// Takes note of an event.
    pub fn event(&self, event: &Event) {
        match event {
            Event::StepStarted { step, session, verb, what } => {
                if let Some(bar) = &self.bar {
                    if bar.is_finished() {
                        bar.reset();
                    }
                    bar.enable_steady_tick(Duration::from_millis(120));
                    let words = format!("{session} · step {step} · {verb} {what}");
                    bar.set_message(plain(&words).replace('\n', " "));
                }
            }
            Event::StepEnded { step, session, verb, what, url, elapsed, ok, reused, cost } => {
                if self.level >= Level::Verbose {
                    let how = if *reused { "reused" } else { "done" };
                    let how = if *ok { how } else { "failed" };
                    let parts = if self.level == Level::Detailed { detail(cost) } else { String::new() };
                    let did = if what.is_empty() || what == url { verb.clone() } else { format!("{verb} {what}") };
                    let did = plain(&did).replace('\n', " ");
                    self.line(&format!("step {step} · {session} · {did} · {how} in {} · {url}{parts}", show(*elapsed)));
                }
            }
            Event::Warning { session, message, .. } => self.warn(session.as_deref(), message),
        }
    }

    /// A warning is told once.
    fn warn(&self, session: Option<&str>, message: &str) {
        if self.level == Level::Quiet {
            return;
        }
        let place = session.map_or_else(String::new, |session| format!(" ({session})"));
        let line = format!("warning: {message}{place}");
        let mut warned = lock(&self.warned);
        if !warned.contains(&line) {
            self.line(&line);
            warned.push(line);
        }
    }

    fn line(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| tell!("{line}")),
            None => tell!("{line}"),
        }
    }

    /// Keeps the live line out of the way while `write` writes.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Removes the live line until the next step.
    pub fn pause(&self) {
        if let Some(bar) = &self.bar {
            bar.disable_steady_tick();
            bar.finish_and_clear();
        }
    }

    /// Removes the live line.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Where the time of a step went, if it took any.
fn detail(cost: &StepCost) -> String {
    if cost.parts.is_empty() {
        return String::new();
    }
    let part = |(name, took): &(&str, Duration)| format!("{name} {:.1}", took.as_secs_f64() * 1000.0);
    let parts: Vec<String> = cost.parts.iter().map(part).collect();
    format!(" · {} round trips · ms: {}", cost.round_trips, parts.join(", "))
}
