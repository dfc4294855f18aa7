//! `:doc`: what the table of builtins, a module of the standard library or the dialogue itself says of a name.

use super::talk::Repl;
use crate::cli::say::say;
use crate::script::{builtins, modules};

impl Repl {
    /// `:doc`.
    pub fn doc(&mut self, name: &str) {
        let opened = self.dialogue.insertion().map(|place| place.text);
        let said = self.dialogue.pieces().iter().map(|piece| piece.text.clone());
        let own: Vec<String> = said.rev().chain(opened).collect();
        doc(name.trim_end_matches('('), &own, &self.dialogue.functions());
    }
}

/// Explains what has that name; without one, lists the builtins. `texts` hold the functions of one's own, `own`.
fn doc(name: &str, texts: &[String], own: &[String]) {
    if name.is_empty() {
        let mut names: Vec<&str> = builtins::all().map(|builtin| builtin.name).collect();
        names.sort_unstable();
        names.dedup();
        say!("`:doc NAME` explains one of these:\n{}", names.join(" "));
        return;
    }
    let module =
        modules::STDLIB.iter().find(|(module, _)| *module == name || module.strip_prefix("std/") == Some(name));
    if let Some((module, text)) = module.filter(|_| builtins::named(name).next().is_none()) {
        of_module(module, text);
        return;
    }
    let name = name.rsplit("::").next().unwrap_or(name);
    let mut known = false;
    if let Some((head, about)) =
        texts.iter().find_map(|text| function(text, name)).filter(|_| own.iter().any(|own| own == name))
    {
        known = true;
        say!("{head}\n{}", about.join("\n"));
    }
    // A function and the methods that do the same are explained once.
    let mut told: Vec<&str> = Vec::new();
    for builtin in builtins::named(name) {
        known = true;
        if told.contains(&builtin.doc) {
            continue;
        }
        told.push(builtin.doc);
        let alike = builtins::named(name).filter(|other| other.doc == builtin.doc);
        let mut signatures: Vec<String> = alike.map(|builtin| builtin.call_signature()).collect();
        signatures.dedup();
        say!("{}\n  {}\n", signatures.join("\n"), builtin.doc);
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
        let mut all: Vec<&str> = builtins::all().map(|builtin| builtin.name).chain(of_modules()).collect();
        all.extend(modules::STDLIB.iter().map(|(module, _)| *module));
        all.extend(own.iter().map(String::as_str));
        let near = crate::text::nearest(name, all);
        let near = near.map(|near| format!(": did you mean `{near}`?"));
        say!("there is no function `{name}`{}", near.unwrap_or_default());
    }
}

/// What a module says of itself, and its functions.
fn of_module(module: &str, text: &str) {
    let about = text.lines().take_while(|line| line.starts_with("//") && !line.starts_with("///"));
    let about: Vec<&str> = about.map(|line| line.trim_start_matches(['/', '!']).trim()).collect();
    say!("{module}\n{}", about.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n"));
    let own = text.lines().filter_map(|line| line.strip_prefix("fn ")).filter_map(|line| line.split('(').next());
    let mut names: Vec<&str> = own.collect();
    names.dedup();
    for (head, about) in names.into_iter().filter_map(|name| function(text, name)) {
        say!("{head}\n{}", about.first().map_or("", String::as_str));
    }
}

/// What follows `fn` on a line that begins a function.
fn head(line: &str) -> Option<&str> {
    line.trim_start_matches("private ").strip_prefix("fn ")
}

/// A function's head and the comment before it.
fn function<'t>(text: &'t str, name: &str) -> Option<(&'t str, Vec<String>)> {
    let lines: Vec<&str> = text.lines().collect();
    let begins = |line: &&str| head(line).is_some_and(|rest| rest.starts_with(&format!("{name}(")));
    let at = lines.iter().position(begins)?;
    let first = lines[..at].iter().rposition(|line| !line.starts_with("//")).map_or(0, |before| before + 1);
    let about = lines[first..at].iter().map(|line| format!("  {}", line.trim_start_matches('/').trim()));
    let signature = head(lines[at])?;
    let end = signature.find(')').map_or(signature.len(), |at| at + 1);
    Some((&signature[..end], about.collect()))
}

/// The names of the modules' functions.
fn of_modules() -> impl Iterator<Item = &'static str> {
    let heads = modules::STDLIB.iter().flat_map(|(_, text)| text.lines()).filter_map(|line| line.strip_prefix("fn "));
    heads.filter_map(|head| head.split('(').next())
}
