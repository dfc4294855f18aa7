//! The listing of steps: `:steps` and `:time` of the REPL, `s` of watch.

use crate::crawl::StepSummary;
use crate::script::duration::show;
use crate::text::{cut, one_line, plain};

/// A step in one line: its number, its session, how long it took or that it was known, what it was, and how it failed;
/// no wider than the terminal, where there is one.
pub(super) fn line(step: &StepSummary, width: Option<usize>) -> String {
    let text = step.text.clone().unwrap_or_else(|| format!("{} {}", step.verb.name(), step.what));
    let text = one_line(&plain(&text), usize::MAX);
    let how = if step.reused { "reused".to_owned() } else { show(step.elapsed) };
    let failed = step.error.map(|code| format!("  ✗ {code}")).unwrap_or_default();
    let line = format!("{:>3} {:<10} {how:>8}  {text}{failed}", step.seq, step.session);
    width.map_or(line.clone(), |width| cut(&line, width))
}
