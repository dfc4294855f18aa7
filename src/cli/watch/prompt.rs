//! `i`: the dialogue of `crawl repl` where the last run ended: its variables, its session, the page as it stands.

use std::sync::Arc;

use super::super::repl::{Repl, Stage};
use super::super::say::tell;
use super::recorder::Recorder;
use crate::script::{Cancel, Dialogue, Interpreter, Run, SESSION, on_script_thread};
use crate::text::Source;

/// Why `:undo` does nothing where no script is known.
const LASTING: &str = "what was said before the script ran once cannot be taken back: `crawl repl FILE` can";

/// Opens the prompt and returns when it is closed. What is typed there is part of the run: pasted at the script's end,
/// it is known already. `script` is the text of the last run; `None` where none was understood so far.
pub fn open(run: &Arc<Run>, script: Option<Source>, recorder: &Arc<Recorder>, cancel: &Cancel) {
    let named = run.crawler.sessions();
    let last = run.crawler.steps().pop().map(|step| step.session);
    let session = last.filter(|id| named.iter().any(|session| session.id == *id)).unwrap_or_else(|| SESSION.to_owned());
    recorder.prompting(true);
    on_script_thread(|| {
        let known = script.is_some();
        let (dialogue, place) = match script {
            Some(script) => {
                recorder.mute(true);
                let (dialogue, stand) = Dialogue::where_it_ended(Arc::clone(run), script, &session);
                recorder.settle();
                recorder.mute(false);
                (dialogue, format!("after line {} ", stand.line))
            }
            None => (Dialogue::within(Interpreter::new(Arc::clone(run)), &session), String::new()),
        };
        let session = dialogue.session();
        let mut repl = Repl::new(dialogue, Arc::clone(recorder) as _, cancel.clone(), Arc::default());
        repl.lasting = (!known).then_some(LASTING);
        repl.talk(&format!(
            "{place}in session `{session}` · `:help` lists the commands · Ctrl-D goes back to watching"
        ));
        repl.dialogue.leave();
        run.forget_place();
    });
    recorder.prompting(false);
    tell!("watching again");
}
