//! The word lists in the editors' grammars: rendered from the table of builtins, kept by `BLESS=1`.

use std::collections::BTreeSet;

use crawl::script::builtin::{Builtin, Kind, Receiver};
use crawl::script::{ELEMENT_PARTS, PAGE_PARTS, builtins};
use crawl::syntax::{FORM_WORDS, KEYWORDS};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use super::{path, read};

type Words = BTreeSet<&'static str>;

/// Every word that an editor may know, by what it is.
pub struct Lexicon {
    pub keywords: Words,
    pub constants: Words,
    pub forms: Words,
    pub functions: Words,
    pub methods: Words,
    pub options: Words,
    pub parts: Words,
    pub js: Takers,
    pub css: Takers,
}

impl Lexicon {
    pub fn new() -> Self {
        let constants: Words = ["true", "false", "this"].into();
        let all = || builtins::all();
        let named = |builtin: &'static Builtin| builtin.option_names();
        Self {
            keywords: KEYWORDS.iter().copied().filter(|word| !constants.contains(word)).collect(),
            constants,
            forms: FORM_WORDS.iter().copied().collect(),
            functions: all().filter(|b| b.receiver == Receiver::None).map(|b| b.name).collect(),
            methods: all().filter(|b| b.receiver != Receiver::None).map(|b| b.name).collect(),
            options: all().flat_map(named).collect(),
            parts: PAGE_PARTS.iter().chain(ELEMENT_PARTS).map(|(name, _)| *name).collect(),
            js: Takers::of(&|kind| kind == Kind::Js),
            css: Takers::of(&|kind| matches!(kind, Kind::Css | Kind::RowCss)),
        }
    }
}

/// Whose strings are of one other language.
pub struct Takers {
    pub options: Words,
    /// Functions and methods whose first argument is; all methods of one name must agree.
    pub functions: Words,
    pub methods: Words,
}

impl Takers {
    fn of(wanted: &dyn Fn(Kind) -> bool) -> Self {
        let options = builtins::all().flat_map(|builtin| {
            let names = builtin.option_names().into_iter();
            names.filter(|name| builtin.kind_of(name).is_some_and(wanted)).collect::<Vec<_>>()
        });
        let first = |builtin: &Builtin| builtin.params.first().is_some_and(|param| wanted(param.kind));
        let is_method = |builtin: &&Builtin| builtin.receiver != Receiver::None;
        let agree = |builtin: &&Builtin| builtins::named(builtin.name).filter(|b| is_method(b)).all(first);
        Self {
            options: options.collect(),
            functions: builtins::all().filter(|b| !is_method(b) && first(b)).map(|b| b.name).collect(),
            methods: builtins::all().filter(|b| is_method(b) && agree(b)).map(|b| b.name).collect(),
        }
    }
}

/// A file and how it looks with the words of today.
type List = (&'static str, fn(&str, &Lexicon) -> Result<String, Failed>);

pub fn trials() -> Vec<Trial> {
    let lists: [List; 6] = [
        ("vim/syntax/crawl.vim", |text, words| between(text, "\" words", &vim(words))),
        ("tree-sitter-crawl/queries/highlights.scm", |text, words| between(text, "; words", &highlights(words))),
        ("tree-sitter-crawl/queries/injections.scm", |text, words| between(text, "; words", &injections(words))),
        ("helix/queries/crawl/highlights.scm", |text, words| between(text, "; words", &highlights(words))),
        ("helix/queries/crawl/injections.scm", |text, words| between(text, "; words", &injections(words))),
        ("vscode/syntaxes/crawl.tmLanguage.json", textmate),
    ];
    let trial = |(name, render): List| {
        Trial::test(format!("editors::words_of_{name}"), move || {
            let text = read(name);
            let wanted = render(&text, &Lexicon::new())?;
            if text == wanted {
                return Ok(());
            }
            if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
                std::fs::write(path(name), wanted)?;
                println!("updated editors/{name}");
                return Ok(());
            }
            Err(Failed::from(format!("editors/{name} does not know the language's words: BLESS=1 rewrites it")))
        })
    };
    lists.into_iter().map(trial).collect()
}

/// The text with `block` between its lines `MARK: begin` and `MARK: end`.
fn between(text: &str, mark: &str, block: &str) -> Result<String, Failed> {
    let (begin, end) = (format!("{mark}: begin\n"), format!("{mark}: end"));
    let (head, rest) = text.split_once(&begin).ok_or("no word list begins")?;
    let (_, tail) = rest.split_once(&end).ok_or("no word list ends")?;
    Ok(format!("{head}{begin}{block}{end}{tail}"))
}

fn joined(words: &Words, separator: &str) -> String {
    words.iter().copied().collect::<Vec<_>>().join(separator)
}

fn vim(words: &Lexicon) -> String {
    let any = |words: &Words| format!("\\%({}\\)", joined(words, "\\|"));
    let mut lines = vec![
        format!("syntax match crawlBuiltin \"\\<{}\\ze\\s*(\"", any(&words.functions)),
        format!("syntax match crawlPart \"\\%(\\.\\s*\\)\\@<={}\\>\"", any(&words.parts)),
        format!("syntax match crawlMethod \"\\%(\\.\\s*\\)\\@<={}\\ze\\s*(\"", any(&words.methods)),
        format!("syntax match crawlOption \"\\<{}\\ze\\s*::\\@!\"", any(&words.options)),
        format!("syntax keyword crawlBoolean {}", joined(&words.constants, " ")),
        format!("syntax keyword crawlKeyword {}", joined(&words.keywords, " ")),
        "syntax keyword crawlKeyword session".to_owned(),
    ];
    lines.push(String::new());
    lines.join("\n")
}

/// A list of words for a query, wrapped.
fn quoted(words: &Words) -> String {
    let mut lines = vec![String::new()];
    for word in words {
        let last = lines.last_mut().expect("never empty");
        if last.len() + word.len() > 100 {
            lines.push(format!("\"{word}\""));
        } else {
            last.push_str(&format!("{}\"{word}\"", if last.is_empty() { "" } else { " " }));
        }
    }
    lines.join("\n    ")
}

fn highlights(words: &Lexicon) -> String {
    let keywords: Words = words.keywords.union(&words.forms).copied().collect();
    let anonymous: Vec<String> = keywords.iter().map(|word| format!("\"{word}\"")).collect();
    let functions = quoted(&words.functions);
    let methods = quoted(&words.methods);
    let options = quoted(&words.options);
    let parts = quoted(&words.parts);
    format!(
        "[\n  {}\n] @keyword

((call function: (identifier) @function.builtin)
  (#any-of? @function.builtin
    {functions}))
((call function: (identifier) @function.call)
  (#not-any-of? @function.call
    {functions}))

((call function: (member name: (identifier) @function.method.builtin))
  (#any-of? @function.method.builtin
    {methods}))
((call function: (member name: (identifier) @function.method.call))
  (#not-any-of? @function.method.call
    {methods}))
(call function: (path name: (identifier) @function.call))

((named_argument name: (identifier) @variable.parameter.builtin)
  (#any-of? @variable.parameter.builtin
    {options}))
((named_argument name: (identifier) @variable.parameter)
  (#not-any-of? @variable.parameter
    {options}))

((member name: (identifier) @property.builtin)
  (#any-of? @property.builtin
    {parts}))
",
        anonymous.join("\n  "),
    )
}

fn injections(words: &Lexicon) -> String {
    let mut text = String::new();
    for (language, takers) in [("javascript", &words.js), ("css", &words.css)] {
        let contents = "[(string (string_content) @injection.content) (raw_string (raw_content) @injection.content)\n    \
             (template_string (template_content) @injection.content)]";
        let set = format!("(#set! injection.language \"{language}\")");
        for node in ["named_argument", "pair"] {
            text.push_str(&format!(
                "(({node}\n  name: (identifier) @_name\n  value: {contents})\n  (#any-of? @_name {})\n  {set})\n\n",
                quoted(&takers.options)
            ));
        }
        for (callee, names) in
            [("(identifier) @_name", &takers.functions), ("(member name: (identifier) @_name)", &takers.methods)]
        {
            text.push_str(&format!(
                "((call\n  function: {callee}\n  arguments: (arguments . {contents}))\n  (#any-of? @_name {})\n  {set})\n\n",
                quoted(names)
            ));
        }
    }
    text.push_str(
        "((schema_definition selector: (string (string_content) @injection.content))\n  \
         (#set! injection.language \"css\"))\n",
    );
    text
}

fn textmate(text: &str, words: &Lexicon) -> Result<String, Failed> {
    let mut grammar: Value = serde_json::from_str(text)?;
    let any = |words: &Words| format!("(?:{})", joined(words, "|"));
    let js = any(&words.js.options);
    let matches = [
        ("/repository/constants/match", format!("(?<!\\.)\\b{}\\b(?!\\s*:(?!:))", any(&words.constants))),
        ("/repository/keywords/match", format!("(?<!\\.)\\b{}\\b(?!\\s*:(?!:))", any(&words.keywords))),
        ("/repository/forms/match", "(?<!\\.)\\bsession\\b(?=\\s*\\()".to_owned()),
        ("/repository/options/match", format!("\\b({})\\s*(:)(?!:)", any(&words.options))),
        ("/repository/methods/match", format!("(\\??\\.)\\s*({})(?=\\s*\\()", any(&words.methods))),
        ("/repository/parts/match", format!("(\\??\\.)\\s*({})\\b(?!\\s*\\()", any(&words.parts))),
        ("/repository/builtins/match", format!("(?<![.:])\\b{}(?=\\s*\\()", any(&words.functions))),
        ("/repository/embedded/patterns/0/match", format!("\\b({js})\\s*(:)\\s*(\")((?:[^\"\\\\]|\\\\.|\"\")*)(\")")),
        ("/repository/embedded/patterns/1/begin", format!("\\b({js})\\s*(:)\\s*(`)")),
    ];
    for (pointer, pattern) in matches {
        *grammar.pointer_mut(pointer).ok_or_else(|| format!("the grammar has no {pointer}"))? = Value::from(pattern);
    }
    Ok(format!("{}\n", serde_json::to_string_pretty(&grammar)?))
}
