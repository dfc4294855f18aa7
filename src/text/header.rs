//! Names of headers.

/// Parts of a word of a name that says that its value identifies somebody.
const TELLING: &[&str] =
    &["apikey", "authorization", "bearer", "credential", "jwt", "password", "secret", "session", "signature", "token"];

/// What begins the names of headers that browsers make for servers, whose values identify nobody.
const STANDARD: &[&str] = &["access-control-", "sec-"];

/// Whether a request header beside the standard ones says who somebody is, by its name: `x-api-key`, `x-auth-token`.
#[must_use]
pub fn identifies(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    if STANDARD.iter().any(|standard| name.starts_with(standard)) {
        return false;
    }
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let says = |word: &&str| *word == "auth" || TELLING.iter().any(|part| word.contains(part));
    words.iter().any(says) || words.windows(2).any(|pair| pair == ["api", "key"])
}
