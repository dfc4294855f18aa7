//! What was said so far: its steps, their times, and taking it back.

use super::talk::Repl;
use crate::cli::say::{counted, say, tell};
use crate::cli::{script_file, steps};
use crate::crawl::StepSummary;
use crate::diag::Format;
use crate::script::duration::show;
use crate::text::cut;

impl Repl {
    /// `:steps`.
    pub fn steps(&mut self) {
        let steps = self.run().crawler.steps();
        if steps.is_empty() {
            say!("there are no steps yet");
        }
        for step in &steps {
            self.step(step);
        }
    }

    fn step(&self, step: &StepSummary) {
        say!("{}", steps::line(step, self.width));
    }

    /// `:time`.
    pub fn time(&mut self) {
        let Some(piece) = self.dialogue.pieces().last() else {
            say!("nothing was said yet");
            return;
        };
        let (own, whole) = (piece.steps.clone(), piece.elapsed);
        let of_piece: Vec<StepSummary> =
            self.run().crawler.steps().into_iter().filter(|step| own.contains(&step.seq)).collect();
        of_piece.iter().for_each(|step| self.step(step));
        let in_steps = of_piece.iter().filter(|step| !step.nested).map(|step| step.elapsed).sum();
        say!("{} in all · {} in {}", show(whole), show(in_steps), counted(of_piece.len(), "step"));
    }

    /// `:undo`.
    pub fn undo(&mut self) {
        if let Some(why) = self.lasting {
            say!("{why}");
            return;
        }
        self.ready();
        self.console.mute(true);
        let result = self.dialogue.undo();
        self.console.settle();
        self.console.mute(false);
        match result {
            Ok(Some(text)) => {
                let line = text.lines().next().unwrap_or_default();
                let more = if text.lines().count() > 1 { " …" } else { "" };
                say!("taken back: {}{more}", cut(line, self.width.unwrap_or(120).saturating_sub(14)));
            }
            Ok(None) => say!("there is nothing to take back"),
            Err(failure) => {
                tell!("what was said before could not be said again:");
                self.fail(&failure);
            }
        }
    }

    /// `:load`.
    pub fn load(&mut self, path: &str) {
        match script_file::read(&self.home.join(path)) {
            Ok(source) => self.say_as(source.name(), source.text()),
            Err(problem) => {
                let _ = crate::cli::report::fail(&[*problem], Format::Human);
            }
        }
    }
}
