//! Forms that are offered where a statement may begin.

use super::analysis::Analysis;
use super::suggest::{Candidate, CandidateKind};
use crate::script::builtins;
use crate::text::Span;

/// A form: its first word, what it shows, its text with places.
const FORMS: &[(&str, &str, &str)] = &[
    ("session", "session(\"…\") { … }", "session(\"${1:name}\") {\n  $0\n}"),
    ("session", "session(\"…\") < … >", "session(\"${1:name}\") <\n  $0\n>"),
    ("schema", "schema … at \"…\" { … }", "schema ${1:Row} at \"${2:li}\" {\n  ${3:title}: text(\"${4:h2}\"),\n}"),
    ("test", "test(\"…\", || { … })", "test(\"${1:name}\", || {\n  $0\n});"),
    ("on", "on(\"…\", |page| { … })", "on(\"${1:after_goto}\", |page| {\n  $0\n});"),
    ("parallel", "parallel(…, |x| …)", "parallel(${1:urls}, |url| crawl(url)$0)"),
    ("import", "import \"…\" as …", "import \"${1:std/paginate}\" as ${2:paginate};"),
    ("for", "for … in … { … }", "for ${1:row} in ${2:page.items} {\n  $0\n}"),
    ("fn", "fn …(…) { … }", "fn ${1:name}($2) {\n  $0\n}"),
    ("try", "try { … } catch (e) { … }", "try {\n  $1\n} catch (e) {\n  print(e.code, e.message);$0\n}"),
];

/// Words of the language among [`FORMS`]; the other forms are calls, offered when there is such a builtin.
const WORDS: &[&str] = &["schema", "import", "for", "fn", "try"];

/// The forms that begin with what is typed between `start` and `offset`, where a statement begins.
#[must_use]
pub fn candidates(script: &Analysis, start: usize, offset: usize) -> Vec<Candidate> {
    let typed = &script.text()[start..offset];
    let before = script.solid.partition_point(|token| token.span.end <= start);
    let begins = matches!(script.word_before(before), "" | ";" | "{" | "}" | "<" | ">");
    if typed.is_empty() || !begins {
        return Vec::new();
    }
    let known = |word: &str| WORDS.contains(&word) || builtins::named(word).next().is_some();
    let forms = FORMS.iter().filter(|(word, _, _)| word.starts_with(typed) && known(word));
    let candidate = |(word, shown, insert): &(&str, &str, &str)| Candidate {
        insert: (*insert).to_owned(),
        places: true,
        detail: (*shown).to_owned(),
        ..Candidate::new(format!("{word} …"), CandidateKind::Snippet, Span::new(start, offset))
    };
    forms.map(candidate).collect()
}
