//! Keys by their names (W3C UI Events KeyboardEvent key Values) and chords such as `Control+A`, on a US keyboard.

use crate::text::nearest_in;

/// A key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// `KeyboardEvent.key`.
    pub key: String,
    /// `KeyboardEvent.code`; empty for what a US keyboard has no key for.
    pub code: String,
    /// `KeyboardEvent.keyCode`.
    pub key_code: u32,
    /// What it types; empty for keys that type nothing.
    pub text: String,
}

/// A key that modifies others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub enum Modifier {
    Alt,
    Control,
    Meta,
    Shift,
}

impl Modifier {
    /// All, with the names that scripts use.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Alt, "Alt"),
        (Self::Control, "Control"),
        (Self::Meta, "Meta"),
        (Self::Shift, "Shift"),
        (Self::Control, "Ctrl"),
        (Self::Meta, "Command"),
        (if cfg!(target_os = "macos") { Self::Meta } else { Self::Control }, "ControlOrMeta"),
    ];

    /// Its bit in CDP's `Input.dispatchKeyEvent`.
    #[must_use]
    pub fn bit(self) -> u8 {
        match self {
            Self::Alt => 1,
            Self::Control => 2,
            Self::Meta => 4,
            Self::Shift => 8,
        }
    }

    /// The key itself.
    #[must_use]
    pub fn key(self) -> Key {
        let (key, code, key_code) = match self {
            Self::Alt => ("Alt", "AltLeft", 18),
            Self::Control => ("Control", "ControlLeft", 17),
            Self::Meta => ("Meta", "MetaLeft", 91),
            Self::Shift => ("Shift", "ShiftLeft", 16),
        };
        Key { key: key.to_owned(), code: code.to_owned(), key_code, text: String::new() }
    }

    /// The modifier of that name, whatever its case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(modifier, _)| *modifier)
    }
}

/// Keys pressed together: modifiers, then one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chord {
    /// Held down meanwhile, in order.
    pub modifiers: Vec<Modifier>,
    /// The key.
    pub key: Key,
}

/// Why a text names no key, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyError {
    /// What is wrong.
    pub message: String,
    /// The next action.
    pub help: Option<String>,
}

/// Named keys: `key`, `code`, `keyCode`, what they type, and the code point that WebDriver knows them by.
const NAMED: &[(&str, &str, u32, &str, char)] = &[
    ("Enter", "Enter", 13, "\r", '\u{E007}'),
    ("Tab", "Tab", 9, "", '\u{E004}'),
    ("Backspace", "Backspace", 8, "", '\u{E003}'),
    ("Delete", "Delete", 46, "", '\u{E017}'),
    ("Escape", "Escape", 27, "", '\u{E00C}'),
    ("ArrowLeft", "ArrowLeft", 37, "", '\u{E012}'),
    ("ArrowUp", "ArrowUp", 38, "", '\u{E013}'),
    ("ArrowRight", "ArrowRight", 39, "", '\u{E014}'),
    ("ArrowDown", "ArrowDown", 40, "", '\u{E015}'),
    ("Home", "Home", 36, "", '\u{E011}'),
    ("End", "End", 35, "", '\u{E010}'),
    ("PageUp", "PageUp", 33, "", '\u{E00E}'),
    ("PageDown", "PageDown", 34, "", '\u{E00F}'),
    ("Insert", "Insert", 45, "", '\u{E016}'),
    ("F1", "F1", 112, "", '\u{E031}'),
    ("F2", "F2", 113, "", '\u{E032}'),
    ("F3", "F3", 114, "", '\u{E033}'),
    ("F4", "F4", 115, "", '\u{E034}'),
    ("F5", "F5", 116, "", '\u{E035}'),
    ("F6", "F6", 117, "", '\u{E036}'),
    ("F7", "F7", 118, "", '\u{E037}'),
    ("F8", "F8", 119, "", '\u{E038}'),
    ("F9", "F9", 120, "", '\u{E039}'),
    ("F10", "F10", 121, "", '\u{E03A}'),
    ("F11", "F11", 122, "", '\u{E03B}'),
    ("F12", "F12", 123, "", '\u{E03C}'),
];

/// Names that people bring along.
const ALIASES: &[(&str, &str)] = &[
    ("Return", "Enter"),
    ("Esc", "Escape"),
    ("Del", "Delete"),
    ("Left", "ArrowLeft"),
    ("Up", "ArrowUp"),
    ("Right", "ArrowRight"),
    ("Down", "ArrowDown"),
];

/// Keys of a US keyboard beside letters and digits: `code`, `keyCode`, what they type plain and with Shift.
const SIGNS: &[(&str, u32, char, char)] = &[
    ("Backquote", 192, '`', '~'),
    ("Minus", 189, '-', '_'),
    ("Equal", 187, '=', '+'),
    ("BracketLeft", 219, '[', '{'),
    ("BracketRight", 221, ']', '}'),
    ("Backslash", 220, '\\', '|'),
    ("Semicolon", 186, ';', ':'),
    ("Quote", 222, '\'', '"'),
    ("Comma", 188, ',', '<'),
    ("Period", 190, '.', '>'),
    ("Slash", 191, '/', '?'),
    ("Space", 32, ' ', ' '),
];

const SHIFTED_DIGITS: &str = ")!@#$%^&*(";

impl Key {
    /// The key that types a character; a line break is Enter, a tab Tab.
    #[must_use]
    pub fn typing(letter: char) -> Self {
        let key =
            |code: String, key_code: u32| Self { key: letter.to_string(), code, key_code, text: letter.to_string() };
        match letter {
            '\n' | '\r' => Self::named("Enter").unwrap_or_else(|| key(String::new(), 13)),
            '\t' => Self::named("Tab").unwrap_or_else(|| key(String::new(), 9)),
            'a'..='z' | 'A'..='Z' => {
                let upper = letter.to_ascii_uppercase();
                key(format!("Key{upper}"), upper.into())
            }
            '0'..='9' => key(format!("Digit{letter}"), letter.into()),
            _ => {
                if let Some(digit) = SHIFTED_DIGITS.chars().position(|shifted| shifted == letter) {
                    let digit = u32::try_from(digit).unwrap_or(0);
                    return key(format!("Digit{digit}"), 48 + digit);
                }
                let sign = SIGNS.iter().find(|(_, _, plain, shifted)| *plain == letter || *shifted == letter);
                sign.map_or_else(|| key(String::new(), 0), |(code, key_code, ..)| key((*code).to_owned(), *key_code))
            }
        }
    }

    /// The key of that name, whatever its case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let alias = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name)).map(|(_, key)| *key);
        let name = alias.unwrap_or(name);
        if name.eq_ignore_ascii_case("Space") {
            return Some(Self::typing(' '));
        }
        let known = NAMED.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
        known.map(|(key, code, key_code, text, _)| Self {
            key: (*key).to_owned(),
            code: (*code).to_owned(),
            key_code: *key_code,
            text: (*text).to_owned(),
        })
    }

    /// The code point by which WebDriver knows it (WebDriver, section 17.4.2): its character where it types one.
    #[must_use]
    pub fn code_point(&self) -> String {
        let modifiers = [("Shift", '\u{E008}'), ("Control", '\u{E009}'), ("Alt", '\u{E00A}'), ("Meta", '\u{E03D}')];
        let named = NAMED.iter().map(|(key, .., point)| (*key, *point));
        let known = named.chain(modifiers).find(|(key, _)| *key == self.key);
        known.map_or_else(|| self.key.clone(), |(_, point)| point.to_string())
    }

    /// The key with Shift held down.
    #[must_use]
    fn shifted(mut self) -> Self {
        let mut letters = self.text.chars();
        let (Some(letter), None) = (letters.next(), letters.next()) else { return self };
        let digit = letter.to_digit(10).and_then(|digit| SHIFTED_DIGITS.chars().nth(digit as usize));
        let sign = SIGNS.iter().find(|(_, _, plain, _)| *plain == letter).map(|(.., shifted)| *shifted);
        let typed = digit.or(sign).unwrap_or_else(|| letter.to_ascii_uppercase());
        if letter != '\r' {
            self.key = typed.to_string();
            self.text = typed.to_string();
        }
        self
    }
}

impl Chord {
    /// Reads `Enter`, `a`, `Control+A`, `Shift+Tab`, `Control++`.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let trimmed = if text.trim().is_empty() { text } else { text.trim() };
        let (before, last) = match trimmed.strip_suffix('+') {
            // The last key is the plus sign itself.
            Some(rest) => (rest.strip_suffix('+').unwrap_or(rest), "+"),
            None => trimmed.rsplit_once('+').unwrap_or(("", trimmed)),
        };
        let mut modifiers = Vec::new();
        for name in before.split('+').filter(|name| !name.is_empty()) {
            modifiers.push(Modifier::named(name.trim()).ok_or_else(|| unknown_modifier(name.trim()))?);
        }
        let key = one(last)?;
        let typing = key.text.chars().next().is_some_and(|letter| letter != '\r');
        let key = match modifiers.as_slice() {
            [Modifier::Shift] if typing => key.shifted(),
            [] => key,
            // A command, not a text: `Control+A` is the key A without Shift.
            _ if typing
                && key.text.chars().all(|c| c.is_ascii_uppercase())
                && !modifiers.contains(&Modifier::Shift) =>
            {
                Self::quiet(Key::typing(key.text.to_ascii_lowercase().chars().next().unwrap_or('a')))
            }
            [Modifier::Shift] => key,
            _ => Self::quiet(key),
        };
        Ok(Self { modifiers, key })
    }

    fn quiet(key: Key) -> Key {
        Key { text: String::new(), ..key }
    }
}

fn one(name: &str) -> Result<Key, KeyError> {
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return Ok(Key::typing(letter));
    }
    if let Some(modifier) = Modifier::named(name) {
        return Ok(modifier.key());
    }
    if let Some(key) = Key::named(name) {
        return Ok(key);
    }
    let physical = name.strip_prefix("Key").or_else(|| name.strip_prefix("Digit"));
    if let Some(letter) = physical.filter(|rest| rest.len() == 1).and_then(|rest| rest.chars().next()) {
        return Ok(Key::typing(letter.to_ascii_lowercase()));
    }
    if name.is_empty() {
        return Err(KeyError { message: "no key is named".to_owned(), help: Some(examples()) });
    }
    let names: Vec<&str> = NAMED.iter().map(|(key, ..)| *key).chain(["Space"]).collect();
    let help = nearest_in(name, "named keys are", &names);
    Err(KeyError { message: format!("there is no key `{name}`"), help: help.or_else(|| Some(examples())) })
}

fn unknown_modifier(name: &str) -> KeyError {
    let names: Vec<&str> = Modifier::ALL.iter().map(|(_, name)| *name).collect();
    let help = nearest_in(name, "modifiers are", &names);
    KeyError { message: format!("`{name}` is no modifier"), help }
}

fn examples() -> String {
    "such as `Enter`, `Escape`, `a`, `Control+A` or `Shift+Tab`; text is typed with `type_text`".to_owned()
}
