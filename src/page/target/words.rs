//! Words that a target looks for: part of a text, the whole of it, or a regular expression.

use serde::Serialize;

/// How words are compared; white space counts as one space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "how", rename_all = "lowercase")]
pub enum Words {
    /// A part, whatever its case.
    Part { text: String },
    /// The whole, in its case.
    Whole { text: String },
    /// A regular expression of the page's JavaScript.
    Regex { source: String, flags: String },
}

impl Words {
    /// Reads `Save`, `"Save"`, `"save" i` or `/^save/i`; the error says what is wrong.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let Some(first) = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '/')) else {
            return Ok(Self::Part { text: text.to_owned() });
        };
        let Some(end) = closing(text, first) else {
            // A text may begin with a slash or an apostrophe of its own.
            return match first {
                '"' => Err("the quote is never closed".to_owned()),
                _ => Ok(Self::Part { text: text.to_owned() }),
            };
        };
        let (inside, after) = (&text[1..end], text[end + 1..].trim());
        match (first, after) {
            ('/', flags) if flags.chars().all(|c| "dgimsuvy".contains(c)) => {
                Ok(Self::Regex { source: inside.to_owned(), flags: flags.to_owned() })
            }
            ('/', _) => Ok(Self::Part { text: text.to_owned() }),
            (_, "" | "s") => Ok(Self::Whole { text: unescaped(inside, first) }),
            (_, "i") => Ok(Self::Part { text: unescaped(inside, first) }),
            _ => Err(format!("`{after}` after the closing quote means nothing")),
        }
    }

    /// The same words as a whole text.
    pub(super) fn whole(self) -> Self {
        match self {
            Self::Part { text } => Self::Whole { text },
            other => other,
        }
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Part { text } | Self::Whole { text } => text.trim().is_empty(),
            Self::Regex { source, .. } => source.is_empty(),
        }
    }

    /// The text looked for; of a regular expression its source.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Part { text } | Self::Whole { text } => text,
            Self::Regex { source, .. } => source,
        }
    }
}

/// Where the mark that opens a text closes it; a backslash takes the next character along.
pub(super) fn closing(text: &str, mark: char) -> Option<usize> {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == mark => return Some(at),
            _ => {}
        }
    }
    None
}

fn unescaped(text: &str, mark: char) -> String {
    text.replace(&format!("\\{mark}"), &mark.to_string())
}
