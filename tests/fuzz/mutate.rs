//! Makes texts out of texts: pieces taken out, doubled, exchanged with others', words and odd characters put in.

/// Characters that have upset parsers before.
const ODD: &[&str] = &[
    "\0",
    "\u{feff}",
    "\u{2028}",
    "\u{202e}",
    "\u{1f600}",
    "é",
    "\r",
    "\t",
    "\\",
    "\"",
    "'",
    "`",
    "<",
    ">",
    "&",
    "%",
    "$",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "|",
    "//",
    "/*",
    "*/",
    "-1",
    "99999999999999999999",
    "\u{fffd}",
];

/// A source of texts; the same seed gives the same ones.
pub struct Mutator<'a> {
    state: u64,
    seeds: &'a [String],
    words: &'a [&'a str],
}

impl<'a> Mutator<'a> {
    pub fn new(seed: u64, seeds: &'a [String], words: &'a [&'a str]) -> Self {
        Self { state: seed | 1, seeds, words }
    }

    pub fn next(&mut self) -> String {
        let mut text: Vec<char> = self.pick(self.seeds).chars().collect();
        for _ in 0..=self.below(6) {
            self.change(&mut text);
        }
        text.truncate(20_000);
        text.into_iter().collect()
    }

    fn change(&mut self, text: &mut Vec<char>) {
        let (from, to) = self.range(text.len());
        match self.below(6) {
            0 => drop(text.drain(from..to)),
            1 => {
                let piece = text[from..to].to_vec();
                text.splice(to..to, piece);
            }
            2 => {
                let other: Vec<char> = self.pick(self.seeds).chars().collect();
                let (start, end) = self.range(other.len());
                text.splice(from..to, other[start..end].iter().copied());
            }
            3 if !self.words.is_empty() => {
                let word = self.pick(self.words);
                text.splice(from..from, word.chars());
            }
            4 => {
                let odd = self.pick(ODD);
                text.splice(from..to.min(from + 1), odd.chars());
            }
            _ => {
                // The same again and again: what nests, nests deeply.
                let piece: Vec<char> = text[from..to.min(from + 3)].to_vec();
                let many = piece.repeat(self.below(200));
                text.splice(from..from, many);
            }
        }
    }

    fn range(&mut self, length: usize) -> (usize, usize) {
        let from = self.below(length + 1);
        let longest = (length - from).min(40);
        (from, from + self.below(longest + 1))
    }

    fn pick<'b, T>(&mut self, from: &'b [T]) -> &'b T {
        &from[self.below(from.len())]
    }

    /// Marsaglia's xorshift: quick, and good enough to choose with.
    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 16) as usize % limit.max(1)
    }
}
