//! Dates as pages write them, in ISO 8601.

use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use jiff::{Timestamp, fmt};

/// Written-out forms, tried in order. All-number forms with the day or month first are ambiguous and want a format.
const FORMS: &[&str] = &[
    "%B %d, %Y",
    "%B %d %Y",
    "%d %B %Y",
    "%d %B, %Y",
    "%d. %B %Y",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%Y.%m.%d",
    "%B %Y %d",
    "%Y %B %d",
    "%d-%b-%Y",
];

const TIMES: &[&str] = &["%I:%M %p", "%I:%M%p", "%I:%M:%S %p", "%H:%M", "%H:%M:%S"];

/// The date as `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM:SS`, or with its offset as RFC 3339. `format` is a strptime format; without
/// one ISO 8601, RFC 2822, Unix seconds and written-out English forms are known.
pub(super) fn iso(text: &str, format: Option<&str>) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match format {
        Some(format) => by_format(&text, format),
        None => from_iso(&text).or_else(|| from_mail(&text)).or_else(|| from_unix(&text)).or_else(|| written(&text)),
    }
}

/// Whether strptime knows the format; else what is wrong with it.
pub(super) fn check_format(format: &str) -> Result<(), String> {
    if format.is_empty() {
        return Err("the date format is empty".to_owned());
    }
    // Formatting a full moment meets every directive, which parsing may stop before.
    let moment = jiff::Zoned::new(Timestamp::UNIX_EPOCH, jiff::tz::TimeZone::UTC);
    BrokenDownTime::from(&moment).to_string(format).map(drop).map_err(|error| {
        let text = error.to_string().to_lowercase();
        text.rsplit(": ").next().unwrap_or_default().to_owned()
    })
}

fn by_format(text: &str, format: &str) -> Option<String> {
    let parts = BrokenDownTime::parse(format, text).ok()?;
    let date = parts.to_date().ok()?;
    match (parts.to_time(), parts.hour()) {
        (Ok(time), Some(_)) => Some(joined(date.to_datetime(time), parts.offset())),
        _ => Some(date.to_string()),
    }
}

fn joined(moment: DateTime, offset: Option<Offset>) -> String {
    let date = moment.date();
    let time = moment.time();
    match offset {
        Some(offset) if offset == Offset::UTC => format!("{date}T{time}Z"),
        Some(offset) => {
            let minutes = offset.seconds() / 60;
            let sign = if minutes < 0 { '-' } else { '+' };
            format!("{date}T{time}{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
        }
        None => format!("{date}T{time}"),
    }
}

fn from_iso(text: &str) -> Option<String> {
    let pieces = Pieces::parse(text).ok()?;
    Some(match pieces.time() {
        None => pieces.date().to_string(),
        Some(time) => joined(pieces.date().to_datetime(time), pieces.to_numeric_offset()),
    })
}

fn from_mail(text: &str) -> Option<String> {
    let moment = fmt::rfc2822::parse(text).ok()?;
    Some(joined(moment.datetime(), Some(moment.offset())))
}

fn from_unix(text: &str) -> Option<String> {
    let number: i64 = text.parse().ok()?;
    let moment = match text.len() {
        9..=10 => Timestamp::from_second(number).ok()?,
        13 => Timestamp::from_millisecond(number).ok()?,
        _ => return None,
    };
    Some(moment.to_string())
}

fn written(text: &str) -> Option<String> {
    let text = plain(text);
    if let Some(date) = FORMS.iter().find_map(|form| Date::strptime(form, &text).ok()) {
        return Some(date.to_string());
    }
    for form in FORMS {
        for time in TIMES {
            for joint in [" ", ", ", " at "] {
                if let Ok(moment) = DateTime::strptime(format!("{form}{joint}{time}"), &text) {
                    return Some(joined(moment, None));
                }
            }
        }
    }
    None
}

/// Without the weekday, the `rd` of `23rd`, and with months that strptime knows.
fn plain(text: &str) -> String {
    const DAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let first = words[0].trim_end_matches([',', '.']).to_lowercase();
    let is_day = first.len() >= 3 && first.chars().all(char::is_alphabetic);
    if words.len() > 1 && is_day && DAYS.iter().any(|day| first.starts_with(day)) {
        words.remove(0);
    }
    for word in &mut words {
        let bare = word.trim_end_matches([',', '.']).to_lowercase();
        let digits = bare.trim_end_matches(char::is_alphabetic);
        if !digits.is_empty() && matches!(&bare[digits.len()..], "st" | "nd" | "rd" | "th") {
            *word = word.replacen(&word[digits.len()..digits.len() + 2].to_owned(), "", 1);
        } else if let Some(month) = month(&bare) {
            let comma = if word.ends_with(',') { "," } else { "" };
            *word = format!("{month}{comma}");
        }
    }
    words.join(" ")
}

fn month(word: &str) -> Option<&'static str> {
    const MONTHS: &[&str] = &[
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let is_short = |month: &&&str| month[..3].eq_ignore_ascii_case(word) || month.eq_ignore_ascii_case(word);
    if word == "sept" { Some("September") } else { MONTHS.iter().find(is_short).copied() }
}
