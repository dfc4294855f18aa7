//! The lanes to a browser, and in words where they differ.

/// A way to a browser's tabs.
#[derive(Debug, Clone, Copy)]
pub struct LaneFacts {
    /// What the lane is called.
    pub name: &'static str,
    /// When it is used.
    pub used: &'static str,
    /// What is otherwise on it than on the first lane.
    pub differs: &'static [&'static str],
}

/// The lanes, the preferred one first.
pub const LANES: &[LaneFacts] = &[
    LaneFacts { name: "CDP", used: "wherever the browser's DevTools socket can be reached", differs: &[] },
    LaneFacts {
        name: "WebDriver BiDi",
        used: "with `--webdriver` where that socket cannot be reached",
        differs: &[
            "a step takes several times as long: each call goes through the driver",
            "top-level `var` and `function` of `init_js` stay the script's own: assign to `window` what the page shall see",
            "a pop-up cut off from its opener (`noopener`) makes its first request with the browser's own headers",
            "`auth` beside a proxy that wants a password, and a proxy spoken to over TLS, cannot be had",
            "a recording can neither be made nor replayed",
            "a header of the redirect may show up among those of the document that it led to",
        ],
    },
    LaneFacts {
        name: "Firefox",
        used: "with `--browser firefox`, or `browser: \"firefox\"`: WebDriver BiDi without a driver",
        differs: &[
            "`touch` and `mhtml` cannot be had, nor a `user_agent` of Chromium's kind with its client hints",
            "nor a drag of the page's own data, nor the body of a response that has not ended",
            "`color_scheme` and `javascript: false` cannot be had of a Firefox that is not ours (`--webdriver`)",
            "`permissions` are told to each origin as a page goes there",
            "messages of JS errors are Firefox's own; network errors have Chromium's names",
            "recordings are made and replayed, but for what shared and service workers ask for",
            "of a replay: cookies that a redirect sets are lost, and a document that failed says `net::ERR_BLOCKED_BY_CLIENT`",
            "what differs over WebDriver BiDi does so here too, but for recordings",
        ],
    },
];
