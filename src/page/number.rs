//! Numbers and money as people write them.

use serde_json::{Value, json};

/// How a lone `.` before exactly three digits is read; a lone `,` there always groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dot {
    /// `1.234` is a thousand and more.
    Groups,
    /// `1.234` is one and a bit.
    Decimal,
}

/// The first whole number in the text, `1,234`, `1 234`, `1.234` and `1.2k` included; `None` without one, or where the
/// number has a fraction.
pub fn whole(text: &str) -> Option<i64> {
    let number = first_number(text, Dot::Groups)?;
    let fits = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and in range")]
    if fits { Some(number as i64) } else { exact_whole(text) }
}

/// Whole numbers beyond what a float holds exactly.
fn exact_whole(text: &str) -> Option<i64> {
    let digits: String =
        text.trim().chars().filter(|c| !matches!(c, ',' | ' ' | '_' | '\u{a0}' | '\u{202f}')).collect();
    digits.parse().ok()
}

/// The first decimal number in the text: `1,234.5`, `1.234,5`, `1 234,5`, `0.5`, `4,5`, `-3`, `1.2k`.
pub fn decimal(text: &str) -> Option<f64> {
    first_number(text, Dot::Decimal)
}

/// An amount with its currency (ISO 4217, or the sign as written where it names several); `null` without one.
pub(super) fn money(text: &str) -> Option<Value> {
    let amount = first_number(text, Dot::Groups)?;
    Some(json!({ "amount": amount, "currency": currency(text) }))
}

fn first_number(text: &str, dot: Dot) -> Option<f64> {
    let chars: Vec<char> = text.chars().collect();
    let start = chars.iter().position(char::is_ascii_digit)?;
    let leading_dot = start > 0 && chars[start - 1] == '.' && (start < 2 || !chars[start - 2].is_alphanumeric());
    let end = number_end(&chars, start);
    let mut digits = normalised(&chars[start..end], dot);
    if leading_dot {
        digits = format!("0.{digits}");
    }
    let value: f64 = digits.parse().ok()?;
    let sign = if is_negative(&chars, if leading_dot { start - 1 } else { start }) { -1.0 } else { 1.0 };
    Some(sign * value * multiple(&chars[end..]))
}

/// Digits with separators between them; a space or an apostrophe only before a group of three.
fn number_end(chars: &[char], start: usize) -> usize {
    let mut end = start;
    while end < chars.len() {
        let c = chars[end];
        let digits = chars[end + 1..].iter().take_while(|c| c.is_ascii_digit()).count();
        let continues = match c {
            c if c.is_ascii_digit() => true,
            '.' | ',' => digits > 0,
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’' | '_' => {
                digits == 3 && groups_so_far(&chars[start..end])
            }
            _ => false,
        };
        if !continues {
            break;
        }
        end += 1;
    }
    end
}

/// Whether what was read could be the head of a grouped number: one to three digits, or such groups.
fn groups_so_far(read: &[char]) -> bool {
    let tail = read.iter().rev().take_while(|c| c.is_ascii_digit()).count();
    let first = tail == read.len();
    if first { (1..=3).contains(&tail) } else { tail == 3 && !read.contains(&'.') && !read.contains(&',') }
}

/// Plain digits with at most one `.`.
fn normalised(read: &[char], dot: Dot) -> String {
    let at = |sign: char| read.iter().rposition(|c| *c == sign);
    let count = |sign: char| read.iter().filter(|c| **c == sign).count();
    let point = match (at(','), at('.')) {
        (Some(comma), Some(dot)) => Some(comma.max(dot)).filter(|at| count(read[*at]) == 1),
        (Some(comma), None) if count(',') == 1 && !is_group(read, comma) => Some(comma),
        (None, Some(point)) if count('.') == 1 && (dot == Dot::Decimal || !is_group(read, point)) => Some(point),
        _ => None,
    };
    let kept = read.iter().enumerate().filter_map(|(i, c)| match c {
        _ if Some(i) == point => Some('.'),
        c if c.is_ascii_digit() => Some(*c),
        _ => None,
    });
    kept.collect()
}

/// Whether a lone separator stands where a thousands separator would: one to three digits (no lone zero), then three.
fn is_group(read: &[char], at: usize) -> bool {
    (1..=3).contains(&at) && read[0] != '0' && read.len() - at - 1 == 3
}

fn is_negative(chars: &[char], start: usize) -> bool {
    let before: Vec<char> = chars[..start].iter().rev().copied().filter(|c| !is_sign_of_currency(*c)).collect();
    match before.as_slice() {
        ['-' | '−', rest @ ..] => rest.first().is_none_or(|c| !c.is_alphanumeric()),
        [' ' | '\u{a0}', '-' | '−'] => true,
        _ => false,
    }
}

fn is_sign_of_currency(c: char) -> bool {
    "€$£¥₹₽₩₺₴₪₫฿".contains(c)
}

/// `k`, `K`, `M` and `B` right behind the number, as counters show them.
fn multiple(rest: &[char]) -> f64 {
    let ends = rest.get(1).is_none_or(|c| !c.is_alphanumeric());
    match rest.first() {
        Some('k' | 'K') if ends => 1e3,
        Some('M') if ends => 1e6,
        Some('B') if ends => 1e9,
        _ => 1.0,
    }
}

const SIGNS: &[(&str, &str)] = &[
    ("US$", "USD"),
    ("A$", "AUD"),
    ("AU$", "AUD"),
    ("C$", "CAD"),
    ("CA$", "CAD"),
    ("HK$", "HKD"),
    ("NT$", "TWD"),
    ("NZ$", "NZD"),
    ("S$", "SGD"),
    ("R$", "BRL"),
    ("MX$", "MXN"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("₩", "KRW"),
    ("₺", "TRY"),
    ("₴", "UAH"),
    ("₪", "ILS"),
    ("₫", "VND"),
    ("฿", "THB"),
    ("zł", "PLN"),
    ("Kč", "CZK"),
    ("¥", "JPY"),
    ("￥", "JPY"),
    ("円", "JPY"),
    ("元", "CNY"),
    ("$", "USD"),
];

const CODES: &[&str] = &[
    "AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "GBP", "HKD",
    "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KES", "KRW", "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP", "PKR",
    "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR",
];

const WORDS: &[(&str, &str)] =
    &[("kr", "kr"), ("Ft", "HUF"), ("lei", "RON"), ("Fr", "CHF"), ("Rp", "IDR"), ("Rs", "INR")];

fn currency(text: &str) -> Option<&'static str> {
    let words = || text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let code = words().find_map(|word| CODES.iter().find(|code| **code == word));
    let sign = || SIGNS.iter().find(|(sign, _)| text.contains(sign)).map(|(_, code)| *code);
    let named = || words().find_map(|word| WORDS.iter().find(|(name, _)| *name == word)).map(|(_, code)| *code);
    code.copied().or_else(sign).or_else(named)
}
