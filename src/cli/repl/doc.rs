//! `:doc`: what the table of builtins says of a name.

use crate::cli::say::say;
use crate::script::builtins;

/// Explains the builtins of a name; without one, lists them all.
pub(super) fn doc(name: &str) {
    if name.is_empty() {
        let mut names: Vec<&str> = builtins::all().map(|builtin| builtin.name).collect();
        names.sort_unstable();
        names.dedup();
        say!("`:doc NAME` explains one of these:\n{}", names.join(" "));
        return;
    }
    let mut known = false;
    for builtin in builtins::named(name) {
        known = true;
        say!("{}\n  {}\n", builtin.signature(), builtin.doc);
        builtin.options.iter().for_each(|option| say!("  {:<18} {}", option.name, option.doc));
        builtin.example.lines().for_each(|line| say!("    {line}"));
    }
    if !known {
        let names = builtins::all().map(|builtin| builtin.name);
        let near = crate::text::nearest(name, names).map(|near| format!(": did you mean `{near}`?"));
        say!("there is no builtin `{name}`{}", near.unwrap_or_default());
    }
}
