//! `i`: the dialogue of `crawl repl` in the session of the last step, on the page as it stands.

use std::sync::Arc;

use super::super::repl::Repl;
use super::recorder::Recorder;
use crate::script::{Cancel, Dialogue, Interpreter, Run, SESSION, on_script_thread};

/// Why `:undo` does nothing here.
const LASTING: &str = "what was said at the prompt of `crawl watch` cannot be taken back: `crawl repl FILE` can";

/// Opens the prompt and returns when it is closed. What is typed there is part of the run: pasted at the script's end,
/// it is known already.
pub fn open(run: &Arc<Run>, recorder: &Arc<Recorder>, cancel: &Cancel) {
    let named = run.crawler.sessions();
    let last = run.crawler.steps().pop().map(|step| step.session);
    let session = last.filter(|id| named.iter().any(|session| session.id == *id)).unwrap_or_else(|| SESSION.to_owned());
    recorder.prompting(true);
    on_script_thread(|| {
        let dialogue = Dialogue::within(Interpreter::new(Arc::clone(run)), &session);
        let mut repl = Repl::new(dialogue, Arc::clone(recorder) as _, cancel.clone(), Arc::default());
        repl.lasting = Some(LASTING);
        repl.talk(&format!("in session `{session}` · `:help` lists the commands · Ctrl-D goes back to watching"));
        run.forget_place();
    });
    recorder.prompting(false);
}
