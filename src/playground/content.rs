//! Seeded texts, names, dates and numbers: the same in every run.

const AUTHORS: [&str; 8] = ["ada", "grace", "linus", "barbara", "ken", "dennis", "margaret", "edsger"];
const VERBS: [&str; 12] =
    ["Add", "Fix", "Remove", "Rename", "Speed up", "Document", "Test", "Simplify", "Cache", "Split", "Log", "Guard"];
const OBJECTS: [&str; 15] = [
    "the parser",
    "session reuse",
    "the retry loop",
    "cookie expiry",
    "table headers",
    "the link resolver",
    "frame lookup",
    "the token stream",
    "response decoding",
    "the wait queue",
    "selector errors",
    "the page cache",
    "snapshot order",
    "the event log",
    "proxy settings",
];
const REASONS: [&str; 10] = [
    "",
    " for empty pages",
    " when the page moves on",
    " on slow networks",
    " in nested frames",
    " after a redirect",
    " with non-ASCII names",
    " before shutdown",
    " in long lists",
    " under load",
];
const WORDS: [&str; 40] = [
    "page", "session", "crawler", "link", "browser", "cookie", "frame", "answer", "request", "header", "reader",
    "writer", "queue", "signal", "window", "garden", "river", "letter", "signal", "table", "keeps", "sends", "finds",
    "opens", "reads", "counts", "follows", "waits", "small", "quiet", "quick", "plain", "early", "careful", "of",
    "and", "with", "near", "under", "beyond",
];

/// A small generator of pseudo-random numbers (`SplitMix64`).
pub(super) struct Seed(u64);

impl Seed {
    /// Starts a sequence that depends on nothing but `name` and `number`.
    pub(super) fn new(name: &str, number: usize) -> Self {
        let start = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(start ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `limit`.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// One of `list`.
    pub(super) fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[(self.next() % list.len() as u64) as usize]
    }

    /// A sentence of `count` words.
    pub(super) fn sentence(&mut self, count: usize) -> String {
        let words: Vec<&str> = (0..count).map(|_| self.pick(&WORDS)).collect();
        let text = words.join(" ");
        let (first, rest) = text.split_at(1);
        format!("{}{rest}.", first.to_uppercase())
    }

    /// A paragraph of `count` sentences.
    pub(super) fn paragraph(&mut self, count: usize) -> String {
        let sentences: Vec<String> = (0..count)
            .map(|_| {
                let words = 7 + self.below(8) as usize;
                self.sentence(words)
            })
            .collect();
        sentences.join(" ")
    }
}

/// One entry of the commit list.
pub(super) struct Commit {
    /// 40 hexadecimal digits, unlike every other commit's.
    pub(super) sha: String,
    /// The subject line.
    pub(super) title: String,
    /// The author's login.
    pub(super) author: &'static str,
    /// RFC 3339, UTC.
    pub(super) date: String,
    /// `Mar 4, 2024`.
    pub(super) day: String,
    /// Lines added.
    pub(super) added: u64,
    /// Lines removed.
    pub(super) removed: u64,
    /// Paths touched.
    pub(super) files: Vec<String>,
    /// Whether it carries the note "verified".
    pub(super) verified: bool,
}

/// The commit number `index` from the newest, 0.
pub(super) fn commit(index: usize) -> Commit {
    let mut seed = Seed::new("commit", index);
    let sha = format!("{:016x}{:016x}{:08x}", seed.next(), seed.next(), seed.below(1 << 32));
    let words = (seed.pick(&VERBS), seed.pick(&OBJECTS), seed.pick(&REASONS));
    // 1 March 2024, noon; one commit every three hours or so, going back.
    let second = 1_709_294_400 - index as i64 * 10_800 - seed.below(3_600) as i64;
    let date = jiff::Timestamp::from_second(second).expect("a second of this century");
    let files = (0..1 + seed.below(3)).map(|n| format!("src/{}_{n}.rs", seed.pick(&WORDS[..20]))).collect();
    Commit {
        sha,
        title: format!("{} {}{} (#{})", words.0, words.1, words.2, 7000 - index),
        author: AUTHORS[seed.below(AUTHORS.len() as u64) as usize],
        date: date.to_string(),
        day: date.strftime("%b %-d, %Y").to_string(),
        added: 1 + seed.below(240),
        removed: seed.below(90),
        files,
        verified: seed.below(3) == 0,
    }
}
