//! Why a load failed, by Chromium's names: scripts and error messages know no others.

/// Firefox's names of network errors, and of its error pages where there was no request, with Chromium's.
const NAMES: &[(&str, &str)] = &[
    ("NS_BINDING_ABORTED", ABORTED),
    ("NS_ERROR_ABORT", "net::ERR_BLOCKED_BY_CLIENT"),
    ("NS_ERROR_CONNECTION_REFUSED", "net::ERR_CONNECTION_REFUSED"),
    ("NS_ERROR_NET_RESET", "net::ERR_CONNECTION_RESET"),
    ("NS_ERROR_NET_EMPTY_RESPONSE", "net::ERR_EMPTY_RESPONSE"),
    ("NS_ERROR_NET_INTERRUPT", "net::ERR_CONNECTION_CLOSED"),
    ("NS_ERROR_NET_TIMEOUT", "net::ERR_CONNECTION_TIMED_OUT"),
    ("NS_ERROR_UNKNOWN_HOST", "net::ERR_NAME_NOT_RESOLVED"),
    ("NS_ERROR_UNKNOWN_PROXY_HOST", "net::ERR_PROXY_CONNECTION_FAILED"),
    ("NS_ERROR_PROXY_CONNECTION_REFUSED", "net::ERR_PROXY_CONNECTION_FAILED"),
    ("NS_ERROR_PROXY_BAD_GATEWAY", "net::ERR_TUNNEL_CONNECTION_FAILED"),
    ("NS_ERROR_PROXY_GATEWAY_TIMEOUT", "net::ERR_TUNNEL_CONNECTION_FAILED"),
    ("NS_ERROR_PROXY_FORBIDDEN", "net::ERR_TUNNEL_CONNECTION_FAILED"),
    ("NS_ERROR_PROXY_AUTHENTICATION_FAILED", "net::ERR_PROXY_AUTH_UNSUPPORTED"),
    ("NS_ERROR_REDIRECT_LOOP", "net::ERR_TOO_MANY_REDIRECTS"),
    ("NS_ERROR_OFFLINE", "net::ERR_INTERNET_DISCONNECTED"),
    ("NS_ERROR_PORT_ACCESS_NOT_ALLOWED", "net::ERR_UNSAFE_PORT"),
    ("NS_ERROR_FILE_NOT_FOUND", "net::ERR_FILE_NOT_FOUND"),
    ("NS_ERROR_NO_CONTENT", ABORTED),
    ("NS_ERROR_FILE_TOO_BIG", "net::ERR_RESPONSE_HEADERS_TOO_BIG"),
    // Headers that contradict each other, a redirect to no address.
    ("NS_ERROR_CORRUPTED_CONTENT", INVALID),
    // Chunks without a length.
    ("NS_ERROR_UNEXPECTED", INVALID),
    ("NS_ERROR_INVALID_CONTENT_ENCODING", "net::ERR_CONTENT_DECODING_FAILED"),
    ("SEC_ERROR_EXPIRED_CERTIFICATE", "net::ERR_CERT_DATE_INVALID"),
    ("SSL_ERROR_BAD_CERT_DOMAIN", "net::ERR_CERT_COMMON_NAME_INVALID"),
    ("SEC_ERROR_REVOKED_CERTIFICATE", "net::ERR_CERT_REVOKED"),
    ("SEC_ERROR_UNKNOWN_ISSUER", CERTIFICATE),
    ("MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", CERTIFICATE),
    ("nssBadCert", CERTIFICATE),
    ("nssFailure2", "net::ERR_SSL_PROTOCOL_ERROR"),
    ("deniedPortAccess", "net::ERR_UNSAFE_PORT"),
    ("netOffline", "net::ERR_INTERNET_DISCONNECTED"),
    ("fileNotFound", "net::ERR_FILE_NOT_FOUND"),
    ("dnsNotFound", "net::ERR_NAME_NOT_RESOLVED"),
    ("redirectLoop", "net::ERR_TOO_MANY_REDIRECTS"),
    ("contentEncodingError", "net::ERR_CONTENT_DECODING_FAILED"),
    ("unknownProtocolFound", "net::ERR_UNKNOWN_URL_SCHEME"),
];

/// A load that was called off.
pub(super) const ABORTED: &str = "net::ERR_ABORTED";

const INVALID: &str = "net::ERR_INVALID_HTTP_RESPONSE";

const CERTIFICATE: &str = "net::ERR_CERT_AUTHORITY_INVALID";

/// What came is less than what was promised, by its length or by its chunks.
const PARTIAL: &str = "NS_ERROR_NET_PARTIAL_TRANSFER";

/// Chromium's name for what the driver calls `text`; `headers` are those of the response, if one began.
pub(super) fn net_name(text: &str, headers: &[(String, String)]) -> String {
    let bare = text.trim_start_matches("unknown error: ").trim_start_matches("Error: ");
    // `NS_ERROR_GENERATE_FAILURE(NS_ERROR_MODULE_SECURITY, NAME)`.
    let bare = bare.strip_suffix(')').and_then(|text| text.rsplit_once(", ")).map_or(bare, |(_, name)| name);
    if bare == PARTIAL {
        let promised = headers.iter().any(|(name, _)| name == "content-length");
        let name = if promised { "CONTENT_LENGTH_MISMATCH" } else { "INCOMPLETE_CHUNKED_ENCODING" };
        return format!("net::ERR_{name}");
    }
    let known = NAMES.iter().find(|(own, _)| *own == bare).map(|(_, name)| *name);
    let certificate = bare.starts_with("SEC_ERROR") || bare.starts_with("MOZILLA_PKIX_ERROR");
    let protocol = bare.starts_with("SSL_ERROR").then_some("net::ERR_SSL_PROTOCOL_ERROR");
    known.or(certificate.then_some(CERTIFICATE)).or(protocol).unwrap_or(bare).to_owned()
}

/// What an error page of Firefox's stands for; `None` for every other address.
pub(super) fn of_error_page(url: &str) -> Option<String> {
    let rest = ["about:neterror?", "about:certerror?", "about:httpsonlyerror?"]
        .iter()
        .find_map(|page| url.strip_prefix(page))?;
    let kind = url::form_urlencoded::parse(rest.as_bytes()).find(|(name, _)| name == "e");
    Some(net_name(&kind.map(|(_, kind)| kind.into_owned()).unwrap_or_default(), &[]))
}

/// The address that an error page of Firefox's stands in for.
pub(super) fn behind_error_page(url: &str) -> Option<String> {
    let rest = url.split_once('?')?.1;
    url::form_urlencoded::parse(rest.as_bytes()).find(|(name, _)| name == "u").map(|(_, url)| url.into_owned())
}
