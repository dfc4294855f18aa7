//! What the line editor knows: the words of the language, of the dialogue, and of the page.

use std::sync::Arc;

use super::command::COMMANDS;
use crate::page::SelectorNames;
use crate::repl::{Surroundings, Vocabulary};
use crate::script::Dialogue;

/// The words for completion.
pub(super) fn vocabulary(dialogue: &Dialogue) -> Vocabulary {
    let mut words = Vocabulary::language();
    words.commands = COMMANDS.iter().map(|command| command.name.to_owned()).collect();
    words.names.extend(dialogue.functions().into_iter().map(|name| format!("{name}(")));
    let variables = dialogue.variables().into_iter().map(|name| (name.clone(), dialogue.members(&name)));
    words.variables = variables.collect();
    let sessions = dialogue.interpreter().run().crawler.sessions();
    words.sessions = sessions.into_iter().map(|session| session.id).collect();
    words
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
