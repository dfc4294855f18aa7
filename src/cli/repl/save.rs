//! `:save`: what worked, as a script that runs by itself, or merged into the script that was opened.

use super::talk::Repl;
use crate::cli::report;
use crate::cli::say::{counted, say};
use crate::diag::Format;
use crate::repl::{Said, Script, merge, script};
use crate::script::{Failure, Insertion, Piece, lock};
use crate::syntax::{StringLiteral, TokenKind, format, lex};
use crate::text::Source;

impl Repl {
    /// `:save`.
    pub fn save(&mut self, rest: &str) {
        let Some((path, from)) = destination(rest) else {
            say!("`--from` takes the number of a step: `:steps` lists them");
            return;
        };
        if path.is_empty() {
            say!("give the file's name: `:save FILE.crawl`");
            return;
        }
        let insertion = self.dialogue.insertion().filter(|_| from.is_none());
        let kept = self.kept(from);
        let around = insertion.as_ref().and_then(|place| place.session.as_deref());
        let said: Vec<Said<'_>> = kept
            .iter()
            .map(|(piece, text)| Said { text, session: &piece.session, acts: !piece.steps.is_empty() })
            .collect();
        let written = script(&said, around);
        let text = match &insertion {
            None => formatted(path, written.text()),
            Some(place) => merged(place, &written, path),
        };
        self.write(path, &text, kept.len());
    }

    /// The pieces that are worth keeping, secrets left out: those from a step on, and what takes none.
    fn kept(&self, from: Option<u64>) -> Vec<(Piece, String)> {
        let secrets = lock(&self.run().secrets).clone();
        let mut gone: Vec<String> = Vec::new();
        let mut kept = Vec::new();
        for piece in self.dialogue.pieces().iter().filter(|piece| !piece.text.is_empty() && !piece.looked) {
            let early = from.is_some_and(|from| *piece.steps.end() < from);
            let hangs = early && mentions(&piece.text, &gone);
            if early && (!piece.steps.is_empty() || hangs) {
                gone.extend(declared(&piece.text));
            } else {
                kept.push((piece.clone(), without_secrets(&piece.text, &secrets)));
            }
        }
        kept
    }

    fn write(&self, path: &str, text: &str, pieces: usize) {
        match crate::store::write_atomic(&self.home.join(path), text.as_bytes()) {
            Ok(()) => say!("{path}: {}", counted(pieces, "piece")),
            Err(error) => {
                say!("cannot write `{path}`: {error}");
                return;
            }
        }
        if let Err(Failure::Reports(reports, _)) = self.dialogue.check(path, text) {
            say!("as a script it needs a change first:");
            let _ = report::fail(&reports, Format::Human);
        }
    }
}

/// The file's name, and the step to begin with if one is given, before the name or after it.
fn destination(rest: &str) -> Option<(&str, Option<u64>)> {
    let Some((before, after)) = rest.split_once("--from") else { return Some((rest.trim(), None)) };
    let after = after.trim_start_matches('=').trim();
    let (number, behind) = after.split_once(char::is_whitespace).unwrap_or((after, ""));
    let path = if before.trim().is_empty() { behind } else { before };
    Some((path.trim(), Some(number.parse().ok()?)))
}

/// The opened script with what was said. In another file it ends where the dialogue stands. A script in a style of its
/// own keeps it.
fn merged(place: &Insertion, written: &Script, path: &str) -> String {
    let same = |path: &str| std::fs::canonicalize(path).ok();
    if same(path).is_some_and(|path| Some(path) == same(&place.name)) {
        let text = merge(&place.text, written, (place.top, place.at), &place.indent);
        let in_style = formatted(path, place.text.clone()) == place.text;
        return if in_style { formatted(path, text) } else { text };
    }
    let closing: String = closers(&place.text[..place.at]).iter().map(|closer| format!("{closer}\n")).collect();
    let led_here = format!("{}\n{closing}", &place.text[..place.at]);
    formatted(path, merge(&led_here, written, (place.top, place.at), &place.indent))
}

/// The text in its one style; one that cannot be understood as it is.
fn formatted(path: &str, text: String) -> String {
    format(&Source::new(path, text.as_str()), None).unwrap_or(text)
}

/// The variables that a piece makes.
fn declared(text: &str) -> Vec<String> {
    let tokens: Vec<_> = lex(text).into_iter().filter(|token| !token.is_comment()).collect();
    let pairs = tokens.windows(2).filter(|pair| matches!(pair[0].text(text), "let" | "const"));
    pairs.map(|pair| pair[1].text(text).to_owned()).collect()
}

/// Whether a piece uses one of the names.
fn mentions(text: &str, names: &[String]) -> bool {
    lex(text).iter().any(|token| names.iter().any(|name| name == token.text(text)))
}

/// What closes the session blocks that are open at the end of a text, innermost first.
fn closers(text: &str) -> Vec<&'static str> {
    let mut open = Vec::new();
    let tokens = lex(text);
    for (at, token) in tokens.iter().enumerate() {
        match token.text(text) {
            _ if token.kind != TokenKind::Symbol => {}
            "{" | "#{" => open.push("}"),
            "<" if at > 0 && tokens[at - 1].text(text) == ")" => open.push(">"),
            "}" => drop(open.pop()),
            ">" if open.last() == Some(&">") => drop(open.pop()),
            _ => {}
        }
    }
    open.reverse();
    open
}

/// The text with `secret("NAME")` in place of the secrets that it spells out.
fn without_secrets(text: &str, secrets: &[(String, String)]) -> String {
    let mut out = text.to_owned();
    for token in lex(text).iter().rev() {
        let Some(literal) = StringLiteral::decode(text, token) else { continue };
        let secret = secrets.iter().find(|(_, value)| !value.is_empty() && literal.value.contains(value.as_str()));
        let Some((name, value)) = secret else { continue };
        let call = format!("secret({})", serde_json::json!(name));
        let parts: Vec<String> =
            literal.value.split(value.as_str()).map(|part| serde_json::json!(part).to_string()).collect();
        let joined = parts.join(&format!(" + {call} + "));
        let joined = joined.trim_start_matches("\"\" + ").trim_end_matches(" + \"\"");
        let written = if joined == call { call } else { format!("({joined})") };
        out.replace_range(token.span.start..token.span.end, &written);
    }
    out
}
