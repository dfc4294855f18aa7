//! Targets: what a text means, and where a wrong one goes wrong.

use crawl::page::{Query, Target, Words};
use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    let trial = |name: &str, run: fn()| {
        Trial::test(format!("page::target::{name}"), move || {
            run();
            Ok(())
        })
    };
    vec![trial("texts_mean_what_they_say", meanings), trial("faults_have_a_place", faults)]
}

fn part(text: &str) -> Words {
    Words::Part { text: text.to_owned() }
}

fn whole(text: &str) -> Words {
    Words::Whole { text: text.to_owned() }
}

fn meanings() {
    let role = |role: &str, name, states: &[(&str, &str)]| Query::Role {
        role: role.to_owned(),
        name,
        states: states.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        hidden: false,
    };
    let regex = |source: &str, flags: &str| Words::Regex { source: source.to_owned(), flags: flags.to_owned() };
    let cases = [
        ("text=Add to cart", Query::Text { words: part("Add to cart") }),
        ("text=\"Add to cart\"", Query::Text { words: whole("Add to cart") }),
        ("text='it\\'s' ", Query::Text { words: whole("it's") }),
        ("text=\"Save\" i", Query::Text { words: part("Save") }),
        ("text=/^save$/i", Query::Text { words: regex("^save$", "i") }),
        ("text=/home", Query::Text { words: part("/home") }),
        ("text='tis", Query::Text { words: part("'tis") }),
        ("label= E-mail", Query::Label { words: part("E-mail") }),
        ("placeholder=Search", Query::Placeholder { words: part("Search") }),
        ("testid=cart", Query::TestId { words: whole("cart") }),
        ("role=button", role("button", None, &[])),
        ("role=Button[name=Save]", role("button", Some(part("Save")), &[])),
        ("role=button[name=\"a ] b\"][disabled]", role("button", Some(whole("a ] b")), &[("disabled", "true")])),
        (
            "role=checkbox[checked=false] [name=/a[b]/]",
            role("checkbox", Some(regex("a[b]", "")), &[("checked", "false")]),
        ),
        ("role=heading[level=2]", role("heading", None, &[("level", "2")])),
        ("  #save ", Query::Css { css: "#save".to_owned() }),
        ("a[href=x]", Query::Css { css: "a[href=x]".to_owned() }),
        ("css=input:checked", Query::Css { css: "input:checked".to_owned() }),
        ("//a[text()=\"]\"]", Query::XPath { path: "//a[text()=\"]\"]".to_owned() }),
        ("xpath=(//a)[2]", Query::XPath { path: "(//a)[2]".to_owned() }),
        ("/html/body", Query::XPath { path: "/html/body".to_owned() }),
    ];
    for (text, query) in cases {
        assert_eq!(Target::parse(text).unwrap().query, query, "{text}");
    }
}

fn faults() {
    let cases = [
        ("", "", "a target cannot be empty"),
        (" rol=button", "rol", "targets do not begin with `rol=`"),
        ("role=buton", "buton", "there is no role `buton`"),
        ("role=button[nam=a]", "nam=a", "a role has no condition `nam`"),
        ("role=button name", "name", "after a role stand conditions in brackets"),
        ("role=button[name]", "[name]", "`name` needs a value"),
        ("text=", "text=", "`text=` needs what to look for"),
        ("text=\"open", "\"open", "the quote is never closed"),
        ("//a[1]]", "]", "this `]` closes nothing"),
        ("//a[(1]", "]", "this `]` closes nothing"),
        ("//a['b]", "'", "this `'` is never closed"),
    ];
    for (text, place, message) in cases {
        let error = Target::parse(text).unwrap_err();
        assert_eq!((&text[error.span.start..error.span.end], error.message.as_str()), (place, message), "{text}");
    }
}
