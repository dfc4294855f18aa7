//! What headers say of who somebody is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The parts of an `Authorization` or `Proxy-Authorization` value (RFC 9110, section 11.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential<'h> {
    /// The scheme, such as `Bearer`.
    pub scheme: Option<&'h str>,
    /// What follows it.
    pub token: &'h str,
    /// User and password, where the scheme is `Basic` (RFC 7617).
    pub basic: Option<(String, String)>,
}

/// What the value of such a header is made of.
#[must_use]
pub fn credential(value: &str) -> Credential<'_> {
    let value = value.trim();
    let Some((scheme, token)) = value.split_once(' ') else {
        return Credential { scheme: None, token: value, basic: None };
    };
    let token = token.trim();
    let decoded = || String::from_utf8(STANDARD.decode(token).ok()?).ok();
    let basic = if scheme.eq_ignore_ascii_case("basic") { decoded() } else { None };
    let basic =
        basic.and_then(|text| text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned())));
    Credential { scheme: Some(scheme), token, basic }
}

/// Names and values in a `Cookie` header, or in the first part of a `Set-Cookie` header.
pub fn cookie_pairs(value: &str) -> impl Iterator<Item = (&str, &str)> {
    value.split(';').filter_map(|pair| pair.trim().split_once('='))
}
