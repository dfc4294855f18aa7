//! The builtins, a family per file, and the table that holds them all.

mod actions;
mod conditions;
mod cookies;
mod crawl;
mod data;
mod ensure;
mod errors;
pub mod fields;
pub mod hooks;
mod input;
pub mod live;
mod output;
mod page_acts;
mod pages;
mod parallel;
mod session_options;
pub mod sessions;
mod storage_state;
mod strings;
mod tests;
mod time;
mod upload;

use super::builtin::Builtin;

/// The table: registration, checks, completion, help, the README's index and the editors' word lists read it.
pub static BUILTINS: &[&[Builtin]] = &[
    crawl::TABLE,
    sessions::TABLE,
    storage_state::TABLE,
    ensure::TABLE,
    page_acts::TABLE,
    actions::TABLE,
    actions::FRAME,
    conditions::TABLE,
    fields::TABLE,
    pages::TABLE,
    hooks::TABLE,
    live::TABLE,
    output::TABLE,
    input::TABLE,
    strings::TABLE,
    data::TABLE,
    time::TABLE,
    parallel::TABLE,
    errors::TABLE,
    tests::TABLE,
];

/// All builtins in the order of their families.
pub fn all() -> impl Iterator<Item = &'static Builtin> {
    BUILTINS.iter().flat_map(|family| family.iter())
}

/// The builtins of that name, functions and methods alike.
pub fn named(name: &str) -> impl Iterator<Item = &'static Builtin> {
    all().filter(move |builtin| builtin.name == name)
}
