//! What an editor asks about a script, as plain functions over its text: data in, data out. Knows no protocol.

mod analysis;
mod completion;
mod diagnostics;
mod docs;
mod fixes;
mod guess;
mod highlight;
mod hover;
mod inlay;
mod module;
mod names;
mod navigate;
mod outline;
mod place;
mod quoted;
mod resolve;
mod signature;
mod snippet;
mod suggest;
mod vocabulary;

pub use analysis::{Analysis, OpenCall, Surrounding};
pub use completion::{Vocabulary, complete};
pub use diagnostics::diagnostics;
pub use fixes::{Offer, offers, touches};
pub use highlight::{HighlightedName, NameKind, highlight};
pub use hover::{Hover, hover};
pub use inlay::{Hint, Pages, inlay_hints};
pub use names::{Names, Symbol, SymbolKind};
pub use navigate::{Home, Target, definition, references, renamable, rename};
pub use outline::{Part, PartKind, outline};
pub use place::{Argument, Place};
pub use signature::{Signature, signatures};
pub use suggest::{Candidate, CandidateKind, suggest};
