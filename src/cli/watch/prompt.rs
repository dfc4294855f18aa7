//! `i`: a prompt in the session of the last step, on the page as it stands.

use std::sync::{Arc, Mutex};

use super::super::console::Terminal;
use super::super::report;
use super::super::say::{say, tell};
use crate::diag::Format;
use crate::repl::{Input, Terminal as Prompt, Vocabulary, render};
use crate::script::{Dialogue, Failure, Interpreter, Run, SESSION, Shown, on_script_thread};

/// Opens the prompt and returns when it is closed. What is typed there is part of the run: pasted at the script's end,
/// it is known already.
pub fn open(run: &Arc<Run>, console: &Terminal) {
    let named = run.crawler.sessions();
    let last = run.crawler.steps().pop().map(|step| step.session);
    let session = last.filter(|id| named.iter().any(|session| session.id == *id)).unwrap_or_else(|| SESSION.to_owned());
    run.settings.cancel.reset();
    on_script_thread(|| {
        let words = Arc::new(Mutex::new(Vocabulary::language()));
        let Ok(mut prompt) = Prompt::new(words, Arc::default(), None, report::look().color) else { return };
        let mut dialogue = Dialogue::within(Interpreter::new(Arc::clone(run)), &session);
        tell!("in session `{session}`; Ctrl-D goes back to watching");
        let mut lines = 0;
        loop {
            match prompt.read(&format!("{session} ⟩ ")) {
                Input::Text(text) if text.trim().is_empty() => {}
                Input::Text(text) => {
                    lines += 1;
                    let result = dialogue.say(&format!("<prompt {lines}>"), &text);
                    console.settle();
                    answer(result, prompt.width());
                }
                Input::Cancelled => {}
                Input::End => break,
            }
            if run.settings.cancel.cancelled() {
                break;
            }
        }
        run.forget_place();
    });
}

fn answer(result: Result<Option<Shown>, Failure>, width: usize) {
    match result {
        Ok(Some(shown)) => say!("{}", render(&shown, Some(width))),
        Ok(None) => {}
        Err(Failure::Interrupted) => tell!("cancelled"),
        Err(Failure::Reports(reports, _)) => drop(report::fail(&reports, Format::Human)),
    }
}
