//! The workloads: what each does, its script, what it must come to, and how far from the floor it may be.

/// A piece of crawling that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Workload {
    /// A cold start: 30 rows of one page as JSON, exit.
    W1,
    /// 50 times: click next, wait for the change, extract 30 rows.
    W2,
    /// 30 times: load more, extract all items.
    W3,
    /// 100 pages in one session.
    W4,
    /// A login, then 20 pages that need it.
    W6,
    /// 20 isolated sessions.
    W7,
}

impl Workload {
    /// All of them, in order.
    pub const ALL: [Self; 6] = [Self::W1, Self::W2, Self::W3, Self::W4, Self::W6, Self::W7];

    /// Its short name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::W1 => "W1",
            Self::W2 => "W2",
            Self::W3 => "W3",
            Self::W4 => "W4",
            Self::W6 => "W6",
            Self::W7 => "W7",
        }
    }

    /// The workload of that name, in either case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|workload| workload.name().eq_ignore_ascii_case(name))
    }

    /// What it does, in a few words.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::W1 => "cold start, 30 rows as JSON, exit",
            Self::W2 => "50 × next, wait for change, 30 rows",
            Self::W3 => "30 × load more, all items",
            Self::W4 => "100 pages, one session",
            Self::W6 => "log in, 20 secured pages",
            Self::W7 => "open 20 isolated sessions",
        }
    }

    /// How many times the floor's time it may take.
    #[must_use]
    pub fn target(self) -> f64 {
        match self {
            Self::W1 | Self::W3 => 1.3,
            Self::W2 | Self::W6 | Self::W7 => 1.2,
            Self::W4 => 1.1,
        }
    }

    /// Whether the time counts from the start of the process to its end; else the browser's start is left out.
    #[must_use]
    pub fn counts_start(self) -> bool {
        self == Self::W1
    }

    /// The rows or pages that whoever does the work must have counted at its end.
    #[must_use]
    pub fn expected(self) -> u64 {
        match self {
            Self::W1 => 30,
            Self::W2 => 51 * 30,
            Self::W3 => 310,
            Self::W4 => 100 * 30,
            Self::W6 => 20,
            Self::W7 => 20 * 30,
        }
    }

    /// The script that does it.
    #[must_use]
    pub fn script(self) -> &'static str {
        match self {
            Self::W1 => include_str!("scripts/w1.crawl"),
            Self::W2 => include_str!("scripts/w2.crawl"),
            Self::W3 => include_str!("scripts/w3.crawl"),
            Self::W4 => include_str!("scripts/w4.crawl"),
            Self::W6 => include_str!("scripts/w6.crawl"),
            Self::W7 => include_str!("scripts/w7.crawl"),
        }
    }
}

/// A part of the measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A workload and its floor.
    Work(Workload),
    /// The start of a script without a step.
    Start,
    /// Work on large pages, without a browser.
    Pages,
    /// From save to result under watch.
    Watch,
}

impl Part {
    /// All parts, in order.
    #[must_use]
    pub fn all() -> Vec<Self> {
        Workload::ALL.into_iter().map(Self::Work).chain([Self::Start, Self::Pages, Self::Watch]).collect()
    }

    /// Its short name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Work(workload) => workload.name(),
            Self::Start => "start",
            Self::Pages => "pages",
            Self::Watch => "watch",
        }
    }

    /// The part of that name, in either case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|part| part.name().eq_ignore_ascii_case(name))
    }
}
