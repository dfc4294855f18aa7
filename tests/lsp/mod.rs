//! What editors get: a client's conversations with the program, and the functions behind them.

mod client;
mod completion;
mod conversation;
mod language;
mod typing;
mod watched;

use crawl::ide::Analysis;
use crawl::text::{Source, Span};
use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    let mut trials = completion::trials();
    trials.extend(conversation::trials());
    trials.extend(language::trials());
    trials.extend(typing::trials());
    trials.extend(watched::trials());
    trials
}

/// A trial of this area.
fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(format!("lsp::{name}"), move || {
        run();
        Ok(())
    })
}

/// A text without the `¦` in it, and where that stood.
fn place(text: &str) -> (Analysis, usize) {
    let at = text.find('¦').expect("the text has a place");
    (Analysis::new(Source::new("test.crawl", text.replacen('¦', "", 1))), at)
}

/// The texts under spans, with the lines they stand on.
fn shown(script: &Analysis, spans: &[Span]) -> Vec<String> {
    let line = |span: &Span| script.source.line_column(span.start).line;
    spans.iter().map(|span| format!("{}:{}", line(span), script.source.slice(*span))).collect()
}
