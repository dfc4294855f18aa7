//! Which values read as what people write: words, numbers, dates, and names of things that are made of them.

use std::sync::LazyLock;

use regex::Regex;

/// A run of so many letters and digits is told from a word.
const LONG: usize = 10;

/// Of so many characters what is padded as Base64 is taken for that.
const PADDED: usize = 8;

/// A number of more digits counts nothing and names something.
const MOST_DIGITS: usize = 16;

/// A day, and what may follow of its time.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    let time = r"(?:[T ]\d{2}:?\d{2}(?::?\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?";
    let pattern =
        format!(r"^(?:\d{{4}}-\d{{2}}-\d{{2}}|(?:19|20)\d{{6}}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}){time}$");
    Regex::new(&pattern).expect("the pattern is one")
});

/// A count, an amount, or a time in seconds or milliseconds.
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:\d{1,7}(?:[.,]\d+)?|1\d{9}|1\d{12})$").expect("the pattern is one"));

/// Words that are written as one, and a number: `page17`, `JohnSmith3`; of capital letters a short one: `WH1000`.
static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"^(?:\p{Ll}*(?:\p{Lu}\p{Ll}+)*|\p{Lu}{1,5})(\d*)$";
    Regex::new(pattern).expect("the pattern is one")
});

/// A number and what it counts, or sizes: `2nd`, `1920x1080`.
static SIZES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\d{1,6}(?:\p{L}{1,8}|(?:x\d{1,6})+)$").expect("the pattern is one"));

/// Whether a value is a word in small letters, a number or a date: nobody is known by it.
pub(super) fn plain(value: &str) -> bool {
    value.chars().all(char::is_lowercase) || NUMBER.is_match(value) || DATE.is_match(value)
}

/// Whether a value is a word, a number or a date, or a sentence of these.
pub(super) fn ordinary(value: &str) -> bool {
    plain(value)
        || words(value, 4)
        || value.contains(char::is_whitespace)
            && value.split_whitespace().all(|one| {
                let one = one.trim_matches(|c: char| c.is_ascii_punctuation());
                plain(one) || words(one, 4)
            })
}

/// Whether a value is made as no word, product or date is; `escaped`: it had percent escapes.
pub(super) fn odd(value: &str, escaped: bool) -> bool {
    if value.contains(char::is_whitespace) || DATE.is_match(value) {
        return false;
    }
    let runs: Vec<&str> = value.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty()).collect();
    let long = runs.iter().any(|run| length(run) >= LONG && (mixed(run) || in_both_cases(run)) && !name_like(run));
    long || padded(value) || escaped && base64_like(value, &runs) || grouped(value, &runs)
}

/// Whether a run of letters and digits is a name of something.
fn name_like(run: &str) -> bool {
    words(run, 8) || SIZES.is_match(run)
}

/// Whether it is words that are written as one, with a number of up to so many digits.
fn words(run: &str, digits: usize) -> bool {
    let capitals = run.chars().filter(|c| c.is_uppercase()).count();
    let letters = run.chars().filter(|c| c.is_alphabetic()).count();
    // Single capital letters here and there begin no words.
    WORDS.captures(run).is_some_and(|found| {
        found[1].len() <= digits && (capitals == letters || letters >= 3 * capitals.saturating_sub(1))
    })
}

/// Whether it ends as Base64 does.
fn padded(value: &str) -> bool {
    let own = value.trim_end_matches('=');
    own.len() < value.len() && length(value) >= PADDED && !own.contains(['=', '&', '?', ':', ';', ','])
}

/// Whether it is of the letters of Base64, and is no path of words.
fn base64_like(value: &str, runs: &[&str]) -> bool {
    let letters = value.chars().all(|c| c.is_ascii_alphanumeric() || "+/=-_".contains(c));
    letters
        && length(value) >= LONG
        && value.contains(['+', '/', '='])
        && !value.starts_with('/')
        && runs.iter().any(|run| length(run) >= 6 && !name_like(run))
}

/// Whether most groups of a value are letters and digits in turns, or there are more digits than anything is told by.
fn grouped(value: &str, runs: &[&str]) -> bool {
    let turns = |run: &&&str| {
        let kinds: Vec<bool> = run.chars().map(char::is_numeric).collect();
        kinds.windows(2).filter(|pair| pair[0] != pair[1]).count() >= 2
    };
    let most = runs.len() > 1 && runs.iter().filter(turns).count() * 2 > runs.len();
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let one_piece = value.chars().all(|c| c.is_alphanumeric() || "._-".contains(c));
    length(value) >= LONG && mixed(value) && (most || one_piece && digits >= MOST_DIGITS)
}

fn mixed(run: &str) -> bool {
    run.contains(char::is_numeric) && run.contains(char::is_alphabetic)
}

fn in_both_cases(run: &str) -> bool {
    run.contains(char::is_lowercase) && run.contains(char::is_uppercase)
}

fn length(text: &str) -> usize {
    text.chars().count()
}
