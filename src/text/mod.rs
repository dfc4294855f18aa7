//! Text and places in it: sources, spans, line and column, the one "did you mean" function, what differs between values,
//! what must not be told, and what no text can hold.

mod credential;
mod cut;
mod field_change;
mod header;
mod ordinary;
mod plain;
mod replacer;
mod secret;
mod source;
mod spelling;
mod suggest;
mod surrogates;
mod worth;

pub use credential::{Credential, cookie_pairs, credential};
pub use cut::{cut, cut_apart, one_line, one_line_without};
pub use field_change::{FieldChange, field_changes};
pub use header::identifies;
pub use plain::plain;
pub use replacer::{Replacer, TooMany};
pub use secret::{HIDDEN, SECRET_HEADERS, Secrets};
pub use source::{LineColumn, Source, Span};
pub use spelling::{Spelling, spelling_names, spellings};
pub use suggest::{distance, nearest, nearest_in};
pub use surrogates::well_formed;
pub use worth::{Readable, secrets_of, token_like, worth_hiding};
