//! The texts of a run by the names that Rhai knows them by, each with its way back to what the user wrote.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rhai::Position;

use super::call_site::call_at;
use crate::syntax::{CallFact, Facts, Rewritten, Token, TokenKind, lex, rewrite, token_at};
use crate::text::{LineColumn, Source, Span};

/// A script's text before and after the rewrite.
#[derive(Debug)]
pub struct Script {
    /// As the user wrote it.
    pub source: Source,
    /// As Rhai parses it.
    pub rewritten: Rewritten,
    lines: Source,
    tokens: OnceLock<Vec<Token>>,
}

impl Script {
    /// Rewrites a source.
    pub fn new(source: Source) -> Result<Self, Vec<crate::syntax::SyntaxError>> {
        let rewritten = rewrite(&source)?;
        let lines = Source::new(source.name(), rewritten.text.clone());
        Ok(Self { source, rewritten, lines, tokens: OnceLock::new() })
    }

    /// What the rewrite saw.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.rewritten.facts
    }

    /// The offset in the user's text of a position in Rhai's.
    #[must_use]
    pub fn offset(&self, position: Position) -> Option<usize> {
        let line = position.line()?;
        let column = position.position().unwrap_or(1);
        let offset = self.lines.offset(LineColumn { line, column });
        Some(self.rewritten.map.to_original(offset))
    }

    /// The tokens of the user's text.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        self.tokens.get_or_init(|| lex(self.source.text()))
    }

    /// The token in the user's text at a position in Rhai's.
    #[must_use]
    pub fn span(&self, position: Position) -> Option<Span> {
        let offset = self.offset(position)?;
        let token =
            token_at(self.tokens(), offset).filter(|token| token.span.start <= offset && offset < token.span.end);
        // A property's place is told as that of its dot.
        let dot = token.filter(|token| matches!(token.text(self.source.text()), "." | "?."));
        let token = dot.and_then(|dot| token_at(self.tokens(), dot.span.end)).or(token);
        Some(token.map_or(Span::at(offset), |token| token.span))
    }

    /// The span with what its bracket holds, when it is an opening one.
    #[must_use]
    pub fn whole(&self, span: Span) -> Span {
        let text = self.source.text();
        let mut depth = 0_i32;
        for token in self.tokens().iter().filter(|token| token.span.start >= span.start && !token.is_comment()) {
            match token.text(text) {
                "(" | "[" | "{" | "#{" | "${" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
            if depth <= 0 {
                return if token.span.start == span.start { span } else { Span::new(span.start, token.span.end) };
            }
        }
        span
    }

    /// The last character of what stands before a place: where something is missing.
    #[must_use]
    pub fn end_before(&self, span: Span) -> Span {
        let before = self.tokens().iter().take_while(|token| token.span.end <= span.start);
        let last = before.filter(|token| !token.is_comment()).last();
        last.map_or(span, |token| Span::at(token.span.end))
    }

    /// The call whose name stands at a position in Rhai's text.
    #[must_use]
    pub fn call(&self, position: Position) -> Option<&CallFact> {
        call_at(self, self.offset(position)?)
    }

    fn body_text(&self, function: &rhai::ScriptFuncDef) -> Option<String> {
        let start = self.offset(function.body.start_position())?;
        let end = self.offset(function.body.end_position()).filter(|end| *end > start);
        let end = end.map_or_else(|| self.expression_end(start), |end| end + 1);
        let text = self.source.slice(Span::new(start, end.min(self.source.text().len())));
        let names: Vec<&str> = function.params.iter().map(|name| name.as_str()).collect();
        Some(format!("|{}| {text}", names.join(", ")))
    }

    /// Where the expression that begins at `start` ends: at the first separator outside brackets.
    fn expression_end(&self, start: usize) -> usize {
        let text = self.source.text();
        let mut depth = 0_i32;
        for token in self.tokens().iter().filter(|token| token.span.start >= start && !token.is_comment()) {
            match token.text(text) {
                "(" | "[" | "{" | "#{" | "${" => depth += 1,
                ")" | "]" | "}" if depth == 0 => return token.span.start,
                ")" | "]" | "}" => depth -= 1,
                "," | ";" if depth == 0 => return token.span.start,
                _ => {}
            }
        }
        text.len()
    }
}

/// What a function depends on.
pub struct Reach {
    /// The texts of functions and modules by name.
    pub texts: BTreeMap<String, String>,
    /// Names that are no functions: constants, perhaps.
    pub names: BTreeSet<String>,
}

/// A function of a script.
#[derive(Debug, Clone)]
pub struct Function {
    /// Names, those of captured variables first.
    pub params: Vec<String>,
    /// Its text.
    pub text: String,
}

/// A closure has no name of its own: the one that Rhai gives it depends on where it stands.
fn named_alike(name: &str) -> String {
    if name.starts_with("anon$") { "closure".to_owned() } else { name.to_owned() }
}

fn path_text(path: &Path) -> String {
    path.display().to_string()
}

/// All scripts of a run.
#[derive(Debug, Default)]
pub struct Sources {
    scripts: Mutex<HashMap<String, Arc<Script>>>,
    main: Mutex<Option<Arc<Script>>>,
    functions: Mutex<HashMap<String, Function>>,
    /// Which script defined a function last.
    homes: Mutex<HashMap<String, Arc<Script>>>,
}

impl Sources {
    /// Adds a module's script under its name.
    pub fn add(&self, script: &Arc<Script>) {
        let name = script.source.name().to_owned();
        self.scripts.lock().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::clone(script));
    }

    /// Sets the script that runs.
    pub fn set_main(&self, script: &Arc<Script>) {
        self.add(script);
        *self.main.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(script));
    }

    /// The texts as the user wrote them: the main one, then modules by name.
    #[must_use]
    pub fn all(&self) -> Vec<Source> {
        let main = self.find(None).map(|script| script.source.clone());
        let scripts = self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        let modules = scripts.values().map(|script| &script.source);
        let name = main.as_ref().map(|main| main.name().to_owned());
        let mut modules: Vec<Source> = modules.filter(|text| Some(text.name()) != name.as_deref()).cloned().collect();
        modules.sort_by(|one, other| one.name().cmp(other.name()));
        main.into_iter().chain(modules).collect()
    }

    /// Notes the functions of a compiled script: their parameters (captured ones included) and their text.
    pub fn add_functions(&self, script: &Arc<Script>, ast: &rhai::AST) {
        let mut homes = self.homes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut functions = self.functions.lock().unwrap_or_else(PoisonError::into_inner);
        for function in ast.iter_fn_def() {
            let text = script.body_text(function).unwrap_or_default();
            let params = function.params.iter().map(ToString::to_string).collect();
            functions.insert(function.name.to_string(), Function { params, text });
            homes.insert(function.name.to_string(), Arc::clone(script));
        }
    }

    /// A function.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<Function> {
        self.functions.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Forgets everything (a new run of watch).
    pub fn clear(&self) {
        self.scripts.lock().unwrap_or_else(PoisonError::into_inner).clear();
        *self.main.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.functions.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.homes.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What a function may come to run and to read, as far as names tell: functions of whatever script, and where one
    /// names a module, the modules.
    #[must_use]
    pub fn reach(&self, function: &str) -> Reach {
        let functions = self.functions.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reach = Reach { texts: BTreeMap::new(), names: BTreeSet::new() };
        let mut open = vec![function.to_owned()];
        while let Some(name) = open.pop() {
            let Some(Function { text, .. }) = functions.get(&name) else {
                reach.names.insert(name);
                continue;
            };
            if reach.texts.insert(named_alike(&name), text.clone()).is_none() {
                let tokens = lex(text).into_iter().filter(|token| token.kind == TokenKind::Identifier);
                open.extend(tokens.map(|token| token.text(text).to_owned()).filter(|name| !reach.names.contains(name)));
            }
        }
        if reach.texts.values().any(|text| text.contains("::")) {
            let main = self.find(None).map(|script| script.source.name().to_owned());
            let scripts = self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
            let modules = scripts.iter().filter(|(name, _)| Some(*name) != main.as_ref());
            // However the script is named, its modules lie where they lie from there.
            let folder = main.as_deref().and_then(|main| Path::new(main).parent()).unwrap_or(Path::new(""));
            let beside = |name: &str| Path::new(name).strip_prefix(folder).map_or(name.to_owned(), path_text);
            reach.texts.extend(modules.map(|(name, script)| (beside(name), script.source.text().to_owned())));
        }
        reach
    }

    /// The script that defined a function last.
    #[must_use]
    pub fn home(&self, function: &str) -> Option<Arc<Script>> {
        self.homes.lock().unwrap_or_else(PoisonError::into_inner).get(function).cloned()
    }

    /// The script of that name; the main one when there is no name or no such script.
    #[must_use]
    pub fn find(&self, name: Option<&str>) -> Option<Arc<Script>> {
        let scripts = self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        let named = name.filter(|name| !name.is_empty()).and_then(|name| scripts.get(name).cloned());
        named.or_else(|| self.main.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
