//! What the line editor knows: the words of the language, of the dialogue, and of the page.

use std::sync::Arc;

use super::command::COMMANDS;
use crate::page::SelectorNames;
use crate::repl::{Surroundings, Vocabulary};
use crate::script::builtin::{Kind, Receiver};
use crate::script::builtins::hooks::POINTS;
use crate::script::{Dialogue, ELEMENT_PARTS, PAGE_PARTS, builtins};

const KEYWORDS: [&str; 14] = [
    "const", "else", "false", "for", "import", "in", "let", "loop", "return", "schema", "throw", "true", "try", "while",
];

/// The words for completion.
pub(super) fn vocabulary(dialogue: &Dialogue) -> Vocabulary {
    let owned = |name: &str| name.to_owned();
    let functions = || builtins::all().filter(|builtin| builtin.receiver == Receiver::None);
    let called = functions().map(|builtin| format!("{}(", builtin.name));
    let own = dialogue.functions().into_iter().map(|name| format!("{name}("));
    let parts = PAGE_PARTS.iter().chain(ELEMENT_PARTS).map(|(name, _)| owned(name));
    let methods = builtins::all().filter(|builtin| matches!(builtin.receiver, Receiver::Page | Receiver::Element));
    let options =
        builtins::all().map(|builtin| (owned(builtin.name), builtin.option_names().into_iter().map(owned).collect()));
    let words = functions().filter_map(|builtin| match builtin.params.first()?.kind {
        Kind::HookPoint => Some((owned(builtin.name), POINTS.iter().copied().map(owned).collect())),
        Kind::Word(words) => Some((owned(builtin.name), words.iter().copied().map(owned).collect())),
        _ => None,
    });
    let variables = dialogue.variables().into_iter().map(|name| (name.clone(), dialogue.members(&name)));
    let sessions = dialogue.interpreter().run().crawler.sessions();
    Vocabulary {
        commands: COMMANDS.iter().map(|command| owned(command.name)).collect(),
        names: called.chain(own).chain(KEYWORDS.map(owned)).collect(),
        options: options.collect(),
        variables: variables.collect(),
        members: parts.chain(methods.map(|method| format!("{}(", method.name))).collect(),
        sessions: sessions.into_iter().map(|session| session.id).collect(),
        words: words.collect(),
    }
}

/// What is known beside the words.
pub(super) fn surroundings(dialogue: &Dialogue, page: Arc<SelectorNames>) -> Surroundings {
    let about = |command: &super::command::Command| {
        let words = format!("{} {}", command.name, command.takes);
        (command.name.to_owned(), command.kind, format!("{}: {}", words.trim_end(), command.about))
    };
    Surroundings {
        page,
        fields: dialogue.fields(),
        functions: dialogue.signatures(),
        commands: COMMANDS.iter().map(about).collect(),
    }
}
