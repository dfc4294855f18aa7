//! A picture in the terminal itself, by the two protocols that terminals announce (kitty's graphics, iTerm2's images).
//! Both take a PNG as it is, so that no image has to be decoded here.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// How a terminal takes pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// kitty's graphics protocol.
    Kitty,
    /// iTerm2's inline images.
    Iterm,
}

/// kitty takes no larger pieces.
const CHUNK: usize = 4096;

impl Protocol {
    /// The protocol that the terminal's environment announces, if any.
    #[must_use]
    pub fn announced(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let is = |name: &str, values: &[&str]| variable(name).is_some_and(|value| values.contains(&value.as_str()));
        // A multiplexer in between would print the picture as text.
        if variable("TMUX").is_some() || variable("STY").is_some() {
            return None;
        }
        if variable("KITTY_WINDOW_ID").is_some() || is("TERM", &["xterm-kitty", "xterm-ghostty"]) {
            return Some(Self::Kitty);
        }
        is("TERM_PROGRAM", &["iTerm.app", "WezTerm"]).then_some(Self::Iterm)
    }
}

/// What to write so that the terminal shows a PNG.
#[must_use]
pub fn inline(protocol: Protocol, png: &[u8]) -> String {
    let data = BASE64_STANDARD.encode(png);
    match protocol {
        Protocol::Iterm => {
            format!("\u{1b}]1337;File=inline=1;size={};width=auto;preserveAspectRatio=1:{data}\u{7}\n", png.len())
        }
        Protocol::Kitty => {
            let chunks: Vec<&str> =
                data.as_bytes().chunks(CHUNK).filter_map(|part| std::str::from_utf8(part).ok()).collect();
            let last = chunks.len().saturating_sub(1);
            let chunk = |(at, part): (usize, &&str)| {
                let head = if at == 0 { "a=T,f=100," } else { "" };
                format!("\u{1b}_G{head}m={};{part}\u{1b}\\", u8::from(at < last))
            };
            let mut out: String = chunks.iter().enumerate().map(chunk).collect();
            out.push('\n');
            out
        }
    }
}
