//! `:doc`: what the table of builtins, or a module of the standard library, says of a name.

use crate::cli::say::say;
use crate::script::{builtins, modules};

/// Explains what has that name; without one, lists the builtins.
pub(super) fn doc(name: &str) {
    if name.is_empty() {
        let mut names: Vec<&str> = builtins::all().map(|builtin| builtin.name).collect();
        names.sort_unstable();
        names.dedup();
        say!("`:doc NAME` explains one of these:\n{}", names.join(" "));
        return;
    }
    let name = name.rsplit("::").next().unwrap_or(name);
    let mut known = false;
    for builtin in builtins::named(name) {
        known = true;
        say!("{}\n  {}\n", builtin.signature(), builtin.doc);
        builtin.options.iter().for_each(|option| say!("  {:<18} {}", option.name, option.doc));
        builtin.example.lines().for_each(|line| say!("    {line}"));
    }
    for (module, text) in modules::STDLIB {
        if let Some((head, about)) = function(text, name) {
            known = true;
            say!("{module}: {head}\n{}", about.join("\n"));
        }
    }
    if !known {
        let near = crate::text::nearest(name, builtins::all().map(|builtin| builtin.name).chain(of_modules()));
        let near = near.map(|near| format!(": did you mean `{near}`?"));
        say!("there is no builtin `{name}`{}", near.unwrap_or_default());
    }
}

/// A function's head and the comment before it.
fn function<'t>(text: &'t str, name: &str) -> Option<(&'t str, Vec<String>)> {
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.starts_with(&format!("fn {name}(")))?;
    let first = lines[..at].iter().rposition(|line| !line.starts_with("///")).map_or(0, |before| before + 1);
    let about = lines[first..at].iter().map(|line| format!("  {}", line.trim_start_matches("///").trim_end()));
    Some((lines[at].trim_start_matches("fn ").trim_end_matches([' ', '{']), about.collect()))
}

/// The names of the modules' functions.
fn of_modules() -> impl Iterator<Item = &'static str> {
    let heads = modules::STDLIB.iter().flat_map(|(_, text)| text.lines()).filter_map(|line| line.strip_prefix("fn "));
    heads.filter_map(|head| head.split('(').next())
}
