//! Conditions that the page's own DOM can answer, as the in-page script understands them.

use serde::{Deserialize, Serialize};

/// A condition evaluated in the isolated world, without a round trip per try.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum DomCondition {
    /// At least one match is attached to the document.
    Attached { css: String },
    /// At least one match is rendered and not hidden.
    Visible { css: String },
    /// There is no visible match.
    Hidden { css: String },
    /// There is no match.
    Gone { css: String },
    /// The number of matches lies within the bounds.
    Count {
        css: String,
        #[serde(rename = "atLeast")]
        at_least: Option<u64>,
        #[serde(rename = "atMost")]
        at_most: Option<u64>,
        exactly: Option<u64>,
    },
    /// Some match's text contains `text`.
    Text { css: String, text: String },
    /// There is a match and the matches' texts differ from the baseline's.
    Changed { css: String, baseline: Option<Baseline> },
    /// There are more matches than at the baseline.
    Grows { css: String, baseline: Option<Baseline> },
    /// All hold at the same moment.
    All { of: Vec<DomCondition> },
    /// One holds.
    Any { of: Vec<DomCondition> },
}

impl DomCondition {
    /// The selectors that need a baseline before anything acts, in order of first mention.
    #[must_use]
    pub fn baseline_selectors(&self) -> Vec<String> {
        let mut out = Vec::new();
        self.visit(&mut |condition| {
            if let Self::Changed { css, .. } | Self::Grows { css, .. } = condition
                && !out.contains(css)
            {
                out.push(css.clone());
            }
        });
        out
    }

    /// Whether it holds only of what is there: of a document that has only begun, and is empty, it does not.
    #[must_use]
    pub fn needs_a_match(&self) -> bool {
        match self {
            Self::Attached { .. }
            | Self::Visible { .. }
            | Self::Text { .. }
            | Self::Changed { .. }
            | Self::Grows { .. } => true,
            Self::Hidden { .. } | Self::Gone { .. } => false,
            Self::Count { at_least, exactly, .. } => (*at_least).max(*exactly).is_some_and(|count| count > 0),
            Self::All { of } => of.iter().any(Self::needs_a_match),
            Self::Any { of } => of.iter().all(Self::needs_a_match),
        }
    }

    /// Puts the baselines, as taken for the selectors of [`Self::baseline_selectors`], into their places.
    pub fn set_baselines(&mut self, baselines: &[(String, Baseline)]) {
        match self {
            Self::Changed { css, baseline } | Self::Grows { css, baseline } => {
                *baseline = baselines.iter().find(|(selector, _)| selector == css).map(|(_, b)| b.clone());
            }
            Self::All { of } | Self::Any { of } => of.iter_mut().for_each(|c| c.set_baselines(baselines)),
            _ => {}
        }
    }

    fn visit(&self, see: &mut impl FnMut(&Self)) {
        see(self);
        if let Self::All { of } | Self::Any { of } = self {
            of.iter().for_each(|c| c.visit(see));
        }
    }
}

/// What a selector matched at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// The number of matches.
    pub count: u64,
    /// A digest of the matches' texts.
    pub digest: String,
}

/// What was last seen of a wait that did not come true.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LastSeen {
    /// In words: `3 matches, none visible`.
    pub words: String,
    /// The most matches seen for a selector that had none at the end: it matched and left.
    pub most: u64,
    /// A JS condition's last exception.
    pub exception: Option<String>,
}
