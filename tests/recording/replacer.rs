//! Many texts replaced at once: by several searchers as by one.

use crawl::text::Replacer;
use libtest_mimic::Trial;
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("replacer::takes_the_first_place_and_the_longest_text", first_and_longest),
        trial("replacer::goes_on_where_it_is_told_to", told),
    ]
}

/// The bytes with every text in brackets.
fn replaced(replacer: &Replacer, bytes: &[u8]) -> Option<Vec<u8>> {
    let put = |replacement: &[u8], place: std::ops::Range<usize>, out: &mut Vec<u8>| {
        out.extend([b"[", replacement, b"]"].concat());
        place.end
    };
    replacer.replace(bytes, put).unwrap()
}

/// The same, looked for at each place one by one.
fn by_hand(texts: &[String], text: &str) -> Option<Vec<u8>> {
    let (mut out, mut at) = (String::new(), 0);
    while let Some(next) = text[at..].chars().next() {
        let longest = texts.iter().filter(|known| text[at..].starts_with(*known)).max_by_key(|known| known.len());
        let taken = longest.map_or(next.len_utf8(), String::len);
        let brackets = longest.is_some();
        out += &if brackets { format!("[{}]", &text[at..at + taken]) } else { next.to_string() };
        at += taken;
    }
    (out != text).then(|| out.into_bytes())
}

fn first_and_longest() {
    // So many texts of few letters that several searchers share them, and that most begin within others.
    let config = ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(texts in vec("[ab]{1,3}|[a-d]{2,9}", 1..2000), within in "[a-e]{0,300}")| {
        let mut replacer = Replacer::default();
        for (number, text) in texts.iter().enumerate() {
            replacer.add(text.clone(), text.clone());
            if number % 701 == 0 {
                // What comes later is looked for all the same.
                replaced(&replacer, b"abc");
            }
        }
        prop_assert_eq!(replaced(&replacer, within.as_bytes()), by_hand(&texts, &within));
    });
}

fn told() {
    let mut replacer = Replacer::default();
    replacer.add("one".to_owned(), "1".to_owned());
    replacer.add("two".to_owned(), "2".to_owned());
    let put = |replacement: &[u8], place: std::ops::Range<usize>, out: &mut Vec<u8>| {
        out.extend_from_slice(replacement);
        place.end + 4
    };
    assert_eq!(replacer.replace(b"one two two one", put).unwrap().unwrap(), b"1 2");
}
