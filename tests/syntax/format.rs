//! The formatter: its one style by examples, and that it changes nothing but white space.

use std::path::{Path, PathBuf};

use super::{equal, rewritten};
use crawl::syntax::{Blocks, Facts, SyntaxError, TokenKind, format, lex};
use crawl::text::{Source, Span};
use libtest_mimic::{Failed, Trial};

/// (name, script, formatted script); `=` stands for "unchanged".
const STYLE: &[(&str, &str, &str)] = &[
    ("spaces", "let x=a+b*-c ;", "let x = a + b * -c;\n"),
    ("calls", "f (a ,b) . g( ) [ 0 ] ; h ! (1)", "f(a, b).g()[0];\nh!(1)\n"),
    ("calls_of_members_named_like_keywords", "a . until (1)", "a.until(1)\n"),
    ("keywords", "if(a){return(b)}", "if (a) { return (b) }\n"),
    ("negation", "if !a&&!(b) { -1 } else{ 1-1 }", "if !a && !(b) { -1 } else { 1 - 1 }\n"),
    ("double_negation", "let a = - -b; let c = + + d; let e = !!f;", "let a = - -b;\nlet c = + +d;\nlet e = !!f;\n"),
    ("ranges", "for i in 0 .. 3 { a[ 1 .. ] }", "for i in 0..3 { a[1..] }\n"),
    ("range_before_a_block", "for i in 0.. { break }", "for i in 0.. { break }\n"),
    ("number_before_a_dot", "5 . abs(); 1. .abs()", "5.abs();\n1. .abs()\n"),
    ("shifts", "a<<b>>c<d", "a << b >> c < d\n"),
    ("maps", "#{a:1,\"b\":2}; #{ }", "#{ a: 1, \"b\": 2 };\n#{}\n"),
    ("paths", "a :: b ( c ?. d ?? e )", "a::b(c?.d ?? e)\n"),
    ("closures", "f(|| 1,| a,b |a|b)", "f(|| 1, |a, b| a | b)\n"),
    ("closure_block", "f(|x|{x})", "f(|x| { x })\n"),
    ("patterns", "switch a{1|2=>b,_=>c}", "switch a { 1 | 2 => b, _ => c }\n"),
    ("named_arguments", "crawl(u,js:a ,in:b)", "crawl(u, js: a, in: b)\n"),
    ("function", "private fn  f( a,b ){a}", "private fn f(a, b) { a }\n"),
    ("empty_blocks", "fn f() {\n\n}\nsession(\"a\") <\n>", "fn f() {}\nsession(\"a\") < >\n"),
    ("angle_block", "session(\"a\")<f()>", "session(\"a\") < f() >\n"),
    ("angle_block_indented", "session(\"a\") <\nf();\n      g()\n>", "session(\"a\") <\n  f();\n  g()\n>\n"),
    ("angle_block_closed_twice", "session(1)<session(2)<3>>", "session(1) < session(2) < 3 > >\n"),
    ("angle_block_goes_on", "session(1)<3>.f()", "session(1) < 3 >.f()\n"),
    ("author_tells_what_an_index_belongs_to", "session(1) { [2] }[0]", "="),
    ("statement_a_line", "a();b(); c()", "a();\nb();\nc()\n"),
    ("one_line_blocks_stay", "if a { b(); c() } d()", "if a { b(); c() }\nd()\n"),
    ("broken_block_breaks_everywhere", "if a { b(); c();\nd() }", "if a {\n  b();\n  c();\n  d()\n}\n"),
    ("lists_are_the_authors", "f(a,\n b,c)", "f(a,\n  b, c)\n"),
    ("brackets_of_one_line_indent_once", "f(g(\n1,\n).h)", "f(g(\n  1,\n).h)\n"),
    ("closure_in_arguments", "f(|x| {\nx\n},k:1);", "f(|x| {\n  x\n}, k: 1);\n"),
    ("line_goes_on", "let a=b\n+ c\n. d();\ne", "let a = b\n  + c\n  .d();\ne\n"),
    ("block_after_a_line_that_went_on", "if a &&\n b {\nc\n}", "if a &&\n  b {\n  c\n}\n"),
    ("block_of_a_value", "let a =\nif b {\nc\n} else {\nd\n};", "let a =\n  if b {\n    c\n  } else {\n    d\n  };\n"),
    ("else_joins", "if a {\nb\n}\nelse\n{\nc\n}", "if a {\n  b\n} else {\n  c\n}\n"),
    ("catch_joins", "try {\na\n}\ncatch (e)\n{\nb\n}", "try {\n  a\n} catch (e) {\n  b\n}\n"),
    ("do_while_joins", "do {\na\n}\nwhile b;\nwhile c {\n}", "do {\n  a\n} while b;\nwhile c {}\n"),
    ("block_of_its_own", "a();\n{\nb\n}", "a();\n{\n  b\n}\n"),
    ("comma_and_semicolon_join", "f(a\n, b)\n;", "f(a, b);\n"),
    ("blank_lines", "\n\na;\n\n\n\nb;\n{\n\nc\n\n}\n\n", "a;\n\nb;\n{\n  c\n}\n"),
    ("statement_after_a_block", "if a { b } -c", "if a { b }\n-c\n"),
    ("operator_after_a_blocks_value", "let x = session(1) { 2 }\n- 1;", "let x = session(1) { 2 }\n  - 1;\n"),
    ("switch_arms", "switch a {\n1 => { b } 2 => c,\n}", "switch a {\n  1 => { b }\n  2 => c,\n}\n"),
    ("comments", "//! head\n\n// a  \na;// b\n/* c */b /*d*/+ c;", "//! head\n\n// a\na; // b\n/* c */ b /*d*/ + c;\n"),
    ("comment_before_a_closer", "f(\na // b\n// c\n)", "f(\n  a // b\n  // c\n)\n"),
    ("comment_before_a_statement_moves_along", "a; /* b */ c", "a;\n/* b */ c\n"),
    ("comment_after_a_statement_stays", "a; /* b */\nc", "a; /* b */\nc\n"),
    ("comment_behind_a_block_opening", "if a { // b\nc }", "if a { // b\n  c\n}\n"),
    ("comment_before_else", "if a {\nb\n}\n// c\nelse {\nd\n}", "if a {\n  b\n}\n// c\nelse {\n  d\n}\n"),
    ("comment_in_a_line_that_goes_on", "a\n// b\n+ c", "a\n  // b\n  + c\n"),
    ("shebang", "#!/usr/bin/crawl\na", "#!/usr/bin/crawl\na\n"),
    ("nothing", " \n ", ""),
    ("strings", "f(\"a  b\",#\"c  \"#,'d')", "f(\"a  b\", #\"c  \"#, 'd')\n"),
    ("template", "  crawl(js:`\n a  (\n`,x:1)", "crawl(js: `\n a  (\n`, x: 1)\n"),
    ("code_in_a_template", "`a ${b( c )} ${`d${e }`}`;f", "`a ${b( c )} ${`d${e }`}`;\nf\n"),
    (
        "string_over_lines",
        "if a {\n    f(  \"b \\\n         c\" ,d )\n}",
        "if a {\n    f(  \"b \\\n         c\", d)\n}\n",
    ),
    ("line_ends", "a;\r\nif b {\r\nc\r\n}\r\n", "a;\r\nif b {\r\n  c\r\n}\r\n"),
    (
        "schema",
        "schema A at \"li\" ,min:2{\na:text(\"b\"),// c\nlong:int(\"d\"), e: list(\n1) }",
        "schema A at \"li\", min: 2 {\n  a:    text(\"b\"), // c\n  long: int(\"d\"),\n  e:    list(\n    1)\n}\n",
    ),
    ("schema_of_one_line", "schema A at \"li\" {a:b,  long:c}", "schema A at \"li\" { a: b, long: c }\n"),
];

/// Lines that are too long, `%` being a word of 50 letters.
const LONG: &[(&str, &str, &str)] = &[
    ("arguments", "let a = f(%, g(1, 2), k: %);", "let a = f(\n  %,\n  g(1, 2),\n  k: %\n);\n"),
    ("widest_only", "f(1, 2).g(%, %%);", "f(1, 2).g(\n  %,\n  %%\n);\n"),
    ("inner_where_needed", "f(1, g(%, %), %)", "f(\n  1,\n  g(%, %),\n  %\n)\n"),
    ("inner_too", "f(1, g(%, %, %), 2)", "f(\n  1,\n  g(\n    %,\n    %,\n    %\n  ),\n  2\n)\n"),
    ("blocks", "if a { f(%, 1); g(%, 2) } else { c }", "if a {\n  f(%, 1);\n  g(%, 2)\n} else { c }\n"),
    ("angle_blocks", "session(1) < f(%); g(%); h() > 1 >", "session(1) <\n  f(%);\n  g(%);\n  h() > 1\n>\n"),
    ("schemas", "schema A at \"li\" { a: %, long: % }", "schema A at \"li\" {\n  a:    %,\n  long: %\n}\n"),
    ("lists_over_lines_move_items", "f([1, %,\n%, %, %])", "f([1, %,\n  %, %,\n  %])\n"),
    ("one_argument_stays", "f(% + % + %)", "="),
    ("long_comments_break_nothing", "f(a, b); // % % %", "="),
];

/// (name, script, with angle signs, with braces).
const BLOCKS: &[(&str, &str, &str, &str)] = &[
    ("both_ways", "session(1) { a > b }", "session(1) < a > b >\n", "session(1) { a > b }\n"),
    (
        "nested",
        "session(1) < session(2) { 3 } >",
        "session(1) < session(2) < 3 > >\n",
        "session(1) { session(2) { 3 } }\n",
    ),
    ("head_of_an_if", "if session(1) < a; > { b }", "if session(1) < a; > { b }\n", "if session(1) < a; > { b }\n"),
    (
        "comparison_over_lines",
        "session(1) {\na >\nb\n}\nsession(2) { c }",
        "session(1) {\n  a >\n    b\n}\nsession(2) < c >\n",
        "session(1) {\n  a >\n    b\n}\nsession(2) { c }\n",
    ),
    ("in_templates", "`${session(1) { 2 }}`", "`${session(1) { 2 }}`\n", "`${session(1) { 2 }}`\n"),
];

pub fn trials() -> Vec<Trial> {
    let style = STYLE.iter().map(|(name, script, expected)| rule(name, (*script).to_owned(), (*expected).to_owned()));
    let word = "x".repeat(50);
    let long = LONG.iter().map(|(name, script, expected)| {
        rule(&format!("long_line_{name}"), script.replace('%', &word), expected.replace('%', &word))
    });
    let blocks = BLOCKS.iter().map(|(name, script, angle, brace)| {
        Trial::test(format!("syntax::format::blocks_{name}"), move || {
            equal(&formatted(script, Some(Blocks::Angle)), &Ok((*angle).to_owned()))?;
            equal(&formatted(script, Some(Blocks::Brace)), &Ok((*brace).to_owned()))
        })
    });
    let mut trials: Vec<Trial> = style.chain(long).chain(blocks).collect();
    trials.push(Trial::test("syntax::format::broken_texts_are_refused", refused));
    trials.push(Trial::test("syntax::format::examples_can_be_formatted", examples));
    trials.push(Trial::test("syntax::format::long_texts_take_no_long_time", long_texts));
    trials.push(Trial::test("syntax::format::our_own_scripts_are_formatted", ours));
    trials.extend(scripts(&["tests/suite", "samples", "stdlib", "src/bench/scripts"]).into_iter().map(|path| {
        let name = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        Trial::test(format!("syntax::format::{name}"), move || script(&path))
    }));
    trials
}

fn rule(name: &str, script: String, expected: String) -> Trial {
    Trial::test(format!("syntax::format::{name}"), move || {
        let expected = if expected == "=" { format!("{script}\n") } else { expected };
        equal(&settles(&script)?, &Ok(expected.clone()))?;
        Ok(keeps_everything(&script, &expected)?)
    })
}

fn formatted(text: &str, blocks: Option<Blocks>) -> Result<String, Vec<SyntaxError>> {
    format(&Source::new("test.crawl", text), blocks)
}

/// The formatted text, which formatting again must leave alone.
pub fn settles(text: &str) -> Result<Result<String, Vec<SyntaxError>>, String> {
    let Ok(once) = formatted(text, None) else { return Ok(formatted(text, None)) };
    match formatted(&once, None) {
        Ok(again) if again == once => Ok(Ok(once)),
        again => Err(format!("not settled\n{text}\n--- once\n{once}\n--- again\n{}", again.unwrap_or_default())),
    }
}

/// What Rhai gets of both texts is the same but for white space, and the pass saw the same in both.
pub fn keeps_everything(before: &str, after: &str) -> Result<(), String> {
    let told = |what: &str| format!("{what}\n--- before\n{before}\n--- after\n{after}");
    if tokens(before) != tokens(after) {
        return Err(told("other tokens"));
    }
    let (old, new) = (rewritten(before), rewritten(after));
    let (Ok(old), Ok(new)) = (old, new) else { return Err(told("not understood any more")) };
    if tokens(&old.text) != tokens(&new.text) {
        return Err(told("another meaning"));
    }
    if strings(before) != strings(after) {
        return Err(told("other strings"));
    }
    if seen(before, &old.facts) != seen(after, &new.facts) {
        return Err(told("other facts"));
    }
    Ok(())
}

/// Kind and text of every token; blanks at the end of a line comment do not count.
fn tokens(text: &str) -> Vec<(TokenKind, &str)> {
    let tokens = lex(text).into_iter();
    let read = |kind, words: &str| if kind == TokenKind::LineComment { words.trim_end().len() } else { words.len() };
    tokens
        .map(|token| {
            let words = &text[token.span.start..token.span.end];
            (token.kind, &words[..read(token.kind, words)])
        })
        .collect()
}

/// What every string says, which may depend on its column.
fn strings(text: &str) -> Vec<String> {
    lex(text).iter().filter_map(|token| crawl::syntax::StringLiteral::decode(text, token)).map(|s| s.value).collect()
}

/// Everything that the facts point at, without the white space.
fn seen(text: &str, facts: &Facts) -> Vec<String> {
    let at = |span: Span| text[span.start..span.end].split_whitespace().collect::<String>();
    let mut seen: Vec<String> = Vec::new();
    let pairs = [&facts.consts, &facts.lets];
    seen.extend(pairs.into_iter().flatten().map(|(name, span)| format!("{name} {}", at(*span))));
    seen.extend(facts.schemas.iter().map(|schema| format!("{} {:?}", at(schema.whole), schema.fields.len())));
    seen.extend(facts.functions.iter().map(|f| format!("{} {} {}", f.name, f.params.len(), f.private)));
    seen.extend(facts.imports.iter().map(|import| format!("{} {}", import.path, at(import.path_span))));
    seen.extend(facts.sessions.iter().map(|s| format!("{} {} {}", at(s.span), at(s.id), s.angle)));
    seen.extend(facts.calls.iter().map(|call| {
        let arguments = call
            .arguments
            .iter()
            .map(|argument| format!("{:?} {}", argument.name.as_ref().map(|(name, _)| name), at(argument.value)));
        format!("{:?} {} {}", call.kind, at(call.span), arguments.collect::<Vec<_>>().join(","))
    }));
    seen
}

fn refused() -> Result<(), Failed> {
    for (text, code) in [
        ("let a = \"b;", "crawl::syntax::unclosed_string"),
        ("f((a)", "crawl::syntax::unclosed_bracket"),
        ("session(1) < a", "crawl::syntax::angle_block"),
        ("a }", "crawl::syntax::stray_bracket"),
    ] {
        let errors = formatted(text, None).err().ok_or_else(|| format!("accepted: {text}"))?;
        equal(&errors[0].code, &code)?;
    }
    Ok(())
}

/// Every script of ours can be formatted, as it is or with other blocks, and says what it said.
fn script(path: &Path) -> Result<(), Failed> {
    let Ok(text) = std::fs::read_to_string(path) else { return Ok(()) };
    let Ok(once) = settles(&text)? else { return Ok(()) };
    keeps_everything(&text, &once)?;
    for blocks in [Blocks::Angle, Blocks::Brace] {
        let other = formatted(&once, Some(blocks)).map_err(|errors| format!("{errors:?}"))?;
        equal(&settles(&other)?, &Ok(other.clone()))?;
        let (old, new) = (rewritten(&once).unwrap(), rewritten(&other).unwrap());
        equal(&tokens(&new.text), &tokens(&old.text))?;
    }
    Ok(())
}

/// The examples of the builtins keep their meaning, too.
fn examples() -> Result<(), Failed> {
    for builtin in crawl::script::builtins::all() {
        let once = settles(builtin.example)?.map_err(|errors| format!("{}: {errors:?}", builtin.name))?;
        keeps_everything(builtin.example, &once)?;
    }
    Ok(())
}

/// Texts whose cost would be felt if it grew with the square of their length: this ends, or the trial does not.
fn long_texts() -> Result<(), Failed> {
    let numbers = vec!["1"; 5_000].join(",");
    // Each pass over the whole rest of a line would be billions of pieces.
    let calls = vec!["f(a,b)"; 20_000].join("+");
    let texts = [
        format!("let a = [{numbers}];"),
        format!("let a = [\n{numbers}\n];"),
        format!("let a = {calls};"),
        format!("let a = g(\n{calls},\nb, {calls});"),
        format!("fn a() {{ {} }}", "f(1, g(2, 3));".repeat(20_000)),
        "// comment\n".repeat(3_000),
        format!("{}1{}", "[".repeat(500), "]".repeat(500)),
        "session(1) {a()}\n".repeat(1_000),
    ];
    for text in texts {
        let _ = settles(&text)?;
    }
    Ok(())
}

/// What people copy from is in the one style.
fn ours() -> Result<(), Failed> {
    for path in scripts(&["samples", "stdlib", "src/bench/scripts"]) {
        let text = std::fs::read_to_string(&path)?;
        let wanted = formatted(&text, None).map_err(|errors| format!("{errors:?}"))?;
        if text != wanted {
            return Err(format!("`crawl fmt {}` would change it", path.display()).into());
        }
    }
    Ok(())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every script in these folders of the repository.
pub fn scripts(folders: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of this repository").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "crawl") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
